//! Types that people make: enums, domains, composites, ranges.
//!
//! A type that cannot be changed in place is swapped: renamed, made anew, columns converted through text, the
//! old one dropped (see `diff::swap`).

use std::fmt::Write as _;

use super::{Alteration, Around, Definition, Steps};
use crate::Error;
use crate::acl::{self, Class};
use crate::expression::Expression;
use crate::id::{Id, Kind};
use crate::snapshot::{Cells, Head, Reading};
use crate::sql::{block, ident, literal};

const CLASS: u32 = 1247;
const RELATION: u32 = 1259;

/// An enum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enum {
    /// Its values in order.
    pub labels: Vec<String>,
}

impl Enum {
    pub(crate) fn read(cells: &mut Cells<'_>, head: Head, into: &mut Reading) -> Result<(), Error> {
        let id = Id::new(Kind::Enum, &head.schema, &head.name);
        into.add(CLASS, id, Self { labels: cells.list()? }, head);
        Ok(())
    }

    /// The values that `to` has and this has not; nothing when values went or moved.
    pub(crate) fn added<'a>(&self, to: &'a Self) -> Option<Vec<&'a String>> {
        let kept: Vec<&String> = to.labels.iter().filter(|label| self.labels.contains(label)).collect();
        let all = kept.iter().copied().eq(self.labels.iter());
        all.then(|| to.labels.iter().filter(|label| !self.labels.contains(label)).collect())
    }
}

impl Definition for Enum {
    fn create(&self, id: &Id, _: Around<'_>) -> Steps {
        let labels = self.labels.iter().map(|label| literal(label)).collect::<Vec<_>>().join(", ");
        Steps::one(format!("create type {} as enum ({labels})", id.relation()))
    }

    fn drop(&self, id: &Id) -> Steps {
        Steps::one(format!("drop type {}", id.relation()))
    }

    fn alter(&self, id: &Id, to: &Self) -> Alteration {
        if self.added(to).is_none() {
            return Alteration::Replace;
        }
        let mut steps = Steps::none();
        let mut before: Option<&String> = None;
        for label in &to.labels {
            if !self.labels.contains(label) {
                let place = match (before, self.labels.first()) {
                    (Some(before), _) => format!(" after {}", literal(before)),
                    (None, Some(first)) => format!(" before {}", literal(first)),
                    (None, None) => String::new(),
                };
                steps.push(format!("alter type {} add value {}{place}", id.relation(), literal(label)));
            }
            before = Some(label);
        }
        Alteration::InPlace(steps)
    }

    fn target(&self, id: &Id) -> Option<String> {
        Some(format!("type {}", id.relation()))
    }

    fn granted(&self, id: &Id) -> Option<(String, Class)> {
        Some((self.target(id)?, acl::TYPE))
    }

    fn same(&self, other: &Self) -> bool {
        self == other
    }
}

/// A domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Domain {
    /// The type it is made of.
    pub base: String,
    /// Its collation where that is not the type's.
    pub collation: Option<String>,
    /// Whether it refuses NULL.
    pub not_null: bool,
    /// Its default, as SQL.
    pub default: Option<String>,
    /// Its checks: name and definition.
    pub checks: Vec<(String, Expression)>,
}

impl Domain {
    pub(crate) fn read(cells: &mut Cells<'_>, head: Head, into: &mut Reading) -> Result<(), Error> {
        let id = Id::new(Kind::Domain, &head.schema, &head.name);
        let (base, collation, not_null, default) =
            (cells.text()?, cells.optional()?, cells.flag()?, cells.optional()?);
        let checks = cells.list()?.into_iter().zip(cells.list()?.into_iter().map(Expression::from)).collect();
        into.add(CLASS, id, Self { base, collation, not_null, default, checks }, head);
        Ok(())
    }
}

impl Definition for Domain {
    fn create(&self, id: &Id, _: Around<'_>) -> Steps {
        let mut sql = format!("create domain {} as {}", id.relation(), self.base);
        if let Some(collation) = &self.collation {
            let _ = write!(sql, " collate {collation}");
        }
        if let Some(default) = &self.default {
            let _ = write!(sql, " default {default}");
        }
        if self.not_null {
            sql += " not null";
        }
        let mut later = Steps::none();
        for (name, check) in &self.checks {
            if check.ends_with(" NOT VALID") {
                later.push(format!("alter domain {} add constraint {} {check}", id.relation(), ident(name)));
            } else {
                let _ = write!(sql, "\n    constraint {} {check}", ident(name));
            }
        }
        let mut steps = Steps::one(sql);
        steps.append(later);
        steps
    }

    fn drop(&self, id: &Id) -> Steps {
        Steps::one(format!("drop domain {}", id.relation()))
    }

    fn alter(&self, id: &Id, to: &Self) -> Alteration {
        if (&self.base, &self.collation) != (&to.base, &to.collation) {
            return Alteration::Replace;
        }
        let mut steps = Steps::none();
        let name = id.relation();
        for (check, _) in self.checks.iter().filter(|check| !to.checks.contains(check)) {
            steps.push(format!("alter domain {name} drop constraint {}", ident(check)));
        }
        for (check, definition) in to.checks.iter().filter(|check| !self.checks.contains(check)) {
            steps.push(format!("alter domain {name} add constraint {} {definition}", ident(check)));
        }
        match &to.default {
            default if *default == self.default => {}
            Some(default) => steps.push(format!("alter domain {name} set default {default}")),
            None => steps.push(format!("alter domain {name} drop default")),
        }
        if self.not_null != to.not_null {
            let verb = if to.not_null { "set" } else { "drop" };
            steps.push(format!("alter domain {name} {verb} not null"));
        }
        Alteration::InPlace(steps)
    }

    fn target(&self, id: &Id) -> Option<String> {
        Some(format!("domain {}", id.relation()))
    }

    fn granted(&self, id: &Id) -> Option<(String, Class)> {
        Some((format!("type {}", id.relation()), acl::TYPE))
    }

    fn same(&self, other: &Self) -> bool {
        self == other
    }
}

/// A composite type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Composite {
    /// Its attributes: name and type.
    pub attributes: Vec<(String, String)>,
}

impl Composite {
    pub(crate) fn read(cells: &mut Cells<'_>, head: Head, into: &mut Reading) -> Result<(), Error> {
        let id = Id::new(Kind::Composite, &head.schema, &head.name);
        into.address(RELATION, cells.oid()?, &id);
        let attributes = cells.list()?.into_iter().zip(cells.list()?).collect();
        into.add(CLASS, id, Self { attributes }, head);
        Ok(())
    }
}

impl Definition for Composite {
    fn create(&self, id: &Id, _: Around<'_>) -> Steps {
        let attributes: Vec<String> =
            self.attributes.iter().map(|(name, kind)| format!("{} {kind}", ident(name))).collect();
        Steps::one(format!("create type {} as {}", id.relation(), block(&attributes)))
    }

    fn drop(&self, id: &Id) -> Steps {
        Steps::one(format!("drop type {}", id.relation()))
    }

    /// Attributes come and go at the end; anything else would change what stored values mean.
    fn alter(&self, id: &Id, to: &Self) -> Alteration {
        if !to.attributes.starts_with(&self.attributes) {
            return Alteration::Replace;
        }
        let mut steps = Steps::none();
        for (name, kind) in to.attributes.iter().skip(self.attributes.len()) {
            steps.push(format!("alter type {} add attribute {} {kind} cascade", id.relation(), ident(name)));
        }
        Alteration::InPlace(steps)
    }

    fn target(&self, id: &Id) -> Option<String> {
        Some(format!("type {}", id.relation()))
    }

    fn granted(&self, id: &Id) -> Option<(String, Class)> {
        Some((self.target(id)?, acl::TYPE))
    }

    fn same(&self, other: &Self) -> bool {
        self == other
    }
}

/// A range type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Range {
    /// What stands in the parentheses of `create type … as range`.
    pub options: Vec<String>,
}

impl Range {
    pub(crate) fn read(cells: &mut Cells<'_>, head: Head, into: &mut Reading) -> Result<(), Error> {
        let id = Id::new(Kind::Range, &head.schema, &head.name);
        into.add(CLASS, id, Self { options: cells.list()? }, head);
        Ok(())
    }
}

impl Definition for Range {
    fn create(&self, id: &Id, _: Around<'_>) -> Steps {
        Steps::one(format!("create type {} as range {}", id.relation(), block(&self.options)))
    }

    fn drop(&self, id: &Id) -> Steps {
        Steps::one(format!("drop type {}", id.relation()))
    }

    fn alter(&self, _: &Id, _: &Self) -> Alteration {
        Alteration::Replace
    }

    fn target(&self, id: &Id) -> Option<String> {
        Some(format!("type {}", id.relation()))
    }

    fn granted(&self, id: &Id) -> Option<(String, Class)> {
        Some((self.target(id)?, acl::TYPE))
    }

    fn same(&self, other: &Self) -> bool {
        self == other
    }
}
