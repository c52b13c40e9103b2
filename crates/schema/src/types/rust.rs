//! Rust types: structs for rows and what is written, enums, composite types, functions. A module for each schema.
//!
//! They are for JSON as PostgREST writes and reads it:
//!
//! - `numeric` is `rust_decimal::Decimal`, exact to the fifteen digits that a JSON number keeps; `int8` is `i64`.
//! - `timestamptz` is `chrono::DateTime<Utc>`, `timestamp` `NaiveDateTime`, `date` `NaiveDate`, `time` `NaiveTime`.
//! - `json` is `serde_json::Value`, and so are types of extensions, which may have a cast to JSON.
//! - Everything else is a `String`, as Postgres prints it.
//! - Arrays are `Vec`s of values that are not null.
//! - A text column whose check allows certain words only has an enum. Columns that allow the same words share it.
//! - In an update `None` leaves a column alone and `Some(None)` makes it null.

mod functions;
mod names;
mod tables;

use std::collections::HashMap;
use std::fmt::Write as _;

use super::facts::{Column, Facts, Relation, Type};
use names::{Names, pascal_case};

const HEADER: &str = "\
//! Types of the database. Made by `ferrobase gen types rust`; changes are lost.

#![allow(missing_docs, clippy::all, clippy::pedantic, dead_code, reason = \"generated\")]
";

/// Prints the types. With `client`, also what `ferrobase-client` needs to know of tables and functions.
pub(super) fn print(facts: &Facts, client: bool) -> String {
    let mut output = String::from(HEADER);
    let (declared, taken) = declare(facts);
    for (schema, taken) in facts.schemas.iter().zip(taken) {
        let choices = HashMap::new();
        let mut module =
            Module { facts, schema, client, declared: &declared, taken, choices, text: String::new() };
        module.enums();
        module.composites();
        for relation in facts.tables(schema).chain(facts.views(schema)) {
            module.relation(relation);
        }
        for routine in facts.routines(schema) {
            module.routine(routine);
        }
        let name = names::field(schema);
        let _infallible = write!(output, "\n/// The schema `{schema}`.\npub mod {name} {{\n");
        for line in module.text.trim_end().lines() {
            output.push_str(if line.is_empty() { "" } else { "    " });
            output.push_str(line);
            output.push('\n');
        }
        output.push_str("}\n");
    }
    output
}

/// The names of what other types refer to.
#[derive(Default)]
struct Declared {
    /// Of enums and composite types.
    types: HashMap<i64, String>,
    /// Of relations; their rows' have `Row` at the end.
    relations: HashMap<i64, String>,
}

/// Names everything that is referred to, and says which names are taken in each schema.
fn declare(facts: &Facts) -> (Declared, Vec<Names>) {
    let mut declared = Declared::default();
    let mut all_taken = Vec::new();
    for schema in &facts.schemas {
        let mut taken = Names::types();
        for one in facts.enums(schema).chain(facts.composites(schema)) {
            declared.types.insert(one.id, taken.claim(&[""], &pascal_case(&one.name)));
        }
        for relation in facts.tables(schema).chain(facts.views(schema)) {
            let name = taken.claim(&["", "Row", "Insert", "Update"], &pascal_case(&relation.name));
            declared.relations.insert(relation.id, name);
        }
        all_taken.push(taken);
    }
    (declared, all_taken)
}

/// The types of one schema.
struct Module<'a> {
    facts: &'a Facts,
    schema: &'a str,
    client: bool,
    declared: &'a Declared,
    /// Names that are taken.
    taken: Names,
    /// Enums made for lists of words.
    choices: HashMap<Vec<String>, String>,
    text: String,
}

impl Module<'_> {
    fn enums(&mut self) {
        for one in self.facts.enums(self.schema) {
            let name = self.declared.types.get(&one.id).cloned().unwrap_or_default();
            self.enumeration(&name, &format!("The enum `{}`.", one.name), &one.labels);
        }
        for relation in self.facts.tables(self.schema) {
            for column in &relation.columns {
                let Some(words) = self.facts.choice(relation.id, column.number) else { continue };
                if self.choices.contains_key(words) {
                    continue;
                }
                let name = format!("{}{}", pascal_case(&relation.name), pascal_case(&column.name));
                let name = self.taken.claim(&[""], &name);
                let comment = format!("What the check of `{}.{}` allows.", relation.name, column.name);
                self.enumeration(&name, &comment, words);
                self.choices.insert(words.to_vec(), name);
            }
        }
    }

    fn enumeration(&mut self, name: &str, comment: &str, labels: &[String]) {
        let mut variants = Names::variants();
        self.document(comment);
        self.line("#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]");
        self.line(&format!("pub enum {name} {{"));
        for label in labels {
            let variant = variants.claim(&[""], &pascal_case(label));
            if variant != *label {
                self.line(&format!("    #[serde(rename = {})]", names::literal(label)));
            }
            self.line(&format!("    {variant},"));
        }
        self.line("}\n");
    }

    fn composites(&mut self) {
        for one in self.facts.composites(self.schema) {
            let name = self.declared.types.get(&one.id).cloned().unwrap_or_default();
            let fields = one.attributes.iter().map(|attribute| Field {
                name: &attribute.name,
                rust: optional(&self.type_of(attribute.type_id)),
                can_be_left_out: false,
                comment: None,
            });
            let fields: Vec<Field<'_>> = fields.collect();
            self.structure(&name, &format!("The composite type `{}`.", one.name), ROW, &fields);
        }
    }

    fn structure(&mut self, name: &str, comment: &str, derives: &str, fields: &[Field<'_>]) {
        let mut taken = Names::fields();
        self.document(comment);
        self.line(&format!("#[derive({derives})]"));
        if fields.is_empty() {
            self.line(&format!("pub struct {name} {{}}\n"));
            return;
        }
        self.line(&format!("pub struct {name} {{"));
        for field in fields {
            let identifier = taken.claim(&[""], &names::field(field.name));
            if let Some(comment) = field.comment {
                for line in comment.lines() {
                    self.line(format!("    /// {}", line.trim()).trim_end());
                }
            }
            if identifier.trim_start_matches("r#") != field.name {
                self.line(&format!("    #[serde(rename = {})]", names::literal(field.name)));
            }
            if field.can_be_left_out {
                self.line("    #[serde(skip_serializing_if = \"Option::is_none\")]");
            }
            self.line(&format!("    pub {identifier}: {},", field.rust));
        }
        self.line("}\n");
    }

    fn document(&mut self, comment: &str) {
        for line in comment.lines() {
            self.line(format!("/// {}", line.trim()).trim_end());
        }
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn column_type(&self, relation: &Relation, column: &Column) -> String {
        let choice = self.facts.choice(relation.id, column.number);
        match choice.and_then(|words| self.choices.get(words)) {
            Some(name) => name.clone(),
            None => self.type_of(column.type_id),
        }
    }

    fn type_of(&self, id: i64) -> String {
        let Some(one) = self.facts.type_by_id(id) else { return VALUE.to_owned() };
        if let Some(base) = one.base {
            return self.type_of(base);
        }
        if let Some(element) = one.element {
            return format!("Vec<{}>", self.type_of(element));
        }
        let name = match one.relation.and_then(|id| self.declared.relations.get(&id)) {
            Some(relation) => Some(format!("{relation}Row")),
            None => self.declared.types.get(&id).cloned(),
        };
        match name {
            Some(name) if one.schema == self.schema => name,
            Some(name) => format!("super::{}::{name}", names::field(&one.schema)),
            None if !one.labels.is_empty() => "String".to_owned(),
            None if one.relation.is_some() => VALUE.to_owned(),
            None => scalar(one).to_owned(),
        }
    }
}

const ROW: &str = "Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize";
const VALUE: &str = "serde_json::Value";

/// A field of a struct.
struct Field<'a> {
    name: &'a str,
    rust: String,
    can_be_left_out: bool,
    comment: Option<&'a str>,
}

fn optional(rust: &str) -> String {
    format!("Option<{rust}>")
}

fn scalar(one: &Type) -> &'static str {
    if one.schema != "pg_catalog" {
        return match one.name.as_str() {
            "citext" | "vector" | "ltree" => "String",
            _ => VALUE,
        };
    }
    match one.name.as_str() {
        "bool" => "bool",
        "int2" => "i16",
        "int4" => "i32",
        "int8" => "i64",
        "float4" => "f32",
        "float8" => "f64",
        "numeric" => "rust_decimal::Decimal",
        "uuid" => "uuid::Uuid",
        "date" => "chrono::NaiveDate",
        "time" => "chrono::NaiveTime",
        "timestamp" => "chrono::NaiveDateTime",
        "timestamptz" => "chrono::DateTime<chrono::Utc>",
        "void" => "()",
        "json" | "jsonb" | "record" => VALUE,
        _ if one.kind == 'p' => VALUE,
        _ => "String",
    }
}
