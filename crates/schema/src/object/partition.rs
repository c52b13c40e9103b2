//! That a table is a partition of another.
//!
//! Partitions are made as tables of their own and attached, so that columns, indexes and constraints have the names
//! and the order they are meant to have.

use super::{Alteration, Around, Definition, Steps};
use crate::id::Id;

/// A table's place in a partitioned one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partition {
    /// The partitioned table, as SQL.
    pub parent: String,
    /// `FOR VALUES …` or `DEFAULT`.
    pub bounds: String,
}

impl Definition for Partition {
    fn create(&self, id: &Id, _: Around<'_>) -> Steps {
        Steps::one(format!(
            "alter table only {} attach partition {} {}",
            self.parent,
            id.relation(),
            self.bounds
        ))
    }

    fn drop(&self, id: &Id) -> Steps {
        Steps::one(format!("alter table only {} detach partition {}", self.parent, id.relation()))
    }

    fn alter(&self, _: &Id, _: &Self) -> Alteration {
        Alteration::Replace
    }

    fn target(&self, _: &Id) -> Option<String> {
        None
    }

    fn same(&self, other: &Self) -> bool {
        self == other
    }
}
