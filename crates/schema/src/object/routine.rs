//! Functions, procedures, window functions and aggregates.

use super::{Alteration, Around, Definition, Steps};
use crate::Error;
use crate::acl::{self, Class};
use crate::expression::Expression;
use crate::id::{Id, Kind};
use crate::snapshot::{Cells, Head, Reading};
use crate::sql::{block, statement};

const CLASS: u32 = 1255;

/// A function or procedure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Routine {
    /// Whether it is called with `call`.
    pub is_procedure: bool,
    /// As Postgres prints it: `CREATE OR REPLACE …` with everything that belongs to it.
    pub definition: Expression,
    /// What it returns.
    pub result: Option<String>,
    /// Its arguments with names and defaults.
    pub arguments: String,
}

impl Routine {
    pub(crate) fn read(cells: &mut Cells<'_>, head: Head, into: &mut Reading) -> Result<(), Error> {
        let id = Id::new(Kind::Routine, &head.schema, &head.name).part(cells.text()?);
        let routine = Self {
            is_procedure: cells.text()? == "p",
            definition: cells.text()?.into(),
            result: cells.optional()?,
            arguments: cells.text()?,
        };
        into.add(CLASS, id, routine, head);
        Ok(())
    }

    fn word(&self) -> &'static str {
        if self.is_procedure { "procedure" } else { "function" }
    }

    fn name(&self, id: &Id) -> String {
        format!("{} {}({})", self.word(), id.relation(), id.part)
    }
}

impl Definition for Routine {
    fn create(&self, _: &Id, _: Around<'_>) -> Steps {
        Steps { sql: vec![statement(&self.definition)], hazards: Vec::new() }
    }

    fn drop(&self, id: &Id) -> Steps {
        Steps::one(format!("drop {}", self.name(id)))
    }

    /// What callers see may not change in place; a body may.
    fn alter(&self, _: &Id, to: &Self) -> Alteration {
        let face = |routine: &Self| (routine.is_procedure, routine.result.clone(), routine.arguments.clone());
        let window = |routine: &Self| routine.definition.contains("\n WINDOW");
        if face(self) != face(to) || window(self) != window(to) {
            return Alteration::Replace;
        }
        Alteration::InPlace(Steps { sql: vec![statement(&to.definition)], hazards: Vec::new() })
    }

    fn target(&self, id: &Id) -> Option<String> {
        Some(self.name(id))
    }

    fn granted(&self, id: &Id) -> Option<(String, Class)> {
        Some((self.name(id), acl::ROUTINE))
    }

    fn same(&self, other: &Self) -> bool {
        self == other
    }
}

/// An aggregate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aggregate {
    /// Its arguments as `create aggregate` wants them.
    pub arguments: String,
    /// What stands in the second pair of parentheses.
    pub options: Vec<String>,
}

impl Aggregate {
    pub(crate) fn read(cells: &mut Cells<'_>, head: Head, into: &mut Reading) -> Result<(), Error> {
        let id = Id::new(Kind::Aggregate, &head.schema, &head.name).part(cells.text()?);
        let mut arguments = cells.text()?;
        if arguments.is_empty() {
            arguments.push('*');
        }
        into.add(CLASS, id, Self { arguments, options: cells.list()? }, head);
        Ok(())
    }

    fn name(&self, id: &Id) -> String {
        format!("{}({})", id.relation(), self.arguments)
    }
}

impl Definition for Aggregate {
    fn create(&self, id: &Id, _: Around<'_>) -> Steps {
        Steps::one(format!("create aggregate {} {}", self.name(id), block(&self.options)))
    }

    fn drop(&self, id: &Id) -> Steps {
        Steps::one(format!("drop aggregate {}", self.name(id)))
    }

    fn alter(&self, _: &Id, _: &Self) -> Alteration {
        Alteration::Replace
    }

    fn target(&self, id: &Id) -> Option<String> {
        Some(format!("aggregate {}", self.name(id)))
    }

    fn granted(&self, id: &Id) -> Option<(String, Class)> {
        Some((format!("function {}({})", id.relation(), id.part), acl::ROUTINE))
    }

    fn same(&self, other: &Self) -> bool {
        self == other
    }
}
