//! Tables and views: their rows, and what can be done with them.

use pg::catalog::{Cardinality, Catalog, Column, Table};
use serde_json::{Map, Value, json};

use super::types::{default_value, format, items, json_type};
use super::{object, parameter, parameter_reference, summary_and_description};

/// The operations on a table or view.
pub(super) fn path(table: &Table) -> Value {
    let name = &table.name.name;
    let filters = || table.columns.iter().map(|column| parameter::row_filter(name, &column.name));
    let with_filters = |rest: &[&str]| -> Vec<Value> {
        let rest = rest.iter().map(|name| (*name).to_owned());
        filters().chain(rest).map(|name| parameter_reference(&name)).collect()
    };
    let body = parameter::body(name);
    let rows = json!({ "type": "array", "items": { "$ref": format!("#/definitions/{name}") } });
    let read = operation(
        table,
        with_filters(&["select", "order", "range", "rangeUnit", "offset", "limit", "preferCount"]),
        json!({
            "200": { "description": "OK", "schema": rows },
            "206": { "description": "Partial Content" },
        }),
    );
    let mut path = json!({ "get": read });
    if table.is_insertable || table.is_updatable || table.is_deletable {
        let created = json!({ "201": { "description": "Created" } });
        let done = json!({ "204": { "description": "No Content" } });
        let new_row = [&*body, "select", "preferPost"].map(parameter_reference).to_vec();
        path["post"] = operation(table, new_row, created);
        path["patch"] = operation(table, with_filters(&[&body, "preferReturn"]), done.clone());
        path["delete"] = operation(table, with_filters(&["preferReturn"]), done);
    }
    path
}

fn operation(table: &Table, parameters: Vec<Value>, responses: Value) -> Value {
    let (summary, description) = summary_and_description(table.comment.as_deref());
    object([
        ("tags", Some(json!([table.name.name]))),
        ("summary", summary.map(Value::from)),
        ("description", description.map(Value::from)),
        ("parameters", Some(parameters.into())),
        ("responses", Some(responses)),
    ])
}

/// The row of a table or view.
pub(super) fn definition(table: &Table, catalog: &Catalog) -> Value {
    let property = |column: &Column| (column.name.clone(), property(table, column, catalog));
    let properties: Map<String, Value> = table.columns.iter().map(property).collect();
    let required: Vec<&str> =
        table.columns.iter().filter(|column| !column.is_nullable).map(|column| &*column.name).collect();
    object([
        ("type", Some("object".into())),
        ("description", table.comment.as_deref().map(Value::from)),
        ("properties", Some(properties.into())),
        ("required", if required.is_empty() { None } else { Some(required.into()) }),
    ])
}

fn property(table: &Table, column: &Column, catalog: &Catalog) -> Value {
    let data_type = column.base_type.as_str();
    let default = column.default.as_ref().and_then(|default| default_value(data_type, default.as_str()));
    object([
        ("default", default),
        ("description", description(table, column, catalog).map(Value::from)),
        ("enum", column.enum_labels.clone().map(Value::from)),
        ("format", Some(format(data_type).into())),
        ("maxLength", column.max_length.map(Value::from)),
        ("type", json_type(data_type).map(Value::from)),
        ("items", items(data_type)),
    ])
}

/// The comment, with a note of the keys that the column is of. Clients read the tags in it.
fn description(table: &Table, column: &Column, catalog: &Catalog) -> Option<String> {
    let mut notes = Vec::new();
    if table.primary_key.contains(&column.name) {
        notes.push("This is a Primary Key.<pk/>".to_owned());
    }
    if let Some((table, column)) = foreign_column(table, column, catalog) {
        notes.push(format!(
            "This is a Foreign Key to `{table}.{column}`.<fk table='{table}' column='{column}'/>"
        ));
    }
    let comment = column.comment.as_deref();
    if notes.is_empty() {
        return comment.map(str::to_owned);
    }
    let comment = comment.map(|comment| format!("{comment}\n\n")).unwrap_or_default();
    Some(format!("{comment}Note:\n{}", notes.join("\n")))
}

/// The column that a foreign key of this column alone leads to, that of a table rather than of a view.
fn foreign_column<'a>(table: &Table, column: &Column, catalog: &'a Catalog) -> Option<(&'a str, &'a str)> {
    let mut candidates: Vec<_> = catalog
        .relationships(&table.name)
        .iter()
        .filter(|relationship| relationship.foreign_table.schema == table.name.schema)
        .collect();
    candidates.sort_by_key(|relationship| relationship.foreign_table_is_view);
    candidates.into_iter().find_map(|relationship| {
        let (Cardinality::ManyToOne(key) | Cardinality::OneToOne { key, is_parent: false }) =
            &relationship.cardinality
        else {
            return None;
        };
        match key.columns.as_slice() {
            [(own, foreign)] if *own == column.name => {
                Some((&*relationship.foreign_table.name, foreign.as_str()))
            }
            _ => None,
        }
    })
}
