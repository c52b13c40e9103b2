//! `OPTIONS`: which methods a resource has.

use axum::body::Body;
use bytes::Bytes;
use http::header::ALLOW;
use http::{Response, StatusCode};
use pg::catalog::{Table, Volatility};

use super::Exchange;
use super::respond::Answer;
use crate::error::Error;
use crate::logic::plan::call as plan;
use crate::logic::request::ast::InvokeMethod;

/// Answers for a table or view.
pub(crate) fn relation(exchange: &Exchange<'_>, relation: &str) -> Result<Response<Body>, Error> {
    answer(table_methods(exchange.context().table(relation)?))
}

/// Answers for a function.
pub(crate) fn function(exchange: &Exchange<'_>, function: &str) -> Result<Response<Body>, Error> {
    let context = exchange.context();
    let overloads: Vec<_> = plan::overloads(context.catalog, context.schema, function).collect();
    if overloads.is_empty() {
        // the error of its call, with what may have been meant
        plan::call(&context, exchange.request, function, InvokeMethod::Get { head: true })?;
    }
    let may_read = overloads.iter().any(|routine| routine.volatility != Volatility::Volatile);
    answer(if may_read { "OPTIONS,GET,HEAD,POST" } else { "OPTIONS,POST" })
}

/// Answers for the root.
pub(crate) fn root() -> Result<Response<Body>, Error> {
    answer("OPTIONS,GET,HEAD")
}

fn answer(methods: impl Into<Bytes>) -> Result<Response<Body>, Error> {
    Answer::new(StatusCode::OK).header(ALLOW, methods).finish(None, false)
}

fn table_methods(table: &Table) -> String {
    let mut methods = vec!["OPTIONS", "GET", "HEAD"];
    if table.is_insertable {
        methods.push("POST");
    }
    if table.is_insertable && table.is_updatable && !table.primary_key.is_empty() {
        methods.push("PUT");
    }
    if table.is_updatable {
        methods.push("PATCH");
    }
    if table.is_deletable {
        methods.push("DELETE");
    }
    methods.join(",")
}
