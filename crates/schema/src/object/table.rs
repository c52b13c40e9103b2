//! Tables, without what stands in them: columns, constraints and so on are objects of their own.

use std::fmt::Write as _;

use super::{Alteration, Around, Definition, Object, Partition, Steps};
use crate::Error;
use crate::acl::{self, Class};
use crate::expression::Expression;
use crate::id::{Id, Kind};
use crate::snapshot::{Cells, Head, Reading};
use crate::sql::{block, ident, option_changes, options};

const CLASS: u32 = 1259;

/// A table, partitioned or not.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of its own in Postgres")]
pub struct Table {
    /// `RANGE (created_at)` when it is partitioned.
    pub partition_key: Option<Expression>,
    /// Whether it is lost in a crash.
    pub unlogged: bool,
    /// Storage parameters, those of the toast table with `toast.` before them.
    pub options: Vec<String>,
    /// The tables it inherits from, as SQL; partitions have none here.
    pub parents: Vec<String>,
    /// Whether row level security is enabled.
    pub row_security: bool,
    /// Whether row level security binds the owner too.
    pub force_row_security: bool,
    /// The access method, where it is not `heap`.
    pub access_method: Option<String>,
    /// Whether it is a partition: it then has its parent's columns.
    pub is_partition: bool,
}

impl Table {
    pub(crate) fn read(cells: &mut Cells<'_>, head: Head, into: &mut Reading) -> Result<(), Error> {
        let id = Id::new(Kind::Table, &head.schema, &head.name);
        let mut table = Self {
            partition_key: cells.optional()?.map(Expression::from),
            unlogged: cells.flag()?,
            options: cells.list()?,
            parents: cells.list()?,
            row_security: cells.flag()?,
            force_row_security: cells.flag()?,
            access_method: cells.optional()?,
            is_partition: false,
        };
        let (schema, parent, bounds) = (cells.optional()?, cells.optional()?, cells.optional()?);
        if let (Some(schema), Some(parent), Some(bounds)) = (schema, parent, bounds) {
            table.is_partition = true;
            let parent = Id::new(Kind::Table, schema, parent);
            let needs = [id.clone(), parent.clone()];
            let partition = Partition { parent: parent.relation(), bounds };
            into.add_part(id.as_kind(Kind::Partition), partition, id.clone(), needs);
        }
        let identity = cells.text()?;
        let index = cells.optional()?;
        if identity != "d" {
            let replica = ReplicaIdentity { identity, index };
            let index = replica.index.iter().flat_map(|index| {
                [Kind::Index, Kind::Constraint].map(|kind| id.as_kind(kind).part(&**index))
            });
            let needs: Vec<Id> = std::iter::once(id.clone()).chain(index).collect();
            into.add_part(id.as_kind(Kind::ReplicaIdentity), replica.clone(), id.clone(), needs);
        }
        if cells.optional()?.is_some() {
            // a typed table is in the list of what is not supported
            return Ok(());
        }
        into.add(CLASS, id, table, head);
        Ok(())
    }

    fn row_security_sql(id: &Id, verb: &str) -> String {
        format!("alter table {} {verb} row level security", id.relation())
    }
}

impl Definition for Table {
    fn create(&self, id: &Id, around: Around<'_>) -> Steps {
        let split = around.split.contains(id);
        let mut lines = Vec::new();
        for (column_id, column) in around.to.columns(id) {
            if column.is_inherited && !column.is_local && !self.is_partition {
                continue;
            }
            if split && column.generated.is_some() {
                continue;
            }
            let default = around.to.entries.get(&column_id.as_kind(Kind::Default));
            let default = match default.map(|entry| &entry.object) {
                Some(Object::Default(default)) if !split => Some(&*default.expression),
                _ => None,
            };
            lines.push(column.sql(column_id, default));
        }
        let unlogged = if self.unlogged { "unlogged " } else { "" };
        let mut sql = format!("create {unlogged}table {} {}", id.relation(), block(&lines));
        if !self.parents.is_empty() {
            let _ = write!(sql, " inherits ({})", self.parents.join(", "));
        }
        if let Some(key) = &self.partition_key {
            let _ = write!(sql, " partition by {key}");
        }
        if let Some(method) = &self.access_method {
            let _ = write!(sql, " using {}", ident(method));
        }
        if !self.options.is_empty() {
            let _ = write!(sql, " with ({})", options(&self.options));
        }
        let mut steps = Steps::one(sql);
        for (column_id, column) in around.to.columns(id) {
            if !(split && column.generated.is_some()) {
                steps.append(column.settings(column_id));
            }
        }
        if self.row_security {
            steps.push(Self::row_security_sql(id, "enable"));
        }
        if self.force_row_security {
            steps.push(Self::row_security_sql(id, "force"));
        }
        steps
    }

    fn drop(&self, id: &Id) -> Steps {
        Steps::one(format!("drop table {}", id.relation())).hazard(format!("{id} is dropped with its rows"))
    }

    fn alter(&self, id: &Id, to: &Self) -> Alteration {
        if self.partition_key != to.partition_key {
            return Alteration::Replace;
        }
        let mut steps = Steps::none();
        let table = id.relation();
        if self.access_method != to.access_method {
            let method = to.access_method.as_deref().unwrap_or("heap");
            steps.push(format!("alter table {table} set access method {}", ident(method)));
        }
        for parent in self.parents.iter().filter(|parent| !to.parents.contains(parent)) {
            steps.push(format!("alter table {table} no inherit {parent}"));
        }
        for parent in to.parents.iter().filter(|parent| !self.parents.contains(parent)) {
            steps.push(format!("alter table {table} inherit {parent}"));
        }
        if self.unlogged != to.unlogged {
            let logged = if to.unlogged { "unlogged" } else { "logged" };
            steps.push(format!("alter table {table} set {logged}"));
        }
        for change in option_changes(&self.options, &to.options) {
            steps.push(format!("alter table {table} {change}"));
        }
        if self.row_security != to.row_security {
            let verb = if to.row_security { "enable" } else { "disable" };
            steps.push(Self::row_security_sql(id, verb));
            if !to.row_security {
                steps = steps.hazard(format!("row level security of {id} is turned off"));
            }
        }
        if self.force_row_security != to.force_row_security {
            steps.push(Self::row_security_sql(id, if to.force_row_security { "force" } else { "no force" }));
        }
        Alteration::InPlace(steps)
    }

    fn target(&self, id: &Id) -> Option<String> {
        Some(format!("table {}", id.relation()))
    }

    fn granted(&self, id: &Id) -> Option<(String, Class)> {
        Some((self.target(id)?, acl::TABLE))
    }

    fn same(&self, other: &Self) -> bool {
        // being a partition is an object of its own
        *self == Self { is_partition: self.is_partition, ..other.clone() }
    }
}

/// Which columns identify a row for logical replication, where that is not the primary key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplicaIdentity {
    /// `f` all columns, `n` none, `i` those of an index.
    pub identity: String,
    /// The index.
    pub index: Option<String>,
}

impl ReplicaIdentity {
    fn statement(&self, id: &Id) -> Steps {
        let what = match (&*self.identity, &self.index) {
            ("f", _) => "full".to_owned(),
            ("i", Some(index)) => format!("using index {}", ident(index)),
            _ => "nothing".to_owned(),
        };
        Steps::one(format!("alter table {} replica identity {what}", id.relation()))
    }
}

impl Definition for ReplicaIdentity {
    fn create(&self, id: &Id, _: Around<'_>) -> Steps {
        self.statement(id)
    }

    fn drop(&self, id: &Id) -> Steps {
        Steps::one(format!("alter table {} replica identity default", id.relation()))
    }

    fn alter(&self, id: &Id, to: &Self) -> Alteration {
        Alteration::InPlace(to.statement(id))
    }

    fn target(&self, _: &Id) -> Option<String> {
        None
    }

    fn same(&self, other: &Self) -> bool {
        self == other
    }
}
