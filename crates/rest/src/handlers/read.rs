//! `GET` and `HEAD` of a table or view.

use axum::body::Body;
use http::header::CONTENT_LOCATION;
use http::{Response, StatusCode};

use super::respond::{self, Answer};
use super::{Demands, Exchange, Timing};
use crate::db::render::{self, Column, Wanted};
use crate::db::run::Brought;
use crate::db::sql::Sql;
use crate::error::Error;
use crate::logic::plan::media::{Handler, Negotiated, Subject, negotiate};
use crate::logic::plan::read as plan;
use crate::logic::plan::read::{Origin, PlannedRead, ReadPlan};
use crate::logic::request::preferences::{Count, Preferences};

/// Answers.
pub(crate) async fn read(
    exchange: &Exchange<'_>,
    relation: &str,
    head: bool,
    timing: &mut Timing,
) -> Result<Response<Body>, Error> {
    let (context, request, config) = (exchange.context(), exchange.request, &exchange.loaded.config);
    let table = context.table(relation)?;
    let PlannedRead { mut plan, legacy_names } = plan::read(
        &context,
        Origin::Table(table.name.clone()),
        Some(table),
        &request.query,
        request.range,
        config.max_rows,
    )?;
    let subject = Subject { relation: plan.shows_whole_rows().then_some(&table.name), domain: None };
    let mut negotiated = negotiate(context.catalog, subject, &request.accept, config.plans)?;
    exchange.check_preferences()?;
    plan.embeds_as_jsonb = negotiated.handler.takes_rows_as_text();
    timing.stage("plan");
    let (main, estimate) = statements(exchange, &plan, &mut negotiated, head);
    let brought = exchange.fly(Demands { read_only: true, function_settings: &[] }, main, estimate).await?;
    timing.stage("transaction");
    let Outcome { status, range, total } = outcome(exchange, &negotiated, &brought);
    let answer = Answer::new(status)
        .header(CONTENT_LOCATION, content_location(relation, &request.query.canonical))
        .body(&negotiated, respond::body_of(&negotiated, &brought))
        .within(request.range.offset, total, config.verbosity)
        .applied(&applied(&request.preferences))
        .profile(exchange)
        .warnings(&legacy_names);
    let answer = match range {
        Some(range) => respond::with_range(answer, range),
        None => answer,
    };
    answer.finish(negotiated.explain.is_none().then_some(&brought), head)
}

fn statements(
    exchange: &Exchange<'_>,
    plan: &ReadPlan,
    negotiated: &mut Negotiated,
    head: bool,
) -> (Sql, Option<Sql>) {
    let count = exchange.request.preferences.count;
    let singular = matches!(negotiated.handler, Handler::Object { .. });
    if head && negotiated.explain.is_none() {
        negotiated.handler = Handler::Nothing;
    }
    let wanted = Wanted {
        handler: &negotiated.handler,
        count,
        max_rows: exchange.loaded.config.max_rows,
        singular,
        max_affected: None,
    };
    let main = render::read(plan, &wanted);
    if let Some(explain) = &negotiated.explain {
        return (render::explain(&main, explain), None);
    }
    let estimate = matches!(count, Some(Count::Planned | Count::Estimated)).then(|| render::estimate(plan));
    (main, estimate)
}

/// How a read went; an execution plan has no range.
struct Outcome {
    status: StatusCode,
    range: Option<String>,
    total: Option<i64>,
}

fn outcome(exchange: &Exchange<'_>, negotiated: &Negotiated, brought: &Brought) -> Outcome {
    if negotiated.explain.is_some() {
        return Outcome { status: StatusCode::OK, range: None, total: None };
    }
    let total = total(exchange.request.preferences.count, exchange.loaded.config.max_rows, brought);
    let rows = brought.number(Column::Rows).unwrap_or(0);
    let (status, range) = respond::range(exchange.request.range.offset, rows, total);
    Outcome { status, range: Some(range), total }
}

/// How many rows there are without the range, as far as that was asked.
pub(crate) fn total(count: Option<Count>, max_rows: Option<i64>, brought: &Brought) -> Option<i64> {
    let counted = brought.number(Column::Total);
    match count? {
        Count::Exact => counted,
        Count::Planned => brought.estimate,
        Count::Estimated => match (counted, max_rows) {
            (Some(counted), Some(most)) if counted <= most => Some(counted),
            (counted, _) => counted.max(brought.estimate),
        },
    }
}

fn applied(preferences: &Preferences) -> Preferences {
    Preferences {
        resolution: None,
        representation: None,
        missing: None,
        max_affected: None,
        ..preferences.clone()
    }
}

fn content_location(relation: &str, canonical: &str) -> String {
    let mut location = String::with_capacity(1 + relation.len() + 1 + canonical.len());
    location.push('/');
    location.extend(percent_encoding::utf8_percent_encode(relation, super::write::PATH));
    if !canonical.is_empty() {
        location.push('?');
        location.push_str(canonical);
    }
    location
}
