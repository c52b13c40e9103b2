//! `ferrobase`: the command line. Parses options, wires configuration → Postgres → rooms → gateway, prints for people.

#[macro_use]
mod output;
mod buckets;
mod commands;
mod progress;
mod project;
mod reset;
mod scratch;
mod script;
mod server;
mod shadow;
mod target;

use clap::{CommandFactory as _, Parser, Subcommand};

/// A request makes some eighty small allocations: measured, see bench/README.md.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A complete SaaS backend in one binary, on real PostgreSQL.
#[derive(Debug, Parser)]
#[command(name = "ferrobase", version, about, max_term_width = 100)]
#[command(after_help = "Examples:\n  \
    ferrobase init --foundation saas         a new project from a foundation, in this folder\n  \
    ferrobase start                          the project in this folder\n  \
    eval \"$(ferrobase status -o env)\"        its URLs and keys as shell variables\n  \
    ferrobase stop")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a project in this folder: an empty one, or from a foundation
    Init(commands::init::Options),
    /// Start the project: database, migrations, and everything on one port
    Start(commands::start::Options),
    /// Stop a running project
    Stop(commands::stop::Options),
    /// Print a running project's URLs and keys
    Status(commands::status::Options),
    /// The project's database as a whole: reset, push, query, lint, diff, dump
    #[command(subcommand)]
    Db(commands::db::Command),
    /// Migration files and the history of those applied
    #[command(subcommand, alias = "migrations")]
    Migration(commands::migration::Command),
    /// Put in the project's seeds that are not in yet, or its buckets
    Seed(commands::seed::Options),
    /// Other databases of the project beside its own: create, list, delete, switch
    #[command(subcommand, alias = "branches")]
    Branch(commands::branch::Command),
    /// Make code from the database
    #[command(subcommand)]
    Gen(commands::r#gen::Command),
    /// Look at what happens inside the database
    #[command(subcommand)]
    Inspect(commands::inspect::Command),
    /// Run the project's own tests
    #[command(subcommand)]
    Test(commands::test::Command),
    /// Serve only the REST API, on any database, in PostgREST's place
    Rest(commands::rest::Options),
    /// Print what makes a shell complete these commands
    #[command(alias = "completion")]
    Completions(commands::completions::Options),
    /// Find PostgreSQL's server programs, or install them
    Setup(commands::setup::Options),
}

fn main() -> std::process::ExitCode {
    let result = match Cli::parse().command {
        Command::Init(options) => commands::init::run(&options),
        Command::Start(options) => commands::start::run(options),
        Command::Stop(options) => commands::stop::run(&options),
        Command::Status(options) => commands::status::run(&options),
        Command::Db(command) => commands::db::run(&command),
        Command::Migration(command) => commands::migration::run(&command),
        Command::Seed(options) => commands::seed::run(&options),
        Command::Branch(command) => commands::branch::run(&command),
        Command::Gen(command) => commands::r#gen::run(&command),
        Command::Inspect(command) => commands::inspect::run(&command),
        Command::Test(command) => commands::test::run(&command),
        Command::Rest(options) => commands::rest::run(options),
        Command::Completions(options) => commands::completions::run(&options, &mut Cli::command()),
        Command::Setup(options) => commands::setup::run(&options),
    };
    match result {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            progress::error(&error);
            std::process::ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_consistent() {
        super::Cli::command().debug_assert();
    }
}
