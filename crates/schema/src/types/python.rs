//! Python types as the official command line prints them: pydantic models for rows, typed dictionaries for what is
//! written, aliases for the enums of every schema.

use super::facts::{Column, Facts, Relation, RelationKind, Type};
use super::go::name as class_name;

const HEADER: &str = "from __future__ import annotations

import datetime
import uuid
from typing import (
    Annotated,
    Any,
    List,
    Literal,
    Optional,
    TypedDict,
)
from typing_extensions import NotRequired, TypeAlias

from pydantic import BaseModel, Field, JsonValue";

/// Prints the types.
pub(super) fn print(facts: &Facts) -> String {
    let of = |kinds: &[RelationKind], print: &dyn Fn(&Relation) -> Vec<String>| -> String {
        let relations = facts.relations.iter().filter(|relation| kinds.contains(&relation.kind));
        relations.flat_map(print).collect::<Vec<_>>().join("\n\n")
    };
    let model = |relation: &Relation| vec![model(facts, relation)];
    let table = |relation: &Relation| {
        vec![
            model(relation).remove(0),
            dictionary(facts, relation, "Insert", false),
            dictionary(facts, relation, "Update", true),
        ]
    };
    let enums: Vec<String> = facts.types.iter().filter(|one| !one.labels.is_empty()).map(alias).collect();
    let composites: Vec<String> = facts
        .schemas
        .iter()
        .flat_map(|schema| facts.composites(schema))
        .map(|one| composite(facts, one))
        .collect();
    let sections = [
        HEADER.to_owned(),
        enums.join("\n\n"),
        of(&[RelationKind::Table, RelationKind::Partitioned], &table),
        of(&[RelationKind::View], &model),
        of(&[RelationKind::MaterializedView], &model),
        composites.join("\n\n"),
    ];
    format!("{}\n", sections.join("\n\n").trim_end())
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

fn full_name(schema: &str, name: &str) -> String {
    format!("{}{}", class_name(schema), class_name(name))
}

/// `User Id` as `user_id`.
fn attribute_name(name: &str) -> String {
    let mut result = String::with_capacity(name.len());
    let mut between = false;
    for character in name.chars() {
        if character.is_ascii_alphanumeric() {
            result.push(character.to_ascii_lowercase());
            between = false;
        } else if !between {
            result.push('_');
            between = true;
        }
    }
    result
}

fn alias(one: &Type) -> String {
    let labels: Vec<String> = one.labels.iter().map(|label| quoted(label)).collect();
    format!("{}: TypeAlias = Literal[{}]", full_name(&one.schema, &one.name), labels.join(", "))
}

fn optional(python: String, is_optional: bool) -> String {
    if is_optional { format!("Optional[{python}]") } else { python }
}

fn class(name: &str, parent: &str, attributes: &[String]) -> String {
    let attributes = if attributes.is_empty() { "    pass".to_owned() } else { attributes.join("\n") };
    format!("class {name}({parent}):\n{attributes}")
}

fn attribute(column: &str, python: String, is_nullable: bool) -> String {
    let python = optional(python, is_nullable);
    format!("    {}: {python} = Field(alias={})", attribute_name(column), quoted(column))
}

fn model(facts: &Facts, relation: &Relation) -> String {
    let attributes: Vec<String> = relation
        .columns
        .iter()
        .map(|column| attribute(&column.name, column_type(facts, column), column.can_be_null()))
        .collect();
    class(&full_name(&relation.schema, &relation.name), "BaseModel", &attributes)
}

fn composite(facts: &Facts, one: &Type) -> String {
    let attributes = one.attributes.iter().map(|part| {
        let python = facts
            .type_by_id(part.type_id)
            .map_or_else(|| "Any".to_owned(), |one| python_type(facts, &one.name, &one.schema));
        attribute(&part.name, python, true)
    });
    class(&full_name(&one.schema, &one.name), "BaseModel", &attributes.collect::<Vec<_>>())
}

fn dictionary(facts: &Facts, relation: &Relation, operation: &str, all_optional: bool) -> String {
    let attributes = relation.columns.iter().map(|column| {
        let python = optional(column_type(facts, column), column.can_be_null());
        let annotated = format!("Annotated[{python}, Field(alias={})]", quoted(&column.name));
        let can_be_left_out =
            all_optional || column.can_be_null() || column.is_identity() || column.has_default;
        let name = attribute_name(&column.name);
        if can_be_left_out {
            format!("    {name}: NotRequired[{annotated}]")
        } else {
            format!("    {name}: {annotated}")
        }
    });
    let name = format!("{}{operation}", full_name(&relation.schema, &relation.name));
    class(&name, "TypedDict", &attributes.collect::<Vec<_>>())
}

fn column_type(facts: &Facts, column: &Column) -> String {
    python_type(facts, &column.format, &column.type_schema)
}

fn python_type(facts: &Facts, name: &str, schema: &str) -> String {
    if let Some(element) = name.strip_prefix('_') {
        return format!("List[{}]", python_type(facts, element, schema));
    }
    let known = facts.types_named(name).find(|one| one.schema == schema);
    match (known, scalar(name)) {
        (Some(one), _) if !one.labels.is_empty() => full_name(&one.schema, &one.name),
        (_, Some(scalar)) => scalar.to_owned(),
        (Some(one), None) => full_name(&one.schema, &one.name),
        (None, None) => "Any".to_owned(),
    }
}

fn scalar(name: &str) -> Option<&'static str> {
    Some(match name {
        "bool" => "bool",
        "int2" | "int4" | "int8" => "int",
        "float4" | "float8" | "numeric" => "float",
        "bytea" => "bytes",
        "bpchar" | "varchar" | "string" | "text" | "citext" | "interval" | "int4range" | "int4multirange"
        | "int8range" | "int8multirange" | "numrange" | "nummultirange" | "tsrange" | "tsmultirange"
        | "tstzrange" | "tstzmultirange" | "daterange" | "datemultirange" => "str",
        "date" => "datetime.date",
        "time" | "timetz" => "datetime.time",
        "timestamp" | "timestamptz" => "datetime.datetime",
        "uuid" => "uuid.UUID",
        "vector" => "list[Any]",
        "json" | "jsonb" => "JsonValue",
        "void" => "None",
        "record" => "dict[str, Any]",
        _ => return None,
    })
}
