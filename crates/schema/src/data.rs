//! The rows of a database as SQL: `insert` or `copy`, in an order that foreign keys allow.
//!
//! Reads one moment of the database, a piece of a table at a time; knows nothing of who reads the text.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io;

use pg::{Client, Param, Row, Session};

use crate::Error;
use crate::sql::{idents, literal, qualified};

/// Rows fetched at a time.
const PIECE: usize = 2_000;
/// Rows of one `insert`.
const ROWS: usize = 500;
/// An `insert` ends when it is this long, however few rows it has.
const BYTES: usize = 1 << 20;

/// Which rows, and how.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Of these schemas only.
    pub only: Option<Vec<String>>,
    /// Of all but these.
    pub except: Vec<String>,
    /// Not of these tables: `schema.table`.
    pub without: Vec<String>,
    /// `copy … from stdin`, for psql, instead of `insert`.
    pub copy: bool,
}

/// Rows could not be written.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// The database did not give them.
    #[error(transparent)]
    Schema(#[from] Error),
    /// Whoever takes the text did not.
    #[error("the rows can't be written: {0}")]
    Write(#[from] io::Error),
}

impl From<pg::Error> for DataError {
    fn from(error: pg::Error) -> Self {
        Self::Schema(error.into())
    }
}

#[derive(Debug)]
struct Table {
    schema: String,
    name: String,
    columns: Vec<String>,
    overrides: bool,
    refers_to: Vec<i64>,
}

/// Writes the rows; says how many tables had some, and which refer to one another in a circle.
///
/// # Errors
/// Whatever reading meets, and what writing does.
pub async fn dump(
    client: &mut Client,
    options: &Options,
    out: &mut (dyn io::Write + Send),
) -> Result<Vec<String>, DataError> {
    let scope = [
        Param::from(options.only.clone()),
        Param::from(options.except.clone()),
        Param::from(options.without.clone()),
    ];
    let [only, except, _] = &scope;
    let mut session = client.session().await?;
    said(session.say(include_str!("../sql/data_begin.sql")).await?)?;
    let tables = read_tables(&session.query(include_str!("../sql/data_tables.sql"), &scope).await?)?;
    let (order, circle) = in_order(&tables);
    out.write_all(HEAD.as_bytes())?;
    for table in order {
        if let Some(table) = tables.get(&table) {
            write_table(&mut session, table, options.copy, out).await?;
        }
    }
    let positions = [only.clone(), except.clone()];
    for row in session.query(include_str!("../sql/data_sequences.sql"), &positions).await? {
        if let Some(position) = row.get::<Option<i64>>(2)? {
            let name = literal(&qualified(&row.get::<String>(0)?, &row.get::<String>(1)?));
            writeln!(out, "select pg_catalog.setval({name}, {position}, true);")?;
        }
    }
    out.write_all(TAIL.as_bytes())?;
    Ok(circle)
}

/// Triggers and foreign keys sleep, where the role that puts the rows in may say so.
const HEAD: &str = "select pg_catalog.set_config('session_replication_role', 'replica', false)\n\
    where pg_catalog.has_parameter_privilege('session_replication_role', 'set');\n\n";
const TAIL: &str = "\nselect pg_catalog.set_config('session_replication_role', 'origin', false)\n\
    where pg_catalog.has_parameter_privilege('session_replication_role', 'set');\n";

fn said(said: pg::Said) -> Result<(), DataError> {
    match said.error {
        Some(error) => Err(pg::Error::Db(error).into()),
        None => Ok(()),
    }
}

fn read_tables(rows: &[Row]) -> Result<BTreeMap<i64, Table>, DataError> {
    rows.iter()
        .map(|row| {
            let table = Table {
                schema: row.get(1)?,
                name: row.get(2)?,
                columns: row.get(3)?,
                overrides: row.get(4)?,
                refers_to: row.get(5)?,
            };
            Ok((row.get(0)?, table))
        })
        .collect()
}

/// Tables in an order in which each comes after those it refers to, and the names of those where that is not possible.
fn in_order(tables: &BTreeMap<i64, Table>) -> (Vec<i64>, Vec<String>) {
    let mut names: Vec<(&Table, i64)> = tables.iter().map(|(oid, table)| (table, *oid)).collect();
    names.sort_by(|(one, _), (other, _)| (&one.schema, &one.name).cmp(&(&other.schema, &other.name)));
    let mut waiting: Vec<i64> = names.into_iter().map(|(_, oid)| oid).collect();
    let (mut order, mut circle) = (Vec::new(), Vec::new());
    while !waiting.is_empty() {
        let left: BTreeSet<i64> = waiting.iter().copied().collect();
        let (ready, rest): (Vec<i64>, Vec<i64>) = waiting.iter().partition(|oid| {
            tables.get(*oid).is_none_or(|table| !table.refers_to.iter().any(|other| left.contains(other)))
        });
        if ready.is_empty() {
            // nothing but a circle, and what hangs on it
            circle.extend(
                rest.iter()
                    .filter_map(|oid| tables.get(oid))
                    .map(|table| format!("{}.{}", table.schema, table.name)),
            );
            order.extend(rest);
            break;
        }
        order.extend(ready);
        waiting = rest;
    }
    (order, circle)
}

async fn write_table(
    session: &mut Session<'_>,
    table: &Table,
    copy: bool,
    out: &mut (dyn io::Write + Send),
) -> Result<(), DataError> {
    let name = qualified(&table.schema, &table.name);
    let columns = idents(&table.columns);
    let cursor = format!("declare dumped no scroll cursor for select {columns} from only {name}");
    said(session.say(&cursor).await?)?;
    let overriding = if table.overrides { " overriding system value" } else { "" };
    let mut insert = Insert {
        head: format!("insert into {name} ({columns}){overriding} values\n"),
        rows: 0,
        text: String::new(),
    };
    let mut any = false;
    loop {
        let rows = session.query(&format!("fetch {PIECE} from dumped"), &[]).await?;
        if rows.is_empty() {
            break;
        }
        if copy && !any {
            writeln!(out, "copy {name} ({columns}) from stdin;")?;
        }
        any = true;
        for row in &rows {
            if copy {
                out.write_all(copy_line(row).as_bytes())?;
            } else {
                insert.push(row, out)?;
            }
        }
    }
    insert.flush(out)?;
    if any {
        out.write_all(if copy { b"\\.\n\n" } else { b"\n" })?;
    }
    said(session.say("close dumped").await?)
}

/// One `insert` in the making.
struct Insert {
    head: String,
    rows: usize,
    text: String,
}

impl Insert {
    fn push(&mut self, row: &Row, out: &mut (dyn io::Write + Send)) -> io::Result<()> {
        let values: Vec<String> =
            (0..row.len()).map(|at| row.text(at).map_or_else(|| "null".to_owned(), literal)).collect();
        let comma = if self.rows == 0 { "" } else { ",\n" };
        let _ = write!(self.text, "{comma}    ({})", values.join(", "));
        self.rows += 1;
        if self.rows >= ROWS || self.text.len() > BYTES { self.flush(out) } else { Ok(()) }
    }

    fn flush(&mut self, out: &mut (dyn io::Write + Send)) -> io::Result<()> {
        if self.rows > 0 {
            writeln!(out, "{}{};", self.head, self.text)?;
        }
        self.rows = 0;
        self.text.clear();
        Ok(())
    }
}

fn copy_line(row: &Row) -> String {
    let mut line = String::new();
    for at in 0..row.len() {
        if at > 0 {
            line.push('\t');
        }
        match row.text(at) {
            None => line.push_str("\\N"),
            Some(text) => {
                for letter in text.chars() {
                    match letter {
                        '\\' => line.push_str("\\\\"),
                        '\n' => line.push_str("\\n"),
                        '\r' => line.push_str("\\r"),
                        '\t' => line.push_str("\\t"),
                        other => line.push(other),
                    }
                }
            }
        }
    }
    line.push('\n');
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_referred_to_comes_first() {
        let table = |name: &str, refers_to: &[i64]| Table {
            schema: "s".to_owned(),
            name: name.to_owned(),
            columns: Vec::new(),
            overrides: false,
            refers_to: refers_to.to_vec(),
        };
        let line = BTreeMap::from([(1, table("a", &[2])), (2, table("b", &[3, 99])), (3, table("c", &[]))]);
        assert_eq!(in_order(&line), (vec![3, 2, 1], vec![]));
        let circle = BTreeMap::from([(1, table("a", &[2])), (2, table("b", &[1])), (3, table("c", &[]))]);
        assert_eq!(in_order(&circle), (vec![3, 1, 2], vec!["s.a".to_owned(), "s.b".to_owned()]));
    }
}
