//! `ferrobase inspect …`: what happens inside the database.

pub(crate) mod db;

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Sizes, indexes, locks, slow statements
    Db(db::Options),
}

pub(crate) fn run(command: &Command) -> anyhow::Result<()> {
    match command {
        Command::Db(options) => db::run(options),
    }
}
