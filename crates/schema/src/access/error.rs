//! What can go wrong with deriving an access matrix.

/// Why there is no matrix.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Postgres.
    #[error(transparent)]
    Postgres(#[from] pg::Error),
    /// A statement of the tool's own, or of `access.toml`, failed.
    #[error("{what}: {error}")]
    SetUp {
        /// What it was for.
        what: String,
        /// What the server said.
        error: Box<pg::DbError>,
    },
    /// The file of hints cannot be understood.
    #[error("{file}: {reason}")]
    Hints {
        /// Its name.
        file: String,
        /// What is wrong.
        reason: String,
    },
    /// A table or schema that was named does not exist.
    #[error("{0}")]
    Unknown(String),
}
