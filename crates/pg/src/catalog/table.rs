//! Tables, views and their columns, as the catalog describes them.

use serde::Deserialize;

use super::{Printed, QualifiedName};

/// What kind of relation a [`Table`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum TableKind {
    /// An ordinary table.
    #[serde(rename = "r")]
    Table,
    /// A partitioned table.
    #[serde(rename = "p")]
    Partitioned,
    /// A view.
    #[serde(rename = "v")]
    View,
    /// A materialised view.
    #[serde(rename = "m")]
    MaterializedView,
    /// A foreign table.
    #[serde(rename = "f")]
    Foreign,
}

/// A relation that can be read by name.
#[derive(Clone, Debug, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts, each with its own name")]
pub struct Table {
    pub(crate) oid: i64,
    pub(crate) row_type: i64,
    /// Where it is.
    #[serde(flatten)]
    pub name: QualifiedName,
    /// What it is.
    pub kind: TableKind,
    /// True for a partition of another table.
    pub is_partition: bool,
    /// True when rows can be inserted (for views: automatically or by a trigger).
    pub is_insertable: bool,
    /// True when rows can be updated.
    pub is_updatable: bool,
    /// True when rows can be deleted.
    pub is_deletable: bool,
    /// The comment on the relation.
    pub comment: Option<String>,
    /// The columns in their declared order.
    pub columns: Vec<Column>,
    /// Columns of the primary key; for a view, of the primary keys it shows completely.
    #[serde(default)]
    pub primary_key: Vec<String>,
    /// Columns of each unique constraint.
    #[serde(default)]
    pub unique_keys: Vec<Vec<String>>,
}

impl Table {
    /// A column by name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// True for views and materialised views.
    pub fn is_view(&self) -> bool {
        matches!(self.kind, TableKind::View | TableKind::MaterializedView)
    }

    pub(crate) fn column_name(&self, number: i16) -> Option<&str> {
        self.columns.iter().find(|column| column.number == number).map(|column| &*column.name)
    }
}

/// A column of a [`Table`].
#[derive(Clone, Debug, Deserialize)]
pub struct Column {
    pub(crate) number: i16,
    /// The column's name.
    pub name: String,
    /// The declared type with its modifiers, e.g. `character varying(10)`; domains by name.
    pub data_type: Printed,
    /// The declared type without modifiers.
    pub type_name: Printed,
    /// The type below all domains, without modifiers.
    pub base_type: Printed,
    /// False when the column or its domain is `not null`.
    pub is_nullable: bool,
    /// The default's expression; none for generated columns.
    pub default: Option<Printed>,
    /// `generated … as identity`.
    pub is_identity: bool,
    /// `generated always as (…) stored`.
    pub is_generated: bool,
    /// Longest value in characters, for bounded text types.
    pub max_length: Option<i32>,
    /// Labels in their order, when the type is an enum.
    pub enum_labels: Option<Vec<String>>,
    /// The comment on the column.
    pub comment: Option<String>,
}
