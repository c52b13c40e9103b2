//! `ferrobase test …`: the project's own tests.

pub(crate) mod access;
pub(crate) mod db;
pub(crate) mod new;
mod report;

use clap::Subcommand;

#[derive(Debug, Subcommand)]
#[command(after_help = "Examples:\n  \
    ferrobase test new billing               a first test file\n  \
    ferrobase test db                        runs them, each file in a database of its own\n  \
    ferrobase test access                    who can do what, and what changed about it")]
pub(crate) enum Command {
    /// Run the project's pgTAP tests
    Db(db::Options),
    /// Make an empty test file
    New(new::Options),
    /// Show who can do what
    Access(access::Options),
}

pub(crate) fn run(command: &Command) -> anyhow::Result<()> {
    match command {
        Command::Db(options) => db::run(options),
        Command::New(options) => new::run(options),
        Command::Access(options) => access::run(options),
    }
}
