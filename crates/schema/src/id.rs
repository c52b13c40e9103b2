//! The name of an object: what it is and what it is called, the same in every database.

use std::fmt;

use crate::sql::{ident, qualified};

/// What an object is. The order is the one in which things are made when nothing else decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the names are those of Postgres")]
pub enum Kind {
    Schema,
    DefaultPrivileges,
    Extension,
    Collation,
    Enum,
    Composite,
    Range,
    Domain,
    Sequence,
    Table,
    Column,
    IdentitySequence,
    Default,
    SequenceOwner,
    Routine,
    Aggregate,
    Operator,
    Cast,
    TextSearch,
    View,
    MaterializedView,
    ViewColumn,
    Constraint,
    Partition,
    Index,
    IndexAttachment,
    ReplicaIdentity,
    ForeignKey,
    Statistics,
    Rule,
    Trigger,
    Policy,
    EventTrigger,
    Publication,
    PublicationTable,
    PublicationSchema,
}

impl Kind {
    /// As people call it.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Schema => "schema",
            Self::DefaultPrivileges => "default privileges",
            Self::Extension => "extension",
            Self::Collation => "collation",
            Self::Enum | Self::Composite | Self::Range => "type",
            Self::Domain => "domain",
            Self::Sequence | Self::SequenceOwner | Self::IdentitySequence => "sequence",
            Self::Table => "table",
            Self::Column | Self::ViewColumn => "column",
            Self::Default => "default",
            Self::Routine => "routine",
            Self::Aggregate => "aggregate",
            Self::Operator => "operator",
            Self::Cast => "cast",
            Self::TextSearch => "text search",
            Self::View => "view",
            Self::MaterializedView => "materialized view",
            Self::Constraint | Self::ForeignKey => "constraint",
            Self::Partition => "partition",
            Self::Index | Self::IndexAttachment => "index",
            Self::ReplicaIdentity => "replica identity",
            Self::Statistics => "statistics",
            Self::Rule => "rule",
            Self::Trigger => "trigger",
            Self::Policy => "policy",
            Self::EventTrigger => "event trigger",
            Self::Publication | Self::PublicationTable | Self::PublicationSchema => "publication",
        }
    }
}

/// The name of an object.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id {
    /// What it is.
    pub kind: Kind,
    /// Its schema; that of its table for what belongs to one; empty for what has none.
    pub schema: String,
    /// Its name; that of its table for what belongs to one.
    pub name: String,
    /// What tells it from its like: a column, a constraint, the types of a function's arguments.
    pub part: String,
}

impl Id {
    /// A name without a part.
    pub fn new(kind: Kind, schema: impl Into<String>, name: impl Into<String>) -> Self {
        Self { kind, schema: schema.into(), name: name.into(), part: String::new() }
    }

    /// With this part.
    #[must_use]
    pub fn part(mut self, part: impl Into<String>) -> Self {
        self.part = part.into();
        self
    }

    /// The same name for another kind of thing.
    pub(crate) fn as_kind(&self, kind: Kind) -> Self {
        Self { kind, ..self.clone() }
    }

    /// The table, view or type this belongs to, as SQL.
    pub(crate) fn relation(&self) -> String {
        qualified(&self.schema, &self.name)
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.kind.noun())?;
        match self.kind {
            Kind::Routine | Kind::Aggregate => write!(f, "{}({})", self.relation(), self.part),
            _ if self.schema.is_empty() => write!(f, "{}", ident(&self.name)),
            _ if self.kind == Kind::Schema || self.kind == Kind::Extension => {
                write!(f, "{}", ident(&self.name))
            }
            _ if self.part.is_empty() => write!(f, "{}", self.relation()),
            Kind::Column | Kind::ViewColumn => write!(f, "{}.{}", self.relation(), ident(&self.part)),
            _ => write!(f, "{} on {}", ident(&self.part), self.relation()),
        }
    }
}
