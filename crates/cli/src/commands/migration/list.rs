//! `ferrobase migration list`: compares the migration files with those the database has.

use base::migrate::{self, Listed};
use serde::Serialize;

use crate::output::{OutputOptions, Table};
use crate::target::{self, TargetOptions};

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    ferrobase migration list\n  \
    ferrobase migration list --remote=postgres://… -o json")]
pub(crate) struct Options {
    #[command(flatten)]
    target: TargetOptions,
    #[command(flatten)]
    output: OutputOptions,
}

#[derive(Debug, Serialize)]
struct Row {
    version: String,
    name: String,
    local: bool,
    applied: bool,
    edited: bool,
}

impl From<Listed> for Row {
    fn from(listed: Listed) -> Self {
        let Listed { version, name, local, applied, edited } = listed;
        Self { version, name, local, applied, edited }
    }
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let rows: Vec<Row> = target::with(&options.target, async |target| {
        let listed = migrate::list(&mut target.postgres().await?, &target.files()?).await?;
        Ok(listed.into_iter().map(Row::from).collect())
    })?;
    options.output.output.print(&rows, |rows| table(rows))
}

fn table(rows: &[Row]) -> String {
    let mut table = Table::new(&["Local", "Database", "Name", ""]);
    for row in rows {
        let known = |is: bool| if is { row.version.clone() } else { String::new() };
        let note = match (row.local, row.applied, row.edited) {
            (true, true, true) => "changed after it was applied",
            (true, true, false) => "",
            (true, false, _) => "pending",
            (false, ..) => "no file",
        };
        table.push(vec![known(row.local), known(row.applied), row.name.clone(), note.to_owned()]);
    }
    table.render()
}
