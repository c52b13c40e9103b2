//! `ferrobase gen …`: code made from the database.

pub(crate) mod types;

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Print the types of tables, views and functions
    Types(types::Options),
}

pub(crate) fn run(command: &Command) -> anyhow::Result<()> {
    match command {
        Command::Types(options) => types::run(options),
    }
}
