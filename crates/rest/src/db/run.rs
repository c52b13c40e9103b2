//! The fourth stage: one flight. Who asks and how, the pre-request function, the statement, and
//! the end of the transaction travel together with one Sync.
//!
//! Outcomes that are not acceptable fail inside the flight, so that Postgres undoes them itself.

use std::borrow::Cow;

use bytes::Bytes;
use pg::{Begin, Convoy, DbError, Flight, Isolation, Pool, Row, Statement};

use super::render::{Column, NOT_SINGULAR, PUT_MISMATCH, TOO_MANY_AFFECTED};
use super::sql::Sql;
use crate::error::{DatabaseError, Error, RequestError};

/// Who asks, and what the database is told of the request.
#[derive(Debug)]
pub struct Session<'a> {
    /// The role that the statement runs as.
    pub role: &'a str,
    /// Not the anonymous role: a missing privilege is then "forbidden" rather than "who are you".
    pub authenticated: bool,
    /// `request.jwt.claims`
    pub claims: &'a str,
    /// `request.method`
    pub method: &'a str,
    /// `request.path`
    pub path: &'a str,
    /// `request.headers`
    pub headers: String,
    /// `request.cookies`
    pub cookies: Cow<'static, str>,
    /// `search_path`
    pub search_path: &'a str,
    /// `Prefer: timezone`
    pub timezone: Option<&'a str>,
    /// Settings of the configuration, the role and the function, in this order.
    pub settings: Vec<(&'a str, &'a str)>,
    /// Called before the statement.
    pub pre_request: Option<&'a str>,
    /// No writing.
    pub read_only: bool,
    /// Another isolation than the default one.
    pub isolation: Option<Isolation>,
    /// Leave no trace.
    pub rollback: bool,
}

/// What the flight brought.
#[derive(Debug)]
pub struct Brought {
    /// The rows of the main statement; one, unless it was explained.
    rows: Vec<Row>,
    /// The planner's estimate, when it was asked.
    pub estimate: Option<i64>,
}

impl Brought {
    /// The body as Postgres wrote it.
    pub fn body(&self) -> Bytes {
        self.rows.first().and_then(|row| row.bytes(Column::Body as usize)).unwrap_or_default()
    }

    /// The lines of an execution plan.
    pub fn lines(&self) -> Bytes {
        let lines: Vec<&[u8]> = self.rows.iter().filter_map(|row| row.as_bytes(0)).collect();
        lines.join(&b"\n"[..]).into()
    }

    /// A column as text.
    pub fn text(&self, column: Column) -> Option<&str> {
        self.rows.first()?.text(column as usize)
    }

    /// A column as a number.
    pub fn number(&self, column: Column) -> Option<i64> {
        self.text(column)?.parse().ok()
    }
}

/// Flies `main`, and `estimate` when the planner is to be asked as well.
///
/// # Errors
/// What Postgres refuses, in the room's own errors.
pub async fn run(
    pool: &Pool,
    convoy: Option<&Convoy>,
    session: Session<'_>,
    main: Statement,
    estimate: Option<Statement>,
) -> Result<Brought, Error> {
    let mut flight = begin(&session);
    prepare(&mut flight, &session);
    // prepared once per role
    let estimate = estimate.map(|statement| flight.push(statement.cache_key_role(session.role)));
    let main = flight.push(main.cache_key_role(session.role));
    if session.rollback {
        // what a commit would refuse is to be refused all the same
        flight.push(Statement::new("set constraints all immediate"));
        flight = flight.end_with_rollback();
    }
    let flown = match convoy {
        Some(convoy) => pool.run_in(convoy, flight).await,
        None => pool.run(flight).await,
    };
    let mut outcome = flown.map_err(|error| refused(error, session.authenticated))?;
    let estimate =
        estimate.and_then(|index| planned_rows(outcome.results.get(index)?.rows.first()?.text(0)?));
    let rows =
        outcome.results.get_mut(main).map(|result| std::mem::take(&mut result.rows)).unwrap_or_default();
    Ok(Brought { rows, estimate })
}

fn begin(session: &Session<'_>) -> Flight {
    match session.isolation {
        None if session.rollback => Flight::transaction(Begin::read_write()),
        None => Flight::new(),
        Some(level) => Flight::transaction(Begin::read_write().isolation(level)),
    }
}

fn prepare(flight: &mut Flight, session: &Session<'_>) {
    flight.push(settings(session));
    if let Some(function) = session.pre_request {
        let mut sql = Sql::new();
        sql.raw("select ").function_name(function).raw("()");
        flight.push(sql.into_statement().cache_key_role(session.role));
    }
}

/// One statement for everything that is set: each further one would cost the server as much as a small query.
fn settings(session: &Session<'_>) -> Statement {
    let mut sql = Sql::new();
    sql.raw("select ");
    // before the role changes: some settings are the connected role's to set
    let timezone = session.timezone.map(|timezone| ("timezone", timezone));
    for (name, value) in session.settings.iter().copied().chain(timezone) {
        sql.raw("set_config(").bind_text(name).raw(", ").bind_text(value).raw(", true), ");
    }
    sql.raw("set_config('search_path', ").bind_text(session.search_path);
    sql.raw(", true), set_config('role', ").bind_text(session.role);
    sql.raw(", true), set_config('request.jwt.claims', ").bind_text(session.claims);
    sql.raw(", true), set_config('request.method', ").bind_text(session.method);
    sql.raw(", true), set_config('request.path', ").bind_text(session.path);
    sql.raw(", true), set_config('request.headers', ").bind_text(&session.headers);
    sql.raw(", true), set_config('request.cookies', ").bind_text(&session.cookies).raw(", true)");
    if session.read_only {
        sql.raw(", set_config('transaction_read_only', 'on', true)");
    }
    sql.into_statement()
}

fn planned_rows(plan: &str) -> Option<i64> {
    let plan: serde_json::Value = serde_json::from_str(plan).ok()?;
    plan.pointer("/0/Plan/Plan Rows")?.as_i64()
}

fn refused(error: pg::Error, authenticated: bool) -> Error {
    if let Some(meant) = error.db().and_then(purposeful) {
        return meant.into();
    }
    match error {
        pg::Error::Encode(why) => {
            RequestError::Body(format!("The request is more than a statement holds: {why}")).into()
        }
        error => DatabaseError::new(error, authenticated).into(),
    }
}

/// An error that the statement raised on purpose, by a cast that cannot succeed.
fn purposeful(error: &DbError) -> Option<RequestError> {
    if error.code != "22P02" {
        return None;
    }
    let rows = |prefix: &str| error.message.split_once(prefix)?.1.strip_suffix('"')?.parse().ok();
    if let Some(rows) = rows(NOT_SINGULAR) {
        return Some(RequestError::NotSingular { rows });
    }
    if rows(PUT_MISMATCH).is_some() {
        return Some(RequestError::PutKey);
    }
    rows(TOO_MANY_AFFECTED).map(|rows| RequestError::MaxAffected { rows })
}
