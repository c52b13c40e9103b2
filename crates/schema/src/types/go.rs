//! Go structs, as the official command line prints them.

use super::facts::{Column, Facts, Relation, RelationKind, Type};

/// What a struct is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Operation {
    Select,
    Insert,
    Update,
}

impl Operation {
    fn name(self) -> &'static str {
        match self {
            Self::Select => "Select",
            Self::Insert => "Insert",
            Self::Update => "Update",
        }
    }

    fn is_pointer(self, column: &Column) -> bool {
        match self {
            Self::Select => column.can_be_null(),
            Self::Insert => {
                column.can_be_null() || column.is_identity() || column.is_generated || column.has_default
            }
            Self::Update => true,
        }
    }
}

/// Prints the types.
pub(super) fn print(facts: &Facts) -> String {
    let structs = |kinds: &[RelationKind], operations: &[Operation]| -> String {
        let relations = facts.relations.iter().filter(|relation| kinds.contains(&relation.kind));
        let structs: Vec<String> = relations
            .flat_map(|relation| operations.iter().map(|&operation| row(facts, relation, operation)))
            .collect();
        structs.join("\n\n")
    };
    let every = [Operation::Select, Operation::Insert, Operation::Update];
    let composites: Vec<String> = facts
        .schemas
        .iter()
        .flat_map(|schema| facts.composites(schema))
        .map(|one| composite(facts, one))
        .collect();
    let sections = [
        "package database".to_owned(),
        structs(&[RelationKind::Table, RelationKind::Partitioned], &every),
        structs(&[RelationKind::View], &[Operation::Select]),
        structs(&[RelationKind::MaterializedView], &[Operation::Select]),
        composites.join("\n\n"),
    ];
    format!("{}\n", sections.join("\n\n").trim_end())
}

fn row(facts: &Facts, relation: &Relation, operation: Operation) -> String {
    let name = format!("{}{}{}", name(&relation.schema), name(&relation.name), operation.name());
    let fields = relation
        .columns
        .iter()
        .map(|column| (&*column.name, go_type(facts, &column.format, operation.is_pointer(column))));
    structure(&name, fields.collect())
}

fn composite(facts: &Facts, one: &Type) -> String {
    let attributes = one.attributes.iter().map(|attribute| {
        let format = facts.type_by_id(attribute.type_id).map_or("", |one| &one.format);
        (&*attribute.name, attribute_type(format))
    });
    structure(&format!("{}{}", name(&one.schema), name(&one.name)), attributes.collect())
}

fn structure(struct_name: &str, fields: Vec<(&str, String)>) -> String {
    let fields: Vec<(String, String, String)> =
        fields.into_iter().map(|(column, go)| (name(column), go, tag(column))).collect();
    let widest = |part: fn(&(String, String, String)) -> &str| {
        fields.iter().map(|field| part(field).chars().count()).max().unwrap_or(0)
    };
    let (names, types) = (widest(|field| &field.0), widest(|field| &field.1));
    let lines: Vec<String> =
        fields.iter().map(|(name, go, tag)| format!("  {name:names$} {go:types$} {tag}")).collect();
    format!("type {struct_name} struct {{\n{}\n}}", lines.join("\n"))
}

/// `user_id` as `UserId`.
pub(super) fn name(name: &str) -> String {
    let mut result = String::with_capacity(name.len());
    for word in name.split(|character: char| !character.is_ascii_alphanumeric()) {
        let mut characters = word.chars();
        result.extend(characters.next().map(|first| first.to_ascii_uppercase()));
        result.push_str(characters.as_str());
    }
    result
}

fn tag(column: &str) -> String {
    let quoted = |text: &str| serde_json::to_string(text).unwrap_or_default();
    let tag = format!("json:{}", quoted(column));
    if tag.contains('`') { quoted(&tag) } else { format!("`{tag}`") }
}

fn go_type(facts: &Facts, format: &str, is_pointer: bool) -> String {
    let is_enum = facts.types_named(format).any(|one| !one.labels.is_empty());
    if let Some(scalar) = if is_enum { Some("string") } else { scalar(format) } {
        let stays = scalar.starts_with('[') || scalar.contains("interface{}");
        return if is_pointer && !stays { format!("*{scalar}") } else { scalar.to_owned() };
    }
    if facts.types_named(format).any(|one| !one.attributes.is_empty()) {
        return "map[string]interface{}".to_owned();
    }
    match format.strip_prefix('_') {
        Some(element) => format!("[]{} ", go_type(facts, element, is_pointer)),
        None => "interface{}".to_owned(),
    }
}

/// Of an attribute the official generator looks up the type as it is printed in SQL.
fn attribute_type(format: &str) -> String {
    match (scalar(format), format.strip_prefix('_')) {
        (Some(scalar), _) => scalar.to_owned(),
        (None, Some(element)) => format!("[]{} ", attribute_type(element)),
        (None, None) => "interface{}".to_owned(),
    }
}

fn scalar(format: &str) -> Option<&'static str> {
    Some(match format {
        "bool" => "bool",
        "int2" => "int16",
        "int4" => "int32",
        "int8" => "int64",
        "float4" => "float32",
        "float8" | "numeric" => "float64",
        "bytea" => "[]byte",
        "bpchar" | "varchar" | "date" | "text" | "citext" | "time" | "timetz" | "timestamp"
        | "timestamptz" | "interval" | "uuid" | "vector" | "int4range" | "int4multirange" | "int8range"
        | "int8multirange" | "numrange" | "nummultirange" | "tsrange" | "tsmultirange" | "tstzrange"
        | "tstzmultirange" | "daterange" | "datemultirange" => "string",
        "json" | "jsonb" | "void" => "interface{}",
        "record" => "map[string]interface{}",
        _ => return None,
    })
}
