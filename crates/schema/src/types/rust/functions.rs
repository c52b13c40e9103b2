//! Functions: what they are given and what they answer.

use super::names::{self, pascal_case};
use super::{Field, Module, ROW, VALUE, optional};
use crate::types::routines::{Overload, Routine};

const ARGUMENTS: &str = "Debug, Clone, PartialEq, serde::Serialize";
const OPTIONAL_ARGUMENTS: &str = "Debug, Clone, Default, PartialEq, serde::Serialize";

impl Module<'_> {
    pub(super) fn routine(&mut self, routine: &Routine) {
        // those of an unnamed row are columns of its table, not functions to call
        let overloads = routine.overloads.iter().filter(|one| !one.takes_unnamed_row(self.facts));
        let overloads: Vec<&Overload> = overloads.collect();
        for overload in overloads {
            let base = self.taken.claim(&["", "Args", "Returns", "Row"], &pascal_case(&routine.name));
            self.arguments(routine, overload, &base);
            self.returns(routine, overload, &base);
            if self.client {
                self.call(routine, &base);
            }
        }
    }

    fn arguments(&mut self, routine: &Routine, overload: &Overload, base: &str) {
        let name = format!("{base}Args");
        if let [only] = overload.arguments.as_slice()
            && only.name.is_empty()
        {
            self.document(&format!("The body of a call of `{}`.", routine.name));
            self.line(&format!("pub type {name} = {};\n", self.type_of(only.type_id)));
            return;
        }
        let fields = overload.arguments.iter().filter(|argument| !argument.name.is_empty()).map(|argument| {
            let rust = self.type_of(argument.type_id);
            Field {
                name: &argument.name,
                rust: if argument.has_default { optional(&rust) } else { rust },
                can_be_left_out: argument.has_default,
                comment: None,
            }
        });
        let fields: Vec<Field<'_>> = fields.collect();
        let all_optional = fields.iter().all(|field| field.can_be_left_out);
        let derives = if all_optional { OPTIONAL_ARGUMENTS } else { ARGUMENTS };
        self.structure(&name, &format!("What `{}` is given.", routine.name), derives, &fields);
    }

    fn returns(&mut self, routine: &Routine, overload: &Overload, base: &str) {
        let columns = if overload.columns.is_empty() { &overload.outputs } else { &overload.columns };
        let one = if overload.columns.is_empty() && columns.len() < 2 {
            let rust = self.type_of(overload.return_type);
            let is_row = overload.return_relation.is_some();
            if is_row || rust == "()" || rust == VALUE { rust } else { optional(&rust) }
        } else {
            let fields = columns.iter().map(|(name, id)| Field {
                name,
                rust: optional(&self.type_of(*id)),
                can_be_left_out: false,
                comment: None,
            });
            let fields: Vec<Field<'_>> = fields.collect();
            let name = format!("{base}Row");
            self.structure(&name, &format!("A row of what `{}` answers.", routine.name), ROW, &fields);
            name
        };
        let returned = if overload.returns_set { format!("Vec<{one}>") } else { one };
        let name = format!("{base}Returns");
        let comment = overload.comment.as_deref().map(|text| format!("\n\n{text}")).unwrap_or_default();
        self.document(&format!("What `{}` answers.{comment}", routine.name));
        self.line(&format!("pub type {name} = {returned};\n"));
    }

    fn call(&mut self, routine: &Routine, base: &str) {
        self.document(&format!("The function `{}`, for `ferrobase-client`.", routine.name));
        self.line("#[derive(Debug, Clone, Copy)]");
        self.line(&format!("pub struct {base};\n"));
        self.line(&format!("impl ferrobase_client::Function for {base} {{"));
        self.line(&format!("    const SCHEMA: &'static str = {};", names::literal(self.schema)));
        self.line(&format!("    const NAME: &'static str = {};", names::literal(&routine.name)));
        self.line(&format!("    type Args = {base}Args;"));
        self.line(&format!("    type Returns = {base}Returns;"));
        self.line("}\n");
    }
}
