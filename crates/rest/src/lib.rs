#![doc = include_str!("../README.md")]

pub mod config;
pub mod db;
pub mod error;
mod handlers;
pub mod logic;
pub mod standalone;

use std::error::Error as _;
use std::sync::Arc;

use axum::body::Body;
use base::Cause;
use base::clock::{Clock, SystemClock};
use base::identity::Verifier;
use bytes::Bytes;
use http::header::{HeaderName, HeaderValue, VARY};
use http::{Request, Response};
use http_body::Body as _;
use http_body_util::{BodyExt as _, LengthLimitError};
use hyper::ext::ReasonPhrase;
use pg::listen::Listener;
use pg::{ConnectConfig, Pool};
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::task::AbortHandle;

pub use config::Config;
use db::prepared::Prepared;
use db::schema_cache::{Loaded, SchemaCache, Source};
use error::{DatabaseError, Error, RequestError, Verbosity};
use handlers::identity::Caller;
use handlers::{Exchange, Timing, call, cors, describe, identity, info, read, write};
use logic::request::ast::Action;
use logic::request::query::Parameters;
use logic::request::{self, ApiRequest, ParseSettings, Shape};

/// The version of PostgREST whose behaviour the room follows.
pub const POSTGREST_VERSION: &str = "14";

/// From here on, in bytes, to parse a body takes longer than a small request altogether.
const LARGE_BODY: usize = 256 * 1024;
/// A prepared read with longer texts, in bytes, is not remembered.
const LARGEST_PREPARED: usize = 16 * 1024;

/// The room.
pub struct Rest {
    pool: Pool,
    cache: Arc<SchemaCache>,
    clock: Arc<dyn Clock>,
    /// The task that follows the database's notifications.
    following: Option<AbortHandle>,
}

impl std::fmt::Debug for Rest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rest").field("pool", &self.pool).finish_non_exhaustive()
    }
}

impl Rest {
    /// Starts the room. The schema cache is loaded in the background, now and whenever the database notifies.
    pub fn start(config: Config, pool: Pool, listen: ConnectConfig, verifier: Arc<Verifier>) -> Arc<Self> {
        let listen = Some((listen, config.channel.clone()));
        Self::with_source(Box::new(move || config.clone()), pool, listen, verifier)
    }

    /// The same, and returns when the schema cache is loaded.
    ///
    /// # Errors
    /// Whatever the database answers.
    pub async fn open(
        config: Config,
        pool: Pool,
        listen: ConnectConfig,
        verifier: Arc<Verifier>,
    ) -> Result<Arc<Self>, pg::Error> {
        let (listener, mut events) = Listener::spawn(listen, [config.channel.clone()]);
        let cache = Arc::new(SchemaCache::new(Box::new(move || config.clone()), pool.clone(), verifier));
        cache.await_listener(&mut events).await;
        cache.load().await?;
        let following = tokio::spawn(Arc::clone(&cache).follow(listener, events)).abort_handle();
        Ok(Arc::new(Self { pool, cache, clock: Arc::new(SystemClock), following: Some(following) }))
    }

    /// The room without a listener: the cache is loaded only by [`Self::reload`].
    pub fn new(config: Config, pool: Pool, verifier: Arc<Verifier>) -> Arc<Self> {
        Self::with_source(Box::new(move || config.clone()), pool, None, verifier)
    }

    /// The room with options that may be others at every load of the cache, and where to listen on which channel.
    pub(crate) fn with_source(
        source: Source,
        pool: Pool,
        listen: Option<(ConnectConfig, String)>,
        verifier: Arc<Verifier>,
    ) -> Arc<Self> {
        let cache = Arc::new(SchemaCache::new(source, pool.clone(), verifier));
        let following = listen.map(|(connect, channel)| {
            let (listener, mut events) = Listener::spawn(connect, [channel]);
            let cache = Arc::clone(&cache);
            let following = async move {
                cache.await_listener(&mut events).await;
                cache.load_persistently().await;
                cache.follow(listener, events).await;
            };
            tokio::spawn(following).abort_handle()
        });
        Arc::new(Self { pool, cache, clock: Arc::new(SystemClock), following })
    }

    /// Loads the cache in the background, trying until it succeeds.
    pub(crate) fn reload_in_background(&self) {
        let cache = Arc::clone(&self.cache);
        tokio::spawn(async move { cache.load_persistently().await });
    }

    /// Stops following the database's notifications, before the database itself is stopped.
    pub fn close(&self) {
        if let Some(following) = &self.following {
            following.abort();
        }
    }

    /// Loads the schema cache now.
    ///
    /// # Errors
    /// Whatever the database answers.
    pub async fn reload(&self) -> Result<(), pg::Error> {
        self.cache.load().await
    }

    /// True when the schema cache was loaded.
    pub fn is_ready(&self) -> bool {
        self.cache.current().is_some()
    }

    /// Answers a request; its path is below the room's prefix.
    pub async fn handle(&self, request: Request<Body>) -> Response<Body> {
        let (parts, body) = request.into_parts();
        let Some(loaded) = self.cache.current() else {
            return failed(&DatabaseError::NoSchemaCache.into(), Verbosity::default());
        };
        let config = &loaded.config;
        if let Some(response) = cors::preflight(&config.cors_origins, &parts.method, &parts.headers) {
            return response;
        }
        let mut timing = Timing::new(config.server_timing);
        let mut response = match self.answer(&loaded, &parts, body, &mut timing).await {
            Ok(response) => response,
            Err(error) => failed(&error, config.verbosity),
        };
        timing.stage("response");
        finish(config, &parts.headers, &timing, &mut response);
        response
    }

    async fn answer(
        &self,
        loaded: &Arc<Loaded>,
        parts: &http::request::Parts,
        body: Body,
        timing: &mut Timing,
    ) -> Result<Response<Body>, Error> {
        let caller = identity::identify(&loaded.config, &loaded.verifier, &parts.headers, self.clock.now())?;
        timing.stage("jwt");
        let body = read_whole(body).await?;
        let asked = Asked { pool: &self.pool, loaded, caller: &caller, parts };
        if let Some((prepared, filled)) = recall(loaded, parts) {
            timing.stage("parse");
            return read::read_prepared(&asked.exchange(&prepared.request), &prepared, filled, timing).await;
        }
        // in a box of its own: requests and plans are large, and what answers by what is prepared should not be
        Box::pin(asked.answer(body, timing)).await
    }
}

/// Who asks what of whom.
struct Asked<'a> {
    pool: &'a Pool,
    loaded: &'a Arc<Loaded>,
    caller: &'a Caller,
    parts: &'a http::request::Parts,
}

impl<'a> Asked<'a> {
    fn exchange<'r>(&self, request: &'r ApiRequest) -> Exchange<'r>
    where
        'a: 'r,
    {
        let Self { pool, loaded, caller, parts } = *self;
        let http::request::Parts { method, uri, headers, .. } = parts;
        Exchange { pool, loaded, caller, request, method, uri, headers }
    }

    async fn answer(&self, body: Bytes, timing: &mut Timing) -> Result<Response<Body>, Error> {
        let request = parse(&self.loaded.config, self.parts, body)?;
        timing.stage("parse");
        let exchange = self.exchange(&request);
        match &request.action {
            Action::Read { relation, head } => read::read(&exchange, relation, *head, timing).await,
            Action::Mutate { relation, mutation } => {
                write::write(&exchange, relation, *mutation, timing).await
            }
            Action::Invoke { function, method } => call::call(&exchange, function, *method, timing).await,
            Action::RelationInfo { relation } => info::relation(&exchange, relation),
            Action::FunctionInfo { function } => info::function(&exchange, function),
            Action::RootInfo => info::root(),
            Action::Describe { head } => describe::describe(&exchange, *head, timing).await,
        }
    }
}

/// What is prepared for a read of this shape, and made ready for this one. Whatever is wrong with a request, or special
/// about it, only itself can tell: then there is nothing.
fn recall(loaded: &Loaded, parts: &http::request::Parts) -> Option<(Arc<Prepared>, read::Filled)> {
    if !Shape::is_of(&parts.method) {
        return None;
    }
    let parameters = Parameters::decode(parts.uri.query().unwrap_or_default()).ok()?;
    let shape = Shape::of(&parts.method, &parts.uri, &parts.headers, &parameters)?;
    let prepared = match loaded.reads.get(shape.key()) {
        Some(known) => known,
        None => prepare(loaded, &shape)?,
    };
    let filled = read::fill(&prepared, shape.values())?;
    Some((prepared, filled))
}

/// Prepares reads of a shape that is new, and remembers that.
fn prepare(loaded: &Loaded, shape: &Shape<'_>) -> Option<Arc<Prepared>> {
    let request = shape.parse(settings(&loaded.config)).ok()?;
    let prepared = Arc::new(read::prepare(loaded, request, shape.values().len())?);
    if prepared.size() <= LARGEST_PREPARED {
        loaded.reads.insert(shape.key(), Arc::clone(&prepared));
    }
    Some(prepared)
}

fn settings(config: &Config) -> ParseSettings<'_> {
    ParseSettings {
        schemas: &config.schemas,
        describe: config.openapi_mode != config::OpenApiMode::Disabled,
        root_function: config.root_spec.as_deref(),
        allow_transaction: config.transaction.allow_override,
    }
}

fn parse(config: &Config, parts: &http::request::Parts, body: Bytes) -> Result<ApiRequest, RequestError> {
    let large = body.len() > LARGE_BODY;
    let parse = || request::parse(settings(config), &parts.method, &parts.uri, &parts.headers, body);
    if large { beside_the_others(parse) } else { parse() }
}

/// Work that takes long enough for the thread's other requests to go to another thread meanwhile.
fn beside_the_others<T>(work: impl FnOnce() -> T) -> T {
    match Handle::current().runtime_flavor() {
        RuntimeFlavor::MultiThread => tokio::task::block_in_place(work),
        // there is no other thread
        _ => work(),
    }
}

async fn read_whole(body: Body) -> Result<Bytes, RequestError> {
    if body.is_end_stream() {
        return Ok(Bytes::new());
    }
    let body = body.collect().await.map_err(|error| unread(&error))?;
    Ok(body.to_bytes())
}

impl Drop for Rest {
    fn drop(&mut self) {
        self.close();
    }
}

fn unread(error: &axum::Error) -> RequestError {
    match error.source() {
        Some(cause) if cause.is::<LengthLimitError>() => RequestError::BodyTooLarge,
        _ => RequestError::Body("The request body could not be read".to_owned()),
    }
}

fn failed(error: &Error, verbosity: Verbosity) -> Response<Body> {
    let mut response = error.response(verbosity);
    if response.status().is_server_error() {
        response.extensions_mut().insert(Cause::of(error));
    }
    response
}

/// Headers that every answer has.
fn finish(config: &Config, request: &http::HeaderMap, timing: &Timing, response: &mut Response<Body>) {
    if response.status().canonical_reason().is_none() && response.extensions().get::<ReasonPhrase>().is_none()
    {
        response.extensions_mut().insert(ReasonPhrase::from_static(b""));
    }
    let headers = response.headers_mut();
    headers.entry(VARY).or_insert(HeaderValue::from_static("Accept, Prefer, Range"));
    if let Some(value) = timing.header().and_then(|text| HeaderValue::from_str(&text).ok()) {
        headers.insert(HeaderName::from_static("server-timing"), value);
    }
    if let Some(name) =
        config.trace_header.as_deref().and_then(|name| HeaderName::from_bytes(name.as_bytes()).ok())
        && let Some(value) = request.get(&name)
    {
        headers.insert(name, value.clone());
    }
    cors::expose(&config.cors_origins, request, headers);
}
