//! Everything DDL can make, one kind a file: what is read of it, how it is made, dropped and changed in place.
//!
//! A kind knows its own statements and nothing of order or of what depends on it: that is `crate::diff`.

#![allow(
    clippy::needless_pass_by_value,
    clippy::unnecessary_wraps,
    reason = "all kinds are read by functions of one type"
)]

mod cast;
mod column;
mod constraint;
mod default_privileges;
mod event_trigger;
mod extension;
mod index;
mod namespace;
mod operator;
mod partition;
mod policy;
mod publication;
mod routine;
mod sequence;
mod statistics;
mod table;
mod text_search;
mod trigger;
mod types;
mod view;

pub use cast::Cast;
pub use column::{Column, Default, Identity, IdentitySequence};
pub use constraint::Constraint;
pub use default_privileges::DefaultPrivileges;
pub use event_trigger::EventTrigger;
pub use extension::Extension;
pub use index::{Index, IndexAttachment};
pub use namespace::Schema;
pub use operator::{Collation, Operator};
pub use partition::Partition;
pub use policy::Policy;
pub use publication::{Publication, PublicationSchema, PublicationTable};
pub use routine::{Aggregate, Routine};
pub use sequence::{Sequence, SequenceOwner, SequenceSettings};
pub use statistics::Statistics;
pub use table::{ReplicaIdentity, Table};
pub use text_search::TextSearch;
pub use trigger::{Rule, Trigger};
pub use types::{Composite, Domain, Enum, Range};
pub use view::{View, ViewColumn};

use crate::acl::Class;
use crate::id::Id;
use crate::snapshot::Snapshot;

/// Statements of one step, and what people should know before they run them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Steps {
    pub sql: Vec<String>,
    pub hazards: Vec<String>,
}

impl Steps {
    pub(crate) fn one(sql: impl Into<String>) -> Self {
        Self { sql: vec![crate::sql::statement(&sql.into())], hazards: Vec::new() }
    }

    pub(crate) fn none() -> Self {
        Self::default()
    }

    pub(crate) fn push(&mut self, sql: impl Into<String>) {
        self.sql.push(crate::sql::statement(&sql.into()));
    }

    pub(crate) fn hazard(mut self, text: impl Into<String>) -> Self {
        self.hazards.push(text.into());
        self
    }

    pub(crate) fn append(&mut self, mut other: Self) {
        self.sql.append(&mut other.sql);
        self.hazards.append(&mut other.hazards);
    }
}

/// How an object becomes another of the same name.
#[derive(Debug)]
pub(crate) enum Alteration {
    /// By these statements; whatever depends on it stays.
    InPlace(Steps),
    /// By these statements, which Postgres refuses while certain others (views, policies …) depend on it.
    Rewrite(Steps),
    /// By dropping it and making it anew.
    Replace,
}

/// What an object's statements may depend on besides itself.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Around<'a> {
    /// The schema as it will be.
    pub to: &'a Snapshot,
    /// Tables whose defaults and computed columns are made after them.
    pub split: &'a std::collections::BTreeSet<Id>,
}

/// What every kind can say about an object.
pub(crate) trait Definition {
    /// The statements that make it.
    fn create(&self, id: &Id, around: Around<'_>) -> Steps;
    /// The statements that drop it.
    fn drop(&self, id: &Id) -> Steps;
    /// How `self` becomes `to`, which differs.
    fn alter(&self, id: &Id, to: &Self) -> Alteration;
    /// What `comment on` and `alter … owner to` call it; nothing where there is neither.
    fn target(&self, id: &Id) -> Option<String>;
    /// What `grant … on` calls it, and which rights there are.
    fn granted(&self, id: &Id) -> Option<(String, Class)> {
        let _ = id;
        None
    }
    /// Whether two of them mean the same.
    fn same(&self, other: &Self) -> bool;
}

macro_rules! objects {
    ($($kind:ident),* $(,)?) => {
        /// An object of any kind.
        #[derive(Debug, Clone, PartialEq, Eq)]
        #[allow(missing_docs, reason = "each is documented where it is defined")]
        pub enum Object { $($kind($kind)),* }

        $(impl From<$kind> for Object {
            fn from(object: $kind) -> Self { Self::$kind(object) }
        })*

        impl Object {
            pub(crate) fn create(&self, id: &Id, around: Around<'_>) -> Steps {
                match self { $(Self::$kind(object) => object.create(id, around)),* }
            }
            pub(crate) fn drop(&self, id: &Id) -> Steps {
                match self { $(Self::$kind(object) => object.drop(id)),* }
            }
            pub(crate) fn alter(&self, id: &Id, to: &Self) -> Alteration {
                match (self, to) {
                    $((Self::$kind(from), Self::$kind(to)) => from.alter(id, to),)*
                    _ => Alteration::Replace,
                }
            }
            pub(crate) fn target(&self, id: &Id) -> Option<String> {
                match self { $(Self::$kind(object) => object.target(id)),* }
            }
            pub(crate) fn granted(&self, id: &Id) -> Option<(String, Class)> {
                match self { $(Self::$kind(object) => object.granted(id)),* }
            }
            pub(crate) fn same(&self, other: &Self) -> bool {
                match (self, other) {
                    $((Self::$kind(one), Self::$kind(other)) => one.same(other),)*
                    _ => false,
                }
            }
        }
    };
}

objects!(
    Schema,
    DefaultPrivileges,
    Extension,
    Collation,
    Enum,
    Composite,
    Range,
    Domain,
    Sequence,
    SequenceOwner,
    Table,
    Column,
    IdentitySequence,
    Default,
    Partition,
    ReplicaIdentity,
    Routine,
    Aggregate,
    Operator,
    Cast,
    TextSearch,
    View,
    ViewColumn,
    Constraint,
    Index,
    IndexAttachment,
    Statistics,
    Rule,
    Trigger,
    Policy,
    EventTrigger,
    Publication,
    PublicationTable,
    PublicationSchema,
);
