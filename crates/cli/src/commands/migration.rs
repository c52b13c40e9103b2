//! `ferrobase migration …`: migration files and the history of those applied.

pub(crate) mod down;
pub(crate) mod fetch;
pub(crate) mod list;
pub(crate) mod new;
pub(crate) mod repair;
pub(crate) mod squash;
pub(crate) mod up;

use clap::Subcommand;

#[derive(Debug, Subcommand)]
#[command(after_help = "Examples:\n  \
    ferrobase migration new add_tags         an empty file, to be written by hand\n  \
    ferrobase migration up                   applies it\n  \
    ferrobase migration down                 takes the last one back\n  \
    ferrobase migration list --remote=URL    what is applied there")]
pub(crate) enum Command {
    /// Make an empty migration file
    New(new::Options),
    /// Compare the migration files with those the database has
    List(list::Options),
    /// Apply pending migrations
    Up(up::Options),
    /// Go back by some migrations: the database is made anew without them
    Down(down::Options),
    /// Mend the history without running anything
    Repair(repair::Options),
    /// Write the migrations of the history as files
    Fetch(fetch::Options),
    /// Make one migration of many
    Squash(squash::Options),
}

pub(crate) fn run(command: &Command) -> anyhow::Result<()> {
    match command {
        Command::New(options) => new::run(options),
        Command::List(options) => list::run(options),
        Command::Up(options) => up::run(options),
        Command::Down(options) => down::run(options),
        Command::Repair(options) => repair::run(options),
        Command::Fetch(options) => fetch::run(options),
        Command::Squash(options) => squash::run(options),
    }
}
