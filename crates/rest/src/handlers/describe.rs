//! `GET` on the root: the description of the schema.

use std::collections::HashSet;

use axum::body::Body;
use http::header::{CONTENT_TYPE, HOST};
use http::{Response, StatusCode};
use pg::Statement;
use serde::Deserialize;

use super::respond::Answer;
use super::{Demands, Exchange, Timing};
use crate::POSTGREST_VERSION;
use crate::config::OpenApiMode;
use crate::error::{DatabaseError, Error, Reason, RequestError};
use crate::logic::openapi::{Location, Subject, document};
use crate::logic::request::media_type::MediaType;

/// What the caller has privileges on.
#[derive(Deserialize)]
struct Accessible {
    relations: HashSet<String>,
    functions: HashSet<String>,
}

/// Answers with the document.
pub(crate) async fn describe(
    exchange: &Exchange<'_>,
    head: bool,
    timing: &mut Timing,
) -> Result<Response<Body>, Error> {
    let accept = &exchange.request.accept;
    let possible =
        |media_type: &MediaType| matches!(media_type, MediaType::OpenApi | MediaType::Json | MediaType::Any);
    if !accept.iter().any(possible) {
        let refused = accept.iter().map(|media_type| media_type.mime().into_owned()).collect();
        return Err(RequestError::MediaType(refused).into());
    }
    let accessible = match exchange.loaded.config.openapi_mode {
        OpenApiMode::Disabled => return Err(RequestError::DescriptionDisabled.into()),
        OpenApiMode::IgnorePrivileges => None,
        OpenApiMode::FollowPrivileges => Some(accessible(exchange).await?),
    };
    timing.stage("transaction");
    let document = document(&subject(exchange, accessible.as_ref()));
    let body = serde_json::to_vec(&document).expect("JSON values always serialise");
    Answer::new(StatusCode::OK)
        .header(CONTENT_TYPE, MediaType::OpenApi.content_type().into_owned())
        .profile(exchange)
        .raw_body(body.into())
        .finish(None, head)
}

async fn accessible(exchange: &Exchange<'_>) -> Result<Accessible, Error> {
    let names =
        Statement::new(include_str!("../../sql/accessible_names.sql")).bind(&*exchange.request.schema);
    let brought = exchange.fly(Demands { read_only: true, ..Demands::default() }, names, None).await?;
    let unreadable = |error: serde_json::Error| DatabaseError::Internal(Reason(error.to_string()));
    Ok(serde_json::from_slice(&brought.lines()).map_err(unreadable)?)
}

fn subject<'a>(exchange: &Exchange<'a>, accessible: Option<&Accessible>) -> Subject<'a> {
    let loaded = exchange.loaded;
    let schema = &*exchange.request.schema;
    let mut tables: Vec<_> = loaded
        .catalog
        .tables(schema)
        .filter(|table| !table.is_partition)
        .filter(|table| accessible.is_none_or(|accessible| accessible.relations.contains(&table.name.name)))
        .collect();
    tables.sort_by_key(|table| &table.name);
    let mut routines: Vec<_> = loaded
        .catalog
        .routines_in(schema)
        .filter(|routine| {
            accessible.is_none_or(|accessible| accessible.functions.contains(&routine.name.name))
        })
        .collect();
    routines.sort_by_key(|routine| (&routine.name, routine.parameters.len()));
    let security = loaded.config.openapi_security;
    Subject {
        catalog: &loaded.catalog,
        schema,
        tables,
        routines,
        location: location(exchange),
        security,
        version: POSTGREST_VERSION,
    }
}

fn location(exchange: &Exchange<'_>) -> Location {
    let proxy = exchange.loaded.config.openapi_proxy.as_deref().and_then(Location::of_proxy);
    proxy.unwrap_or_else(|| Location {
        scheme: "http".to_owned(),
        host: exchange.headers.get(HOST).and_then(|host| host.to_str().ok()).map(str::to_owned),
        base_path: "/".to_owned(),
    })
}
