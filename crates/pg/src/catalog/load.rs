//! Reads the catalog: one flight, rows built as JSON by Postgres, decoded here.

use std::collections::HashMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::relationship::{self, Sources, StoredKey};
use super::{Catalog, MediaHandler, QualifiedName, Routine, Table, views};
use crate::{Client, Error, Flight, Row, Statement, StatementResult};

/// One file of `sql/catalog`.
macro_rules! catalog_sql {
    ($name:literal) => {
        include_str!(concat!("../../sql/catalog/", $name, ".sql"))
    };
}

/// Reads everything about the database. Routines and media handlers only of `schemas` and
/// `extra_search_path`; tables of every schema, because views and junctions lead there.
///
/// # Errors
/// Whatever the flight meets; [`Error::Protocol`] when a document cannot be read.
pub async fn load(
    client: &mut Client,
    schemas: &[String],
    extra_search_path: &[String],
) -> Result<Catalog, Error> {
    let searched: Vec<String> = schemas.iter().chain(extra_search_path).cloned().collect();
    let mut flight = Flight::new();
    // an empty path makes Postgres print every type and expression with its schema
    flight.push(Statement::new("select set_config('search_path', '', true)"));
    let version = flight.push(Statement::new("select current_setting('server_version_num')"));
    let tables = flight.push(Statement::new(catalog_sql!("tables")));
    let keys = flight.push(Statement::new(catalog_sql!("keys")));
    let views = flight.push(Statement::new(catalog_sql!("views")));
    let routines = flight.push(Statement::new(catalog_sql!("routines")).bind(searched.clone()));
    let representations = flight.push(Statement::new(catalog_sql!("representations")));
    let handlers = flight.push(Statement::new(catalog_sql!("media_handlers")).bind(searched));
    let settings = flight.push(Statement::new(catalog_sql!("role_settings")));
    let schemas = flight.push(Statement::new(catalog_sql!("schemas")));
    let outcome = client.run(flight).await?;
    let result = |index: usize| outcome.results.get(index).ok_or_else(|| unreadable("a result is missing"));
    let loaded = Loaded {
        tables: documents(result(tables)?)?,
        keys: documents(result(keys)?)?,
        views: view_rules(result(views)?)?,
        routines: documents(result(routines)?)?,
    };
    let mut catalog = loaded.assemble();
    catalog.server_version =
        result(version)?.rows.first().and_then(|row| row.text(0)?.parse().ok()).unwrap_or(0);
    for cast in documents::<CastDocument>(result(representations)?)? {
        let function = QualifiedName::new(cast.function_schema, cast.function_name);
        catalog.representations.entry(cast.source).or_default().insert(cast.target, function);
    }
    let names: HashMap<i64, QualifiedName> = catalog
        .tables
        .values()
        .flat_map(HashMap::values)
        .map(|table| (table.oid, table.name.clone()))
        .collect();
    for handler in documents::<HandlerDocument>(result(handlers)?)? {
        catalog.media_handlers.push(MediaHandler {
            aggregate: QualifiedName::new(handler.schema, handler.name),
            media_type: handler.media_type,
            relation: handler.relation.and_then(|oid| names.get(&oid).cloned()),
            is_binary: handler.is_binary,
            is_jsonb: handler.is_jsonb,
        });
    }
    for role in documents::<RoleDocument>(result(settings)?)? {
        catalog.role_settings.entry(role.role).or_default().extend(role.settings);
    }
    for schema in documents::<SchemaDocument>(result(schemas)?)? {
        catalog.schema_comments.insert(schema.name, schema.comment);
    }
    Ok(catalog)
}

#[derive(Deserialize)]
struct KeyDocument {
    name: String,
    kind: char,
    table: i64,
    columns: Vec<i16>,
    foreign_table: i64,
    foreign_columns: Option<Vec<i16>>,
}

#[derive(Deserialize)]
struct CastDocument {
    source: String,
    target: String,
    function_schema: String,
    function_name: String,
}

#[derive(Deserialize)]
struct HandlerDocument {
    schema: String,
    name: String,
    media_type: String,
    relation: Option<i64>,
    is_binary: bool,
    is_jsonb: bool,
}

#[derive(Deserialize)]
struct RoleDocument {
    role: String,
    settings: Vec<(String, String)>,
}

#[derive(Deserialize)]
struct SchemaDocument {
    name: String,
    comment: Option<String>,
}

/// The documents that depend on one another.
struct Loaded {
    tables: Vec<Table>,
    keys: Vec<KeyDocument>,
    views: HashMap<i64, Vec<views::Origin>>,
    routines: Vec<Routine>,
}

impl Loaded {
    fn assemble(mut self) -> Catalog {
        self.add_table_keys();
        self.add_view_keys();
        let tables: HashMap<i64, &Table> =
            self.tables.iter().filter(|table| !table.is_partition).map(|table| (table.oid, table)).collect();
        let stored = self.stored_keys(&tables);
        let routines: Vec<&Routine> = self.routines.iter().collect();
        let relationships = relationship::derive(&Sources {
            tables: &tables,
            keys: &stored,
            views: &self.views,
            routines: &routines,
        });
        let mut catalog = Catalog { relationships, ..Catalog::default() };
        for table in self.tables {
            catalog
                .tables
                .entry(table.name.schema.clone())
                .or_default()
                .insert(table.name.name.clone(), table);
        }
        for routine in self.routines.into_iter().filter(Routine::is_callable) {
            let named = catalog.routines.entry(routine.name.schema.clone()).or_default();
            named.entry(routine.name.name.clone()).or_default().push(routine);
        }
        for overloads in catalog.routines.values_mut().flat_map(HashMap::values_mut) {
            overloads.sort_by(Routine::compare);
        }
        catalog
    }

    fn add_table_keys(&mut self) {
        let mut keys: HashMap<i64, Vec<&KeyDocument>> = HashMap::new();
        for key in self.keys.iter().filter(|key| key.kind != 'f') {
            keys.entry(key.table).or_default().push(key);
        }
        for table in &mut self.tables {
            for key in keys.get(&table.oid).into_iter().flatten() {
                let columns = key
                    .columns
                    .iter()
                    .filter_map(|&number| table.column_name(number))
                    .map(str::to_owned)
                    .collect();
                if key.kind == 'p' {
                    table.primary_key = columns;
                } else {
                    table.unique_keys.push(columns);
                }
            }
        }
    }

    /// A view has the primary keys of the tables whose keys it shows completely.
    fn add_view_keys(&mut self) {
        let primary: HashMap<i64, &KeyDocument> =
            self.keys.iter().filter(|key| key.kind == 'p').map(|key| (key.table, key)).collect();
        for table in &mut self.tables {
            let Some(origins) = self.views.get(&table.oid) else { continue };
            let mut bases: Vec<i64> = origins.iter().map(|origin| origin.relation).collect();
            bases.sort_unstable();
            bases.dedup();
            let mut shown = Vec::new();
            for key in bases.iter().filter_map(|base| primary.get(base)) {
                let columns: Option<Vec<String>> = key
                    .columns
                    .iter()
                    .map(|&number| {
                        let origin = origins
                            .iter()
                            .find(|o| o.relation == key.table && o.relation_column == number)?;
                        table.column_name(origin.column).map(str::to_owned)
                    })
                    .collect();
                shown.extend(columns.into_iter().flatten());
            }
            let position = |name: &String| table.columns.iter().position(|column| column.name == *name);
            shown.sort_by_key(position);
            table.primary_key = shown;
        }
    }

    fn stored_keys(&self, tables: &HashMap<i64, &Table>) -> Vec<StoredKey> {
        let foreign = self.keys.iter().filter(|key| key.kind == 'f');
        foreign
            .map(|key| {
                let mut names: Vec<&str> = tables
                    .get(&key.table)
                    .map(|table| key.columns.iter().filter_map(|&number| table.column_name(number)).collect())
                    .unwrap_or_default();
                names.sort_unstable();
                let is_unique = tables.get(&key.table).is_some_and(|table| {
                    std::iter::once(&table.primary_key).chain(&table.unique_keys).any(|unique| {
                        let mut unique: Vec<&str> = unique.iter().map(String::as_str).collect();
                        unique.sort_unstable();
                        unique == names
                    })
                });
                StoredKey {
                    name: key.name.clone(),
                    table: key.table,
                    columns: key.columns.clone(),
                    foreign_table: key.foreign_table,
                    foreign_columns: key.foreign_columns.clone().unwrap_or_default(),
                    is_unique,
                }
            })
            .collect()
    }
}

fn documents<T: DeserializeOwned>(result: &StatementResult) -> Result<Vec<T>, Error> {
    result.rows.iter().map(document).collect()
}

fn document<T: DeserializeOwned>(row: &Row) -> Result<T, Error> {
    let bytes = row.bytes(0).ok_or_else(|| unreadable("a document is null"))?;
    serde_json::from_slice(&bytes).map_err(|error| unreadable(&error.to_string()))
}

fn view_rules(result: &StatementResult) -> Result<HashMap<i64, Vec<views::Origin>>, Error> {
    let mut steps = HashMap::with_capacity(result.rows.len());
    for row in &result.rows {
        let view: i64 = row.get(0)?;
        steps.insert(view, views::origins(row.text(1).unwrap_or_default()));
    }
    Ok(views::resolve(&steps))
}

fn unreadable(what: &str) -> Error {
    Error::Protocol(format!("catalog: {what}").into())
}
