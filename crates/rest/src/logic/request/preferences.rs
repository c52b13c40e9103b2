//! The `Prefer` header (RFC 7240): what the client would like to happen beyond the statement itself.

/// Everything asked for by `Prefer`; of a preference given twice the first counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preferences {
    /// `resolution=`
    pub resolution: Option<Resolution>,
    /// `return=`
    pub representation: Option<Representation>,
    /// `count=`
    pub count: Option<Count>,
    /// `tx=`; always `None` when the server does not allow it.
    pub transaction: Option<TransactionEnd>,
    /// `missing=`
    pub missing: Option<Missing>,
    /// `handling=`
    pub handling: Option<Handling>,
    /// `timezone=`, a name not checked here.
    pub timezone: Option<String>,
    /// `max-affected=`: it counts only with `handling=strict`.
    pub max_affected: Option<i64>,
    /// What was not understood, as it was sent.
    pub invalid: Vec<String>,
}

/// What becomes of an inserted row that collides with one that exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// `ON CONFLICT … DO UPDATE`
    MergeDuplicates,
    /// `ON CONFLICT … DO NOTHING`
    IgnoreDuplicates,
}

/// What a mutation answers with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Representation {
    /// The rows.
    Full,
    /// Nothing.
    Minimal,
    /// Nothing but a `Location`, which needs to read the primary key.
    HeadersOnly,
}

/// How the rows that match without a limit are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// By counting them.
    Exact,
    /// By the planner's estimate.
    Planned,
    /// By counting them up to the server's row limit, beyond it by the planner's estimate.
    Estimated,
}

/// How the transaction ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransactionEnd {
    /// It takes effect.
    Commit,
    /// It leaves no trace.
    Rollback,
}

/// What a column named in `columns=` gets when a row of the payload has no value for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// Its default.
    Default,
    /// Null.
    Null,
}

/// What becomes of a request with preferences that are not understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handling {
    /// It is refused.
    Strict,
    /// They are ignored.
    Lenient,
}
