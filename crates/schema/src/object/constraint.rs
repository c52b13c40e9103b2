//! Constraints of tables. Foreign keys are a kind of their own, since they come last.

use super::{Alteration, Around, Definition, Steps};
use crate::Error;
use crate::expression::Expression;
use crate::id::{Id, Kind};
use crate::snapshot::{Cells, Head, Reading};
use crate::sql::ident;

const CLASS: u32 = 2606;
const RELATION: u32 = 1259;

/// A primary key, unique, check, exclusion or foreign key constraint.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of its own in Postgres")]
pub struct Constraint {
    /// `p`, `u`, `c`, `x` or `f`.
    pub kind: String,
    /// As Postgres prints it.
    pub definition: Expression,
    /// Whether all rows were checked.
    pub validated: bool,
    /// Whether it may wait for the end of the transaction.
    pub deferrable: bool,
    /// Whether it does so by itself.
    pub deferred: bool,
    /// Whether its table is partitioned.
    pub on_partitioned: bool,
    /// Whether it is there only because the parent table has it.
    pub is_inherited: bool,
    /// Whether its table is a partition.
    pub on_partition: bool,
    /// Whether rows were once sorted by its index.
    pub clustered: bool,
}

impl Constraint {
    pub(crate) fn read(cells: &mut Cells<'_>, head: Head, into: &mut Reading) -> Result<(), Error> {
        let (name, kind) = (cells.text()?, cells.text()?);
        let class = if kind == "f" { Kind::ForeignKey } else { Kind::Constraint };
        let table = Id::new(Kind::Table, &head.schema, &head.name);
        let id = table.as_kind(class).part(name);
        let (definition, validated, deferrable, deferred) =
            (cells.text()?, cells.flag()?, cells.flag()?, cells.flag()?);
        if let Some(index) = cells.optional_oid()? {
            into.address(RELATION, index, &id);
        }
        let constraint = Self {
            kind,
            definition: definition.into(),
            validated,
            deferrable,
            deferred,
            on_partitioned: cells.flag()?,
            is_inherited: cells.flag()?,
            on_partition: cells.flag()?,
            clustered: cells.flag()?,
        };
        if constraint.is_inherited && constraint.kind == "c" && constraint.on_partition {
            into.need(&table.as_kind(Kind::Partition), &id);
        }
        into.add(CLASS, id.clone(), constraint, head);
        into.belongs(&id, table);
        Ok(())
    }

    /// Whether it has an index of its name.
    pub(crate) fn has_index(&self) -> bool {
        matches!(&*self.kind, "p" | "u" | "x")
    }

    /// `only` where the partitions have theirs under a name of their own.
    fn only(&self) -> &'static str {
        if self.on_partitioned && self.has_index() { "only " } else { "" }
    }

    fn cluster(&self, id: &Id) -> Steps {
        if self.clustered {
            Steps::one(format!("alter table {} cluster on {}", id.relation(), ident(&id.part)))
        } else {
            Steps::one(format!("alter table {} set without cluster", id.relation()))
        }
    }
}

impl Definition for Constraint {
    fn create(&self, id: &Id, _: Around<'_>) -> Steps {
        let mut steps = Steps::one(format!(
            "alter table {}{} add constraint {} {}",
            self.only(),
            id.relation(),
            ident(&id.part),
            self.definition
        ));
        if self.clustered {
            steps.append(self.cluster(id));
        }
        steps
    }

    fn drop(&self, id: &Id) -> Steps {
        Steps::one(format!("alter table {} drop constraint {}", id.relation(), ident(&id.part)))
    }

    fn alter(&self, id: &Id, to: &Self) -> Alteration {
        let table = id.relation();
        let name = ident(&id.part);
        let without_wait = |constraint: &Self| {
            let text = constraint.definition.replace(" NOT VALID", "");
            text.replace(" INITIALLY DEFERRED", "").replace(" DEFERRABLE", "")
        };
        let waits = |constraint: &Self| (constraint.deferrable, constraint.deferred);
        let same_wait = waits(self) == waits(to);
        if without_wait(self) != without_wait(to)
            || (!same_wait && self.kind != "f")
            || (self.validated && !to.validated)
        {
            return Alteration::Replace;
        }
        let mut steps = Steps::none();
        if !same_wait {
            let wait = match waits(to) {
                (false, _) => "not deferrable",
                (true, false) => "deferrable initially immediate",
                (true, true) => "deferrable initially deferred",
            };
            steps.push(format!("alter table {table} alter constraint {name} {wait}"));
        }
        if to.validated && !self.validated {
            steps.push(format!("alter table {table} validate constraint {name}"));
        }
        if self.clustered != to.clustered {
            steps.append(to.cluster(id));
        }
        Alteration::InPlace(steps)
    }

    fn target(&self, id: &Id) -> Option<String> {
        Some(format!("constraint {} on {}", ident(&id.part), id.relation()))
    }

    fn same(&self, other: &Self) -> bool {
        let plain = |constraint: &Self| Self {
            is_inherited: false,
            on_partition: false,
            on_partitioned: false,
            ..constraint.clone()
        };
        plain(self) == plain(other)
    }
}
