//! A row to be: which columns are given, which value of each is tried next. Pure: learns from the server's errors.

use std::collections::BTreeMap;

use pg::DbError;

use super::model::{Column, Table, ident, literal};
use super::values::candidates;

/// Where the value of a column comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// It names a person.
    Person,
    /// It refers to another row.
    Reference,
    /// Made up.
    Free,
    /// From `access.toml`.
    Hint,
}

/// A column and the expression it gets.
#[derive(Debug, Clone)]
pub(super) struct Given {
    pub(super) column: String,
    pub(super) expression: String,
    pub(super) origin: Origin,
}

#[derive(Debug, Clone)]
struct Cell {
    choices: Vec<String>,
    at: usize,
    origin: Origin,
}

#[derive(Debug, Clone)]
pub(super) struct Draft {
    cells: BTreeMap<String, Cell>,
    /// How often a constraint said no.
    refusals: BTreeMap<String, usize>,
    serial: u32,
}

impl Draft {
    pub(super) fn new(table: &Table, serial: u32) -> Self {
        let mut draft = Self { cells: BTreeMap::new(), refusals: BTreeMap::new(), serial };
        table.columns.iter().filter(|column| column.is_required()).for_each(|column| {
            draft.include(table, column);
        });
        draft
    }

    fn include(&mut self, table: &Table, column: &Column) {
        let choices = candidates(table, column, self.serial);
        self.cells.insert(column.name.clone(), Cell { choices, at: 0, origin: Origin::Free });
    }

    /// The column refers to a row with this value. The first reference that says so wins, people above all.
    pub(super) fn refer(&mut self, column: &Column, value: &str, is_person: bool) {
        if column.generated {
            return;
        }
        let known = self.cells.get(&column.name).map(|cell| cell.origin);
        if known == Some(Origin::Person) || known == Some(Origin::Reference) && !is_person {
            return;
        }
        let mut choices = vec![format!("{}::{}", literal(value), column.type_name)];
        if !column.not_null {
            choices.push("null".to_owned());
        }
        let origin = if is_person { Origin::Person } else { Origin::Reference };
        self.cells.insert(column.name.clone(), Cell { choices, at: 0, origin });
    }

    /// What `access.toml` says.
    pub(super) fn fix(&mut self, column: &str, expression: &str) {
        let choices = vec![expression.to_owned()];
        self.cells.insert(column.to_owned(), Cell { choices, at: 0, origin: Origin::Hint });
    }

    pub(super) fn has(&self, column: &str) -> bool {
        self.cells.contains_key(column)
    }

    pub(super) fn expression(&self, column: &str) -> Option<&str> {
        let cell = self.cells.get(column)?;
        cell.choices.get(cell.at).map(String::as_str)
    }

    /// Plain keys of which every column refers to something: a row with them may be there.
    pub(super) fn known_keys(&self, table: &Table) -> Vec<Vec<String>> {
        let is_known = |name: &String| self.cells.get(name).is_some_and(|cell| cell.origin != Origin::Free);
        table
            .keys
            .iter()
            .filter(|key| key.is_plain && !key.columns.is_empty() && key.columns.iter().all(is_known))
            .map(|key| key.columns.clone())
            .collect()
    }

    pub(super) fn key_columns(&self, table: &Table, name: &str) -> Vec<String> {
        let key = table.keys.iter().find(|key| key.name == name);
        key.map(|key| key.columns.iter().filter(|column| self.has(column)).cloned().collect())
            .unwrap_or_default()
    }

    /// Whether another value could meet this unique key.
    pub(super) fn can_vary(&self, table: &Table, name: &str) -> bool {
        self.key_columns(table, name)
            .iter()
            .any(|column| self.cells.get(column).is_some_and(|cell| cell.at + 1 < cell.choices.len()))
    }

    pub(super) fn insert(&self, table: &Table) -> String {
        insert(table, &self.given(table))
    }

    /// In the order of the table's columns.
    pub(super) fn given(&self, table: &Table) -> Vec<Given> {
        table
            .columns
            .iter()
            .filter_map(|column| {
                let cell = self.cells.get(&column.name)?;
                let expression = cell.choices.get(cell.at)?.clone();
                Some(Given { column: column.name.clone(), expression, origin: cell.origin })
            })
            .collect()
    }

    /// Takes another value where the server's error points to; `false` when there is nothing left to try.
    pub(super) fn mend(&mut self, table: &Table, error: &DbError) -> bool {
        let constraint = error.constraint.clone().unwrap_or_default();
        match error.code.as_str() {
            "23502" => error.column.as_deref().is_some_and(|name| self.fill(table, name)),
            "23514" | "23P01" => {
                let check = table.checks.iter().find(|check| check.name == constraint);
                let columns: Vec<String> = if let Some(check) = check {
                    check.columns.clone()
                } else {
                    // of a domain: every column that has one
                    let is_domain = |column: &&Column| !column.domain_checks.is_empty();
                    table.columns.iter().filter(is_domain).map(|column| column.name.clone()).collect()
                };
                self.turn(table, &constraint, &columns)
            }
            "23505" => self.turn(table, &constraint, &self.key_columns(table, &constraint)),
            "22001" | "22003" | "22P02" | "22007" | "22008" => {
                let free = self.cells.iter().filter(|(_, cell)| cell.origin == Origin::Free);
                let columns: Vec<String> = free.map(|(name, _)| name.clone()).collect();
                self.turn(table, &error.code, &columns)
            }
            _ => false,
        }
    }

    /// A column that must not be null.
    fn fill(&mut self, table: &Table, name: &str) -> bool {
        if let Some(cell) = self.cells.get_mut(name) {
            cell.at += 1;
            return cell.at < cell.choices.len();
        }
        let column = table.column(name).filter(|column| !column.generated);
        column.map(|column| self.include(table, column)).is_some()
    }

    /// The next combination of values of these columns; when all were refused, those that were left out join in.
    fn turn(&mut self, table: &Table, constraint: &str, columns: &[String]) -> bool {
        let count = self.refusals.entry(constraint.to_owned()).or_default();
        *count += 1;
        let mut rest = *count;
        for name in columns {
            if let Some(cell) = self.cells.get_mut(name) {
                cell.at = rest % cell.choices.len().max(1);
                rest /= cell.choices.len().max(1);
            }
        }
        if rest == 0 {
            return true;
        }
        let missing: Vec<&Column> = columns
            .iter()
            .filter(|name| !self.has(name))
            .filter_map(|name| table.column(name))
            .filter(|column| !column.generated)
            .collect();
        for column in &missing {
            self.include(table, column);
        }
        self.refusals.insert(constraint.to_owned(), 0);
        !missing.is_empty()
    }
}

/// An insert of these values.
pub(super) fn insert(table: &Table, given: &[Given]) -> String {
    if given.is_empty() {
        return format!("insert into {} default values", table.sql());
    }
    let columns: Vec<String> = given.iter().map(|given| ident(&given.column)).collect();
    let values: Vec<&str> = given.iter().map(|given| given.expression.as_str()).collect();
    format!("insert into {} ({}) values ({})", table.sql(), columns.join(", "), values.join(", "))
}
