//! What is wrong with a request: `PGRST1xx`.

use http::StatusCode;

use super::Wire;

/// Why a request is refused before, or without, Postgres' judgement.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// A part of the query string that the grammar does not allow (100).
    #[error("{message}")]
    Query {
        /// Which part, and where in it.
        message: String,
        /// What was found there and what would have been right.
        details: String,
    },
    /// A function is called with `PUT`, `PATCH`, `DELETE` … (101).
    #[error("Cannot use the {0} method on RPC")]
    RpcMethod(String),
    /// The body is not what it should be (102).
    #[error("{0}")]
    Body(String),
    /// The body is larger than the server takes (102, as 413).
    #[error("The request body is too large")]
    BodyTooLarge,
    /// The range asks for rows that cannot be (103).
    #[error("Requested range not satisfiable")]
    Range(RangeFault),
    /// `PUT` without exactly the primary key as filters (105).
    #[error("Filters must include all and only primary key columns with 'eq' operators")]
    PutFilters,
    /// The schema of a profile header is not exposed (106).
    #[error("Invalid schema: {schema}")]
    Schema {
        /// The one asked for.
        schema: String,
        /// The exposed ones.
        exposed: Vec<String>,
    },
    /// None of the accepted media types can be made of the resource (107).
    #[error("None of these media types are available: {}", .0.join(", "))]
    MediaType(Vec<String>),
    /// A filter, order or range is for a resource that `select` does not embed (108).
    #[error("'{resource}' is not an embedded resource in this request")]
    NotEmbedded {
        /// The name used.
        resource: String,
        /// The alias it is embedded under, when that is the mistake.
        alias: Option<String>,
    },
    /// The database set headers that are none (111).
    #[error(
        "response.headers guc must be a JSON array composed of objects with a single key and a string value"
    )]
    GucHeaders,
    /// The database set a status that is none (112).
    #[error("response.status guc must be a valid status code")]
    GucStatus,
    /// `PUT` with a range (114).
    #[error("limit/offset querystring parameters are not allowed for PUT")]
    PutRange,
    /// `PUT` with a body for another row than the one in the URL (115).
    #[error("Payload values do not match URL in primary key column(s)")]
    PutKey,
    /// One object was asked for and there is another number of rows (116).
    #[error("Cannot coerce the result to a single JSON object")]
    NotSingular {
        /// How many there are.
        rows: i64,
    },
    /// A method that the resource does not have (117).
    #[error("Unsupported HTTP method: {0}")]
    Method(String),
    /// A related order over a relationship to many (118).
    #[error("A related order on '{target}' is not possible")]
    RelatedOrder {
        /// The resource that is to be sorted.
        origin: String,
        /// The resource it is to be sorted by.
        target: String,
    },
    /// A filter other than on null on an embedded resource itself (120).
    #[error("Bad operator on the '{0}' embedded resource")]
    EmbedFilter(String),
    /// Two embedded resources of one name, in the words that Postgres has for it.
    #[error("table name \"{0}\" specified more than once")]
    SameName(String),
    /// Preferences not understood, with `handling=strict` (122).
    #[error("Invalid preferences given with handling=strict")]
    Preferences(Vec<String>),
    /// Aggregates are switched off (123).
    #[error("Use of aggregate functions is not allowed")]
    Aggregates,
    /// More rows affected than the client allowed (124).
    #[error("Query result exceeds max-affected preference constraint")]
    MaxAffected {
        /// How many would be affected.
        rows: i64,
    },
    /// A path with too many segments (125).
    #[error("Invalid path specified in request URL")]
    Path,
    /// The description of the schema is switched off (126).
    #[error("Root endpoint metadata is disabled")]
    DescriptionDisabled,
    /// Something that PostgREST's grammar knows and its engine does not do (127).
    #[error("Feature not implemented")]
    NotImplemented(String),
    /// `max-affected` on a function that does not return a set (128).
    #[error("Function must return SETOF or TABLE when max-affected preference is used with handling=strict")]
    MaxAffectedFunction,
}

/// What is wrong with a range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RangeFault {
    /// A limit below zero.
    NegativeLimit,
    /// In the `Range` header the first row comes after the last.
    LowerAboveUpper,
    /// The offset lies beyond the last row.
    OutOfBounds {
        /// The offset.
        offset: i64,
        /// How many rows there are.
        total: i64,
    },
}

impl RequestError {
    /// The number after `PGRST1`, and the status.
    fn code(&self) -> (&'static str, StatusCode) {
        use StatusCode as S;
        match self {
            Self::Query { .. } => ("PGRST100", S::BAD_REQUEST),
            Self::RpcMethod(_) => ("PGRST101", S::METHOD_NOT_ALLOWED),
            Self::Body(_) => ("PGRST102", S::BAD_REQUEST),
            Self::BodyTooLarge => ("PGRST102", S::PAYLOAD_TOO_LARGE),
            Self::Range(_) => ("PGRST103", S::RANGE_NOT_SATISFIABLE),
            Self::PutFilters => ("PGRST105", S::METHOD_NOT_ALLOWED),
            Self::Schema { .. } => ("PGRST106", S::NOT_ACCEPTABLE),
            Self::MediaType(_) => ("PGRST107", S::NOT_ACCEPTABLE),
            Self::NotEmbedded { .. } => ("PGRST108", S::BAD_REQUEST),
            Self::SameName(_) => ("42712", S::BAD_REQUEST),
            Self::GucHeaders => ("PGRST111", S::INTERNAL_SERVER_ERROR),
            Self::GucStatus => ("PGRST112", S::INTERNAL_SERVER_ERROR),
            Self::PutRange => ("PGRST114", S::BAD_REQUEST),
            Self::PutKey => ("PGRST115", S::BAD_REQUEST),
            Self::NotSingular { .. } => ("PGRST116", S::NOT_ACCEPTABLE),
            Self::Method(_) => ("PGRST117", S::METHOD_NOT_ALLOWED),
            Self::RelatedOrder { .. } => ("PGRST118", S::BAD_REQUEST),
            Self::EmbedFilter(_) => ("PGRST120", S::BAD_REQUEST),
            Self::Preferences(_) => ("PGRST122", S::BAD_REQUEST),
            Self::Aggregates => ("PGRST123", S::BAD_REQUEST),
            Self::MaxAffected { .. } => ("PGRST124", S::BAD_REQUEST),
            Self::Path => ("PGRST125", S::NOT_FOUND),
            Self::DescriptionDisabled => ("PGRST126", S::NOT_FOUND),
            Self::NotImplemented(_) => ("PGRST127", S::BAD_REQUEST),
            Self::MaxAffectedFunction => ("PGRST128", S::BAD_REQUEST),
        }
    }

    pub(super) fn wire(&self) -> Wire {
        let (code, status) = self.code();
        let wire = Wire::new(status, code, self.to_string());
        match self {
            Self::Query { details, .. } | Self::NotImplemented(details) => wire.details(details),
            Self::Range(fault) => wire.details(fault.details()),
            Self::Schema { exposed, .. } => {
                wire.hint(format!("Only the following schemas are exposed: {}", exposed.join(", ")))
            }
            Self::NotEmbedded { resource, alias: None } => {
                wire.hint(format!("Verify that '{resource}' is included in the 'select' query parameter."))
            }
            Self::NotEmbedded { resource, alias: Some(alias) } => wire
                .details("Target names are not allowed in filters if they have an alias")
                .hint(format!("Change '{resource}' to '{alias}' in filters, orders or limits.")),
            Self::NotSingular { rows } => wire.details(format!("The result contains {rows} rows")),
            Self::RelatedOrder { origin, target } => wire.details(format!(
                "'{origin}' and '{target}' do not form a many-to-one or one-to-one relationship"
            )),
            Self::EmbedFilter(_) => {
                wire.details("Only is null or not is null filters are allowed on embedded resources")
            }
            Self::Preferences(invalid) => {
                wire.details(format!("Invalid preferences: {}", invalid.join(", ")))
            }
            Self::MaxAffected { rows } => wire.details(format!("The query affects {rows} rows")),
            _ => wire,
        }
    }
}

impl RangeFault {
    fn details(&self) -> String {
        match self {
            Self::NegativeLimit => "Limit should be greater than or equal to zero.".to_owned(),
            Self::LowerAboveUpper => {
                "The lower boundary must be lower than or equal to the upper boundary in the Range header."
                    .to_owned()
            }
            Self::OutOfBounds { offset, total } => {
                format!("An offset of {offset} was requested, but there are only {total} rows.")
            }
        }
    }
}
