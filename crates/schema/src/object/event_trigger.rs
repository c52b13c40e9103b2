//! Event triggers whose function is in scope.

use super::trigger::enabling;
use super::{Alteration, Around, Definition, Steps};
use crate::Error;
use crate::id::{Id, Kind};
use crate::snapshot::{Cells, Head, Reading};
use crate::sql::{ident, literal};

/// An event trigger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventTrigger {
    /// `ddl_command_end` and so on.
    pub event: String,
    /// The commands it is for; none means all.
    pub tags: Vec<String>,
    /// Its function, as SQL.
    pub function: String,
    /// `O` yes, `D` no, `R` on a replica, `A` always.
    pub enabled: String,
}

impl EventTrigger {
    pub(crate) fn read(cells: &mut Cells<'_>, head: Head, into: &mut Reading) -> Result<(), Error> {
        let id = Id::new(Kind::EventTrigger, "", &head.name);
        let trigger = Self {
            event: cells.text()?,
            tags: cells.list()?,
            function: cells.text()?,
            enabled: cells.text()?,
        };
        into.add(3466, id, trigger, head);
        Ok(())
    }

    fn enable(&self, id: &Id) -> String {
        format!("alter event trigger {} {}", ident(&id.name), enabling(&self.enabled))
    }
}

impl Definition for EventTrigger {
    fn create(&self, id: &Id, _: Around<'_>) -> Steps {
        let tags: Vec<String> = self.tags.iter().map(|tag| literal(tag)).collect();
        let when =
            if tags.is_empty() { String::new() } else { format!("\nwhen tag in ({})", tags.join(", ")) };
        let mut steps = Steps::one(format!(
            "create event trigger {} on {}{when}\nexecute function {}()",
            ident(&id.name),
            self.event,
            self.function
        ));
        if self.enabled != "O" {
            steps.push(self.enable(id));
        }
        steps
    }

    fn drop(&self, id: &Id) -> Steps {
        Steps::one(format!("drop event trigger {}", ident(&id.name)))
    }

    fn alter(&self, id: &Id, to: &Self) -> Alteration {
        if *self != (Self { enabled: self.enabled.clone(), ..to.clone() }) {
            return Alteration::Replace;
        }
        Alteration::InPlace(Steps::one(to.enable(id)))
    }

    fn target(&self, id: &Id) -> Option<String> {
        Some(format!("event trigger {}", ident(&id.name)))
    }

    fn same(&self, other: &Self) -> bool {
        self == other
    }
}
