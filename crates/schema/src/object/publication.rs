//! Publications, and what is in them.

use super::{Alteration, Around, Definition, Steps};
use crate::Error;
use crate::expression::Expression;
use crate::id::{Id, Kind};
use crate::snapshot::{Cells, Head, Reading};
use crate::sql::{ident, idents};

/// A publication, without its tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publication {
    /// Whether every table is in it.
    pub all_tables: bool,
    /// `insert, update, delete, truncate`.
    pub publish: String,
    /// Whether partitions go under their root's name.
    pub via_root: bool,
}

impl Publication {
    pub(crate) fn read(cells: &mut Cells<'_>, head: Head, into: &mut Reading) -> Result<(), Error> {
        let id = Id::new(Kind::Publication, "", &head.name);
        let publication = Self { all_tables: cells.flag()?, publish: cells.text()?, via_root: cells.flag()? };
        into.add(6104, id, publication, head);
        Ok(())
    }

    fn options(&self) -> String {
        format!("publish = '{}', publish_via_partition_root = {}", self.publish, self.via_root)
    }
}

impl Definition for Publication {
    fn create(&self, id: &Id, _: Around<'_>) -> Steps {
        let all = if self.all_tables { " for all tables" } else { "" };
        Steps::one(format!("create publication {}{all} with ({})", ident(&id.name), self.options()))
    }

    fn drop(&self, id: &Id) -> Steps {
        Steps::one(format!("drop publication {}", ident(&id.name)))
    }

    fn alter(&self, id: &Id, to: &Self) -> Alteration {
        if self.all_tables != to.all_tables {
            return Alteration::Replace;
        }
        Alteration::InPlace(Steps::one(format!(
            "alter publication {} set ({})",
            ident(&id.name),
            to.options()
        )))
    }

    fn target(&self, id: &Id) -> Option<String> {
        Some(format!("publication {}", ident(&id.name)))
    }

    fn same(&self, other: &Self) -> bool {
        self == other
    }
}

/// A table in a publication.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicationTable {
    /// The columns that are published; none means all.
    pub columns: Vec<String>,
    /// Which rows are published.
    pub condition: Option<Expression>,
}

impl PublicationTable {
    pub(crate) fn read(cells: &mut Cells<'_>, head: Head, into: &mut Reading) -> Result<(), Error> {
        let table = Id::new(Kind::Table, &head.schema, &head.name);
        let publication = Id::new(Kind::Publication, "", cells.text()?);
        let id = table.as_kind(Kind::PublicationTable).part(&*publication.name);
        let object = Self { columns: cells.list()?, condition: cells.optional()?.map(Expression::from) };
        into.address(6106, head.oid, &id);
        let mut needs = vec![table.clone(), publication];
        needs.extend(object.columns.iter().map(|column| table.as_kind(Kind::Column).part(&**column)));
        into.add_part(id, object, table, needs);
        Ok(())
    }
}

impl Definition for PublicationTable {
    fn create(&self, id: &Id, _: Around<'_>) -> Steps {
        let columns =
            if self.columns.is_empty() { String::new() } else { format!(" ({})", idents(&self.columns)) };
        let condition = self.condition.as_ref().map(|text| format!(" where ({text})")).unwrap_or_default();
        Steps::one(format!(
            "alter publication {} add table only {}{columns}{condition}",
            ident(&id.part),
            id.relation()
        ))
    }

    fn drop(&self, id: &Id) -> Steps {
        Steps::one(format!("alter publication {} drop table {}", ident(&id.part), id.relation()))
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

/// A schema in a publication.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicationSchema;

impl PublicationSchema {
    pub(crate) fn read(cells: &mut Cells<'_>, head: Head, into: &mut Reading) -> Result<(), Error> {
        let schema = Id::new(Kind::Schema, &head.schema, &head.name);
        let publication = Id::new(Kind::Publication, "", cells.text()?);
        let id = schema.as_kind(Kind::PublicationSchema).part(&*publication.name);
        into.address(6237, head.oid, &id);
        into.add_part(id, Self, schema.clone(), [schema, publication]);
        Ok(())
    }
}

impl Definition for PublicationSchema {
    fn create(&self, id: &Id, _: Around<'_>) -> Steps {
        let (publication, schema) = (ident(&id.part), ident(&id.name));
        Steps::one(format!("alter publication {publication} add tables in schema {schema}"))
    }

    fn drop(&self, id: &Id) -> Steps {
        let (publication, schema) = (ident(&id.part), ident(&id.name));
        Steps::one(format!("alter publication {publication} drop tables in schema {schema}"))
    }

    fn alter(&self, _: &Id, _: &Self) -> Alteration {
        Alteration::InPlace(Steps::none())
    }

    fn target(&self, _: &Id) -> Option<String> {
        None
    }

    fn same(&self, _: &Self) -> bool {
        true
    }
}
