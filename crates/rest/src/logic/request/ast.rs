//! The typed request: everything PostgREST's grammar can say, and nothing it cannot.
//!
//! Plain owned values without behaviour beyond small questions about themselves; the parsers beside this
//! module make them, the plan reads them.

use bytes::Bytes;

use super::media_type::MediaType;
use super::preferences::Preferences;

/// A request, understood as far as that is possible without the database.
#[derive(Clone, Debug, PartialEq)]
pub struct ApiRequest {
    /// What is to be done with which resource.
    pub action: Action,
    /// The schema of the resource: that of the profile header, else the first exposed one.
    pub schema: String,
    /// Whether the answer must name [`Self::schema`] in `Content-Profile`.
    pub schema_negotiated: bool,
    /// The query string.
    pub query: Query,
    /// The top level's range: `limit` and `offset` met with the `Range` header.
    pub range: RowRange,
    /// The `Prefer` header.
    pub preferences: Preferences,
    /// The body, when the action takes one.
    pub payload: Option<Payload>,
    /// The media types that the client takes, best first; never empty.
    pub accept: Vec<MediaType>,
    /// The media type of the body; JSON if the client did not say.
    pub content_type: MediaType,
}

/// What the method means for the resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// `GET` or `HEAD` on a table or view.
    Read {
        /// Table or view.
        relation: String,
        /// `HEAD`: without a body.
        head: bool,
    },
    /// `POST`, `PATCH`, `PUT` or `DELETE` on a table or view.
    Mutate {
        /// Table or view.
        relation: String,
        /// Which of the four.
        mutation: Mutation,
    },
    /// A call of `/rpc/function`.
    Invoke {
        /// The function's name.
        function: String,
        /// How it is called.
        method: InvokeMethod,
    },
    /// `GET` or `HEAD` on the root: the description of the schema.
    Describe {
        /// `HEAD`: without a body.
        head: bool,
    },
    /// `OPTIONS` on a table or view.
    RelationInfo {
        /// Table or view.
        relation: String,
    },
    /// `OPTIONS` on a function.
    FunctionInfo {
        /// The function's name.
        function: String,
    },
    /// `OPTIONS` on the root.
    RootInfo,
}

/// The four ways to change a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mutation {
    /// `POST`: insert, or upsert when the preference `resolution` says so.
    Create,
    /// `PATCH`
    Update,
    /// `PUT`: insert or replace the one row that the filters name.
    SingleUpsert,
    /// `DELETE`
    Delete,
}

/// How a function is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvokeMethod {
    /// `POST`: arguments from the body, in a read-write transaction unless the function is not volatile.
    Post,
    /// `GET` or `HEAD`: arguments from the query string, in a read-only transaction.
    Get {
        /// `HEAD`: without a body.
        head: bool,
    },
}

/// The query string, parameter by parameter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// `select=`; without it one `*`. Empty for `select=`.
    pub select: Vec<SelectItem>,
    /// `column=operator.value`, in the order sent.
    pub filters: Vec<Located<Filter>>,
    /// `and=(…)` and `or=(…)`, in the order sent.
    pub logic: Vec<Located<LogicTree>>,
    /// `order=`, in the order sent.
    pub order: Vec<Located<Vec<OrderTerm>>>,
    /// `limit=` and `offset=` of embedded resources; the top level's is [`ApiRequest::range`].
    pub embedded_ranges: Vec<Located<RowRange>>,
    /// `columns=`, sorted, each once.
    pub columns: Option<Vec<String>>,
    /// `on_conflict=`
    pub on_conflict: Option<Vec<String>>,
    /// The arguments of a function called by `GET`: the parameters whose value has no operator.
    pub arguments: Vec<(String, String)>,
    /// The query string sorted by name and encoded anew, for `Content-Location`. Only made for `GET` and `HEAD`.
    pub canonical: String,
}

/// The names or aliases of embedded resources that lead from the top level to one below it; empty at the top.
pub type EmbedPath = Vec<String>;

/// Something that is said of one resource of the embedding tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located<T> {
    /// Where the resource is.
    pub path: EmbedPath,
    /// What is said.
    pub value: T,
}

/// One item of `select=`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SelectItem {
    /// `alias:name->path::cast.aggregate()::aggregate_cast`
    Field(SelectField),
    /// `alias:name!hint!inner(…)`
    Relation(SelectRelation),
    /// `...name!hint!inner(…)`: the columns of the embedded rows go into those of the parent.
    Spread(SelectRelation),
}

/// A column in `select=`, or `*`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SelectField {
    /// The column; `*` for all of them (also for `count()`, which has no column).
    pub field: Field,
    /// `.sum()` and its like.
    pub aggregate: Option<Aggregate>,
    /// The cast of the aggregate's result.
    pub aggregate_cast: Option<String>,
    /// The cast of the column.
    pub cast: Option<String>,
    /// The key in the answer.
    pub alias: Option<String>,
}

/// An embedded resource in `select=`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SelectRelation {
    /// Table, view, foreign key, column or computed relationship.
    pub name: String,
    /// The key in the answer; always `None` in a spread.
    pub alias: Option<String>,
    /// What tells several relationships apart: a constraint, column or junction table.
    pub hint: Option<String>,
    /// `!inner` or `!left`.
    pub join: Option<JoinType>,
    /// What is selected of it.
    pub select: Vec<SelectItem>,
}

/// How an embedded resource limits its parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JoinType {
    /// Parents without a match are left out.
    Inner,
    /// Parents without a match stay.
    Left,
}

/// An aggregate function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aggregate {
    /// `sum()`
    Sum,
    /// `avg()`
    Avg,
    /// `max()`
    Max,
    /// `min()`
    Min,
    /// `count()`
    Count,
}

/// A column, and perhaps a place within its JSON or composite value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Field {
    /// The column.
    pub name: String,
    /// The steps into its value.
    pub json_path: Vec<JsonStep>,
}

/// `->operand` or `->>operand`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonStep {
    /// Whether the result is JSON or text.
    pub arrow: JsonArrow,
    /// What is taken.
    pub operand: JsonOperand,
}

/// The two operators that go into a JSON value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonArrow {
    /// `->`
    Json,
    /// `->>`
    Text,
}

/// What is taken from a JSON value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JsonOperand {
    /// The value of a key.
    Key(String),
    /// The element at an index, counted from the end if negative: digits with a `-` if negative.
    /// It is text, since Postgres is to judge its size.
    Index(String),
}

/// `field=[not.]operation`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// The column (or, at the top level, the name of an embedded resource: `is.null` on that is a null filter).
    pub field: Field,
    /// `not.`
    pub negated: bool,
    /// Operator and value.
    pub operation: Operation,
}

/// An operator with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    /// An operator that takes one value.
    Simple {
        /// The operator.
        operator: SimpleOperator,
        /// Its right hand side.
        value: String,
    },
    /// An operator that may compare with any or all of an array.
    Quantified {
        /// The operator.
        operator: QuantifiedOperator,
        /// `(any)` or `(all)`: then the value is an array literal.
        quantifier: Option<Quantifier>,
        /// Its right hand side; in `like` and `ilike` a `*` still stands for `%`.
        value: String,
    },
    /// `in.(…)`
    In(Vec<String>),
    /// `is.…`
    Is(IsValue),
    /// `isdistinct.…`
    IsDistinctFrom(String),
    /// Full text search.
    FullText {
        /// How the query is written.
        operator: FullTextOperator,
        /// The text search configuration.
        language: Option<String>,
        /// The query.
        value: String,
    },
}

/// Operators that take one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SimpleOperator {
    /// `neq`: `<>`
    NotEqual,
    /// `cs`: `@>`
    Contains,
    /// `cd`: `<@`
    ContainedIn,
    /// `ov`: `&&`
    Overlaps,
    /// `sl`: `<<`
    StrictlyLeft,
    /// `sr`: `>>`
    StrictlyRight,
    /// `nxr`: `&<`
    NotExtendsRight,
    /// `nxl`: `&>`
    NotExtendsLeft,
    /// `adj`: `-|-`
    Adjacent,
}

/// Operators that take a value, or an array of which `any` or `all` must fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuantifiedOperator {
    /// `eq`: `=`
    Equal,
    /// `gte`: `>=`
    GreaterThanEqual,
    /// `gt`: `>`
    GreaterThan,
    /// `lte`: `<=`
    LessThanEqual,
    /// `lt`: `<`
    LessThan,
    /// `like`
    Like,
    /// `ilike`
    ILike,
    /// `match`: `~`
    Match,
    /// `imatch`: `~*`
    IMatch,
}

/// `any` or `all`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantifier {
    /// `(any)`
    Any,
    /// `(all)`
    All,
}

/// The values of `is`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IsValue {
    /// `null`
    Null,
    /// `not_null`
    NotNull,
    /// `true`
    True,
    /// `false`
    False,
    /// `unknown`
    Unknown,
}

/// The ways to write a full text search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FullTextOperator {
    /// `fts`: `to_tsquery`
    Query,
    /// `plfts`: `plainto_tsquery`
    Plain,
    /// `phfts`: `phraseto_tsquery`
    Phrase,
    /// `wfts`: `websearch_to_tsquery`
    WebSearch,
}

/// A condition made of filters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LogicTree {
    /// A filter.
    Filter(Filter),
    /// Several conditions.
    Group {
        /// `not.`
        negated: bool,
        /// What joins them.
        operator: LogicOperator,
        /// At least one.
        members: Vec<LogicTree>,
    },
}

/// `and` or `or`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogicOperator {
    /// All must hold.
    And,
    /// One must hold.
    Or,
}

/// One term of `order=`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderTerm {
    /// `relation(field)`: the embedded resource (to one) whose field it is.
    pub relation: Option<String>,
    /// What is sorted by.
    pub field: Field,
    /// `.asc` or `.desc`.
    pub direction: Option<OrderDirection>,
    /// `.nullsfirst` or `.nullslast`.
    pub nulls: Option<OrderNulls>,
}

/// The direction of a sort.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderDirection {
    /// Small to large.
    Ascending,
    /// Large to small.
    Descending,
}

/// Where nulls go in a sort.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderNulls {
    /// Before all values.
    First,
    /// After all values.
    Last,
}

/// Which rows of a result are wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RowRange {
    /// How many rows are passed over. Postgres refuses a negative one.
    pub offset: i64,
    /// How many rows are wanted at most. Postgres refuses a negative one.
    pub limit: Option<i64>,
}

/// The body of a request that takes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Payload {
    /// A JSON object or array of objects, known to be well-formed, all objects with the same keys.
    /// (Anything else that is JSON counts as an empty array.)
    Json {
        /// The JSON as sent, or as made of a CSV or form body.
        raw: Bytes,
        /// The keys of every object, sorted, each once.
        keys: Vec<String>,
    },
    /// A JSON body that was not looked at, since `columns=` names the keys (which [`Query::columns`] holds):
    /// Postgres finds its faults.
    UncheckedJson(Bytes),
    /// A form body, for a function: its arguments.
    Form(Vec<(String, String)>),
    /// The whole body is the function's one unnamed argument.
    Raw(Bytes),
}

impl Payload {
    /// The bytes that Postgres gets; a form has none, it becomes arguments.
    pub fn raw(&self) -> Option<&Bytes> {
        match self {
            Self::Json { raw, .. } | Self::UncheckedJson(raw) | Self::Raw(raw) => Some(raw),
            Self::Form(_) => None,
        }
    }

    /// The keys that every object has: its own if they are known, else those that `columns=` names.
    pub fn keys<'a>(&'a self, query: &'a Query) -> &'a [String] {
        match self {
            Self::Json { keys, .. } => keys,
            Self::UncheckedJson(_) => query.columns.as_deref().unwrap_or_default(),
            Self::Form(_) | Self::Raw(_) => &[],
        }
    }
}
