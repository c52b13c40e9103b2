//! `ferrobase inspect db`: sizes, indexes, locks, slow statements.

use super::reports::{self, Report};
use crate::output::print;
use crate::target::{self, TargetOptions};

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    ferrobase inspect db table-stats\n  \
    ferrobase inspect db outliers -o json --remote=postgres://…")]
pub(crate) struct Options {
    /// Which report
    #[arg(value_enum)]
    report: Report,
    /// How to print the result
    #[arg(short, long, value_enum, default_value = "text")]
    output: Format,
    #[command(flatten)]
    target: TargetOptions,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people
    Text,
    /// For programs
    Json,
    /// For spreadsheets
    Csv,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let rows = target::with(&options.target, async |target| {
        options.report.read(&mut target.postgres().await?).await
    })?;
    match options.output {
        Format::Text => print(&reports::table(&rows)),
        Format::Json => print(&format!("{}\n", serde_json::to_string_pretty(&rows)?)),
        Format::Csv => print(&reports::csv(&rows)),
    }
}
