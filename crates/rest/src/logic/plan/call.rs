//! Calls of functions: which overload, with which arguments.

use pg::catalog::{Catalog, Printed, QualifiedName, Routine};

use super::read::{self, Origin, PlannedRead};
use super::{Context, nearest};
use crate::error::{Error, MissingFunction, RequestError, SchemaCacheError};
use crate::logic::request::ApiRequest;
use crate::logic::request::ast::{InvokeMethod, Payload};
use crate::logic::request::media_type::MediaType;
use crate::logic::request::preferences::Handling;

/// The call of a function.
#[derive(Clone, Debug)]
pub struct CallPlan {
    /// The function.
    pub function: QualifiedName,
    /// What it is called with.
    pub arguments: Arguments,
    /// What it yields.
    pub result: CallResult,
    /// Whether it may write, by its own word.
    pub is_volatile: bool,
    /// Its `set` clauses.
    pub settings: Vec<(String, String)>,
    /// The domain that it returns, when that is one (perhaps a media type), and whether it is binary.
    pub returned_domain: Option<(String, bool)>,
    /// Columns that are functions of a row, and so need the row's own type.
    pub computed: Vec<String>,
    /// How the result is shown.
    pub read: PlannedRead,
}

/// What a function yields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts, each with its own name")]
pub struct CallResult {
    /// Rows with named columns.
    pub is_composite: bool,
    /// A set.
    pub is_set: bool,
    /// A set that has one row at most.
    pub is_single_row: bool,
    /// Nothing.
    pub is_void: bool,
}

/// What a function is called with.
#[derive(Clone, Debug, PartialEq)]
pub enum Arguments {
    /// Nothing.
    None,
    /// The request's body.
    Body {
        /// The type of the unnamed parameter.
        data_type: Printed,
    },
    /// Members of the JSON body.
    Json(Vec<NamedArgument>),
    /// Values of the query string or of a form.
    Values(Vec<(NamedArgument, ArgumentValue)>),
}

/// An argument passed by name.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedArgument {
    /// The parameter.
    pub name: String,
    /// The parameter's type.
    pub data_type: Printed,
    /// The parameter is variadic.
    pub is_variadic: bool,
}

/// A value of the query string.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ArgumentValue {
    /// One.
    One(String),
    /// All values of a variadic parameter.
    Many(Vec<String>),
}

/// Makes the plan of a call.
pub fn call(
    context: &Context<'_>,
    request: &ApiRequest,
    function: &str,
    method: InvokeMethod,
) -> Result<CallPlan, Error> {
    let given = Given::of(request, method);
    let routine = choose(context, request, function, method, &given)?;
    let relation = routine.return_type.relation();
    let table = relation.as_ref().and_then(|name| context.catalog.table(&name.schema, &name.name));
    let mut read =
        read::read(context, Origin::Source, table, &request.query, request.range, context.max_rows)?;
    let strict = request.preferences.handling == Some(Handling::Strict);
    if strict && request.preferences.max_affected.is_some() && !routine.returns_set {
        return Err(RequestError::MaxAffectedFunction.into());
    }
    let computed = table.map(|table| read.plan.columns_beyond(table)).unwrap_or_default();
    if let Some(table) = table.filter(|_| read.plan.needs_whole_rows() || !computed.is_empty()) {
        read.plan.name_columns(table);
    }
    Ok(CallPlan {
        computed,
        function: routine.name.clone(),
        arguments: arguments(routine, &given),
        result: CallResult {
            is_composite: routine.is_composite,
            is_set: routine.returns_set,
            is_single_row: routine.returns_single_row(),
            is_void: routine.returns_void,
        },
        is_volatile: routine.volatility == pg::catalog::Volatility::Volatile,
        settings: routine.settings.clone(),
        returned_domain: (routine.return_type.is_domain && !routine.returns_set)
            .then(|| (routine.return_type.name.clone(), routine.return_type.is_binary)),
        read,
    })
}

/// What the request offers as arguments.
struct Given<'a> {
    names: Vec<&'a str>,
    values: Option<&'a [(String, String)]>,
    has_body: bool,
}

impl<'a> Given<'a> {
    fn of(request: &'a ApiRequest, method: InvokeMethod) -> Self {
        let pairs = |pairs: &'a [(String, String)]| {
            let mut names: Vec<&str> = pairs.iter().map(|(name, _)| name.as_str()).collect();
            names.sort_unstable();
            names.dedup();
            Self { names, values: Some(pairs), has_body: false }
        };
        match (method, &request.payload) {
            (InvokeMethod::Get { .. }, _) => pairs(&request.query.arguments),
            (InvokeMethod::Post, Some(Payload::Form(form))) => pairs(form),
            (InvokeMethod::Post, payload) => {
                let keys = payload.as_ref().map_or(&[][..], |payload| payload.keys(&request.query));
                Self { names: keys.iter().map(String::as_str).collect(), values: None, has_body: true }
            }
        }
    }
}

fn choose<'a>(
    context: &Context<'a>,
    request: &ApiRequest,
    function: &str,
    method: InvokeMethod,
    given: &Given<'_>,
) -> Result<&'a Routine, SchemaCacheError> {
    let overloads: Vec<&Routine> = overloads(context.catalog, context.schema, function).collect();
    let by_names: Vec<&Routine> =
        overloads.iter().copied().filter(|routine| takes(routine, &given.names, request)).collect();
    let is_post = method == InvokeMethod::Post;
    let by_body: Vec<&Routine> = overloads
        .iter()
        .copied()
        .filter(|routine| is_post && given.has_body && takes_body(routine, &request.content_type))
        .collect();
    match (by_names.as_slice(), by_body.as_slice()) {
        ([only], _) | ([], [only]) => Ok(only),
        ([], []) => Err(not_found(context.catalog, context.schema, request, function, is_post, given)),
        (several @ [_, _, ..], _) | ([], several) => Err(SchemaCacheError::AmbiguousFunction(
            several.iter().map(|routine| signature(routine)).collect(),
        )),
    }
}

/// The functions of this name; neither procedures nor aggregates.
pub(crate) fn overloads<'a>(
    catalog: &'a Catalog,
    schema: &str,
    function: &str,
) -> impl Iterator<Item = &'a Routine> {
    catalog.routines(schema, function).iter().filter(|routine| routine.kind == 'f')
}

/// True when the arguments name all required parameters and nothing else.
fn takes(routine: &Routine, names: &[&str], request: &ApiRequest) -> bool {
    // a body that names nothing: for the one unnamed parameter, if there is such an overload
    if matches!(request.payload, Some(Payload::Raw(_))) && routine.parameters.is_empty() {
        return false;
    }
    names.iter().all(|name| routine.parameters.iter().any(|parameter| parameter.name == *name))
        && routine
            .parameters
            .iter()
            .filter(|parameter| parameter.is_required)
            .all(|parameter| names.contains(&parameter.name.as_str()))
}

fn takes_body(routine: &Routine, content_type: &MediaType) -> bool {
    let Some(parameter) = routine.single_unnamed_parameter() else { return false };
    match content_type {
        MediaType::Json => matches!(parameter.data_type.as_str(), "json" | "jsonb"),
        MediaType::Text => &parameter.data_type == "text",
        MediaType::Xml => &parameter.data_type == "xml",
        MediaType::OctetStream => &parameter.data_type == "bytea",
        _ => false,
    }
}

fn arguments(routine: &Routine, given: &Given<'_>) -> Arguments {
    if let Some(parameter) = routine.single_unnamed_parameter() {
        return Arguments::Body { data_type: parameter.data_type.clone() };
    }
    let named = given.names.iter().filter_map(|name| {
        let parameter = routine.parameters.iter().find(|parameter| parameter.name == *name)?;
        Some(NamedArgument {
            name: parameter.name.clone(),
            data_type: parameter.data_type.clone(),
            is_variadic: parameter.is_variadic,
        })
    });
    let named: Vec<NamedArgument> = named.collect();
    if named.is_empty() {
        return Arguments::None;
    }
    let Some(values) = given.values else { return Arguments::Json(named) };
    let value = |argument: &NamedArgument| {
        let mut all =
            values.iter().filter(|(name, _)| *name == argument.name).map(|(_, value)| value.clone());
        if argument.is_variadic {
            ArgumentValue::Many(all.collect())
        } else {
            ArgumentValue::One(all.next_back().unwrap_or_default())
        }
    };
    Arguments::Values(
        named
            .into_iter()
            .map(|argument| {
                let value = value(&argument);
                (argument, value)
            })
            .collect(),
    )
}

fn signature(routine: &Routine) -> String {
    let parameters: Vec<String> = routine
        .parameters
        .iter()
        .map(|parameter| format!("{} => {}", parameter.name, parameter.data_type))
        .collect();
    format!("{}.{}({})", routine.name.schema, routine.name.name, parameters.join(", "))
}

fn not_found(
    catalog: &Catalog,
    schema: &str,
    request: &ApiRequest,
    function: &str,
    is_post: bool,
    given: &Given<'_>,
) -> SchemaCacheError {
    let overloads: Vec<&Routine> = overloads(catalog, schema, function).collect();
    let suggestion = if overloads.is_empty() {
        nearest::nearest(
            function,
            catalog
                .routines_in(schema)
                .filter(|routine| routine.kind == 'f')
                .map(|routine| &*routine.name.name),
            nearest::NAME_SIMILARITY,
        )
        .map(str::to_owned)
    } else {
        let listed = |mut names: Vec<&str>| {
            names.sort_unstable();
            format!("({})", names.join(", "))
        };
        let parameters: Vec<String> = overloads
            .iter()
            .map(|routine| listed(routine.parameters.iter().map(|parameter| &*parameter.name).collect()))
            .collect();
        let wanted = listed(given.names.clone());
        nearest::nearest(&wanted, parameters.iter().map(String::as_str), nearest::SIMILARITY)
            .map(|near| format!("{function}{near}"))
    };
    SchemaCacheError::NoFunction(Box::new(MissingFunction {
        schema: schema.to_owned(),
        name: function.to_owned(),
        arguments: given.names.iter().map(|name| (*name).to_owned()).collect(),
        content_type: request.content_type.clone(),
        post: is_post,
        suggestion,
    }))
}
