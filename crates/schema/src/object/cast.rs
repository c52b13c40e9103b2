//! Casts.

use super::{Alteration, Around, Definition, Steps};
use crate::Error;
use crate::id::{Id, Kind};
use crate::snapshot::{Cells, Head, Reading};

/// A way from one type to another; both are its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cast {
    /// How, and when by itself.
    pub manner: String,
}

impl Cast {
    pub(crate) fn read(cells: &mut Cells<'_>, head: Head, into: &mut Reading) -> Result<(), Error> {
        let id = Id::new(Kind::Cast, "", &head.name);
        into.add(2605, id, Self { manner: cells.text()? }, head);
        Ok(())
    }
}

impl Definition for Cast {
    fn create(&self, id: &Id, _: Around<'_>) -> Steps {
        Steps::one(format!("create cast ({}) {}", id.name, self.manner))
    }

    fn drop(&self, id: &Id) -> Steps {
        Steps::one(format!("drop cast ({})", id.name))
    }

    fn alter(&self, _: &Id, _: &Self) -> Alteration {
        Alteration::Replace
    }

    fn target(&self, id: &Id) -> Option<String> {
        Some(format!("cast ({})", id.name))
    }

    fn same(&self, other: &Self) -> bool {
        self == other
    }
}
