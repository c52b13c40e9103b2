//! Calls of `/rpc/function`.

use axum::body::Body;
use http::{Response, StatusCode};

use super::read::total;
use super::respond::{self, Answer};
use super::{Demands, Exchange, Timing, check_preferences};
use crate::db::render::{self, Body as JsonBody, Column, Wanted};
use crate::db::run::Brought;
use crate::db::sql::Sql;
use crate::error::Error;
use crate::logic::plan::call::{self as plan, CallPlan};
use crate::logic::plan::media::{Handler, Negotiated, Subject, negotiate};
use crate::logic::request::ast::{InvokeMethod, Payload};
use crate::logic::request::preferences::{Count, Preferences};

/// Answers.
pub(crate) async fn call(
    exchange: &Exchange<'_>,
    function: &str,
    method: InvokeMethod,
    timing: &mut Timing,
) -> Result<Response<Body>, Error> {
    let (context, request, config) = (exchange.context(), exchange.request, &exchange.loaded.config);
    let mut plan = plan::call(&context, request, function, method)?;
    let subject = Subject {
        relation: plan.read.plan.table.as_ref().filter(|_| plan.read.plan.shows_whole_rows()),
        domain: plan.returned_domain.as_ref().map(|(name, is_binary)| (&**name, *is_binary)),
    };
    let mut negotiated = negotiate(context.catalog, subject, &request.accept, config.plans)?;
    check_preferences(&request.preferences)?;
    plan.read.plan.embeds_as_jsonb = negotiated.handler.takes_rows_as_text();
    timing.stage("plan");
    let head = method == InvokeMethod::Get { head: true };
    let singular = matches!(negotiated.handler, Handler::Object { .. }) && plan.result.is_set;
    if negotiated.explain.is_none() && (head || plan.result.is_void) {
        negotiated.handler = Handler::Nothing;
    }
    let wanted = Wanted {
        handler: &negotiated.handler,
        count: request.preferences.count,
        max_rows: config.max_rows,
        singular,
        max_affected: request.preferences.max_affected.filter(|_| request.preferences.strict()),
    };
    let body = request.payload.as_ref().and_then(Payload::raw).map(JsonBody::new);
    let mut main = render::call(&plan, body.as_ref(), &wanted);
    let mut estimate = None;
    if let Some(explain) = &negotiated.explain {
        main = render::explain(&main, explain);
    } else if matches!(request.preferences.count, Some(Count::Planned | Count::Estimated)) {
        estimate = Some(render::estimate_call(&plan, body.as_ref()));
    }
    let read_only = method != InvokeMethod::Post || !plan.is_volatile;
    let demands = Demands { read_only, function_settings: &plan.settings, convoy: None };
    let estimate = estimate.map(Sql::into_statement);
    let brought = exchange.fly(demands, main.into_statement(), estimate).await?;
    timing.stage("transaction");
    respond(exchange, &plan, &negotiated, &brought, head)
}

fn respond(
    exchange: &Exchange<'_>,
    plan: &CallPlan,
    negotiated: &Negotiated,
    brought: &Brought,
    head: bool,
) -> Result<Response<Body>, Error> {
    let request = exchange.request;
    if negotiated.explain.is_some() {
        let answer = Answer::new(StatusCode::OK).body(negotiated, brought.lines()).profile(exchange);
        return answer.finish(None, head);
    }
    let rows = brought.number(Column::Rows).unwrap_or(0);
    let total = total(request.preferences.count, exchange.loaded.config.max_rows, brought);
    let (status, range) = respond::range(request.range.offset, rows, total);
    let answer = if plan.result.is_void {
        Answer::new(StatusCode::NO_CONTENT)
    } else {
        Answer::new(status)
            .body(negotiated, respond::body_of(negotiated, brought))
            .within(request.range.offset, total, exchange.loaded.config.verbosity)
            .profile(exchange)
    };
    respond::with_range(answer, range)
        .applied(&applied(&request.preferences))
        .warnings(&plan.read.legacy_names)
        .finish(Some(brought), head)
}

fn applied(preferences: &Preferences) -> Preferences {
    Preferences { resolution: None, representation: None, missing: None, ..preferences.clone() }
}
