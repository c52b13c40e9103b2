//! TypeScript types, laid out as the official formatter lays them out (80 columns, no semicolons).
//!
//! There are two dialects of the same types: what the official command line prints since 3.1, and what
//! postgres-meta prints, which the older command line, Studio and the management API use.

mod functions;
mod layout;
mod names;

use super::document::Document;
use super::facts::{Column, Facts, Relation, Relationship};
use super::relationships;
use super::routines::Overload;
use layout::{Type, list, members, object, property, text, union};

/// Which of the official generators is followed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dialect {
    /// The official command line from 3.1: computed fields, columns of views that are never null.
    #[default]
    Cli,
    /// postgres-meta: the official command line before 3.1, Studio, the management API.
    PgMeta,
}

/// Columns of a line.
const WIDTH: usize = 80;

/// Prints the types.
pub(super) fn print(facts: &Facts, dialect: Dialect, postgrest_version: Option<&str>) -> String {
    let writer = Writer { facts, dialect };
    let mut output = String::from(JSON);
    output.push('\n');
    output.push_str(&writer.database(postgrest_version).print(WIDTH));
    output.push_str("\ntype DatabaseWithoutInternals = Omit<Database, \"__InternalSupabase\">\n\n");
    output.push_str(&writer.default_schema().print(WIDTH));
    output.push('\n');
    let (open, close) = match dialect {
        Dialect::Cli => ("(", ")"),
        Dialect::PgMeta => ("", ""),
    };
    output.push_str(&HELPERS.replace("«open»", open).replace("«close»", close));
    output.push_str(&writer.constants().print(WIDTH));
    output
}

const JSON: &str = "export type Json =
  | string
  | number
  | boolean
  | null
  | { [key: string]: Json | undefined }
  | Json[]
";

/// Types over `Database` that clients use, the same for every database.
const HELPERS: &str = include_str!("typescript_helpers.ts");

/// What a column may be in a request.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Presence {
    /// As it is read.
    Required,
    /// It can be left out.
    Optional,
}

struct Writer<'a> {
    facts: &'a Facts,
    dialect: Dialect,
}

impl Writer<'_> {
    fn is_cli(&self) -> bool {
        self.dialect == Dialect::Cli
    }

    fn database(&self, postgrest_version: Option<&str>) -> Document {
        let mut parts = Vec::new();
        if let Some(version) = postgrest_version {
            let version = property("PostgrestVersion", Presence::Required, text(names::string(version)));
            parts.push(Document::All(vec![
                text("// Allows to automatically instantiate createClient with right options"),
                Document::HardLine,
                text("// instead of createClient<Database, { PostgrestVersion: 'XX' }>(URL, KEY)"),
                Document::HardLine,
                property("__InternalSupabase", Presence::Required, object(vec![version])),
            ]));
        }
        let schemas = self.facts.schemas.iter();
        parts.extend(schemas.map(|schema| property(schema, Presence::Required, self.schema(schema))));
        Document::All(vec![text("export type Database = "), object(parts), Document::HardLine])
    }

    fn default_schema(&self) -> Document {
        let schemas = &self.facts.schemas;
        let first = schemas.first().filter(|_| self.is_cli() && !self.facts.includes("public"));
        let name = names::string(first.map_or("public", String::as_str));
        let inner = layout::generic("Extract", vec![text("keyof Database"), text(name)]);
        Document::All(vec![
            text("type DefaultSchema = DatabaseWithoutInternals["),
            inner,
            text("]"),
            Document::HardLine,
        ])
    }

    fn schema(&self, schema: &str) -> Document {
        let facts = self.facts;
        let named = |name: &str, document| property(name, Presence::Required, document);
        let tables = facts.tables(schema).map(|table| named(&table.name, self.table(table)));
        let views = facts.views(schema).map(|view| named(&view.name, self.view(view)));
        let routines = facts.routines(schema).filter(|routine| self.overloads(routine).next().is_some());
        let functions = routines.map(|routine| named(&routine.name, self.routine(routine)));
        let enums = facts.enums(schema).map(|one| {
            let labels = one.labels.iter().map(|label| text(names::string(label)));
            named(&one.name, union(labels.collect()))
        });
        let composites = facts.composites(schema).map(|one| {
            let attributes = one.attributes.iter().map(|attribute| {
                named(&attribute.name, self.type_by_id(schema, attribute.type_id).or_null().document())
            });
            named(&one.name, object(attributes.collect()))
        });
        object(vec![
            named("Tables", members(tables.collect())),
            named("Views", members(views.collect())),
            named("Functions", members(functions.collect())),
            named("Enums", members(enums.collect())),
            named("CompositeTypes", members(composites.collect())),
        ])
    }

    fn table(&self, table: &Relation) -> Document {
        let write = |all_optional: bool| {
            table.columns.iter().map(move |column| {
                let is_never = column.is_always_identity() || (self.is_cli() && column.is_generated);
                if is_never {
                    return property(&column.name, Presence::Optional, text("never"));
                }
                let can_be_left_out =
                    all_optional || column.is_nullable || column.is_identity() || column.has_default;
                let presence = if can_be_left_out { Presence::Optional } else { Presence::Required };
                property(&column.name, presence, self.column(&table.schema, column, column.is_nullable))
            })
        };
        let mut parts = self.row(table);
        parts.push(property("Insert", Presence::Required, object(write(false).collect())));
        parts.push(property("Update", Presence::Required, object(write(true).collect())));
        parts.push(self.relationships(table));
        object(parts)
    }

    fn view(&self, view: &Relation) -> Document {
        let write = || {
            let columns = view.columns.iter().map(|column| {
                let is_updatable = column.is_updatable || (self.is_cli() && view.is_written_for);
                let document =
                    if is_updatable { self.column(&view.schema, column, true) } else { text("never") };
                property(&column.name, Presence::Optional, document)
            });
            object(columns.collect())
        };
        let (insert, update) = match self.dialect {
            Dialect::Cli => (view.accepts_insert, view.accepts_update),
            Dialect::PgMeta => (view.is_updatable, view.is_updatable),
        };
        let mut parts = self.row(view);
        if insert {
            parts.push(property("Insert", Presence::Required, write()));
        }
        if update {
            parts.push(property("Update", Presence::Required, write()));
        }
        parts.push(self.relationships(view));
        object(parts)
    }

    /// `Row` and, in the dialect that has it, `ComputedFields`.
    fn row(&self, relation: &Relation) -> Vec<Document> {
        let mut columns: Vec<Document> = self.columns(relation);
        let computed = self.computed_fields(relation);
        for (name, overload) in &computed {
            let value = self.returned(&relation.schema, overload).or_null();
            columns.push(property(name, Presence::Required, value.document()));
        }
        let mut parts = vec![property("Row", Presence::Required, object(columns))];
        if self.is_cli() {
            let names: Vec<Document> = computed.iter().map(|(name, _)| text(names::string(name))).collect();
            let names = if names.is_empty() { text("never") } else { union(names) };
            parts.push(property("ComputedFields", Presence::Required, names));
        }
        parts
    }

    /// The columns as they are read.
    fn columns(&self, relation: &Relation) -> Vec<Document> {
        let columns = relation.columns.iter();
        columns
            .map(|column| {
                let nullable = if self.is_cli() { column.can_be_null() } else { column.is_nullable };
                property(&column.name, Presence::Required, self.column(&relation.schema, column, nullable))
            })
            .collect()
    }

    fn column(&self, schema: &str, column: &Column, nullable: bool) -> Document {
        let plain = self.type_named(schema, &column.format, &column.type_schema);
        match plain {
            _ if nullable => plain.or_null().document(),
            Type::Word(word) if word == "Json" && self.is_cli() => text("NonNullable<Json>"),
            _ => plain.document(),
        }
    }

    fn computed_fields(&self, relation: &Relation) -> Vec<(&str, &Overload)> {
        let routines = self.facts.routines(&relation.schema);
        let found = routines.filter_map(|routine| {
            let computes = |overload: &&Overload| match self.dialect {
                Dialect::Cli => {
                    overload.computed_for(self.facts) == Some(relation.id)
                        && relation.columns.iter().all(|column| column.name != routine.name)
                }
                Dialect::PgMeta => overload.argument_types == relation.name,
            };
            self.overloads(routine).find(computes).map(|overload| (&*routine.name, overload))
        });
        found.collect()
    }

    fn relationships(&self, relation: &Relation) -> Document {
        let mut found: Vec<&Relationship> = self.facts.relationships(relation).collect();
        if self.is_cli() {
            found.retain(|one| !one.is_distant);
            found.sort_by(|a, b| relationships::order(a, b));
        }
        property("Relationships", Presence::Required, list(found.into_iter().map(relationship).collect()))
    }

    fn constants(&self) -> Document {
        let schemas = self.facts.schemas.iter().map(|schema| {
            let enums = self.facts.enums(schema).map(|one| {
                let labels = one.labels.iter().map(|label| text(names::string(label)));
                property(&one.name, Presence::Required, list(labels.collect()))
            });
            let enums = property("Enums", Presence::Required, layout::value_object(enums.collect()));
            property(schema, Presence::Required, layout::value_object(vec![enums]))
        });
        Document::All(vec![
            text("export const Constants = "),
            layout::value_object(schemas.collect()),
            text(" as const"),
            Document::HardLine,
        ])
    }
}

fn relationship(one: &Relationship) -> Document {
    let strings = |names: &[String]| list(names.iter().map(|name| text(names::string(name))).collect());
    let named = |name: &str, document| property(name, Presence::Required, document);
    object(vec![
        named("foreignKeyName", text(names::string(&one.name))),
        named("columns", strings(&one.columns)),
        named("isOneToOne", text(one.is_one_to_one.to_string())),
        named("referencedRelation", text(names::string(&one.referenced_relation))),
        named("referencedColumns", strings(&one.referenced_columns)),
    ])
}
