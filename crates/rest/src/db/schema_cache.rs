//! The schema cache: the catalog and the options of the database, kept while requests run and
//! replaced behind their back.
//!
//! A reload never makes a request wait: the old cache serves until the new one is whole.

use std::borrow::Cow;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, RwLock};
use std::time::{Duration, Instant};

use base::identity::Verifier;
use pg::catalog::{self, Catalog};
use pg::listen::{Event, Listener};
use pg::{Flight, Pool, Statement};
use tokio::sync::Mutex;
use tokio::sync::mpsc::Receiver;

use super::prepared::{Prepared, Recent};
use super::sql::Sql;
use crate::config::{self, Config};

/// Tells the options as configured now, without the database's: asked before every load.
pub type Source = Box<dyn Fn() -> Config + Send + Sync>;

/// What requests run against.
#[derive(Debug)]
pub struct Loaded {
    /// The options in force.
    pub config: Config,
    /// What the database contains.
    pub catalog: Catalog,
    /// Verifies tokens as the options say.
    pub verifier: Arc<Verifier>,
    /// Of each exposed schema, the search path of its requests.
    search_paths: Vec<(String, String)>,
    /// What requests were prepared as: no longer true when any of the above is another.
    pub(crate) reads: Recent<Prepared>,
}

impl Loaded {
    pub(crate) fn new(config: Config, catalog: Catalog, verifier: Arc<Verifier>) -> Self {
        let search_paths =
            config.schemas.iter().map(|schema| (schema.clone(), config.search_path(schema))).collect();
        Self { config, catalog, verifier, search_paths, reads: Recent::default() }
    }

    /// The schemas that statements run with, for a request to this one.
    pub fn search_path(&self, schema: &str) -> Cow<'_, str> {
        let known = self.search_paths.iter().find(|(known, _)| known == schema);
        known.map_or_else(|| self.config.search_path(schema).into(), |(_, path)| path.as_str().into())
    }
}

/// Holds the cache in force.
pub struct SchemaCache {
    source: Source,
    pool: Pool,
    /// For what the options leave open.
    verifier: Arc<Verifier>,
    loaded: RwLock<Option<Arc<Loaded>>>,
    /// One load at a time: an older one may not replace what a newer one found.
    loading: Mutex<()>,
    figures: Figures,
}

/// How loading went so far.
#[derive(Debug, Default)]
pub struct Figures {
    succeeded: AtomicU64,
    failed: AtomicU64,
    microseconds: AtomicU64,
}

impl Figures {
    /// Loads that succeeded.
    pub fn succeeded(&self) -> u64 {
        self.succeeded.load(Ordering::Relaxed)
    }

    /// Loads that failed.
    pub fn failed(&self) -> u64 {
        self.failed.load(Ordering::Relaxed)
    }

    /// How long the last one took that succeeded.
    pub fn duration(&self) -> Duration {
        Duration::from_micros(self.microseconds.load(Ordering::Relaxed))
    }
}

/// How long the first load waits for the listener.
const PATIENCE: Duration = Duration::from_secs(1);
/// Notifications that come within this time are one.
const SETTLE: Duration = Duration::from_millis(100);
/// Pauses between attempts to load.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(32);

impl SchemaCache {
    /// An empty cache.
    pub fn new(source: Source, pool: Pool, verifier: Arc<Verifier>) -> Self {
        let (loading, figures) = (Mutex::default(), Figures::default());
        Self { source, pool, verifier, loaded: RwLock::default(), loading, figures }
    }

    /// How loading went so far.
    pub fn figures(&self) -> &Figures {
        &self.figures
    }

    /// The verifier that the room was given.
    pub fn given_verifier(&self) -> &Verifier {
        &self.verifier
    }

    /// The cache in force; none while the database was never read.
    pub fn current(&self) -> Option<Arc<Loaded>> {
        self.loaded.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    /// Reads options and catalog, and puts them in force.
    ///
    /// # Errors
    /// Whatever the database answers; then the old cache stays.
    pub async fn load(&self) -> Result<(), pg::Error> {
        let _one_at_a_time = self.loading.lock().await;
        let started = Instant::now();
        let outcome = self.load_now().await;
        match &outcome {
            Ok(()) => {
                let microseconds = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
                self.figures.microseconds.store(microseconds, Ordering::Relaxed);
                self.figures.succeeded.fetch_add(1, Ordering::Relaxed);
            }
            Err(_told_by_the_caller) => {
                self.figures.failed.fetch_add(1, Ordering::Relaxed);
            }
        }
        outcome
    }

    async fn load_now(&self) -> Result<(), pg::Error> {
        let mut client = self.pool.get().await?;
        let mut config = (self.source)();
        if config.database_config {
            let options = database_options(&mut client, config.pre_config.as_deref()).await?;
            config = self.with_database_options(config, &options);
        }
        self.pool.set_prepared_statements(config.prepared_statements);
        let verifier = self.verifier(&config);
        let catalog = catalog::load(&mut client, &config.schemas, &config.extra_search_path).await?;
        tracing::debug!(relationships = catalog.relationship_count(), "schema cache loaded");
        // before it is in force: what was prepared before the schema changed may take parameters of other types
        self.pool.forget_statements();
        *self.loaded.write().unwrap_or_else(std::sync::PoisonError::into_inner) =
            Some(Arc::new(Loaded::new(config, catalog, verifier)));
        Ok(())
    }

    /// What the database says over the rest. If some of it is wrong, the options in force stay as they are; at the first
    /// load there are none, and what is right counts.
    fn with_database_options(&self, mut config: Config, options: &[(String, String)]) -> Config {
        let mut all_right = true;
        for (option, value) in options {
            if let Err(error) = config.set(option, config::in_force(option, value)) {
                tracing::error!(%error, "an option in the database is wrong");
                all_right = false;
            }
        }
        match self.current() {
            Some(current) if !all_right => current.config.clone(),
            _ => config,
        }
    }

    /// The verifier that the options ask for.
    fn verifier(&self, config: &Config) -> Arc<Verifier> {
        if config.jwt_secret.is_none() && config.jwt_audience.is_none() {
            return Arc::clone(&self.verifier);
        }
        let mut verifier = self.verifier.as_ref().clone().with_capacity(config.jwt_cache_entries);
        match config.verifying_keys() {
            Ok(Some(keys)) => verifier = verifier.with_keys(keys),
            Ok(None) => {}
            Err(error) => {
                tracing::error!(%error, "the jwt-secret in the database is wrong; all tokens are refused");
                verifier = verifier.with_keys(Vec::new());
            }
        }
        match &config.jwt_audience {
            Some(audience) => Arc::new(verifier.with_audience(Some(audience.clone()))),
            None => Arc::new(verifier),
        }
    }

    /// Loads, again and again with growing pauses until it succeeds.
    pub async fn load_persistently(&self) {
        let mut pause = FIRST_PAUSE;
        while let Err(error) = self.load().await {
            tracing::warn!(%error, "the schema cache could not be loaded");
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// Waits until the listener listens: so nothing is missed. Where listening is not possible, the wait ends all the same.
    pub async fn await_listener(&self, events: &mut Receiver<Event>) {
        let _connected = tokio::time::timeout(PATIENCE, events.recv()).await;
    }

    /// Loads after every notification, as long as the listener lives.
    pub async fn follow(self: Arc<Self>, _listener: Listener, mut events: Receiver<Event>) {
        while let Some(event) = events.recv().await {
            if !concerns(&event) {
                continue;
            }
            // also at every reconnect: notifications may have been missed
            self.load_persistently().await;
            tokio::time::sleep(SETTLE).await;
            let mut again = false;
            while let Ok(event) = events.try_recv() {
                again |= concerns(&event);
            }
            if again {
                self.load_persistently().await;
            }
        }
    }
}

fn concerns(event: &Event) -> bool {
    match event {
        Event::Connected => true,
        Event::Notification { payload, .. } => {
            matches!(payload.as_str(), "reload schema" | "reload config" | "")
        }
        Event::Lost => false,
    }
}

/// The options of the database, weaker ones first: what `pre_config` sets, then those set on the role that is
/// connected, for all databases and for this one.
pub async fn database_options(
    client: &mut pg::Client,
    pre_config: Option<&str>,
) -> Result<Vec<(String, String)>, pg::Error> {
    let names = config::names_in_database();
    let role_options = Statement::new(include_str!("../../sql/database_options.sql")).bind(names.as_slice());
    let mut flight = Flight::new();
    flight.push(role_options);
    let of_role = pairs(&client.run(flight).await?, 0)?;
    // the role may also name the function
    let named =
        of_role.iter().rev().find(|(option, _)| option == "db_pre_config").map(|(_, name)| name.as_str());
    let Some(function) = named.or(pre_config).filter(|name| !name.is_empty()) else { return Ok(of_role) };
    let mut flight = Flight::new();
    flight.push(Statement::new(include_str!("../../sql/clear_options.sql")).bind(names.as_slice()));
    let mut call = Sql::new();
    call.raw("select ").function_name(function).raw("()");
    flight.push(call.into_statement());
    let set =
        flight.push(Statement::new(include_str!("../../sql/function_options.sql")).bind(names.as_slice()));
    let mut options = pairs(&client.run(flight).await?, set)?;
    options.extend(of_role);
    Ok(options)
}

fn pairs(outcome: &pg::Outcome, index: usize) -> Result<Vec<(String, String)>, pg::Error> {
    let rows = outcome.results.get(index).into_iter().flat_map(|result| &result.rows);
    rows.map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}
