//! Triggers and rewrite rules.

use super::{Alteration, Around, Definition, Steps};
use crate::Error;
use crate::expression::Expression;
use crate::id::{Id, Kind};
use crate::snapshot::{Cells, Head, Reading};
use crate::sql::{ident, statement};

/// When something on a table takes effect: `alter table … enable …`.
pub(crate) fn enabling(state: &str) -> &'static str {
    match state {
        "D" => "disable",
        "R" => "enable replica",
        "A" => "enable always",
        _ => "enable",
    }
}

macro_rules! fires_on_a_table {
    ($name:ident, $class:literal, $kind:ident, $word:literal, $doc:literal) => {
        #[doc = $doc]
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name {
            /// As Postgres prints it.
            pub definition: Expression,
            /// `O` yes, `D` no, `R` on a replica, `A` always.
            pub enabled: String,
        }

        impl $name {
            pub(crate) fn read(cells: &mut Cells<'_>, head: Head, into: &mut Reading) -> Result<(), Error> {
                let parent = into.relation_named(&head.schema, &head.name);
                let id = parent.as_kind(Kind::$kind).part(cells.text()?);
                let object = Self { definition: cells.text()?.into(), enabled: cells.text()? };
                into.add($class, id.clone(), object, head);
                into.belongs(&id, parent);
                Ok(())
            }

            fn enable(&self, id: &Id) -> String {
                format!(
                    "alter table {} {} {} {}",
                    id.relation(),
                    enabling(&self.enabled),
                    $word,
                    ident(&id.part)
                )
            }
        }

        impl Definition for $name {
            fn create(&self, id: &Id, _: Around<'_>) -> Steps {
                let mut steps = Steps { sql: vec![statement(&self.definition)], hazards: Vec::new() };
                if self.enabled != "O" {
                    steps.push(self.enable(id));
                }
                steps
            }

            fn drop(&self, id: &Id) -> Steps {
                Steps::one(format!("drop {} {} on {}", $word, ident(&id.part), id.relation()))
            }

            fn alter(&self, id: &Id, to: &Self) -> Alteration {
                if self.definition != to.definition {
                    return Alteration::Replace;
                }
                Alteration::InPlace(Steps::one(to.enable(id)))
            }

            fn target(&self, id: &Id) -> Option<String> {
                Some(format!("{} {} on {}", $word, ident(&id.part), id.relation()))
            }

            fn same(&self, other: &Self) -> bool {
                self == other
            }
        }
    };
}

fires_on_a_table!(Trigger, 2620, Trigger, "trigger", "A trigger.");
fires_on_a_table!(Rule, 2618, Rule, "rule", "A rewrite rule other than that of a view.");
