//! Text search configurations and dictionaries.

use super::{Alteration, Around, Definition, Steps};
use crate::Error;
use crate::id::{Id, Kind};
use crate::snapshot::{Cells, Head, Reading};

/// A configuration or a dictionary; which one is part of its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextSearch {
    /// What stands in the parentheses of `create text search …`.
    pub options: Vec<String>,
    /// For a configuration: token and its dictionaries.
    pub mappings: Vec<(String, String)>,
}

impl TextSearch {
    pub(crate) fn read(cells: &mut Cells<'_>, head: Head, into: &mut Reading) -> Result<(), Error> {
        let id = Id::new(Kind::TextSearch, &head.schema, &head.name).part(cells.text()?);
        let options = cells.list()?;
        let mappings = cells.list()?.into_iter().zip(cells.list()?).collect();
        let class = cells.oid()?;
        into.add(class, id, Self { options, mappings }, head);
        Ok(())
    }

    fn name(id: &Id) -> String {
        format!("text search {} {}", id.part, id.relation())
    }
}

impl Definition for TextSearch {
    fn create(&self, id: &Id, _: Around<'_>) -> Steps {
        let name = Self::name(id);
        let mut steps = Steps::one(format!("create {name} ({})", self.options.join(", ")));
        for (token, dictionaries) in &self.mappings {
            steps.push(format!("alter {name} add mapping for {token} with {dictionaries}"));
        }
        steps
    }

    fn drop(&self, id: &Id) -> Steps {
        Steps::one(format!("drop {}", Self::name(id)))
    }

    fn alter(&self, _: &Id, _: &Self) -> Alteration {
        Alteration::Replace
    }

    fn target(&self, id: &Id) -> Option<String> {
        Some(Self::name(id))
    }

    fn same(&self, other: &Self) -> bool {
        self == other
    }
}
