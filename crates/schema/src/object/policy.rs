//! Row level security policies.

use std::fmt::Write as _;

use super::{Alteration, Around, Definition, Steps};
use crate::Error;
use crate::expression::Expression;
use crate::id::{Id, Kind};
use crate::snapshot::{Cells, Head, Reading};
use crate::sql::ident;

const CLASS: u32 = 3256;

/// A policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Whether one of several suffices.
    pub permissive: bool,
    /// `r`, `a`, `w`, `d`, or `*`.
    pub command: String,
    /// Whom it is for, as SQL.
    pub roles: Vec<String>,
    /// Which rows are there for them.
    pub using: Option<Expression>,
    /// Which rows they may write.
    pub check: Option<Expression>,
}

impl Policy {
    pub(crate) fn read(cells: &mut Cells<'_>, head: Head, into: &mut Reading) -> Result<(), Error> {
        let table = Id::new(Kind::Table, &head.schema, &head.name);
        let id = table.as_kind(Kind::Policy).part(cells.text()?);
        let policy = Self {
            permissive: cells.flag()?,
            command: cells.text()?,
            roles: cells.list()?,
            using: cells.optional()?.map(Expression::from),
            check: cells.optional()?.map(Expression::from),
        };
        into.add(CLASS, id.clone(), policy, head);
        into.belongs(&id, table);
        Ok(())
    }

    fn conditions(&self) -> String {
        let mut sql = String::new();
        if let Some(using) = &self.using {
            let _ = write!(sql, "\nusing ({using})");
        }
        if let Some(check) = &self.check {
            let _ = write!(sql, "\nwith check ({check})");
        }
        sql
    }
}

impl Definition for Policy {
    fn create(&self, id: &Id, _: Around<'_>) -> Steps {
        let command = match &*self.command {
            "r" => "select",
            "a" => "insert",
            "w" => "update",
            "d" => "delete",
            _ => "all",
        };
        Steps::one(format!(
            "create policy {}\non {}\nas {}\nfor {command}\nto {}{}",
            ident(&id.part),
            id.relation(),
            if self.permissive { "permissive" } else { "restrictive" },
            self.roles.join(", "),
            self.conditions()
        ))
    }

    fn drop(&self, id: &Id) -> Steps {
        Steps::one(format!("drop policy {} on {}", ident(&id.part), id.relation()))
    }

    fn alter(&self, id: &Id, to: &Self) -> Alteration {
        let gone = |from: &Option<Expression>, to: &Option<Expression>| from.is_some() && to.is_none();
        if (self.permissive, &self.command) != (to.permissive, &to.command)
            || gone(&self.using, &to.using)
            || gone(&self.check, &to.check)
        {
            return Alteration::Replace;
        }
        Alteration::InPlace(Steps::one(format!(
            "alter policy {}\non {}\nto {}{}",
            ident(&id.part),
            id.relation(),
            to.roles.join(", "),
            to.conditions()
        )))
    }

    fn target(&self, id: &Id) -> Option<String> {
        Some(format!("policy {} on {}", ident(&id.part), id.relation()))
    }

    fn same(&self, other: &Self) -> bool {
        self == other
    }
}
