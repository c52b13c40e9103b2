//! Sequences that are objects of their own, and the column that one belongs to.

use super::{Alteration, Around, Definition, Steps};
use crate::Error;
use crate::acl::{self, Class};
use crate::id::{Id, Kind};
use crate::snapshot::{Cells, Head, Reading};
use crate::sql::{ident, qualified};

const CLASS: u32 = 1259;

/// Start, increment, bounds, cache and cycle of a sequence.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are those of Postgres")]
pub struct SequenceSettings {
    pub start: String,
    pub increment: String,
    pub min: String,
    pub max: String,
    pub cache: String,
    pub cycle: bool,
}

impl SequenceSettings {
    pub(crate) fn read(cells: &mut Cells<'_>) -> Result<Self, Error> {
        Ok(Self {
            start: cells.text()?,
            increment: cells.text()?,
            min: cells.text()?,
            max: cells.text()?,
            cache: cells.text()?,
            cycle: cells.flag()?,
        })
    }

    /// What differs from what a sequence of this type has by itself, each with a space before it.
    pub(crate) fn sql(&self, data_type: &str) -> String {
        let (least, most) = match data_type {
            "smallint" => ("-32768", "32767"),
            "integer" => ("-2147483648", "2147483647"),
            _ => ("-9223372036854775808", "9223372036854775807"),
        };
        let descending = self.increment.starts_with('-');
        let (min, max) = if descending { (least, "-1") } else { ("1", most) };
        let start = if descending { &self.max } else { &self.min };
        let mut sql = String::new();
        let mut say = |differs: bool, text: String| {
            if differs {
                sql += &text;
            }
        };
        say(self.increment != "1", format!(" increment by {}", self.increment));
        say(self.min != min, format!(" minvalue {}", self.min));
        say(self.max != max, format!(" maxvalue {}", self.max));
        say(self.start != *start, format!(" start with {}", self.start));
        say(self.cache != "1", format!(" cache {}", self.cache));
        say(self.cycle, " cycle".to_owned());
        sql
    }

    /// All of it, each with a space before it.
    pub(super) fn words(&self, set: &str) -> String {
        let cycle = if self.cycle { "cycle" } else { "no cycle" };
        format!(
            " {set}increment by {} {set}minvalue {} {set}maxvalue {} {set}start with {} {set}cache {} {set}{cycle}",
            self.increment, self.min, self.max, self.start, self.cache
        )
    }
}

/// A sequence; where it stands is data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sequence {
    /// `smallint`, `integer` or `bigint`.
    pub data_type: String,
    /// Start, increment, bounds, cache, cycle.
    pub settings: SequenceSettings,
    /// Whether it is lost in a crash.
    pub unlogged: bool,
}

impl SequenceSettings {
    /// Whether a sequence that stands where `self` began would be out of the bounds of `to`.
    pub(super) fn must_restart(&self, to: &Self) -> bool {
        let number = |text: &str| text.parse::<i128>().unwrap_or_default();
        let start = number(&self.start);
        start < number(&to.min)
            || start > number(&to.max)
            || self.increment.starts_with('-') != to.increment.starts_with('-')
    }
}

impl Sequence {
    pub(crate) fn read(cells: &mut Cells<'_>, head: Head, into: &mut Reading) -> Result<(), Error> {
        let id = Id::new(Kind::Sequence, &head.schema, &head.name);
        let data_type = cells.text()?;
        let settings = SequenceSettings::read(cells)?;
        let unlogged = cells.flag()?;
        if let (Some(schema), Some(table), Some(column)) =
            (cells.optional()?, cells.optional()?, cells.optional()?)
        {
            let owner = id.as_kind(Kind::SequenceOwner);
            let column_id = Id::new(Kind::Column, &*schema, &*table).part(&*column);
            let needs = [id.clone(), column_id];
            into.add_part(owner, SequenceOwner { schema, table, column }, id.clone(), needs);
        }
        into.add(CLASS, id, Self { data_type, settings, unlogged }, head);
        Ok(())
    }
}

impl Definition for Sequence {
    fn create(&self, id: &Id, _: Around<'_>) -> Steps {
        let unlogged = if self.unlogged { "unlogged " } else { "" };
        Steps::one(format!(
            "create {unlogged}sequence {} as {}{}",
            id.relation(),
            self.data_type,
            self.settings.sql(&self.data_type)
        ))
    }

    fn drop(&self, id: &Id) -> Steps {
        Steps::one(format!("drop sequence {}", id.relation()))
    }

    fn alter(&self, id: &Id, to: &Self) -> Alteration {
        let mut steps = Steps::none();
        if (&self.data_type, &self.settings) != (&to.data_type, &to.settings) {
            let restart = if self.settings.must_restart(&to.settings) { " restart" } else { "" };
            steps.push(format!(
                "alter sequence {} as {}{}{restart}",
                id.relation(),
                to.data_type,
                to.settings.words("")
            ));
            if !restart.is_empty() {
                steps = steps
                    .hazard(format!("{id} starts again, since its bounds leave no room for what it was"));
            }
        }
        if self.unlogged != to.unlogged {
            let logged = if to.unlogged { "unlogged" } else { "logged" };
            steps.push(format!("alter sequence {} set {logged}", id.relation()));
        }
        Alteration::InPlace(steps)
    }

    fn target(&self, id: &Id) -> Option<String> {
        Some(format!("sequence {}", id.relation()))
    }

    fn granted(&self, id: &Id) -> Option<(String, Class)> {
        Some((self.target(id)?, acl::SEQUENCE))
    }

    fn same(&self, other: &Self) -> bool {
        self == other
    }
}

/// The column with which a sequence goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SequenceOwner {
    /// The schema of its table.
    pub schema: String,
    /// Its table.
    pub table: String,
    /// The column.
    pub column: String,
}

impl SequenceOwner {
    /// The column's name as an object.
    pub(crate) fn column(&self) -> Id {
        Id::new(Kind::Column, &*self.schema, &*self.table).part(&*self.column)
    }

    fn statement(&self, id: &Id) -> Steps {
        Steps::one(format!(
            "alter sequence {} owned by {}.{}",
            id.relation(),
            qualified(&self.schema, &self.table),
            ident(&self.column)
        ))
    }
}

impl Definition for SequenceOwner {
    fn create(&self, id: &Id, _: Around<'_>) -> Steps {
        self.statement(id)
    }

    fn drop(&self, id: &Id) -> Steps {
        Steps::one(format!("alter sequence {} owned by none", id.relation()))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sequence_says_only_what_is_unusual() {
        let usual = SequenceSettings {
            start: "1".into(),
            increment: "1".into(),
            min: "1".into(),
            max: "9223372036854775807".into(),
            cache: "1".into(),
            cycle: false,
        };
        assert_eq!(usual.sql("bigint"), "");
        assert_eq!(usual.sql("integer"), " maxvalue 9223372036854775807");
        let down = SequenceSettings {
            start: "-5".into(),
            increment: "-1".into(),
            min: "-100".into(),
            max: "-1".into(),
            ..usual
        };
        assert_eq!(down.sql("bigint"), " increment by -1 minvalue -100 start with -5");
    }
}
