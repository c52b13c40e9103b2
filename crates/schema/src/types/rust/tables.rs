//! Tables and views.

use super::names;
use super::{Field, Module, ROW, optional};
use crate::types::facts::{Column, Relation};

const WRITE: &str = "Debug, Clone, PartialEq, serde::Serialize";
const CHANGE: &str = "Debug, Clone, Default, PartialEq, serde::Serialize";

impl Module<'_> {
    pub(super) fn relation(&mut self, relation: &Relation) {
        let base = self.declared.relations.get(&relation.id).cloned().unwrap_or_default();
        let kind = if relation.kind.is_view() { "view" } else { "table" };
        let row = format!("{base}Row");
        let comment = relation.comment.as_deref().map(|text| format!("\n\n{text}")).unwrap_or_default();
        let fields = self.fields(
            relation,
            |_| true,
            |module, column| {
                let rust = module.column_type(relation, column);
                (if column.can_be_null() { optional(&rust) } else { rust }, false)
            },
        );
        self.structure(&row, &format!("A row of the {kind} `{}`.{comment}", relation.name), ROW, &fields);
        let writes = self.insert(relation, &base) & self.update(relation, &base);
        if self.client {
            self.marker(relation, &base, writes);
        }
    }

    fn fields<'b>(
        &self,
        relation: &'b Relation,
        includes: impl Fn(&Column) -> bool,
        describe: impl Fn(&Self, &Column) -> (String, bool),
    ) -> Vec<Field<'b>> {
        let mut columns: Vec<&Column> = relation.columns.iter().filter(|column| includes(column)).collect();
        columns.sort_by_key(|column| column.number);
        let fields = columns.into_iter().map(|column| {
            let (rust, can_be_left_out) = describe(self, column);
            Field { name: &column.name, rust, can_be_left_out, comment: column.comment.as_deref() }
        });
        fields.collect()
    }

    fn insert(&mut self, relation: &Relation, base: &str) -> bool {
        if relation.kind.is_view() && !relation.accepts_insert {
            return false;
        }
        let fields = self.fields(
            relation,
            |column| can_be_written(relation, column),
            |module, column| {
                let rust = module.column_type(relation, column);
                let can_be_left_out = relation.kind.is_view()
                    || column.is_nullable
                    || column.is_identity()
                    || column.has_default;
                (if can_be_left_out { optional(&rust) } else { rust }, can_be_left_out)
            },
        );
        let name = format!("{base}Insert");
        let comment = format!("A new row of `{}`. What is `None` gets its default.", relation.name);
        let required: Vec<&Field<'_>> = fields.iter().filter(|field| !field.can_be_left_out).collect();
        let derives = if required.is_empty() { CHANGE } else { WRITE };
        self.structure(&name, &comment, derives, &fields);
        if !required.is_empty() {
            self.constructor(&name, &fields);
        }
        true
    }

    /// `new` with what is required; the rest can be set afterwards.
    fn constructor(&mut self, name: &str, fields: &[Field<'_>]) {
        let mut taken = names::Names::fields();
        let fields: Vec<(String, &Field<'_>)> =
            fields.iter().map(|field| (taken.claim(&[""], &names::field(field.name)), field)).collect();
        let required = fields.iter().filter(|(_, field)| !field.can_be_left_out);
        let parameters: Vec<String> =
            required.map(|(identifier, field)| format!("{identifier}: {}", field.rust)).collect();
        self.line(&format!("impl {name} {{"));
        self.line("    /// With what is required.");
        self.line(&format!("    pub fn new({}) -> Self {{", parameters.join(", ")));
        self.line("        Self {");
        for (identifier, field) in &fields {
            let value =
                if field.can_be_left_out { format!("{identifier}: None") } else { identifier.clone() };
            self.line(&format!("            {value},"));
        }
        self.line("        }");
        self.line("    }");
        self.line("}\n");
    }

    fn update(&mut self, relation: &Relation, base: &str) -> bool {
        if relation.kind.is_view() && !relation.accepts_update {
            return false;
        }
        let fields = self.fields(
            relation,
            |column| can_be_written(relation, column),
            |module, column| {
                let rust = module.column_type(relation, column);
                let is_nullable = column.is_nullable;
                (if is_nullable { optional(&optional(&rust)) } else { optional(&rust) }, true)
            },
        );
        let comment = format!("What changes in a row of `{}`. What is `None` stays.", relation.name);
        self.structure(&format!("{base}Update"), &comment, CHANGE, &fields);
        true
    }

    fn marker(&mut self, relation: &Relation, name: &str, writes: bool) {
        self.document(&format!("`{}`, for `ferrobase-client`.", relation.name));
        self.line("#[derive(Debug, Clone, Copy)]");
        self.line(&format!("pub struct {name};\n"));
        self.line(&format!("impl ferrobase_client::Relation for {name} {{"));
        self.line(&format!("    const SCHEMA: &'static str = {};", names::literal(self.schema)));
        self.line(&format!("    const NAME: &'static str = {};", names::literal(&relation.name)));
        self.line(&format!("    type Row = {name}Row;"));
        self.line("}\n");
        if writes {
            self.line(&format!("impl ferrobase_client::Table for {name} {{"));
            self.line(&format!("    type Insert = {name}Insert;"));
            self.line(&format!("    type Update = {name}Update;"));
            self.line("}\n");
        }
    }
}

fn can_be_written(relation: &Relation, column: &Column) -> bool {
    let is_updatable = !relation.kind.is_view() || column.is_updatable || relation.is_written_for;
    is_updatable && !column.is_always_identity() && !column.is_generated
}
