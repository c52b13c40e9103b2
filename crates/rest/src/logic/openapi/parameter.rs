//! The parameters that the operations of all tables share, and those of each table.

use pg::catalog::Table;
use serde_json::{Map, Value, json};

use super::object;

/// All of them, by the names that operations refer to.
pub(super) fn shared(tables: &[&Table]) -> Value {
    let mut parameters = Map::new();
    let mut add = |name: &str, parameter: Value| parameters.insert(name.to_owned(), parameter);
    let returns = ["return=representation", "return=minimal", "return=none"];
    let resolutions = ["resolution=ignore-duplicates", "resolution=merge-duplicates"];
    add("preferParams", prefer(&[]));
    add("preferReturn", prefer(&returns));
    add("preferCount", prefer(&["count=none"]));
    add("preferPost", prefer(&[returns.as_slice(), resolutions.as_slice()].concat()));
    add("select", text("select", "query", Some("Filtering Columns")));
    add("on_conflict", text("on_conflict", "query", Some("On Conflict")));
    add("order", text("order", "query", Some("Ordering")));
    add("range", text("Range", "header", Some("Limiting and Pagination")));
    let mut unit = text("Range-Unit", "header", Some("Limiting and Pagination"));
    unit["default"] = json!("items");
    add("rangeUnit", unit);
    add("offset", text("offset", "query", Some("Limiting and Pagination")));
    add("limit", text("limit", "query", Some("Limiting and Pagination")));
    for table in tables {
        let name = &table.name.name;
        add(&body(name), body_of(name));
        for column in &table.columns {
            add(&row_filter(name, &column.name), text(&column.name, "query", column.comment.as_deref()));
        }
    }
    Value::Object(parameters)
}

/// The name of the parameter that is a table's row.
pub(super) fn body(table: &str) -> String {
    format!("body.{table}")
}

/// The name of the parameter that filters by a column.
pub(super) fn row_filter(table: &str, column: &str) -> String {
    format!("rowFilter.{table}.{column}")
}

fn body_of(table: &str) -> Value {
    json!({
        "name": table,
        "description": table,
        "required": false,
        "in": "body",
        "schema": { "$ref": format!("#/definitions/{table}") },
    })
}

fn text(name: &str, place: &str, description: Option<&str>) -> Value {
    object([
        ("name", Some(name.into())),
        ("description", description.map(Value::from)),
        ("required", Some(false.into())),
        ("in", Some(place.into())),
        ("type", Some("string".into())),
    ])
}

fn prefer(values: &[&str]) -> Value {
    let mut parameter = text("Prefer", "header", Some("Preference"));
    if !values.is_empty() {
        parameter["enum"] = json!(values);
    }
    parameter
}
