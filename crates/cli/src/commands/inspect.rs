//! `ferrobase inspect …`: what happens inside the database.

pub(crate) mod db;
pub(crate) mod report;
mod reports;

use clap::Subcommand;

#[derive(Debug, Subcommand)]
#[command(after_help = "Examples:\n  \
    ferrobase inspect db table-stats\n  \
    ferrobase inspect db outliers            the statements that take most time\n  \
    ferrobase inspect report --output-dir .  all of them, as CSV files")]
pub(crate) enum Command {
    /// Print a report: sizes, indexes, locks, slow statements
    Db(db::Options),
    /// Write all reports as CSV files
    Report(report::Options),
}

pub(crate) fn run(command: &Command) -> anyhow::Result<()> {
    match command {
        Command::Db(options) => db::run(options),
        Command::Report(options) => report::run(options),
    }
}
