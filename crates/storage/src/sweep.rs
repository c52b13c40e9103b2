//! Removing files that no row stands for: what a crash between file and row, or a reset of the database, left behind.
//!
//! A file goes when two sweeps have found it without a row. Between writing a file and its row lie milliseconds, between
//! two sweeps an hour: what is on its way is never taken for rubbish.

use std::collections::HashSet;
use std::time::Duration;

use futures_util::TryStreamExt as _;
use tokio::time::MissedTickBehavior;

use crate::Ctx;
use crate::db::{Scope, versions};
use crate::error::Error;
use crate::logic::object;

/// The time between two sweeps.
const PAUSE: Duration = Duration::from_hours(1);

/// Sweeps of one store against the one database that uses it.
#[derive(Debug)]
pub struct Sweeps {
    ctx: Ctx,
    scope: Scope,
    /// What the sweep before found without a row.
    suspects: HashSet<String>,
}

impl Sweeps {
    /// Nothing is suspected yet.
    pub fn new(ctx: &Ctx) -> Self {
        Self { ctx: ctx.clone(), scope: Scope::of_room(), suspects: HashSet::new() }
    }

    /// Sweeps now and then, for ever.
    pub async fn run(mut self) {
        let mut ticks = tokio::time::interval(PAUSE);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            match self.sweep().await {
                Ok(0) => {}
                Ok(removed) => tracing::info!(removed, "files without a row were removed"),
                Err(error) => tracing::warn!(%error, "files without a row could not be looked for"),
            }
        }
    }

    /// One sweep; returns how many files it removed.
    pub async fn sweep(&mut self) -> Result<usize, Error> {
        if let Err(error) = self.ctx.store.remove_broken_uploads().await {
            tracing::warn!(%error, "what broken uploads left could not be removed");
        }
        // the files first: what comes later can only have a row too many
        let mut lost: HashSet<String> = self.ctx.store.places().try_collect().await?;
        let mut id = uuid::Uuid::nil().to_string();
        loop {
            let (kept, last) = versions::after(&self.ctx.pool, &self.scope, &id).await?;
            for kept in kept {
                if let Some(place) = object::location(&kept.bucket, &kept.name, &kept.version) {
                    lost.remove(&place);
                }
            }
            match last {
                Some(last) => id = last,
                None => break,
            }
        }
        let gone: Vec<String> = lost.intersection(&self.suspects).cloned().collect();
        let removed = gone.len();
        self.ctx.store.remove(gone).await;
        self.suspects = lost;
        Ok(removed)
    }
}
