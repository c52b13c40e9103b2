//! The reports about a database: one SQL file each, whose rows are JSON objects.

use std::fmt::Write as _;

use anyhow::Context as _;
use pg::{Client, Error, Param};
use serde_json::{Map, Value};

use crate::output::Table;

/// A report, under the official command line's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Report {
    /// Sizes and cache hit rates of the database
    #[value(alias = "cache-hit", alias = "total-table-size", alias = "total-index-size")]
    DbStats,
    /// Replication slots and how far behind their readers are
    ReplicationSlots,
    /// Exclusive locks that statements hold or wait for
    Locks,
    /// Statements that wait for others
    Blocking,
    /// Statements that took most of the time
    Outliers,
    /// Statements that ran most often
    Calls,
    /// Size and use of indexes
    #[value(alias = "index-usage", alias = "index-sizes", alias = "unused-indexes", alias = "seq-scans")]
    IndexStats,
    /// Indexes sorted by another version of a collation
    CollationDrift,
    /// Statements that have been running for more than five minutes
    LongRunningQueries,
    /// Pages that tables and indexes do not need
    Bloat,
    /// Roles, their connections and settings
    #[value(alias = "role-configs", alias = "role-connections")]
    RoleStats,
    /// When tables were vacuumed and analyzed
    VacuumStats,
    /// Sizes, rows and sequential scans of tables
    #[value(alias = "table-sizes", alias = "table-index-sizes", alias = "table-record-counts")]
    TableStats,
    /// What is read and what is written of each table
    TrafficProfile,
    /// Values that are stored aside
    ToastSizes,
    /// How long tables can live without being vacuumed
    XidAge,
}

/// Schemas that are the platform's: their tables are nobody's care. The reports that leave them out take them as
/// their parameter.
const PLATFORM: &[&str] = &[
    "_realtime",
    "auth",
    "cron",
    "extensions",
    "ferrobase",
    "graphql",
    "graphql_public",
    "net",
    "pgbouncer",
    "pgmq",
    "pgsodium",
    "realtime",
    "storage",
    "supabase_functions",
    "supabase_migrations",
    "vault",
];

/// One row: values by column.
pub(super) type Row = Map<String, Value>;

/// One file of `sql/inspect`.
macro_rules! inspect_sql {
    ($name:literal) => {
        include_str!(concat!("../../../sql/inspect/", $name, ".sql"))
    };
}

impl Report {
    fn sql(self) -> &'static str {
        match self {
            Self::DbStats => inspect_sql!("db_stats"),
            Self::ReplicationSlots => inspect_sql!("replication_slots"),
            Self::Locks => inspect_sql!("locks"),
            Self::Blocking => inspect_sql!("blocking"),
            Self::Outliers => inspect_sql!("outliers"),
            Self::Calls => inspect_sql!("calls"),
            Self::IndexStats => inspect_sql!("index_stats"),
            Self::CollationDrift => inspect_sql!("collation_drift"),
            Self::LongRunningQueries => inspect_sql!("long_running_queries"),
            Self::Bloat => inspect_sql!("bloat"),
            Self::RoleStats => inspect_sql!("role_stats"),
            Self::VacuumStats => inspect_sql!("vacuum_stats"),
            Self::TableStats => inspect_sql!("table_stats"),
            Self::TrafficProfile => inspect_sql!("traffic_profile"),
            Self::ToastSizes => inspect_sql!("toast_sizes"),
            Self::XidAge => inspect_sql!("xid_age"),
        }
    }

    /// Reads the report.
    pub(super) async fn read(self, client: &mut Client) -> anyhow::Result<Vec<Row>> {
        let sql = self.sql();
        let parameters = if sql.contains("$1") { vec![Param::from(PLATFORM)] } else { Vec::new() };
        let rows = client.query(sql, &parameters).await.map_err(|error| match &error {
            // undefined table, and: must be loaded via shared_preload_libraries
            Error::Db(db) if ["42P01", "55000"].contains(&&*db.code) => anyhow::Error::new(error).context(
                "this report needs pg_stat_statements, loaded when the server starts (shared_preload_libraries) \
                 and created with `create extension pg_stat_statements with schema extensions`",
            ),
            _ => error.into(),
        })?;
        rows.iter()
            .map(|row| serde_json::from_str(row.text(0).unwrap_or("{}")).context("a row is not JSON"))
            .collect()
    }
}

/// Longest text in a cell for people; statements can be pages.
const CELL: usize = 100;

/// For people: a table, whose head is the columns' names in words.
pub(super) fn table(rows: &[Row]) -> String {
    let Some(first) = rows.first() else { return "Nothing to report.\n".to_owned() };
    let head: Vec<String> = first.keys().map(|name| name.replace('_', " ")).collect();
    let mut table = Table::new(&head.iter().map(String::as_str).collect::<Vec<_>>());
    for row in rows {
        table.push(row.values().map(cell).collect());
    }
    table.render()
}

fn cell(value: &Value) -> String {
    let text = plain(value);
    let words: Vec<&str> = text.split_whitespace().collect();
    let text = words.join(" ");
    match text.char_indices().nth(CELL) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// As RFC 4180 has it, with a head.
pub(super) fn csv(rows: &[Row]) -> String {
    let quoted = |text: &str| {
        let needs_quotes = text.contains(['"', ',', '\n', '\r']);
        if needs_quotes { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
    };
    let mut text = String::new();
    if let Some(first) = rows.first() {
        let head: Vec<String> = first.keys().map(|name| quoted(name)).collect();
        let _infallible = writeln!(text, "{}", head.join(","));
    }
    for row in rows {
        let line: Vec<String> = row.values().map(|value| quoted(&plain(value))).collect();
        let _infallible = writeln!(text, "{}", line.join(","));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn rows(rows: &Value) -> Vec<Row> {
        serde_json::from_value(rows.clone()).unwrap()
    }

    #[test]
    fn a_table_is_for_people() {
        let rows = rows(&json!([{"query_text": "select\n  1", "calls": 2, "note": null}]));
        assert_eq!(
            table(&rows),
            " query text │ calls │ note\n────────────┼───────┼──────\n select 1   │ 2     │\n"
        );
        assert_eq!(table(&[]), "Nothing to report.\n");
    }

    #[test]
    fn csv_is_quoted_where_it_must_be() {
        let rows = rows(&json!([{"a": "x, \"y\"", "b": 1}, {"a": "two\nlines", "b": null}]));
        assert_eq!(csv(&rows), "a,b\n\"x, \"\"y\"\"\",1\n\"two\nlines\",\n");
    }
}
