//! Indexes that belong to no constraint, and that an index of a partition is part of its parent's.

use super::{Alteration, Around, Definition, Steps};
use crate::Error;
use crate::expression::Expression;
use crate::id::{Id, Kind};
use crate::snapshot::{Cells, Head, Reading};
use crate::sql::{ident, qualified, statement};

const CLASS: u32 = 1259;

/// An index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Index {
    /// As Postgres prints it.
    pub definition: Expression,
    /// Whether rows were once sorted by it.
    pub clustered: bool,
    /// Statistics targets of its expressions: number of the column, `=`, target.
    pub statistics: Vec<String>,
}

impl Index {
    pub(crate) fn read(cells: &mut Cells<'_>, head: Head, into: &mut Reading) -> Result<(), Error> {
        let table = cells.text()?;
        let id = Id::new(Kind::Index, &head.schema, &*table).part(&head.name);
        let (definition, clustered, on_view) = (cells.text()?.into(), cells.flag()?, cells.flag()?);
        let statistics = cells.list()?;
        into.add(CLASS, id.clone(), Self { definition, clustered, statistics }, head);
        into.belongs(&id, id_of_relation(&id, on_view));
        Ok(())
    }

    fn name(id: &Id) -> String {
        qualified(&id.schema, &id.part)
    }
}

fn id_of_relation(id: &Id, on_view: bool) -> Id {
    Id::new(if on_view { Kind::MaterializedView } else { Kind::Table }, &*id.schema, &*id.name)
}

impl Definition for Index {
    fn create(&self, id: &Id, _: Around<'_>) -> Steps {
        let mut steps = Steps { sql: vec![statement(&self.definition)], hazards: Vec::new() };
        for target in &self.statistics {
            if let Some((column, target)) = target.split_once('=') {
                let name = Self::name(id);
                steps.push(format!("alter index {name} alter column {column} set statistics {target}"));
            }
        }
        if self.clustered {
            steps.push(format!("alter table {} cluster on {}", id.relation(), ident(&id.part)));
        }
        steps
    }

    fn drop(&self, id: &Id) -> Steps {
        Steps::one(format!("drop index {}", Self::name(id)))
    }

    fn alter(&self, _: &Id, _: &Self) -> Alteration {
        Alteration::Replace
    }

    fn target(&self, id: &Id) -> Option<String> {
        Some(format!("index {}", Self::name(id)))
    }

    fn same(&self, other: &Self) -> bool {
        self == other
    }
}

/// That an index of a partition is part of the index of the partitioned table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexAttachment {
    /// The index of the partitioned table, as SQL.
    pub parent: String,
}

impl IndexAttachment {
    pub(crate) fn read(cells: &mut Cells<'_>, head: Head, into: &mut Reading) -> Result<(), Error> {
        let index = cells.text()?;
        let (schema, parent, parent_oid) = (cells.text()?, cells.text()?, cells.oid()?);
        let table = Id::new(Kind::Table, &head.schema, &head.name);
        let id = table.as_kind(Kind::IndexAttachment).part(index);
        let own = into.relation(head.oid).cloned().ok_or(Error::Unreadable("an attachment without index"))?;
        let mut needs = vec![own.clone(), table.as_kind(Kind::Partition)];
        needs.extend(into.relation(parent_oid).cloned());
        into.add_part(id, Self { parent: qualified(&schema, &parent) }, own, needs);
        Ok(())
    }
}

impl Definition for IndexAttachment {
    fn create(&self, id: &Id, _: Around<'_>) -> Steps {
        let own = qualified(&id.schema, &id.part);
        Steps::one(format!("alter index {} attach partition {own}", self.parent))
    }

    /// There is no way but dropping one of the two, which `diff` sees to.
    fn drop(&self, _: &Id) -> Steps {
        Steps::none()
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
