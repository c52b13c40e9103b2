//! Template databases: a project's migrated and seeded state, made once and then only ever cloned.
//!
//! A template is named after a hash of the platform, the migrations and the seeds in it, so whatever changes makes
//! another one and nothing else does. One that is missing is made from the longest beginning of the same migrations
//! that exists; the state before the first migration that changed is kept, so that editing a migration again and
//! again runs it and what follows it, not what comes before. Must not know commands or servers.

mod chain;
mod database;

use pg::{Client, ConnectConfig};

use crate::http::Outgoing;
use crate::jobs::exchange;
use crate::migrate::{self, Event, How, Project};
use crate::platform::{self, PlatformInput, RoomMigrations};
use chain::{Chain, Known};

pub use database::{
    clone, copy, count_left_over, drop_database, drop_left_over, exists, heal, lock, replace, sizes,
};

/// Most templates a cluster keeps; those that were made first go first, the platform alone excepted.
const MOST: usize = 8;

/// Why a template could not be made or used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A migration or seed.
    #[error(transparent)]
    Migrate(#[from] migrate::Error),
    /// The platform's own migrations.
    #[error(transparent)]
    Platform(#[from] platform::Error),
    /// Making, cloning or renaming a database.
    #[error(transparent)]
    Postgres(#[from] pg::Error),
    /// Somebody keeps connecting to a database that is to be replaced.
    #[error("the sessions of database {database} did not end within {seconds} s, so it was not replaced")]
    StillUsed {
        /// Which.
        database: String,
        /// How long that was tried.
        seconds: u64,
    },
}

/// Makes templates in one cluster.
#[derive(Debug, Clone)]
pub struct Templates<'a> {
    /// A superuser's connection to a database that is never a template and never replaced.
    pub admin: ConnectConfig,
    /// What the rooms bring into the platform.
    pub rooms: &'a [RoomMigrations],
    /// The project's root key, by which migrations encrypt secrets.
    pub root_key: &'a str,
}

impl Templates<'_> {
    /// The name of the template with exactly this project in it (or the bare platform); made now if there is none.
    ///
    /// Waits while another process makes templates in the same cluster.
    pub async fn ensure(
        &self,
        project: &Project,
        on_event: &mut (dyn FnMut(Event<'_>) + Send),
    ) -> Result<String, Error> {
        let chain = Chain::of(self.rooms, self.root_key, project)?;
        let mut admin = Client::connect(&self.admin).await?;
        let name = chain.name();
        if known(&mut admin).await?.iter().any(|known| known.name == name) {
            return Ok(name);
        }
        lock(&mut admin).await?;
        // the lock ends with the connection, at the end of this function at the latest
        let known = known(&mut admin).await?;
        if known.iter().any(|known| known.name == name) {
            return Ok(name);
        }
        self.make(&mut admin, &chain, project, &known, on_event).await?;
        let superfluous = chain::superfluous(&known, &chain, MOST);
        for name in superfluous {
            database::drop_database(&mut admin, &name).await?;
        }
        Ok(name)
    }

    /// Brings a clone to this day: partitions of `realtime.messages` go by it, and its template may be old.
    pub async fn refresh(&self, database: &str) -> Result<(), Error> {
        let mut admin = Client::connect(&self.admin.clone().with_database(database)).await?;
        platform::apply(&mut admin, &PlatformInput { passwords: &[], rooms: self.rooms }).await?;
        Ok(())
    }

    async fn make(
        &self,
        admin: &mut Client,
        chain: &Chain,
        project: &Project,
        known: &[Known],
        on_event: &mut (dyn FnMut(Event<'_>) + Send),
    ) -> Result<(), Error> {
        let building = chain.building();
        database::drop_database(admin, &building).await?;
        let result = async {
            let from = match chain.longest(known) {
                Some(from) => from,
                None => self.make_platform(admin, chain).await?,
            };
            if from == chain.steps() {
                // without migrations and seeds there is nothing else
                return Ok(());
            }
            database::clone(admin, &chain.name_at(from), &building, None).await?;
            if let Some(keep) = chain.worth_keeping(known).filter(|keep| *keep > from) {
                self.apply(&building, &project.first(keep), on_event).await?;
                database::clone(admin, &building, &chain.name_at(keep), None).await?;
                database::seal(admin, &chain.name_at(keep), &chain.comment_at(keep)).await?;
            }
            self.apply(&building, project, on_event).await?;
            database::rename(admin, &building, &chain.name()).await?;
            database::seal(admin, &chain.name(), &chain.comment()).await
        };
        let result = result.await;
        if result.is_err() {
            // what went wrong matters more than what is left behind, which the next attempt drops
            let _left_over = database::drop_database(admin, &building).await;
        }
        result
    }

    /// The template every other one is made from. It stays as long as the platform does not change.
    async fn make_platform(&self, admin: &mut Client, chain: &Chain) -> Result<usize, Error> {
        let building = chain.building();
        database::create_empty(admin, &building).await?;
        let mut client = Client::connect(&self.admin.clone().with_database(&building)).await?;
        platform::apply(&mut client, &PlatformInput { passwords: &[], rooms: self.rooms }).await?;
        platform::keep_root_key(&mut client, self.root_key).await?;
        drop(client);
        database::rename(admin, &building, &chain.name_at(0)).await?;
        database::seal(admin, &chain.name_at(0), &chain.comment_at(0)).await?;
        Ok(0)
    }

    async fn apply(
        &self,
        database: &str,
        project: &Project,
        on_event: &mut (dyn FnMut(Event<'_>) + Send),
    ) -> Result<(), Error> {
        self.refresh(database).await?;
        let postgres = self.admin.clone().with_database(database).with_user("postgres");
        let mut postgres = Client::connect(&postgres).await?;
        let how = How { roles_may_exist: true, with_roles: true, ..How::default() };
        let admin = self.admin.clone().with_database(database);
        exchange::answering(&admin, Outgoing::from_environment, async {
            migrate::up_with(&mut postgres, project, how, on_event).await?;
            migrate::seed(&mut postgres, project, on_event).await?;
            Ok(())
        })
        .await
    }
}

async fn known(admin: &mut Client) -> Result<Vec<Known>, Error> {
    let rows = admin.query(include_str!("../sql/template_known.sql"), &[]).await?;
    rows.iter()
        .map(|row| Ok(Known::new(row.get(0)?, row.get::<Option<String>>(1)?.as_deref())))
        .collect::<Result<_, pg::Error>>()
        .map_err(Error::from)
}
