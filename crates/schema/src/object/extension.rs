//! Extensions. Their members are not looked at; their version is the server's business.

use super::{Alteration, Around, Definition, Steps};
use crate::Error;
use crate::id::{Id, Kind};
use crate::snapshot::{Cells, Head, Reading};
use crate::sql::ident;

/// An installed extension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extension {
    /// The schema its objects are in.
    pub schema: String,
    /// Its version, which is not compared.
    pub version: String,
    /// Whether it may live in any schema; one that may not brings its schema along, but only where none is named.
    pub relocatable: bool,
}

const CLASS: u32 = 3079;

impl Extension {
    pub(crate) fn read(cells: &mut Cells<'_>, mut head: Head, into: &mut Reading) -> Result<(), Error> {
        let schema = std::mem::take(&mut head.schema);
        // every extension has a comment of its own
        head.comment = None;
        let id = Id::new(Kind::Extension, "", &head.name);
        let extension = Self { schema, version: cells.text()?, relocatable: cells.flag()? };
        into.add(CLASS, id, extension, head);
        Ok(())
    }
}

impl Definition for Extension {
    fn create(&self, id: &Id, _: Around<'_>) -> Steps {
        let mut steps = Steps::none();
        if !self.relocatable && self.schema != "pg_catalog" {
            steps.push(format!("create schema if not exists {}", ident(&self.schema)));
        }
        steps.push(format!(
            "create extension if not exists {} with schema {}",
            ident(&id.name),
            ident(&self.schema)
        ));
        steps
    }

    fn drop(&self, id: &Id) -> Steps {
        Steps::one(format!("drop extension {}", ident(&id.name)))
    }

    fn alter(&self, id: &Id, to: &Self) -> Alteration {
        Alteration::InPlace(Steps::one(format!(
            "alter extension {} set schema {}",
            ident(&id.name),
            ident(&to.schema)
        )))
    }

    fn target(&self, _: &Id) -> Option<String> {
        None
    }

    fn same(&self, other: &Self) -> bool {
        self.schema == other.schema
    }
}
