//! `ferrobase db query`: runs SQL and prints what it returns, as any role with any claims.

use std::fmt::Write as _;
use std::io::{IsTerminal as _, Read as _};
use std::path::PathBuf;

use anyhow::{Context as _, bail};
use base::migrate;
use pg::{Client, StatementResult};
use serde_json::{Map, Value};

use crate::output::{Table, count, print};
use crate::script;
use crate::target::{self, TargetOptions};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Several statements are one transaction, unless they say otherwise. With --as they see what a request of \
    that role would see: row level security and grants apply.\n\n\
    Examples:\n  \
    ferrobase db query 'select * from notes'\n  \
    ferrobase db query -f report.sql -o csv > report.csv\n  \
    echo 'table notes' | ferrobase db query --as anon\n  \
    ferrobase db query 'select * from notes' --as authenticated --claims '{\"sub\":\"8a6e…\"}'"
)]
pub(crate) struct Options {
    /// What to run [default: what is piped in]
    sql: Option<String>,
    /// Run this file
    #[arg(short, long, value_name = "FILE", conflicts_with = "sql")]
    file: Option<PathBuf>,
    /// How to print the rows
    #[arg(short, long, value_enum, default_value = "table")]
    output: Format,
    /// Run it as this role, as a request would
    #[arg(long = "as", value_name = "ROLE")]
    role: Option<String>,
    /// With these claims of a token
    #[arg(long, value_name = "JSON", requires = "role")]
    claims: Option<String>,
    /// Refuse whatever would write
    #[arg(long)]
    read_only: bool,
    #[command(flatten)]
    target: TargetOptions,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people
    #[value(alias = "text", alias = "pretty")]
    Table,
    /// A list of objects
    Json,
    /// With a head line
    Csv,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let (name, sql) = read(options)?;
    let frame = frame(options)?;
    target::with(&options.target, async |target| {
        if !options.read_only {
            target.confirm("Running SQL that may write")?;
        }
        let mut client = target.postgres().await?;
        if options.output == Format::Json
            && let Some(json) = target.answering(as_json(&mut client, &frame, &sql)).await
        {
            return print(&format!("{json}\n"));
        }
        let results = target.answering(script::run(&mut client, &name, &frame, &sql)).await?;
        print(&text(&results, options.output)?)
    })
}

fn read(options: &Options) -> anyhow::Result<(String, String)> {
    if let Some(sql) = &options.sql {
        return Ok(("the query".to_owned(), sql.clone()));
    }
    if let Some(file) = &options.file {
        let sql = std::fs::read_to_string(file).with_context(|| format!("can't read {}", file.display()))?;
        return Ok((file.display().to_string(), sql));
    }
    if std::io::stdin().is_terminal() {
        bail!("give the SQL as an argument, with --file, or pipe it in");
    }
    let mut sql = String::new();
    std::io::stdin().read_to_string(&mut sql).context("what is piped in is not UTF-8")?;
    Ok(("standard input".to_owned(), sql))
}

/// What makes the statements run as somebody, in the same transaction; each of its statements ends with `;`.
fn frame(options: &Options) -> anyhow::Result<String> {
    let mut frame = String::new();
    if options.read_only {
        frame.push_str("set transaction read only;");
    }
    if let Some(role) = &options.role {
        let mut claims: Map<String, Value> = match &options.claims {
            Some(text) => serde_json::from_str(text).context("--claims is not a JSON object")?,
            None => Map::new(),
        };
        claims.entry("role").or_insert_with(|| Value::String(role.clone()));
        // a semicolon inside would be counted as a statement's end
        let claims = Value::Object(claims).to_string().replace('\'', "''").replace(';', "\\u003b");
        let name = role.replace('"', "\"\"");
        if name.contains(';') {
            bail!("{role:?} is no role");
        }
        frame.push_str("select set_config('request.jwt.claims', '");
        frame.push_str(&claims);
        frame.push_str("', true);set local role \"");
        frame.push_str(&name);
        frame.push_str("\";");
    }
    Ok(frame)
}

/// The rows of a single query as JSON with numbers, objects and all. `None` when it is no such query: then the rows
/// are printed as text, or its error is told.
async fn as_json(client: &mut Client, frame: &str, sql: &str) -> Option<String> {
    let statements = migrate::split(sql);
    let [only] = statements.as_slice() else { return None };
    let is_query = ["select", "table", "values", "with"]
        .iter()
        .any(|word| only.text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word)));
    if !is_query {
        return None;
    }
    let wrapped = format!("{frame}select coalesce(json_agg(rows), '[]') from ({}\n) rows", only.text);
    let results = client.script(&wrapped).await.ok()?;
    let text = results.last()?.rows.first()?.text(0)?;
    let value: Value = serde_json::from_str(text).ok()?;
    Some(format!("{value:#}"))
}

fn text(results: &[StatementResult], format: Format) -> anyhow::Result<String> {
    let mut text = String::new();
    let mut objects = Vec::new();
    for result in results {
        let Some(columns) = &result.columns else {
            if format == Format::Table {
                text.push_str(result.tag.as_str());
                text.push('\n');
            }
            continue;
        };
        let names: Vec<String> = columns.iter().map(ToString::to_string).collect();
        let cell = |row: &pg::Row, column: usize| row.text(column).map(str::to_owned);
        match format {
            Format::Table => {
                let heads: Vec<&str> = names.iter().map(String::as_str).collect();
                let mut table = Table::new(&heads);
                for row in &result.rows {
                    table
                        .push((0..names.len()).map(|column| cell(row, column).unwrap_or_default()).collect());
                }
                text.push_str(&table.render());
                let _infallible = writeln!(text, "({})", count(result.rows.len(), "row"));
            }
            Format::Csv => {
                text.push_str(&csv(names.iter().map(|name| Some(name.as_str()))));
                for row in &result.rows {
                    text.push_str(&csv((0..names.len()).map(|column| row.text(column))));
                }
            }
            Format::Json => {
                for row in &result.rows {
                    let cells = names.iter().enumerate();
                    let object: Map<String, Value> =
                        cells.map(|(column, name)| (name.clone(), Value::from(cell(row, column)))).collect();
                    objects.push(Value::Object(object));
                }
            }
        }
    }
    if format == Format::Json {
        text = serde_json::to_string_pretty(&objects)?;
        text.push('\n');
    }
    Ok(text)
}

/// A line of CSV: NULL is nothing, an empty text is `""`, as `copy … csv` has it.
fn csv<'a>(cells: impl Iterator<Item = Option<&'a str>>) -> String {
    let cells: Vec<String> = cells
        .map(|cell| match cell {
            None => String::new(),
            Some(text) if text.is_empty() || text.contains(['"', ',', '\n', '\r']) => {
                format!("\"{}\"", text.replace('"', "\"\""))
            }
            Some(text) => text.to_owned(),
        })
        .collect();
    cells.join(",") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csv_tells_null_from_nothing() {
        assert_eq!(
            csv([None, Some(""), Some("a,b"), Some("say \"x\"")].into_iter()),
            ",\"\",\"a,b\",\"say \"\"x\"\"\"\n"
        );
    }
}
