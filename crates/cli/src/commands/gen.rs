//! `ferrobase gen …`: code made from the database, keys and tokens.

pub(crate) mod bearer_jwt;
pub(crate) mod signing_key;
pub(crate) mod types;

use clap::Subcommand;

#[derive(Debug, Subcommand)]
#[command(after_help = "Examples:\n  \
    ferrobase gen types > database.types.ts\n  \
    ferrobase gen types rust -f src/database.rs --watch\n  \
    ferrobase gen bearer-jwt --role authenticated --sub USER_ID")]
pub(crate) enum Command {
    /// Print the types of tables, views and functions
    Types(types::Options),
    /// Print a new private key for signing access tokens
    SigningKey(signing_key::Options),
    /// Print an access token for the project's API
    BearerJwt(bearer_jwt::Options),
}

pub(crate) fn run(command: &Command) -> anyhow::Result<()> {
    match command {
        Command::Types(options) => types::run(options),
        Command::SigningKey(options) => signing_key::run(options),
        Command::BearerJwt(options) => bearer_jwt::run(options),
    }
}
