//! Functions: their arguments, and how they are called.

use pg::catalog::{Parameter, Routine, Volatility};
use serde_json::{Map, Value, json};

use super::types::{element, format, items, json_type};
use super::{OBJECTS, object, parameter_reference, summary_and_description};

/// The ways to call a function. Types of the schema are named without it.
pub(super) fn path(routine: &Routine, schema: &str) -> Value {
    let body = json!({
        "name": "args",
        "required": true,
        "in": "body",
        "schema": arguments(routine, schema),
    });
    let post = operation(routine, vec![body, parameter_reference("preferParams")]);
    if routine.volatility == Volatility::Volatile {
        return json!({ "post": post });
    }
    let parameters = routine.parameters.iter().map(|parameter| query_parameter(parameter, schema)).collect();
    json!({ "get": operation(routine, parameters), "post": post })
}

fn operation(routine: &Routine, parameters: Vec<Value>) -> Value {
    let (summary, description) = summary_and_description(routine.comment.as_deref());
    object([
        ("tags", Some(json!([format!("(rpc) {}", routine.name.name)]))),
        ("summary", summary.map(Value::from)),
        ("description", description.map(Value::from)),
        ("produces", Some(json!(["application/json", OBJECTS[0], OBJECTS[1]]))),
        ("parameters", Some(parameters.into())),
        ("responses", Some(json!({ "200": { "description": "OK" } }))),
    ])
}

/// The object of arguments that is posted.
fn arguments(routine: &Routine, schema: &str) -> Value {
    let property = |parameter: &Parameter| {
        let data_type = local_type(parameter, schema);
        let property = object([
            ("format", Some(format(data_type).into())),
            ("type", json_type(data_type).map(Value::from)),
            ("items", items(data_type)),
        ]);
        (parameter.name.clone(), property)
    };
    let properties: Map<String, Value> = routine.parameters.iter().map(property).collect();
    let required: Vec<&str> = routine
        .parameters
        .iter()
        .filter(|parameter| parameter.is_required)
        .map(|parameter| &*parameter.name)
        .collect();
    object([
        ("type", Some("object".into())),
        ("description", routine.comment.as_deref().map(Value::from)),
        ("properties", Some(properties.into())),
        ("required", if required.is_empty() { None } else { Some(required.into()) }),
    ])
}

/// An argument in the query string: arrays and JSON are written as text there.
fn query_parameter(parameter: &Parameter, schema: &str) -> Value {
    let data_type = local_type(parameter, schema);
    let mut described = json!({ "name": parameter.name, "required": parameter.is_required, "in": "query" });
    match element(data_type) {
        Some(element) if parameter.is_variadic => {
            described["type"] = "array".into();
            described["collectionFormat"] = "multi".into();
            described["items"] = object([
                ("type", json_type(element).map(Value::from)),
                ("format", Some(format(element).into())),
            ]);
        }
        _ => {
            described["type"] =
                json_type(data_type).filter(|kind| *kind != "array").unwrap_or("string").into();
            described["format"] = format(data_type).into();
        }
    }
    described
}

fn local_type<'a>(parameter: &'a Parameter, schema: &str) -> &'a str {
    let data_type = parameter.data_type.as_str();
    data_type.strip_prefix(schema).and_then(|rest| rest.strip_prefix('.')).unwrap_or(data_type)
}
