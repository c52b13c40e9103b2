//! The only introspection of the product: what the database contains, read in one flight and
//! kept as plain data.
//!
//! The REST room's schema cache, type generation, lint and the studio share it. It knows nothing
//! about HTTP, and nothing about who is allowed to see what: Postgres decides that per statement.

mod load;
mod relationship;
mod routine;
mod table;
mod views;

use std::collections::HashMap;

pub use load::load;
pub use relationship::{Cardinality, ForeignKey, Junction, Relationship};
pub use routine::{OutputColumn, Parameter, ReturnType, Routine, Volatility};
pub use table::{Column, Table, TableKind};

/// A name inside a schema. Neither part is quoted.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Deserialize)]
pub struct QualifiedName {
    /// The schema.
    pub schema: String,
    /// The name inside the schema.
    pub name: String,
}

impl QualifiedName {
    /// Joins the two parts.
    pub fn new(schema: impl Into<String>, name: impl Into<String>) -> Self {
        Self { schema: schema.into(), name: name.into() }
    }
}

/// SQL text that Postgres itself printed: a type's name or a default's expression.
///
/// Besides static text it is the only text that may enter a statement unquoted, which is why it
/// can only be made by reading the catalog.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Deserialize)]
pub struct Printed(String);

impl Printed {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl PartialEq<str> for Printed {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl std::fmt::Display for Printed {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// An aggregate that turns rows into a media type.
#[derive(Clone, Debug)]
pub struct MediaHandler {
    /// The aggregate to call.
    pub aggregate: QualifiedName,
    /// The media type: the name of the domain that the aggregate returns.
    pub media_type: String,
    /// The relation whose rows it accepts; none: any rows.
    pub relation: Option<QualifiedName>,
    /// True when its result is `bytea`.
    pub is_binary: bool,
    /// True when it is `jsonb`.
    pub is_jsonb: bool,
}

/// By name. What is put in comes from the database only, so the hash need not withstand an attacker.
pub(crate) type Named<T> = HashMap<String, T, foldhash::fast::RandomState>;

/// What the database contains, at one moment.
#[derive(Debug, Default)]
pub struct Catalog {
    pub(crate) tables: Named<Named<Table>>,
    pub(crate) relationships: HashMap<QualifiedName, Vec<Relationship>>,
    pub(crate) routines: Named<Named<Vec<Routine>>>,
    pub(crate) representations: Named<Named<QualifiedName>>,
    pub(crate) media_handlers: Vec<MediaHandler>,
    pub(crate) role_settings: Named<Vec<(String, String)>>,
    pub(crate) schema_comments: Named<Option<String>>,
    pub(crate) server_version: u32,
}

impl Catalog {
    /// The server's version as Postgres numbers it: 150020 is 15.20.
    pub fn server_version(&self) -> u32 {
        self.server_version
    }

    /// One table, view, materialised view or foreign table.
    pub fn table(&self, schema: &str, name: &str) -> Option<&Table> {
        self.tables.get(schema)?.get(name)
    }

    /// Every table of a schema, in no particular order.
    pub fn tables(&self, schema: &str) -> impl Iterator<Item = &Table> {
        self.tables.get(schema).into_iter().flat_map(HashMap::values)
    }

    /// How many relationships there are, over all schemas.
    pub fn relationship_count(&self) -> usize {
        self.relationships.values().map(Vec::len).sum()
    }

    /// The relationships that start at `table`, whatever schema they lead to.
    pub fn relationships(&self, table: &QualifiedName) -> &[Relationship] {
        self.relationships.get(table).map_or(&[], Vec::as_slice)
    }

    /// All overloads of a function or procedure.
    pub fn routines(&self, schema: &str, name: &str) -> &[Routine] {
        self.routines.get(schema).and_then(|named| named.get(name)).map_or(&[], Vec::as_slice)
    }

    /// Every routine of a schema, in no particular order.
    pub fn routines_in(&self, schema: &str) -> impl Iterator<Item = &Routine> {
        self.routines.get(schema).into_iter().flat_map(HashMap::values).flatten()
    }

    /// The function that presents or reads a domain: the implicit cast from `source` to `target`.
    pub fn representation(&self, source: &str, target: &str) -> Option<&QualifiedName> {
        self.representations.get(source)?.get(target)
    }

    /// True when any domain has a representation at all, so that most plans need not look.
    pub fn has_representations(&self) -> bool {
        !self.representations.is_empty()
    }

    /// The aggregates that produce media types.
    pub fn media_handlers(&self) -> &[MediaHandler] {
        &self.media_handlers
    }

    /// Settings attached to a role with `alter role … set`, in the order they apply.
    pub fn role_settings(&self, role: &str) -> &[(String, String)] {
        self.role_settings.get(role).map_or(&[], Vec::as_slice)
    }

    /// The comment of a schema.
    pub fn schema_comment(&self, schema: &str) -> Option<&str> {
        self.schema_comments.get(schema)?.as_deref()
    }
}
