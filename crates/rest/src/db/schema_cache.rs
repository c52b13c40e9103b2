//! The schema cache: the catalog and the options of the database, kept while requests run and
//! replaced behind their back.
//!
//! A reload never makes a request wait: the old cache serves until the new one is whole.

use std::sync::{Arc, RwLock};
use std::time::Duration;

use pg::catalog::{self, Catalog};
use pg::listen::{Event, Listener};
use pg::{Flight, Pool, Statement};
use tokio::sync::mpsc::Receiver;

use super::sql::Sql;
use crate::config::{self, Config};

/// What requests run against.
#[derive(Debug)]
pub struct Loaded {
    /// The options in force.
    pub config: Config,
    /// What the database contains.
    pub catalog: Catalog,
}

/// Holds the cache in force.
#[derive(Debug)]
pub struct SchemaCache {
    /// The options as configured, without the database's.
    base: Config,
    pool: Pool,
    loaded: RwLock<Option<Arc<Loaded>>>,
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
    pub fn new(config: Config, pool: Pool) -> Self {
        Self { base: config, pool, loaded: RwLock::default() }
    }

    /// The cache in force; none while the database was never read.
    pub fn current(&self) -> Option<Arc<Loaded>> {
        self.loaded.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    /// The options in force.
    pub fn config(&self) -> Config {
        self.current().map_or_else(|| self.base.clone(), |loaded| loaded.config.clone())
    }

    /// Reads options and catalog, and puts them in force.
    ///
    /// # Errors
    /// Whatever the database answers; then the old cache stays.
    pub async fn load(&self) -> Result<(), pg::Error> {
        let mut client = self.pool.get().await?;
        let mut config = self.base.clone();
        if config.database_config {
            for (option, value) in database_options(&mut client, &config).await? {
                match config.set(&option, &value) {
                    Ok(_known) => {}
                    Err(error) => tracing::warn!(%error, "an option in the database is wrong; it is ignored"),
                }
            }
        }
        let catalog = catalog::load(&mut client, &config.schemas, &config.extra_search_path).await?;
        tracing::debug!(relationships = catalog.relationship_count(), "schema cache loaded");
        *self.loaded.write().unwrap_or_else(std::sync::PoisonError::into_inner) =
            Some(Arc::new(Loaded { config, catalog }));
        Ok(())
    }

    /// Loads, again and again with growing pauses until it succeeds.
    async fn load_persistently(&self) {
        let mut pause = FIRST_PAUSE;
        while let Err(error) = self.load().await {
            tracing::warn!(%error, "the schema cache could not be loaded");
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// Loads now and after every notification, as long as the listener lives.
    pub async fn follow(self: Arc<Self>, _listener: Listener, mut events: Receiver<Event>) {
        // listening first means that nothing is missed; where listening is not possible, the cache is loaded all the same
        let first = tokio::time::timeout(PATIENCE, events.recv()).await;
        let mut next = first.unwrap_or(Some(Event::Connected));
        while let Some(event) = next {
            if !concerns(&event) {
                next = events.recv().await;
                continue;
            }
            // also at every (re)connect: notifications may have been missed
            self.load_persistently().await;
            tokio::time::sleep(SETTLE).await;
            let mut again = false;
            while let Ok(event) = events.try_recv() {
                again |= concerns(&event);
            }
            if again {
                self.load_persistently().await;
            }
            next = events.recv().await;
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

/// Options set on the role that is connected, for all databases and then for this one, and after
/// them what the configured function sets.
async fn database_options(
    client: &mut pg::Client,
    config: &Config,
) -> Result<Vec<(String, String)>, pg::Error> {
    let mut flight = Flight::new();
    let mut results = vec![flight.push(Statement::new(include_str!("../../sql/database_options.sql")))];
    if let Some(function) = &config.pre_config {
        let names: Vec<&str> = config::OPTIONS.to_vec();
        flight.push(Statement::new(include_str!("../../sql/clear_options.sql")).bind(names.as_slice()));
        let mut call = Sql::new();
        call.raw("select ").function_name(function).raw("()");
        flight.push(call.into_statement(""));
        let set = Statement::new(include_str!("../../sql/function_options.sql")).bind(names.as_slice());
        results.push(flight.push(set));
    }
    let outcome = client.run(flight).await?;
    let rows =
        results.into_iter().filter_map(|index| outcome.results.get(index)).flat_map(|result| &result.rows);
    rows.map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}
