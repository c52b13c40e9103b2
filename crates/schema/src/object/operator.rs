//! Operators and collations: a name and a list of options.

use super::{Alteration, Around, Definition, Steps};
use crate::Error;
use crate::id::{Id, Kind};
use crate::snapshot::{Cells, Head, Reading};
use crate::sql::{block, ident};

/// An operator; the types of its sides are part of its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operator {
    /// What stands in the parentheses of `create operator`.
    pub options: Vec<String>,
}

impl Operator {
    pub(crate) fn read(cells: &mut Cells<'_>, head: Head, into: &mut Reading) -> Result<(), Error> {
        let id = Id::new(Kind::Operator, &head.schema, &head.name).part(cells.text()?);
        into.add(2617, id, Self { options: cells.list()? }, head);
        Ok(())
    }

    /// Symbols are never quoted.
    fn name(id: &Id) -> String {
        format!("{}.{}", ident(&id.schema), id.name)
    }
}

impl Definition for Operator {
    fn create(&self, id: &Id, _: Around<'_>) -> Steps {
        Steps::one(format!("create operator {} {}", Self::name(id), block(&self.options)))
    }

    fn drop(&self, id: &Id) -> Steps {
        Steps::one(format!("drop operator {} ({})", Self::name(id), id.part))
    }

    fn alter(&self, _: &Id, _: &Self) -> Alteration {
        Alteration::Replace
    }

    fn target(&self, id: &Id) -> Option<String> {
        Some(format!("operator {} ({})", Self::name(id), id.part))
    }

    fn same(&self, other: &Self) -> bool {
        self == other
    }
}

/// A collation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collation {
    /// What stands in the parentheses of `create collation`.
    pub options: Vec<String>,
}

impl Collation {
    pub(crate) fn read(cells: &mut Cells<'_>, head: Head, into: &mut Reading) -> Result<(), Error> {
        let id = Id::new(Kind::Collation, &head.schema, &head.name);
        into.add(3456, id, Self { options: cells.list()? }, head);
        Ok(())
    }
}

impl Definition for Collation {
    fn create(&self, id: &Id, _: Around<'_>) -> Steps {
        Steps::one(format!("create collation {} ({})", id.relation(), self.options.join(", ")))
    }

    fn drop(&self, id: &Id) -> Steps {
        Steps::one(format!("drop collation {}", id.relation()))
    }

    fn alter(&self, _: &Id, _: &Self) -> Alteration {
        Alteration::Replace
    }

    fn target(&self, id: &Id) -> Option<String> {
        Some(format!("collation {}", id.relation()))
    }

    fn same(&self, other: &Self) -> bool {
        self == other
    }
}
