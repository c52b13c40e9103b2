//! Views, materialised views and their columns.

use super::column::{DEFAULT, Default};
use super::{Alteration, Around, Definition, Steps};
use crate::Error;
use crate::acl::{self, Acl, Class};
use crate::expression::Expression;
use crate::id::{Id, Kind};
use crate::snapshot::{Cells, Head, Reading};
use crate::sql::{ident, option_changes, options};

const CLASS: u32 = 1259;

/// A view; rows kept or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// Whether its rows are kept.
    pub materialized: bool,
    /// Its query as Postgres prints it.
    pub query: Expression,
    /// `security_invoker`, `check_option` and so on.
    pub options: Vec<String>,
    /// Its columns: name, type with collation.
    pub columns: Vec<(String, String)>,
    /// Whether a materialised view has rows; not compared.
    pub populated: bool,
}

impl View {
    pub(crate) fn read(cells: &mut Cells<'_>, head: Head, into: &mut Reading) -> Result<(), Error> {
        let materialized = cells.flag()?;
        let kind = if materialized { Kind::MaterializedView } else { Kind::View };
        let id = Id::new(kind, &head.schema, &head.name);
        let (query, options) = (cells.text()?.into(), cells.list()?);
        let columns = cells.list()?.into_iter().zip(cells.list()?).collect();
        let populated = cells.flag()?;
        into.add(CLASS, id, Self { materialized, query, options, columns, populated }, head);
        Ok(())
    }

    fn word(&self) -> &'static str {
        if self.materialized { "materialized view" } else { "view" }
    }
}

impl Definition for View {
    fn create(&self, id: &Id, _: Around<'_>) -> Steps {
        let replace = if self.materialized { "" } else { "or replace " };
        let with = if self.options.is_empty() {
            String::new()
        } else {
            format!(" with ({})", options(&self.options))
        };
        let query = self.query.trim_end().trim_end_matches(';');
        let data = if self.materialized && !self.populated { "\nwith no data" } else { "" };
        Steps::one(format!("create {replace}{} {}{with} as\n{query}{data}", self.word(), id.relation()))
    }

    fn drop(&self, id: &Id) -> Steps {
        Steps::one(format!("drop {} {}", self.word(), id.relation()))
    }

    fn alter(&self, id: &Id, to: &Self) -> Alteration {
        let mut steps = Steps::none();
        if self.query != to.query {
            if self.materialized || !to.columns.starts_with(&self.columns) {
                return Alteration::Replace;
            }
            let mut made = to.clone();
            made.options.clone_from(&self.options);
            let nothing = std::collections::BTreeSet::new();
            let empty = crate::snapshot::Snapshot::default();
            steps.append(made.create(id, Around { to: &empty, split: &nothing }));
        }
        for change in option_changes(&self.options, &to.options) {
            steps.push(format!("alter {} {} {change}", self.word(), id.relation()));
        }
        Alteration::InPlace(steps)
    }

    fn target(&self, id: &Id) -> Option<String> {
        Some(format!("{} {}", self.word(), id.relation()))
    }

    fn granted(&self, id: &Id) -> Option<(String, Class)> {
        Some((format!("table {}", id.relation()), acl::TABLE))
    }

    fn same(&self, other: &Self) -> bool {
        *self == Self { populated: self.populated, ..other.clone() }
    }
}

/// A column of a view: made with the view, but has rights, a comment and perhaps a default of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViewColumn;

impl ViewColumn {
    pub(crate) fn read(cells: &mut Cells<'_>, head: Head, into: &mut Reading) -> Result<(), Error> {
        let (column, position) = (cells.text()?, cells.number()?);
        let view = into.relation(head.oid).cloned().ok_or(Error::Unreadable("a column without a view"))?;
        let id = view.as_kind(Kind::ViewColumn).part(&*column);
        if let (Some(oid), Some(expression)) = (cells.optional_oid()?, cells.optional()?) {
            let default = id.as_kind(Kind::Default);
            into.address(DEFAULT, oid, &default);
            into.add_part(
                default,
                Default { expression: expression.into(), on_view: true },
                view.clone(),
                [view.clone()],
            );
        }
        into.address_part(CLASS, head.oid, position, &view);
        let facets = (head.acl().unwrap_or_default(), head.comment);
        if facets.0 != Acl::default() || facets.1.is_some() {
            into.add_part(id.clone(), Self, view.clone(), [view]);
            into.facets(&id, Some(facets.0), facets.1);
        }
        Ok(())
    }
}

impl Definition for ViewColumn {
    fn create(&self, _: &Id, _: Around<'_>) -> Steps {
        Steps::none()
    }

    fn drop(&self, _: &Id) -> Steps {
        Steps::none()
    }

    fn alter(&self, _: &Id, _: &Self) -> Alteration {
        Alteration::InPlace(Steps::none())
    }

    fn target(&self, id: &Id) -> Option<String> {
        Some(format!("column {}.{}", id.relation(), ident(&id.part)))
    }

    fn granted(&self, id: &Id) -> Option<(String, Class)> {
        Some((format!("table {}", id.relation()), acl::COLUMN))
    }

    fn same(&self, _: &Self) -> bool {
        true
    }
}
