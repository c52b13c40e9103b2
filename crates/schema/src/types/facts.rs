//! What types are made of, read from the catalogue in one flight. Knows no language.

use std::collections::{BTreeSet, HashMap, HashSet};

use pg::{Client, Flight, Row, Statement};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::collation::{self, compare};
use super::{choices, relationships, routines, view_columns};
use crate::types::Error;

/// One file of `sql/types`.
macro_rules! types_sql {
    ($name:literal) => {
        include_str!(concat!("../../sql/types/", $name, ".sql"))
    };
}

/// What kind of relation a [`Relation`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(super) enum RelationKind {
    #[serde(rename = "r")]
    Table,
    #[serde(rename = "p")]
    Partitioned,
    #[serde(rename = "v")]
    View,
    #[serde(rename = "m")]
    MaterializedView,
    #[serde(rename = "f")]
    Foreign,
}

impl RelationKind {
    /// True for views and materialised views.
    pub(super) fn is_view(self) -> bool {
        matches!(self, Self::View | Self::MaterializedView)
    }
}

/// A table or view.
#[derive(Debug, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts, each with its own name")]
pub(super) struct Relation {
    pub(super) id: i64,
    pub(super) schema: String,
    pub(super) name: String,
    pub(super) kind: RelationKind,
    /// Rows can be changed and deleted without the help of triggers.
    pub(super) is_updatable: bool,
    /// A view into which rows can be inserted, by itself or by a trigger or rule.
    pub(super) accepts_insert: bool,
    /// A view whose rows can be updated, by itself or by a trigger or rule.
    pub(super) accepts_update: bool,
    /// A trigger or rule writes for the view, whichever columns are given.
    pub(super) is_written_for: bool,
    pub(super) comment: Option<String>,
    /// By name.
    #[serde(skip)]
    pub(super) columns: Vec<Column>,
}

/// A column of a [`Relation`].
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts, each with its own name")]
pub(super) struct Column {
    pub(super) number: i16,
    pub(super) name: String,
    pub(super) type_id: i64,
    /// Name of the type, for a domain of the type below it.
    pub(super) format: String,
    pub(super) type_schema: String,
    pub(super) has_default: bool,
    identity: Option<char>,
    pub(super) is_generated: bool,
    /// As declared; for columns of views see [`never_null`](Self::never_null).
    pub(super) is_nullable: bool,
    pub(super) is_updatable: bool,
    pub(super) comment: Option<String>,
    /// A view's column that comes from a column that is never null, or promises so in its comment.
    pub(super) never_null: bool,
}

impl Column {
    /// Reads a row of `columns.sql`, after the relation's id.
    fn read(row: &Row) -> Result<Self, pg::Error> {
        Ok(Self {
            number: row.get(1)?,
            name: row.get(2)?,
            type_id: row.get(3)?,
            format: row.get(4)?,
            type_schema: row.get(5)?,
            has_default: row.get(6)?,
            identity: row.text(7).and_then(|identity| identity.chars().next()),
            is_generated: row.get(8)?,
            is_nullable: row.get(9)?,
            is_updatable: row.get(10)?,
            comment: row.get(11)?,
            never_null: false,
        })
    }

    pub(super) fn is_identity(&self) -> bool {
        self.identity.is_some()
    }

    /// `generated always as identity`: no value may be given.
    pub(super) fn is_always_identity(&self) -> bool {
        self.identity == Some('a')
    }

    /// Null only where it can be.
    pub(super) fn can_be_null(&self) -> bool {
        self.is_nullable && !self.never_null
    }
}

/// A foreign key as seen from one relation: from a table or from a view that shows its columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Relationship {
    pub(super) name: String,
    pub(super) schema: String,
    pub(super) relation: String,
    pub(super) columns: Vec<String>,
    pub(super) is_one_to_one: bool,
    pub(super) referenced_schema: String,
    pub(super) referenced_relation: String,
    pub(super) referenced_columns: Vec<String>,
    /// Found through views of a schema that is not searched.
    pub(super) is_distant: bool,
}

/// A type that values can have.
#[derive(Debug, Deserialize)]
pub(super) struct Type {
    pub(super) id: i64,
    pub(super) schema: String,
    pub(super) name: String,
    /// As Postgres prints it in the connection's search path.
    pub(super) format: String,
    pub(super) kind: char,
    /// The type of an array's elements.
    pub(super) element: Option<i64>,
    /// The type below a domain.
    pub(super) base: Option<i64>,
    /// Of an enum, in their order.
    pub(super) labels: Vec<String>,
    /// Of a composite type, in their order.
    pub(super) attributes: Vec<Attribute>,
    /// The relation whose rows are of this type.
    pub(super) relation: Option<i64>,
    relation_kind: Option<char>,
}

impl Type {
    /// True for the row type of a foreign table, which postgres-meta leaves out.
    pub(super) fn is_foreign_row(&self) -> bool {
        self.relation_kind == Some('f')
    }
}

/// An attribute of a composite type.
#[derive(Debug, Deserialize)]
pub(super) struct Attribute {
    pub(super) name: String,
    #[serde(rename = "type")]
    pub(super) type_id: i64,
}

/// What types are made of.
#[derive(Debug, Default)]
pub struct Facts {
    /// The schemas asked for that exist, in order.
    pub(super) schemas: Vec<String>,
    /// By schema and name.
    pub(super) relations: Vec<Relation>,
    /// Sorted, of every schema asked for.
    pub(super) relationships: Vec<Relationship>,
    /// By schema and name.
    pub(super) routines: Vec<routines::Routine>,
    /// Of every schema, sorted.
    pub(super) types: Vec<Type>,
    type_positions: HashMap<i64, usize>,
    types_by_name: HashMap<String, Vec<usize>>,
    relation_positions: HashMap<i64, usize>,
    relations_by_name: HashMap<String, Vec<usize>>,
    /// Words that a text column's check allows, by relation and column.
    choices: HashMap<(i64, i16), Vec<String>>,
}

impl Facts {
    /// Reads what types of these schemas need. `extra_search_path` is searched too for what views show.
    ///
    /// # Errors
    /// [`Error::Database`] when the catalogue cannot be read.
    pub async fn read(
        client: &mut Client,
        schemas: &[String],
        extra_search_path: &[String],
    ) -> Result<Self, Error> {
        let schemas = schemas.to_vec();
        let mut flight = Flight::new();
        let names = flight.push(Statement::new(types_sql!("schemas")).bind(schemas.clone()));
        let relations = flight.push(Statement::new(types_sql!("relations")).bind(schemas.clone()));
        let columns = flight.push(Statement::new(types_sql!("columns")).bind(schemas.clone()));
        let keys = flight.push(Statement::new(types_sql!("foreign_keys")));
        let views = flight.push(Statement::new(types_sql!("views")).bind(schemas.clone()));
        let checks = flight.push(Statement::new(types_sql!("choices")).bind(schemas.clone()));
        let routines = flight.push(Statement::new(types_sql!("routines")).bind(schemas));
        let types = flight.push(Statement::new(types_sql!("types")));
        let results = client.run(flight).await?.results;
        let rows = |index: usize| results.get(index).map_or(&[] as &[Row], |result| &result.rows);
        let mut facts = Self {
            schemas: rows(names).iter().filter_map(|row| row.text(0).map(str::to_owned)).collect(),
            relations: documents(rows(relations))?,
            types: documents(rows(types))?,
            ..Self::default()
        };
        facts.add_columns(rows(columns))?;
        facts.sort();
        let views: Vec<view_columns::StoredView> = documents(rows(views))?;
        facts.mark_columns_that_are_never_null(&views);
        let searched: BTreeSet<&str> =
            facts.schemas.iter().chain(extra_search_path).map(String::as_str).collect();
        let keys: Vec<relationships::ForeignKey> = documents(rows(keys))?;
        facts.relationships = relationships::expand(&keys, &views, &facts.schemas, &searched);
        let checks: Vec<choices::Check> = documents(rows(checks))?;
        facts.choices =
            checks.iter().filter_map(|check| Some(((check.table, check.column), check.words()?))).collect();
        let stored: Vec<routines::StoredRoutine> = documents(rows(routines))?;
        facts.routines = routines::callable(stored, &facts);
        Ok(facts)
    }

    fn add_columns(&mut self, rows: &[Row]) -> Result<(), Error> {
        let mut columns: HashMap<i64, Vec<Column>> = HashMap::new();
        for row in rows {
            columns.entry(row.get(0)?).or_default().push(Column::read(row)?);
        }
        for relation in &mut self.relations {
            relation.columns = columns.remove(&relation.id).unwrap_or_default();
        }
        Ok(())
    }

    fn sort(&mut self) {
        self.schemas.sort_by(|a, b| compare(a, b));
        for relation in &mut self.relations {
            collation::sort_by_name(&mut relation.columns, |column| &column.name);
        }
        self.relations.sort_by(|a, b| {
            compare(&a.schema, &b.schema).then_with(|| compare(&a.name, &b.name)).then(a.id.cmp(&b.id))
        });
        self.types.sort_by(|a, b| {
            compare(&a.schema, &b.schema).then_with(|| compare(&a.name, &b.name)).then(a.id.cmp(&b.id))
        });
        for (position, one) in self.types.iter().enumerate() {
            self.type_positions.insert(one.id, position);
            self.types_by_name.entry(one.name.clone()).or_default().push(position);
        }
        for (position, one) in self.relations.iter().enumerate() {
            self.relation_positions.insert(one.id, position);
            self.relations_by_name.entry(one.name.clone()).or_default().push(position);
        }
    }

    fn mark_columns_that_are_never_null(&mut self, views: &[view_columns::StoredView]) {
        let sure: HashSet<(i64, i16)> = view_columns::never_null(views);
        let queried: HashSet<i64> = views.iter().map(|view| view.id).collect();
        for relation in self.relations.iter_mut().filter(|relation| queried.contains(&relation.id)) {
            for column in &mut relation.columns {
                let promised = column.comment.as_deref().is_some_and(promises_not_null);
                column.never_null = promised || sure.contains(&(relation.id, column.number));
            }
        }
    }

    /// True when this schema was asked for.
    pub(super) fn includes(&self, schema: &str) -> bool {
        self.schemas.iter().any(|name| name == schema)
    }

    /// A type by its identity.
    pub(super) fn type_by_id(&self, id: i64) -> Option<&Type> {
        self.types.get(*self.type_positions.get(&id)?)
    }

    /// Every type of this name, in any schema.
    pub(super) fn types_named(&self, name: &str) -> impl Iterator<Item = &Type> + Clone {
        let positions = self.types_by_name.get(name).map_or(&[] as &[usize], Vec::as_slice);
        positions.iter().filter_map(|&position| self.types.get(position))
    }

    /// A relation of the schemas asked for.
    pub(super) fn relation_by_id(&self, id: i64) -> Option<&Relation> {
        self.relations.get(*self.relation_positions.get(&id)?)
    }

    /// Every relation of this name in the schemas asked for.
    pub(super) fn relations_named(&self, name: &str) -> impl Iterator<Item = &Relation> + Clone {
        let positions = self.relations_by_name.get(name).map_or(&[] as &[usize], Vec::as_slice);
        positions.iter().filter_map(|&position| self.relations.get(position))
    }

    /// The tables of a schema, then those that are somebody else's.
    pub(super) fn tables(&self, schema: &str) -> impl Iterator<Item = &Relation> {
        self.relations_in(schema).filter(|relation| !relation.kind.is_view())
    }

    /// The views and materialised views of a schema.
    pub(super) fn views(&self, schema: &str) -> impl Iterator<Item = &Relation> {
        self.relations_in(schema).filter(|relation| relation.kind.is_view())
    }

    fn relations_in(&self, schema: &str) -> impl Iterator<Item = &Relation> {
        self.relations.iter().filter(move |relation| relation.schema == schema)
    }

    /// The enums of a schema.
    pub(super) fn enums(&self, schema: &str) -> impl Iterator<Item = &Type> {
        self.types.iter().filter(move |one| one.schema == schema && !one.labels.is_empty())
    }

    /// The composite types of a schema that are not rows of a relation.
    pub(super) fn composites(&self, schema: &str) -> impl Iterator<Item = &Type> {
        self.types.iter().filter(move |one| one.schema == schema && !one.attributes.is_empty())
    }

    /// The words that a column's check allows, when it allows nothing else.
    pub(super) fn choice(&self, relation: i64, column: i16) -> Option<&[String]> {
        self.choices.get(&(relation, column)).map(Vec::as_slice)
    }

    /// The functions of a schema that can be called.
    pub(super) fn routines(&self, schema: &str) -> impl Iterator<Item = &routines::Routine> {
        self.routines.iter().filter(move |routine| routine.schema == schema)
    }

    /// The foreign keys that start at this relation and stay in its schema.
    pub(super) fn relationships(&self, relation: &Relation) -> impl Iterator<Item = &Relationship> {
        self.relationships.iter().filter(move |one| {
            one.schema == relation.schema
                && one.relation == relation.name
                && one.referenced_schema == relation.schema
        })
    }
}

/// A line of its own in the comment: the column's author knows better than the query shows.
fn promises_not_null(comment: &str) -> bool {
    comment.lines().any(|line| line.trim() == "@notNull")
}

fn documents<T: DeserializeOwned>(rows: &[Row]) -> Result<Vec<T>, Error> {
    rows.iter()
        .map(|row| {
            let bytes = row.as_bytes(0).unwrap_or_default();
            serde_json::from_slice(bytes).map_err(Error::Unreadable)
        })
        .collect()
}
