//! What the tool knows of a database before it tries anything: tables, columns, keys and grants, from the catalogue.

use std::collections::BTreeMap;

use pg::{Param, Row, Session};

use super::Error;

/// The roles of the API, in the order of all privilege arrays.
pub(super) const ROLES: [&str; 3] = ["anon", "authenticated", "service_role"];

/// For each of [`ROLES`], whether it was granted something.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Grants([bool; 3]);

impl Grants {
    fn read(row: &Row, column: usize) -> Result<Self, pg::Error> {
        let flags: Vec<bool> = row.get(column)?;
        Ok(Self(std::array::from_fn(|role| flags.get(role).copied().unwrap_or_default())))
    }

    pub(super) fn has(self, role: &str) -> bool {
        ROLES.iter().zip(self.0).any(|(name, granted)| *name == role && granted)
    }
}

/// The server's number of a table.
pub(super) type Oid = String;

#[derive(Debug, Clone)]
pub(super) struct Column {
    pub(super) name: String,
    /// As a cast needs it.
    pub(super) type_name: String,
    /// The same below a domain.
    pub(super) base: String,
    /// `pg_type.typcategory` below a domain.
    pub(super) category: char,
    pub(super) not_null: bool,
    pub(super) has_default: bool,
    /// Nobody may give it a value.
    pub(super) generated: bool,
    /// Words of an enum.
    pub(super) labels: Vec<String>,
    /// Definitions of the checks of a domain.
    pub(super) domain_checks: Vec<String>,
    pub(super) default: String,
    pub(super) select: Grants,
    pub(super) insert: Grants,
    pub(super) update: Grants,
}

impl Column {
    /// It has to be in an insert.
    pub(super) fn is_required(&self) -> bool {
        self.not_null && !self.has_default && !self.generated
    }
}

/// Columns that are together unique.
#[derive(Debug, Clone)]
pub(super) struct Key {
    pub(super) name: String,
    pub(super) columns: Vec<String>,
    pub(super) is_primary: bool,
    /// Neither over an expression nor only over some rows.
    pub(super) is_plain: bool,
}

/// A foreign key.
#[derive(Debug, Clone)]
pub(super) struct Reference {
    pub(super) columns: Vec<String>,
    pub(super) target: Oid,
    pub(super) target_columns: Vec<String>,
}

/// A check or an exclusion.
#[derive(Debug, Clone)]
pub(super) struct Check {
    pub(super) name: String,
    pub(super) columns: Vec<String>,
    pub(super) definition: String,
}

#[derive(Debug, Clone)]
pub(super) struct Table {
    pub(super) oid: Oid,
    pub(super) schema: String,
    pub(super) name: String,
    pub(super) kind: char,
    pub(super) has_security: bool,
    pub(super) has_policies: bool,
    /// A view that looks with its caller's rights.
    pub(super) is_invoker: bool,
    /// What it is a partition of.
    pub(super) parent: Option<Oid>,
    pub(super) usage: Grants,
    pub(super) delete: Grants,
    pub(super) truncate: Grants,
    pub(super) columns: Vec<Column>,
    pub(super) keys: Vec<Key>,
    pub(super) references: Vec<Reference>,
    pub(super) checks: Vec<Check>,
}

impl Table {
    /// `public.jobs`, as the snapshot names it.
    pub(super) fn title(&self) -> String {
        format!("{}.{}", self.schema, self.name)
    }

    /// As SQL needs it.
    pub(super) fn sql(&self) -> String {
        format!("{}.{}", ident(&self.schema), ident(&self.name))
    }

    pub(super) fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    pub(super) fn primary_key(&self) -> Option<&Key> {
        self.keys.iter().find(|key| key.is_primary)
    }

    pub(super) fn is_table(&self) -> bool {
        matches!(self.kind, 'r' | 'p')
    }

    /// Whether the text of a check mentions words for this column, for example `status = any (array['a', 'b'])`.
    pub(super) fn checks_of<'a>(&'a self, column: &'a str) -> impl Iterator<Item = &'a Check> {
        self.checks.iter().filter(move |check| check.columns.iter().any(|name| name == column))
    }
}

#[derive(Debug, Clone)]
pub(super) struct Function {
    pub(super) signature: String,
    pub(super) is_definer: bool,
    pub(super) has_search_path: bool,
    pub(super) execute: Grants,
    pub(super) is_trigger: bool,
}

/// The whole database.
#[derive(Debug, Default)]
pub(super) struct Model {
    pub(super) tables: BTreeMap<Oid, Table>,
    pub(super) functions: Vec<Function>,
}

impl Model {
    /// Reads it; functions only of these schemas.
    pub(super) async fn load(session: &mut Session<'_>, schemas: &[String]) -> Result<Self, Error> {
        let roles = Param::from(&ROLES[..]);
        let mut model = Self::default();
        for row in
            session.query(include_str!("../../sql/access/tables.sql"), std::slice::from_ref(&roles)).await?
        {
            let table = read_table(&row)?;
            model.tables.insert(table.oid.clone(), table);
        }
        for row in
            session.query(include_str!("../../sql/access/columns.sql"), std::slice::from_ref(&roles)).await?
        {
            if let Some(table) = model.tables.get_mut(row.text(0).unwrap_or_default()) {
                table.columns.push(read_column(&row)?);
            }
        }
        for row in session.query(include_str!("../../sql/access/keys.sql"), &[]).await? {
            if let Some(table) = model.tables.get_mut(row.text(0).unwrap_or_default()) {
                table.keys.push(Key {
                    name: row.get(1)?,
                    is_primary: row.get(2)?,
                    columns: row.get(3)?,
                    is_plain: row.get(4)?,
                });
            }
        }
        for row in session.query(include_str!("../../sql/access/constraints.sql"), &[]).await? {
            model.add_constraint(&row)?;
        }
        let schemas = Param::from(schemas);
        for row in session.query(include_str!("../../sql/access/functions.sql"), &[roles, schemas]).await? {
            model.functions.push(Function {
                signature: row.get(1)?,
                is_definer: row.get(2)?,
                has_search_path: row.get(3)?,
                execute: Grants::read(&row, 4)?,
                is_trigger: row.get(5)?,
            });
        }
        Ok(model)
    }

    fn add_constraint(&mut self, row: &Row) -> Result<(), Error> {
        let Some(table) = self.tables.get_mut(row.text(0).unwrap_or_default()) else { return Ok(()) };
        let (name, columns) = (row.get(1)?, row.get(3)?);
        if row.text(2) == Some("f") {
            let (target, target_columns) = (row.get(4)?, row.get(5)?);
            table.references.push(Reference { columns, target, target_columns });
        } else {
            table.checks.push(Check { name, columns, definition: row.get(6)? });
        }
        Ok(())
    }

    pub(super) fn find(&self, schema: &str, name: &str) -> Option<&Table> {
        self.tables.values().find(|table| table.schema == schema && table.name == name)
    }

    /// Tables whose rows are people: `auth.users` and whatever has its key as its own (profiles).
    pub(super) fn people(&self) -> Vec<Oid> {
        let mut people: Vec<Oid> =
            self.find("auth", "users").map(|table| table.oid.clone()).into_iter().collect();
        let mut at = 0;
        while let Some(known) = people.get(at).cloned() {
            for table in self.tables.values().filter(|table| table.is_table() && table.schema != "auth") {
                let is_person = table.references.iter().any(|reference| {
                    reference.target == known
                        && reference.columns.len() == 1
                        && table.primary_key().is_some_and(|key| key.columns == reference.columns)
                });
                if is_person && !people.contains(&table.oid) {
                    people.push(table.oid.clone());
                }
            }
            at += 1;
        }
        people
    }
}

fn read_table(row: &Row) -> Result<Table, pg::Error> {
    Ok(Table {
        oid: row.get(0)?,
        schema: row.get(1)?,
        name: row.get(2)?,
        kind: row.text(3).and_then(|kind| kind.chars().next()).unwrap_or('r'),
        has_security: row.get(4)?,
        has_policies: row.get(5)?,
        is_invoker: row.get(6)?,
        parent: row.get(7)?,
        usage: Grants::read(row, 8)?,
        delete: Grants::read(row, 9)?,
        truncate: Grants::read(row, 10)?,
        columns: Vec::new(),
        keys: Vec::new(),
        references: Vec::new(),
        checks: Vec::new(),
    })
}

fn read_column(row: &Row) -> Result<Column, pg::Error> {
    Ok(Column {
        name: row.get(1)?,
        type_name: row.get(2)?,
        base: row.get(3)?,
        category: row.text(4).and_then(|category| category.chars().next()).unwrap_or('X'),
        not_null: row.get(5)?,
        has_default: row.get(6)?,
        generated: row.get(7)?,
        labels: row.get(8)?,
        domain_checks: row.get(9)?,
        select: Grants::read(row, 10)?,
        insert: Grants::read(row, 11)?,
        update: Grants::read(row, 12)?,
        default: row.get(13)?,
    })
}

/// A name as SQL needs it.
pub(super) fn ident(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A text as SQL needs it.
pub(super) fn literal(text: &str) -> String {
    let escaped = text.replace('\'', "''");
    if escaped.contains('\\') {
        format!(" E'{}'", escaped.replace('\\', "\\\\"))
    } else {
        format!("'{escaped}'")
    }
}
