//! Media types: what a client accepts, what a body is, what an answer is.

/// A media type as PostgREST understands it. The named ones have a meaning of their own,
/// [`MediaType::Other`] may have a handler in the database.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum MediaType {
    /// `application/json`
    Json,
    /// `application/vnd.pgrst.array+json;nulls=stripped`: an array whose objects leave out null columns.
    ArrayNullsStripped,
    /// `application/vnd.pgrst.object+json`: exactly one row, as an object.
    Object {
        /// `;nulls=stripped`: leave out null columns.
        nulls_stripped: bool,
    },
    /// `application/geo+json`
    GeoJson,
    /// `text/csv`
    Csv,
    /// `text/plain`
    Text,
    /// `text/xml`
    Xml,
    /// `application/openapi+json`
    OpenApi,
    /// `application/x-www-form-urlencoded`
    Form,
    /// `application/octet-stream`
    OctetStream,
    /// `application/vnd.pgrst.plan`: the execution plan of the answer of another type.
    Plan(Box<PlanMediaType>),
    /// `*/*`
    Any,
    /// Anything else, as it was sent.
    Other(String),
}

/// The parameters of `application/vnd.pgrst.plan`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PlanMediaType {
    /// `for="…"`: the media type whose query is explained.
    pub explained: MediaType,
    /// `+json` or `+text`.
    pub format: PlanFormat,
    /// `options=analyze|verbose|settings|buffers|wal`, each once, in this order.
    pub options: Vec<PlanOption>,
}

/// The format of an execution plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PlanFormat {
    /// `FORMAT JSON`
    Json,
    /// `FORMAT TEXT`
    Text,
}

/// An option of `EXPLAIN`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PlanOption {
    /// `ANALYZE`
    Analyze,
    /// `VERBOSE`
    Verbose,
    /// `SETTINGS`
    Settings,
    /// `BUFFERS`
    Buffers,
    /// `WAL`
    Wal,
}
