//! `POST`, `PATCH`, `PUT` and `DELETE` of a table or view.

use axum::body::Body;
use http::header::LOCATION;
use http::{Response, StatusCode};
use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};

use super::respond::{self, Answer};
use super::{Demands, Exchange, Timing, check_preferences};
use crate::db::render::{self, Body as JsonBody, Column, Wanted};
use crate::db::run::Brought;
use crate::error::Error;
use crate::logic::plan::media::{Handler, Negotiated, Subject, negotiate};
use crate::logic::plan::write::{self as plan, WritePlan};
use crate::logic::request::ast::{Mutation, Payload};
use crate::logic::request::preferences::{Preferences, Representation, Resolution};

/// What a path segment may not hold as it is.
pub(super) const PATH: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'%').add(b'<').add(b'>').add(b'?').add(b'/');
/// What a query value may hold as it is.
const VALUE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Answers.
pub(crate) async fn write(
    exchange: &Exchange<'_>,
    relation: &str,
    mutation: Mutation,
    timing: &mut Timing,
) -> Result<Response<Body>, Error> {
    let (context, request, config) = (exchange.context(), exchange.request, &exchange.loaded.config);
    let mut plan = plan::write(&context, request, relation, mutation)?;
    check_preferences(&request.preferences)?;
    let subject =
        Subject { relation: plan.read.plan.shows_whole_rows().then_some(&plan.table), domain: None };
    let shows_rows = request.preferences.representation == Some(Representation::Full);
    let mut negotiated = negotiate(context.catalog, subject, &request.accept, config.plans)?;
    let singular = matches!(negotiated.handler, Handler::Object { .. });
    plan.read.plan.embeds_as_jsonb = negotiated.handler.takes_rows_as_text();
    if !shows_rows {
        negotiated.handler = Handler::Nothing;
    }
    let wanted = Wanted {
        handler: &negotiated.handler,
        count: request.preferences.count,
        max_rows: None,
        singular,
        max_affected: max_affected(&request.preferences, mutation),
    };
    let raw = request.payload.as_ref().and_then(Payload::raw);
    let body = raw.map(JsonBody::new);
    let mut main = render::write(&plan, body.as_ref(), &wanted);
    if let Some(explain) = &negotiated.explain {
        main = render::explain(&main, explain);
    }
    timing.stage("plan");
    let brought = exchange.fly(Demands::default(), main.into_statement(), None).await?;
    timing.stage("transaction");
    respond(exchange, mutation, &plan, &negotiated, &brought, shows_rows)
}

fn max_affected(preferences: &Preferences, mutation: Mutation) -> Option<i64> {
    let counts = matches!(mutation, Mutation::Update | Mutation::Delete);
    preferences.max_affected.filter(|_| counts && preferences.strict())
}

fn respond(
    exchange: &Exchange<'_>,
    mutation: Mutation,
    plan: &WritePlan,
    negotiated: &Negotiated,
    brought: &Brought,
    shows_rows: bool,
) -> Result<Response<Body>, Error> {
    let preferences = &exchange.request.preferences;
    if negotiated.explain.is_some() {
        let answer = Answer::new(StatusCode::OK).body(negotiated, brought.lines()).profile(exchange);
        return answer.finish(None, false);
    }
    let rows = brought.number(Column::Rows).unwrap_or(0);
    let total = preferences.count.map(|_| rows);
    let inserted = brought.number(Column::Inserted);
    let shown = if shows_rows { StatusCode::OK } else { StatusCode::NO_CONTENT };
    let (status, range) = match mutation {
        Mutation::Create if merges(plan) && inserted.unwrap_or(0) == 0 => {
            (StatusCode::OK, Some(respond::content_range(1, 0, total)))
        }
        Mutation::Create => (StatusCode::CREATED, Some(respond::content_range(1, 0, total))),
        Mutation::Update => (shown, Some(respond::content_range(0, rows - 1, total))),
        Mutation::SingleUpsert if shows_rows && inserted.is_some_and(|inserted| inserted > 0) => {
            (StatusCode::CREATED, None)
        }
        Mutation::SingleUpsert => (shown, None),
        Mutation::Delete => (shown, Some(respond::content_range(1, 0, total))),
    };
    let mut answer = Answer::new(status).maybe(LOCATION, location(plan, brought));
    if let Some(range) = range {
        answer = respond::with_range(answer, range);
    }
    if shows_rows {
        answer = answer.body(negotiated, respond::body_of(negotiated, brought)).profile(exchange);
    }
    answer
        .applied(&applied(preferences, mutation, plan))
        .warnings(&plan.read.legacy_names)
        .finish(Some(brought), false)
}

fn merges(plan: &WritePlan) -> bool {
    matches!(
        &plan.change,
        plan::Change::Insert { conflict: Some(conflict), .. } if conflict.resolution == Resolution::MergeDuplicates
    )
}

/// Where the one new row is.
fn location(plan: &WritePlan, brought: &Brought) -> Option<String> {
    let columns = render::shown_key(plan)?;
    let values: Vec<Option<String>> = serde_json::from_str(brought.text(Column::Key)?).ok()?;
    let conditions: Vec<String> = columns
        .iter()
        .zip(values)
        .map(|(column, value)| {
            let column = utf8_percent_encode(column, VALUE);
            match value {
                Some(value) => format!("{column}=eq.{}", utf8_percent_encode(&value, VALUE)),
                None => format!("{column}=is.null"),
            }
        })
        .collect();
    Some(format!("/{}?{}", utf8_percent_encode(&plan.table.name, PATH), conditions.join("&")))
}

fn applied(preferences: &Preferences, mutation: Mutation, plan: &WritePlan) -> Preferences {
    let mut applied = preferences.clone();
    let resolves = matches!(plan.change, plan::Change::Insert { conflict: Some(_), is_put: false, .. });
    if !resolves {
        applied.resolution = None;
    }
    if !matches!(mutation, Mutation::Create | Mutation::Update) {
        applied.missing = None;
    }
    if !matches!(mutation, Mutation::Update | Mutation::Delete) {
        applied.max_affected = None;
    }
    applied
}
