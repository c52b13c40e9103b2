//! What can go wrong while a schema is read.

/// A schema could not be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The server refused a query or could not be reached.
    #[error(transparent)]
    Postgres(#[from] pg::Error),
    /// The catalogue of so old a server is not understood.
    #[error("the server is PostgreSQL {}, and 15 is the oldest whose schema can be read", version / 10_000)]
    TooOld {
        /// Its `server_version_num`.
        version: i32,
    },
    /// An answer of the catalogue that makes no sense.
    #[error("the catalogue answered something that cannot be read: {0}")]
    Unreadable(&'static str),
}
