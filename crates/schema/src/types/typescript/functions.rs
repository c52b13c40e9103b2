//! Types by name, and functions: their arguments, what they return, and the errors of those that cannot be called.

use super::layout::{Type, generic, inline_object, object, property, text, union};
use super::{Dialect, Presence, Writer, names};
use crate::types::document::Document;
use crate::types::facts::{Relation, RelationKind, Type as Declared};
use crate::types::routines::{Argument, Overload, Routine};

impl Writer<'_> {
    pub(super) fn routine(&self, routine: &Routine) -> Document {
        union(self.overloads(routine).map(|overload| self.overload(routine, overload)).collect())
    }

    /// Those that the dialect knows: postgres-meta knows no rows of foreign tables, and so no function of them.
    pub(super) fn overloads<'b>(&self, routine: &'b Routine) -> impl Iterator<Item = &'b Overload> {
        let is_unknown = |overload: &Overload| {
            !self.is_cli()
                && overload.takes_unnamed_row(self.facts)
                && overload.arguments.iter().any(|argument| {
                    self.facts.type_by_id(argument.type_id).is_some_and(Declared::is_foreign_row)
                })
        };
        routine.overloads.iter().filter(move |overload| !is_unknown(overload))
    }

    fn overload(&self, routine: &Routine, overload: &Overload) -> Document {
        let schema = &routine.schema;
        let arguments = if overload.arguments.is_empty() {
            text(if self.is_cli() { "Record<PropertyKey, never>" } else { "never" })
        } else {
            let arguments = overload.arguments.iter().map(|argument| {
                let presence =
                    if argument.counts_as_optional { Presence::Optional } else { Presence::Required };
                property(&argument.name, presence, self.argument(schema, argument))
            });
            inline_object(arguments.collect())
        };
        let error = overload.conflict.clone().or_else(|| self.row_error(routine, overload));
        let is_error = error.is_some();
        let returned = match error {
            Some(message) => {
                let error = inline_object(vec![property("error", Presence::Required, text("true"))]);
                Document::All(vec![error, text(format!(" & {}", names::string(&message)))])
            }
            None => self.returned(schema, overload).document(),
        };
        let is_one_to_one = overload.embedding.as_ref().is_some_and(|one| one.is_one_to_one);
        let is_array = match self.dialect {
            Dialect::Cli => !is_error && overload.returns_set && !is_one_to_one,
            Dialect::PgMeta => {
                overload.returns_set && (overload.returns_many || overload.embedding.is_none())
            }
        };
        let returned = if is_array { Document::All(vec![returned, text("[]")]) } else { returned };
        let named = |name: &str, document| property(name, Presence::Required, document);
        let mut parts = vec![named("Args", arguments), named("Returns", returned)];
        if let Some(embedding) = &overload.embedding {
            parts.push(named(
                "SetofOptions",
                object(vec![
                    named("from", text(names::string(&embedding.from))),
                    named("to", text(names::string(&embedding.to))),
                    named("isOneToOne", text(embedding.is_one_to_one.to_string())),
                    named("isSetofReturn", text(embedding.is_set.to_string())),
                ]),
            ));
        }
        inline_object(parts)
    }

    /// A function of an unnamed row can be called as a computed field only.
    fn row_error(&self, routine: &Routine, overload: &Overload) -> Option<String> {
        let is_embeddable = self.dialect == Dialect::PgMeta && overload.embedding.is_some();
        (overload.takes_unnamed_row(self.facts) && !is_embeddable).then(|| {
            format!(
                "the function {}.{} with parameter or with a single unnamed json/jsonb parameter, \
                 but no matches were found in the schema cache",
                routine.schema, routine.name
            )
        })
    }

    fn argument(&self, schema: &str, argument: &Argument) -> Document {
        let plain = self.type_by_id(schema, argument.type_id);
        let row =
            self.facts.type_by_id(argument.type_id).and_then(|one| self.row_path(&one.name, &one.schema));
        match (plain, row) {
            (Type::Word(word), Some(path))
                if self.is_cli() && !argument.name.is_empty() && word == format!("{path}[\"Row\"]") =>
            {
                generic("Omit", vec![text(word), text(format!("{path}[\"ComputedFields\"]"))])
            }
            (plain, _) => plain.document(),
        }
    }

    /// What a call returns, without the brackets of a set.
    pub(super) fn returned(&self, schema: &str, overload: &Overload) -> Type {
        if !overload.columns.is_empty() {
            let columns = overload.columns.iter().map(|(name, id)| {
                property(name, Presence::Required, self.type_by_id(schema, *id).document())
            });
            return Type::Object(object(columns.collect()));
        }
        let relation = overload.return_relation.and_then(|id| self.facts.relation_by_id(id));
        match relation.filter(|relation| relation.schema == schema) {
            Some(relation) => Type::Object(object(self.columns(relation))),
            None => self.type_by_id(schema, overload.return_type),
        }
    }

    pub(super) fn type_by_id(&self, schema: &str, id: i64) -> Type {
        let one = self.facts.type_by_id(id).filter(|one| self.is_cli() || !one.is_foreign_row());
        one.map_or_else(|| Type::word("unknown"), |one| self.type_named(schema, &one.name, &one.schema))
    }

    /// The type of a name. Names are not unique over schemas: the type's own comes first in the dialect of the
    /// command line, the schema that is printed in that of postgres-meta.
    pub(super) fn type_named(&self, schema: &str, name: &str, type_schema: &str) -> Type {
        let simple = match name {
            "bool" => "boolean",
            "int2" | "int4" | "int8" | "float4" | "float8" | "numeric" => "number",
            "bytea" | "bpchar" | "varchar" | "date" | "text" | "citext" | "time" | "timetz" | "timestamp"
            | "timestamptz" | "uuid" | "vector" | "interval" => "string",
            "json" | "jsonb" => "Json",
            "void" => "undefined",
            "record" => "Record<string, unknown>",
            _ => {
                return match name.strip_prefix('_') {
                    Some(element) => self.type_named(schema, element, type_schema).array(),
                    None => self.declared_type(name, if self.is_cli() { type_schema } else { schema }),
                };
            }
        };
        Type::word(simple)
    }

    /// An enum, a composite type or a row, of whichever schema, but rather of the preferred one.
    fn declared_type(&self, name: &str, preferred: &str) -> Type {
        let path = |schema: &str, section: &str| {
            let (schema, name) = (names::string(schema), names::string(name));
            Type::word(format!("Database[{schema}][\"{section}\"][{name}]"))
        };
        let rank = |one: &&Declared| one.schema != preferred;
        let enums = self.facts.types_named(name).filter(|one| !one.labels.is_empty());
        if let Some(one) = enums.min_by_key(rank) {
            if self.facts.includes(&one.schema) {
                return path(&one.schema, "Enums");
            }
            let labels = one.labels.iter().map(|label| text(names::string(label)));
            return Type::Union(labels.collect());
        }
        let composites = self.facts.types_named(name).filter(|one| !one.attributes.is_empty());
        if let Some(one) = composites.min_by_key(rank) {
            let is_included = self.facts.includes(&one.schema);
            return if is_included { path(&one.schema, "CompositeTypes") } else { Type::word("unknown") };
        }
        match self.row_path(name, preferred) {
            Some(path) => Type::word(format!("{path}[\"Row\"]")),
            None => Type::word("unknown"),
        }
    }

    /// Where the relation of this name is in `Database`.
    fn row_path(&self, name: &str, preferred: &str) -> Option<String> {
        let rank = |relation: &Relation| (relation.schema != preferred, section_rank(relation));
        let known = |relation: &&Relation| {
            self.is_cli() || !matches!(relation.kind, RelationKind::Foreign | RelationKind::MaterializedView)
        };
        let relation =
            self.facts.relations_named(name).filter(known).min_by_key(|relation| rank(relation))?;
        let section = if relation.kind.is_view() { "Views" } else { "Tables" };
        Some(format!(
            "Database[{}][\"{section}\"][{}]",
            names::string(&relation.schema),
            names::string(&relation.name)
        ))
    }
}

/// Tables, foreign tables, views, materialised views: the order in which a name is looked up.
fn section_rank(relation: &Relation) -> u8 {
    match relation.kind {
        RelationKind::Table | RelationKind::Partitioned => 0,
        RelationKind::Foreign => 1,
        RelationKind::View => 2,
        RelationKind::MaterializedView => 3,
    }
}
