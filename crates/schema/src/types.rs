//! Types of a programming language for what a database holds: rows, what can be inserted and updated, enums,
//! composite types, functions.
//!
//! [`Facts::read`] asks the catalogue once; [`print`] makes text of it. Neither knows files or the network.

mod choices;
mod collation;
mod document;
mod facts;
mod go;
mod node_tree;
mod python;
mod relationships;
mod routines;
mod rust;
mod typescript;
mod view_columns;

pub use facts::Facts;
pub use typescript::Dialect;

/// What can go wrong.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The catalogue could not be read.
    #[error(transparent)]
    Database(#[from] pg::Error),
    /// The catalogue answered with something unexpected.
    #[error("the catalogue cannot be understood: {0}")]
    Unreadable(#[source] serde_json::Error),
}

/// A language, with what it can be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Language {
    /// TypeScript, for `@supabase/supabase-js`.
    TypeScript {
        /// Which of the official generators is followed.
        dialect: Dialect,
        /// The version of PostgREST that the clients can rely on.
        postgrest_version: Option<String>,
    },
    /// Go structs.
    Go,
    /// Python: pydantic models.
    Python,
    /// Rust: structs with serde.
    Rust {
        /// Also print what `ferrobase-client` needs to know of tables and functions.
        client: bool,
    },
}

/// Prints types.
pub fn print(facts: &Facts, language: &Language) -> String {
    match language {
        Language::TypeScript { dialect, postgrest_version } => {
            typescript::print(facts, *dialect, postgrest_version.as_deref())
        }
        Language::Go => go::print(facts),
        Language::Python => python::print(facts),
        Language::Rust { client } => rust::print(facts, *client),
    }
}
