//! `ferrobase db …`: the project's database as a whole.

pub(crate) mod diff;
pub(crate) mod dump;
pub(crate) mod lint;
pub(crate) mod pull;
pub(crate) mod push;
pub(crate) mod query;
pub(crate) mod reset;

use clap::Subcommand;

#[derive(Debug, Subcommand)]
#[command(after_help = "Examples:\n  \
    ferrobase db reset                       migrations and seed, in a fresh database\n  \
    ferrobase db diff -f add_tags            what was made by hand becomes a migration\n  \
    ferrobase db query 'select count(*) from jobs'\n  \
    ferrobase db push --remote=URL           what that database does not have yet")]
pub(crate) enum Command {
    /// Make the database anew from migrations and seed
    Reset(reset::Options),
    /// Apply the migrations that a database does not have yet
    Push(push::Options),
    /// Look for mistakes in functions, policies and tables
    #[command(alias = "advisors")]
    Lint(lint::Options),
    /// Run SQL and print what it returns
    Query(query::Options),
    /// Print what the database has and the migrations have not
    Diff(diff::Options),
    /// Write what a database has and the migrations have not as a migration
    Pull(pull::Options),
    /// Print a database as SQL
    Dump(dump::Options),
}

pub(crate) fn run(command: &Command) -> anyhow::Result<()> {
    match command {
        Command::Reset(options) => reset::run(options),
        Command::Push(options) => push::run(options),
        Command::Lint(options) => lint::run(options),
        Command::Query(options) => query::run(options),
        Command::Diff(options) => diff::run(options),
        Command::Pull(options) => pull::run(options),
        Command::Dump(options) => dump::run(options),
    }
}
