//! Columns of tables, their defaults, and the sequences of identity columns.

use std::fmt::Write as _;

use super::sequence::SequenceSettings;
use super::{Alteration, Around, Definition, Steps};
use crate::Error;
use crate::acl::{self, Acl, Class};
use crate::expression::Expression;
use crate::id::{Id, Kind};
use crate::snapshot::{Cells, Head, Reading};
use crate::sql::{ident, option_changes, qualified};

const RELATION: u32 = 1259;
/// `pg_attrdef`.
pub(super) const DEFAULT: u32 = 2604;

/// An identity column's way of getting numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// `always`, or only `by default`.
    pub always: bool,
    /// Its sequence's settings.
    pub settings: SequenceSettings,
    /// The sequence's name where Postgres would not choose it; not compared.
    pub sequence: Option<String>,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of its own in Postgres")]
pub struct Column {
    /// Its place, which decides the order in `create table` and is not compared.
    pub position: i32,
    /// Its type as SQL.
    pub data_type: String,
    /// Its collation where that is not the type's.
    pub collation: Option<String>,
    /// Whether it refuses NULL.
    pub not_null: bool,
    /// The expression it is computed by, and whether it is stored.
    pub generated: Option<(Expression, bool)>,
    /// How it numbers rows.
    pub identity: Option<Identity>,
    /// Storage where it is not the type's.
    pub storage: Option<String>,
    /// Compression method.
    pub compression: Option<String>,
    /// Statistics target.
    pub statistics: Option<String>,
    /// Options for the planner.
    pub options: Vec<String>,
    /// Whether the table itself says so, and not only a parent.
    pub is_local: bool,
    /// Whether a parent has it too.
    pub is_inherited: bool,
}

impl Column {
    pub(crate) fn read(cells: &mut Cells<'_>, mut head: Head, into: &mut Reading) -> Result<(), Error> {
        let table = Id::new(Kind::Table, &head.schema, &head.name);
        let id = table.as_kind(Kind::Column).part(cells.text()?);
        let position = cells.number()?;
        let (data_type, collation, not_null) = (cells.text()?, cells.optional()?, cells.flag()?);
        let (generated, default_oid, expression) = (cells.text()?, cells.optional_oid()?, cells.optional()?);
        let mut column = Self {
            position,
            data_type,
            collation,
            not_null,
            generated: None,
            identity: None,
            storage: cells.optional()?,
            compression: cells.optional()?,
            statistics: cells.optional()?,
            options: cells.list()?,
            is_local: cells.flag()?,
            is_inherited: cells.flag()?,
        };
        if let (Some(oid), Some(expression)) = (default_oid, expression) {
            if generated.is_empty() {
                let default = id.as_kind(Kind::Default);
                into.address(DEFAULT, oid, &default);
                into.add_part(
                    default,
                    Default { expression: expression.into(), on_view: false },
                    id.clone(),
                    [id.clone()],
                );
            } else {
                into.address(DEFAULT, oid, &id);
                column.generated = Some((expression.into(), generated == "s"));
            }
        }
        let identity = cells.text()?;
        if let Some(oid) = cells.optional_oid()? {
            let (schema, name) = (cells.text()?, cells.text()?);
            let usual = format!("{}_{}_seq", id.name, id.part);
            let settings = SequenceSettings::read(cells)?;
            let sequence = (name != usual || schema != id.schema).then(|| qualified(&schema, &name));
            column.identity = Some(Identity { always: identity == "a", settings, sequence });
            let sequence_id = id.as_kind(Kind::IdentitySequence);
            into.address(RELATION, oid, &sequence_id);
            let acl = Acl::parse(&cells.list()?, head.owner.as_deref().unwrap_or_default());
            let comment = cells.optional()?;
            let sequence = IdentitySequence { schema, sequence: name };
            into.add_part(sequence_id.clone(), sequence, id.clone(), [id.clone()]);
            into.facets(&sequence_id, Some(acl), comment);
        }
        into.address_part(RELATION, head.oid, position, &id);
        let facets = (head.acl(), head.comment.take());
        into.add_part(id.clone(), column, table.clone(), [table]);
        into.facets(&id, Some(facets.0.unwrap_or_default()), facets.1);
        Ok(())
    }

    /// As it stands in `create table` and `add column`.
    pub(crate) fn sql(&self, id: &Id, default: Option<&str>) -> String {
        let mut sql = format!("{} {}", ident(&id.part), self.data_type);
        if let Some(collation) = &self.collation {
            let _ = write!(sql, " collate {collation}");
        }
        if let Some((expression, stored)) = &self.generated {
            let kind = if *stored { "stored" } else { "virtual" };
            let _ = write!(sql, " generated always as ({expression}) {kind}");
        }
        if let Some(identity) = &self.identity {
            let mut settings = identity.settings.sql(&self.data_type);
            if let Some(sequence) = &identity.sequence {
                settings = format!(" sequence name {sequence}{settings}");
            }
            let settings =
                if settings.is_empty() { String::new() } else { format!(" ({})", settings.trim_start()) };
            let _ = write!(sql, " generated {} as identity{settings}", manner(identity.always));
        }
        if let Some(default) = default {
            let _ = write!(sql, " default {default}");
        }
        if self.not_null {
            sql += " not null";
        }
        sql
    }

    /// What `create table` has no words for.
    pub(crate) fn settings(&self, id: &Id) -> Steps {
        let nothing =
            Self { storage: None, compression: None, statistics: None, options: Vec::new(), ..self.clone() };
        let mut steps = Steps::none();
        nothing.alter_settings(id, self, &mut steps);
        steps
    }

    fn alter_settings(&self, id: &Id, to: &Self, steps: &mut Steps) {
        let column = alter(id);
        if self.storage != to.storage {
            let storage = match to.storage.as_deref() {
                Some("p") => "plain",
                Some("e") => "external",
                Some("m") => "main",
                Some(_) => "extended",
                // the type's own; `default` is known from 16 on
                None => {
                    if is_short(&to.data_type) {
                        "plain"
                    } else {
                        "extended"
                    }
                }
            };
            steps.push(format!("{column} set storage {storage}"));
        }
        if self.compression != to.compression {
            let method = match to.compression.as_deref() {
                Some("p") => "pglz",
                Some("l") => "lz4",
                _ => "default",
            };
            steps.push(format!("{column} set compression {method}"));
        }
        if self.statistics != to.statistics {
            steps.push(format!("{column} set statistics {}", to.statistics.as_deref().unwrap_or("-1")));
        }
        for change in option_changes(&self.options, &to.options) {
            steps.push(format!("{column} {change}"));
        }
    }

    fn alter_identity(&self, id: &Id, to: &Self, steps: &mut Steps) {
        let column = alter(id);
        match (&self.identity, &to.identity) {
            (Some(from), Some(to)) => {
                if from.always != to.always {
                    steps.push(format!("{column} set generated {}", manner(to.always)));
                }
                if from.settings != to.settings {
                    let restart = if from.settings.must_restart(&to.settings) { " restart" } else { "" };
                    steps.push(format!("{column}{}{restart}", to.settings.words("set ")));
                }
            }
            (None, Some(_)) => {
                let whole = to.sql(id, None);
                let from = whole.find(" generated ").unwrap_or_default();
                let words = whole.get(from..).unwrap_or_default().trim_end_matches(" not null");
                steps.push(format!("{column} add{words}"));
            }
            (Some(_), None) => steps.push(format!("{column} drop identity")),
            (None, None) => {}
        }
    }

    /// Turns the values of the column into the new type by way of text: for types that share nothing but looks.
    pub(crate) fn convert_through_text(id: &Id, to: &Self) -> Steps {
        let name = ident(&id.part);
        Steps::one(format!(
            "{} type {}{} using {name}::text::{}",
            alter(id),
            to.data_type,
            to.collated(),
            to.data_type
        ))
    }

    fn collated(&self) -> String {
        self.collation.as_ref().map(|collation| format!(" collate {collation}")).unwrap_or_default()
    }
}

/// Types whose values are stored as they are, whatever their name.
fn is_short(data_type: &str) -> bool {
    const SHORT: &[&str] = &[
        "boolean",
        "smallint",
        "integer",
        "bigint",
        "real",
        "double precision",
        "date",
        "uuid",
        "oid",
        "\"char\"",
        "name",
        "money",
        "interval",
        "point",
        "box",
        "circle",
        "line",
        "lseg",
        "macaddr",
    ];
    SHORT.contains(&data_type) || data_type.starts_with("time")
}

/// Whether Postgres has a cast from one type to the other, as far as that is known; all types go by way of text.
fn converts(from: &str, to: &str) -> bool {
    const FAMILIES: &[&[&str]] = &[
        &["smallint", "integer", "bigint", "numeric", "real", "double precision", "money"],
        &["date", "timestamp without time zone", "timestamp with time zone"],
        &["time without time zone", "time with time zone", "interval"],
        &["json", "jsonb"],
        &["bit", "bit varying"],
        &["inet", "cidr"],
        &["boolean", "integer"],
    ];
    let base = |name: &str| {
        let name = name.trim_end_matches("[]");
        match (name.find('('), name.find(')')) {
            (Some(open), Some(close)) => {
                let (before, after) = (name.get(..open), name.get(close + 1..));
                format!("{}{}", before.unwrap_or_default(), after.unwrap_or_default())
            }
            _ => name.to_owned(),
        }
    };
    let dimensions = |name: &str| name.ends_with("[]");
    let (one, other) = (base(from), base(to));
    let is_text = |name: &str| matches!(name, "text" | "character varying" | "character");
    if dimensions(from) != dimensions(to) {
        return is_text(from) || is_text(to);
    }
    one == other
        || is_text(&one)
        || is_text(&other)
        || FAMILIES.iter().any(|family| family.contains(&&*one) && family.contains(&&*other))
}

fn alter(id: &Id) -> String {
    format!("alter table {} alter column {}", id.relation(), ident(&id.part))
}

fn manner(always: bool) -> &'static str {
    if always { "always" } else { "by default" }
}

impl Definition for Column {
    fn create(&self, id: &Id, around: Around<'_>) -> Steps {
        let table_is_split = around.split.contains(&Id::new(Kind::Table, &*id.schema, &*id.name));
        let default = match around.to.entries.get(&id.as_kind(Kind::Default)).map(|entry| &entry.object) {
            Some(super::Object::Default(default)) if !table_is_split => Some(&*default.expression),
            _ => None,
        };
        let mut steps =
            Steps::one(format!("alter table {} add column {}", id.relation(), self.sql(id, default)));
        if self.not_null && default.is_none() && self.identity.is_none() && self.generated.is_none() {
            steps = steps.hazard(format!("{id} is not null and has no default: fails on a table with rows"));
        }
        steps.append(self.settings(id));
        steps
    }

    fn drop(&self, id: &Id) -> Steps {
        let steps = Steps::one(format!("alter table {} drop column {}", id.relation(), ident(&id.part)));
        if self.generated.is_some() {
            return steps;
        }
        steps.hazard(format!(
            "{id} is dropped with its values; where a column was renamed, write \"alter table … rename column\" instead"
        ))
    }

    fn alter(&self, id: &Id, to: &Self) -> Alteration {
        let same_computation = self.generated == to.generated;
        if !same_computation && to.generated.is_some() {
            return Alteration::Replace;
        }
        let retyped = (&self.data_type, &self.collation) != (&to.data_type, &to.collation);
        let mut steps = Steps::none();
        if !same_computation {
            steps.push(format!("{} drop expression", alter(id)));
        }
        if self.identity.is_some() && to.identity.is_none() {
            self.alter_identity(id, to, &mut steps);
        }
        if retyped && to.generated.is_some() {
            return Alteration::Replace;
        }
        if retyped {
            let name = ident(&id.part);
            let mut change = format!("{} set data type {}{}", alter(id), to.data_type, to.collated());
            if self.data_type != to.data_type {
                let through = if converts(&self.data_type, &to.data_type) { "" } else { "::text" };
                let _ = write!(change, " using {name}{through}::{}", to.data_type);
                steps = steps.hazard(format!(
                    "{id} turns from {} into {}: fails where a value does not convert, and rewrites the table",
                    self.data_type, to.data_type
                ));
            }
            steps.push(change);
        }
        if self.not_null != to.not_null && !(to.identity.is_some() && self.identity.is_some()) {
            steps.push(format!("{} {} not null", alter(id), if to.not_null { "set" } else { "drop" }));
            if to.not_null {
                steps = steps.hazard(format!("{id} becomes not null: fails where it is null"));
            }
        }
        if to.identity.is_some() {
            self.alter_identity(id, to, &mut steps);
        }
        self.alter_settings(id, to, &mut steps);
        if retyped { Alteration::Rewrite(steps) } else { Alteration::InPlace(steps) }
    }

    fn target(&self, id: &Id) -> Option<String> {
        Some(format!("column {}.{}", id.relation(), ident(&id.part)))
    }

    fn granted(&self, id: &Id) -> Option<(String, Class)> {
        Some((format!("table {}", id.relation()), acl::COLUMN))
    }

    fn same(&self, other: &Self) -> bool {
        let plain = |column: &Self| {
            let mut column = column.clone();
            (column.position, column.is_local, column.is_inherited) = (0, true, false);
            if let Some(identity) = &mut column.identity {
                identity.sequence = None;
            }
            column
        };
        plain(self) == plain(other)
    }
}

/// The default of a column, of a table or a view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Default {
    /// The expression.
    pub expression: Expression,
    /// Whether the column is a view's.
    pub on_view: bool,
}

impl Default {
    fn statement(&self, id: &Id, action: &str) -> Steps {
        // a parent's default is not its children's business
        let what = if self.on_view { "alter view" } else { "alter table only" };
        Steps::one(format!("{what} {} alter column {} {action}", id.relation(), ident(&id.part)))
    }
}

impl Definition for Default {
    fn create(&self, id: &Id, _: Around<'_>) -> Steps {
        self.statement(id, &format!("set default {}", self.expression))
    }

    fn drop(&self, id: &Id) -> Steps {
        self.statement(id, "drop default")
    }

    fn alter(&self, id: &Id, to: &Self) -> Alteration {
        Alteration::InPlace(to.statement(id, &format!("set default {}", to.expression)))
    }

    fn target(&self, _: &Id) -> Option<String> {
        None
    }

    fn same(&self, other: &Self) -> bool {
        self == other
    }
}

/// The sequence of an identity column: it comes and goes with the column, but has rights and a comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentitySequence {
    /// Its schema; not compared.
    pub schema: String,
    /// Its name; not compared.
    pub sequence: String,
}

impl Definition for IdentitySequence {
    fn create(&self, _: &Id, _: Around<'_>) -> Steps {
        Steps::none()
    }

    fn drop(&self, _: &Id) -> Steps {
        Steps::none()
    }

    fn alter(&self, _: &Id, _: &Self) -> Alteration {
        Alteration::InPlace(Steps::none())
    }

    fn target(&self, _: &Id) -> Option<String> {
        Some(format!("sequence {}", qualified(&self.schema, &self.sequence)))
    }

    fn granted(&self, id: &Id) -> Option<(String, Class)> {
        Some((self.target(id)?, acl::SEQUENCE))
    }

    fn same(&self, _: &Self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_convert_directly_or_by_way_of_text() {
        for (from, to) in [
            ("integer", "bigint"),
            ("numeric(10,2)", "numeric"),
            ("text", "uuid"),
            ("public.e", "text"),
            ("timestamp(3) with time zone", "date"),
            ("integer[]", "bigint[]"),
        ] {
            assert!(converts(from, to), "{from} {to}");
        }
        for (from, to) in [("integer", "uuid"), ("public.a", "public.b"), ("integer", "integer[]")] {
            assert!(!converts(from, to), "{from} {to}");
        }
    }
}
