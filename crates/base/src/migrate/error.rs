//! Why migrations cannot be applied, each with the way out.

use std::path::PathBuf;

use super::statements::Unsuitable;
use crate::config::ConfigError;

/// Why migrations or seeds could not be read or applied. Those that were applied before stay; the one at fault
/// left no trace, unless [`StatementError::is_kept_before`] says so.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A statement failed.
    #[error(transparent)]
    Statement(Box<StatementError>),
    /// A statement cannot be part of a migration; nothing of the file was run.
    #[error("{file}:{line}:{column}: {reason}")]
    Unsuitable {
        /// The file, as in `supabase/migrations/…`.
        file: String,
        /// Line of the statement, from 1.
        line: usize,
        /// Column of the statement, from 1.
        column: usize,
        /// Why.
        reason: Unsuitable,
    },
    /// The database has migrations that this project does not.
    #[error(
        "the database has migrations that are not in this project: {}. Get the files back (from version control), or \
         forget them with `ferrobase migration repair --status reverted {}`",
        versions.join(", "), versions.join(" ")
    )]
    MissingLocally {
        /// Their versions.
        versions: Vec<String>,
    },
    /// Files that come before what was applied already.
    #[error(
        "these migrations come before the last one that was applied ({newest}): {}. Give them a newer version, or apply \
         them all the same with --include-all",
        files.join(", ")
    )]
    OutOfOrder {
        /// The files.
        files: Vec<String>,
        /// Newest version in the database.
        newest: String,
    },
    /// A version that has no file.
    #[error(
        "there is no file supabase/migrations/{version}_….sql, so its statements are not known; get it with \
         `ferrobase migration fetch`, or from version control"
    )]
    NoFile {
        /// The version.
        version: String,
    },
    /// Two files of one version.
    #[error("two migrations have version {version}: {first} and {second}; rename one of them")]
    Duplicate {
        /// The version.
        version: String,
        /// A file.
        first: String,
        /// Another.
        second: String,
    },
    /// A file is not UTF-8.
    #[error("{file} is not UTF-8 (byte {offset}); save it as UTF-8")]
    NotUtf8 {
        /// The file.
        file: String,
        /// First byte that is wrong, from 0.
        offset: usize,
    },
    /// A file has a NUL character, which no statement may have.
    #[error("{file}:{line}:{column} has a NUL character; remove it")]
    Nul {
        /// The file.
        file: String,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// A file or folder cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// `config.toml` is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The connection or the history table failed.
    #[error(transparent)]
    Postgres(#[from] pg::Error),
}

/// A statement of a file that the server refused.
#[derive(Debug, thiserror::Error)]
#[error("{file}:{line}:{column}: {} (SQLSTATE {})", db.message, db.code)]
pub struct StatementError {
    /// The file, as in `supabase/migrations/…`.
    pub file: String,
    /// Where in the file, from 1: the place the server names, or where the statement begins.
    pub line: usize,
    /// Column in that line, in characters, from 1.
    pub column: usize,
    /// The text of that line, for a caret below `column`.
    pub line_text: String,
    /// Number of the statement in the file, from 1; `None` when the error came at the commit.
    pub number: Option<usize>,
    /// The statement.
    pub statement: Option<String>,
    /// Whether what stands before it in the file was committed already (see [`super::up`]).
    pub is_kept_before: bool,
    /// What the server said: message, SQLSTATE, detail, hint.
    pub db: Box<pg::DbError>,
}
