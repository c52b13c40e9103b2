//! `GET` and `HEAD` of a table or view.

use axum::body::Body;
use http::header::CONTENT_LOCATION;
use http::{Response, StatusCode};
use pg::{Convoy, Statement};

use super::respond::{self, Answer, PREFERENCE_APPLIED};
use super::{Demands, Exchange, Timing, check_preferences, context};
use crate::db::prepared::{Manner, Prepared};
use crate::db::render::{self, Column, Wanted};
use crate::db::run::Brought;
use crate::db::schema_cache::Loaded;
use crate::db::sql::Sql;
use crate::db::template::{Line, Template};
use crate::error::Error;
use crate::logic::plan::media::{Handler, Negotiated, Subject, negotiate};
use crate::logic::plan::read as plan;
use crate::logic::plan::read::{Origin, PlannedRead, ReadPlan};
use crate::logic::request::ApiRequest;
use crate::logic::request::ast::Action;
use crate::logic::request::preferences::{Count, Preferences};

/// A read that is planned and written.
struct Written {
    manner: Manner,
    main: Sql,
    estimate: Option<Sql>,
}

/// A read with its values: what is flown, and where the rows are.
pub(crate) struct Filled {
    pub(super) main: Statement,
    pub(super) estimate: Option<Statement>,
    pub(super) location: String,
}

/// Answers a request by itself.
pub(crate) async fn read(
    exchange: &Exchange<'_>,
    relation: &str,
    head: bool,
    timing: &mut Timing,
) -> Result<Response<Body>, Error> {
    let (manner, filled) = by_itself(exchange.loaded, exchange.request, relation, head)?;
    timing.stage("plan");
    answer(exchange, &manner, filled, None, timing).await
}

/// What is made of a request that has its values.
pub(super) fn by_itself(
    loaded: &Loaded,
    request: &ApiRequest,
    relation: &str,
    head: bool,
) -> Result<(Manner, Filled), Error> {
    let Written { manner, main, estimate } = write(loaded, request, relation, head)?;
    let (main, estimate) = (main.into_statement(), estimate.map(Sql::into_statement));
    Ok((manner, Filled { main, estimate, location: location(relation, &request.query.canonical) }))
}

/// Answers a request by what is prepared for its shape.
pub(crate) async fn read_prepared(
    exchange: &Exchange<'_>,
    prepared: &Prepared,
    filled: Filled,
    timing: &mut Timing,
) -> Result<Response<Body>, Error> {
    timing.stage("plan");
    answer(exchange, &prepared.manner, filled, Some(&prepared.convoy), timing).await
}

/// Prepares a request with marks in the places of so many values; none if it is wrong, or not to be filled in.
pub(crate) fn prepare(loaded: &Loaded, request: ApiRequest, values: usize) -> Option<Prepared> {
    let Action::Read { relation, head } = &request.action else { return None };
    let Written { manner, main, estimate } = write(loaded, &request, relation, *head).ok()?;
    let estimate = match estimate {
        Some(sql) => Some(Template::of(&sql, values)?),
        None => None,
    };
    let main = Template::of(&main, values)?;
    let location = Line::of(&location(relation, &request.query.canonical), values)?;
    Some(Prepared { request, manner, main, estimate, location, convoy: Convoy::default() })
}

/// A prepared read with its values.
pub(crate) fn fill(prepared: &Prepared, values: &[&str]) -> Option<Filled> {
    let estimate = match &prepared.estimate {
        Some(template) => Some(template.fill(values)?),
        None => None,
    };
    Some(Filled { main: prepared.main.fill(values)?, estimate, location: prepared.location.fill(values)? })
}

fn write(loaded: &Loaded, request: &ApiRequest, relation: &str, head: bool) -> Result<Written, Error> {
    let (context, config) = (context(loaded, request), &loaded.config);
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
    check_preferences(&request.preferences)?;
    plan.embeds_as_jsonb = negotiated.handler.takes_rows_as_text();
    let (main, estimate) =
        statements(config.max_rows, request.preferences.count, &plan, &mut negotiated, head);
    let manner = Manner {
        content_type: negotiated.media_type.content_type().into_owned().into(),
        applied: applied(&request.preferences).applied().map(Into::into),
        negotiated,
        legacy_names,
        head,
    };
    Ok(Written { manner, main, estimate })
}

async fn answer(
    exchange: &Exchange<'_>,
    manner: &Manner,
    filled: Filled,
    convoy: Option<&Convoy>,
    timing: &mut Timing,
) -> Result<Response<Body>, Error> {
    let (request, negotiated) = (exchange.request, &manner.negotiated);
    let demands = Demands { read_only: true, function_settings: &[], convoy };
    let brought = exchange.fly(demands, filled.main, filled.estimate).await?;
    timing.stage("transaction");
    let Outcome { status, range, total } = outcome(exchange, negotiated, &brought);
    let answer = Answer::new(status)
        .header(CONTENT_LOCATION, filled.location)
        .typed_body(manner.content_type.clone(), respond::body_of(negotiated, &brought))
        .within(request.range.offset, total, exchange.loaded.config.verbosity)
        .maybe(PREFERENCE_APPLIED, manner.applied.clone())
        .profile(exchange)
        .warnings(&manner.legacy_names);
    let answer = match range {
        Some(range) => respond::with_range(answer, range),
        None => answer,
    };
    answer.finish(negotiated.explain.is_none().then_some(&brought), manner.head)
}

fn statements(
    max_rows: Option<i64>,
    count: Option<Count>,
    plan: &ReadPlan,
    negotiated: &mut Negotiated,
    head: bool,
) -> (Sql, Option<Sql>) {
    let singular = matches!(negotiated.handler, Handler::Object { .. });
    if head && negotiated.explain.is_none() {
        negotiated.handler = Handler::Nothing;
    }
    let wanted = Wanted { handler: &negotiated.handler, count, max_rows, singular, max_affected: None };
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

fn location(relation: &str, canonical: &str) -> String {
    let mut location = String::with_capacity(1 + relation.len() + 1 + canonical.len());
    location.push('/');
    location.extend(percent_encoding::utf8_percent_encode(relation, super::write::PATH));
    if !canonical.is_empty() {
        location.push('?');
        location.push_str(canonical);
    }
    location
}
