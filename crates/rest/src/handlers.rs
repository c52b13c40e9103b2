//! What the room answers: one module per kind of resource, and what all answers share.

pub(crate) mod call;
pub(crate) mod cors;
pub(crate) mod describe;
pub(crate) mod identity;
pub(crate) mod info;
pub(crate) mod read;
#[cfg(test)]
mod read_properties;
pub(crate) mod respond;
pub(crate) mod write;

use std::sync::Arc;
use std::time::Instant;

use http::{HeaderMap, Method, Uri};
use pg::{Convoy, Isolation, Pool, Statement};

use crate::db::run::{Brought, Session, run};
use crate::db::schema_cache::Loaded;
use crate::error::{DatabaseError, Error, RequestError};
use crate::logic::plan::Context;
use crate::logic::request::ast::Payload;
use crate::logic::request::preferences::{Preferences, TransactionEnd};
use crate::logic::request::{ApiRequest, gucs, nesting};
use identity::Caller;

/// One request, as far as its handlers need it.
#[derive(Debug)]
pub(crate) struct Exchange<'a> {
    /// The connections.
    pub(crate) pool: &'a Pool,
    /// Options and catalog, the same for the whole request.
    pub(crate) loaded: &'a Arc<Loaded>,
    /// Who asks.
    pub(crate) caller: &'a Caller,
    /// The typed request.
    pub(crate) request: &'a ApiRequest,
    /// The method.
    pub(crate) method: &'a Method,
    /// The address.
    pub(crate) uri: &'a Uri,
    /// The headers.
    pub(crate) headers: &'a HeaderMap,
}

/// What a statement needs from its session beyond who asks.
#[derive(Debug, Default)]
pub(crate) struct Demands<'a> {
    /// No writing.
    pub(crate) read_only: bool,
    /// Settings of the function that is called.
    pub(crate) function_settings: &'a [(String, String)],
    /// What it may fly with; reads only.
    pub(crate) convoy: Option<&'a Convoy>,
}

impl Exchange<'_> {
    /// What plans are made against.
    pub(crate) fn context(&self) -> Context<'_> {
        context(self.loaded, self.request)
    }

    /// Flies a statement on behalf of the caller.
    pub(crate) async fn fly(
        &self,
        demands: Demands<'_>,
        main: Statement,
        estimate: Option<Statement>,
    ) -> Result<Brought, Error> {
        let config = &self.loaded.config;
        let search_path = self.loaded.search_path(&self.request.schema);
        let role_settings = self.loaded.catalog.role_settings(&self.caller.role);
        let hoisted =
            demands.function_settings.iter().filter(|(name, _)| config.hoisted_settings.contains(name));
        let every = config.app_settings.iter().chain(role_settings).chain(hoisted);
        let isolation =
            every.clone().rfind(|(name, _)| name == ISOLATION).and_then(|(_, value)| isolation(value));
        let settings =
            every.filter(|(name, _)| name != ISOLATION).map(|(name, value)| (&**name, &**value)).collect();
        let session = Session {
            role: &self.caller.role,
            authenticated: self.caller.authenticated,
            claims: &self.caller.claims,
            method: self.method.as_str(),
            path: self.uri.path(),
            headers: gucs::headers_json(self.headers),
            cookies: gucs::cookies_json(self.headers),
            search_path: &search_path,
            timezone: self.request.preferences.timezone.as_deref(),
            settings,
            pre_request: config.pre_request.as_deref(),
            read_only: demands.read_only,
            isolation,
            rollback: self.rolls_back(),
        };
        run(self.pool, demands.convoy, session, main, estimate).await.map_err(|error| self.told_apart(error))
    }

    /// Too deep for Postgres' stack: that is the request's fault when it is deep itself.
    fn told_apart(&self, error: Error) -> Error {
        let is_deep =
            matches!(&error, Error::Database(DatabaseError::Postgres(error)) if error.code == "54001");
        let body = self.request.payload.as_ref().and_then(Payload::raw);
        let query = self.uri.query().map(str::as_bytes);
        if is_deep && [body.map(AsRef::as_ref), query].into_iter().flatten().any(nesting::is_deep) {
            return RequestError::Body("The request is nested too deeply".to_owned()).into();
        }
        error
    }

    fn rolls_back(&self) -> bool {
        match self.request.preferences.transaction {
            Some(TransactionEnd::Commit) => false,
            Some(TransactionEnd::Rollback) => true,
            None => self.loaded.config.transaction.rollback,
        }
    }
}

/// What plans of a request are made against.
pub(crate) fn context<'a>(loaded: &'a Loaded, request: &'a ApiRequest) -> Context<'a> {
    Context {
        catalog: &loaded.catalog,
        schema: &request.schema,
        max_rows: loaded.config.max_rows,
        aggregates: loaded.config.aggregates,
        legacy_target_names: loaded.config.legacy_target_names,
    }
}

/// With `handling=strict` every preference must be understood.
pub(crate) fn check_preferences(preferences: &Preferences) -> Result<(), RequestError> {
    if preferences.strict() && !preferences.invalid.is_empty() {
        return Err(RequestError::Preferences(preferences.invalid.clone()));
    }
    Ok(())
}

const ISOLATION: &str = "default_transaction_isolation";

fn isolation(name: &str) -> Option<Isolation> {
    match name.to_ascii_lowercase().as_str() {
        "repeatable read" => Some(Isolation::RepeatableRead),
        "serializable" => Some(Isolation::Serializable),
        "read committed" | "read uncommitted" => Some(Isolation::ReadCommitted),
        _ => None,
    }
}

/// How long each stage took, for `Server-Timing`.
#[derive(Debug)]
pub(crate) struct Timing {
    /// When the last stage ended; none when nobody wants to know.
    last: Option<Instant>,
    stages: Vec<(&'static str, f64)>,
}

impl Timing {
    /// Starts now.
    pub(crate) fn new(enabled: bool) -> Self {
        Self { last: enabled.then(Instant::now), stages: Vec::new() }
    }

    /// A stage ended.
    pub(crate) fn stage(&mut self, name: &'static str) {
        if let Some(last) = &mut self.last {
            let now = Instant::now();
            self.stages.push((name, now.duration_since(*last).as_secs_f64() * 1000.0));
            *last = now;
        }
    }

    /// The header's value, when it is wanted.
    pub(crate) fn header(&self) -> Option<String> {
        self.last?;
        let stages: Vec<String> =
            self.stages.iter().map(|(name, time)| format!("{name};dur={time:.1}")).collect();
        Some(stages.join(", "))
    }
}
