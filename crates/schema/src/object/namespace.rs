//! Schemas.

use super::{Alteration, Around, Definition, Steps};
use crate::Error;
use crate::acl::{self, Class};
use crate::id::{Id, Kind};
use crate::snapshot::{Cells, Head, Reading};
use crate::sql::ident;

/// A schema; all there is to it are its owner, rights and comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schema;

const CLASS: u32 = 2615;

impl Schema {
    pub(crate) fn read(_: &mut Cells<'_>, head: Head, into: &mut Reading) -> Result<(), Error> {
        let id = Id::new(Kind::Schema, &head.schema, &head.name);
        into.add(CLASS, id, Self, head);
        Ok(())
    }
}

impl Definition for Schema {
    fn create(&self, id: &Id, _: Around<'_>) -> Steps {
        // public is there from the start, and others may have been made for extensions
        Steps::one(format!("create schema if not exists {}", ident(&id.name)))
    }

    fn drop(&self, id: &Id) -> Steps {
        Steps::one(format!("drop schema {}", ident(&id.name)))
    }

    fn alter(&self, _: &Id, _: &Self) -> Alteration {
        Alteration::InPlace(Steps::none())
    }

    fn target(&self, id: &Id) -> Option<String> {
        Some(format!("schema {}", ident(&id.name)))
    }

    fn granted(&self, id: &Id) -> Option<(String, Class)> {
        Some((self.target(id)?, acl::SCHEMA))
    }

    fn same(&self, _: &Self) -> bool {
        true
    }
}
