//! Extended statistics.

use super::{Alteration, Around, Definition, Steps};
use crate::Error;
use crate::expression::Expression;
use crate::id::{Id, Kind};
use crate::snapshot::{Cells, Head, Reading};
use crate::sql::statement;

/// Statistics about several columns or expressions of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statistics {
    /// As Postgres prints it.
    pub definition: Expression,
    /// How much is sampled, where that was set.
    pub target: Option<String>,
}

impl Statistics {
    pub(crate) fn read(cells: &mut Cells<'_>, head: Head, into: &mut Reading) -> Result<(), Error> {
        let id = Id::new(Kind::Statistics, &head.schema, &head.name);
        let _table = cells.text()?;
        into.add(3381, id, Self { definition: cells.text()?.into(), target: cells.optional()? }, head);
        Ok(())
    }

    fn set_target(&self, id: &Id) -> String {
        format!(
            "alter statistics {} set statistics {}",
            id.relation(),
            self.target.as_deref().unwrap_or("-1")
        )
    }
}

impl Definition for Statistics {
    fn create(&self, id: &Id, _: Around<'_>) -> Steps {
        let mut steps = Steps { sql: vec![statement(&self.definition)], hazards: Vec::new() };
        if self.target.is_some() {
            steps.push(self.set_target(id));
        }
        steps
    }

    fn drop(&self, id: &Id) -> Steps {
        Steps::one(format!("drop statistics {}", id.relation()))
    }

    fn alter(&self, id: &Id, to: &Self) -> Alteration {
        if self.definition != to.definition {
            return Alteration::Replace;
        }
        Alteration::InPlace(Steps::one(to.set_target(id)))
    }

    fn target(&self, id: &Id) -> Option<String> {
        Some(format!("statistics {}", id.relation()))
    }

    fn same(&self, other: &Self) -> bool {
        self == other
    }
}
