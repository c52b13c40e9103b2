//! What the binary does for a database by itself: runs the jobs of `cron.job`, sends the requests of `net` and `http`,
//! keeps the partitions of `realtime.messages`.
//!
//! Several server nodes may serve one database: they elect one by an advisory lock, held by the connection that
//! does the work. Whoever loses that connection stops, and the election begins again. Must not know what a job
//! does, nor any room.

pub mod cron;
pub mod exchange;
pub mod net;
pub mod upkeep;

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use pg::listen::{Event, Listener};
use pg::{Client, ConnectConfig, Row};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use crate::clock::Clock;
use crate::http::Outgoing;
use cron::Scheduler;
use exchange::Exchange;
use net::Net;
use upkeep::Upkeep;

/// Most answers that are written down together, and about how large they may be together.
const MOST_ANSWERS: usize = 100;
const LARGEST_ANSWERS: usize = 16 << 20;

/// How to connect as a role, if there is a way: a job runs as its owner.
pub type ConnectAs = Arc<dyn Fn(&str) -> Option<ConnectConfig> + Send + Sync>;

/// What the workers need.
#[derive(Clone)]
pub struct Config {
    /// The platform's administrator in the project's database.
    pub admin: ConnectConfig,
    /// How to become a job's owner.
    pub connect_as: ConnectAs,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// What sends requests.
    pub http: Outgoing,
    /// How long a node that was not elected waits before it tries again.
    pub election_pause: Duration,
}

impl Config {
    /// With the usual pause.
    pub fn new(admin: ConnectConfig, connect_as: ConnectAs, clock: Arc<dyn Clock>, http: Outgoing) -> Self {
        Self { admin, connect_as, clock, http, election_pause: Duration::from_secs(5) }
    }
}

impl std::fmt::Debug for Config {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Config").field("admin", &self.admin).finish_non_exhaustive()
    }
}

/// What a database is expected to answer and did not.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database, or the way to it.
    #[error(transparent)]
    Postgres(#[from] pg::Error),
    /// What sends requests can't be set up.
    #[error(transparent)]
    Http(#[from] crate::http::Error),
}

/// The running workers of one database. Dropping them ends them at once; [`Jobs::stop`] in order.
#[derive(Debug)]
pub struct Jobs {
    stop: watch::Sender<bool>,
    leads: watch::Receiver<bool>,
    task: JoinHandle<()>,
}

impl Jobs {
    /// Starts the workers in the current runtime.
    pub fn start(config: Config) -> Self {
        let (stop, stopped) = watch::channel(false);
        let (leading, leads) = watch::channel(false);
        Self { stop, leads, task: tokio::spawn(run(config, leading, stopped)) }
    }

    /// Whether this node is the one that works; changes with elections.
    pub fn leads(&self) -> watch::Receiver<bool> {
        self.leads.clone()
    }

    /// Ends the workers; jobs that run are cancelled.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        let _ended = (&mut self.task).await;
    }
}

impl Drop for Jobs {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn run(config: Config, leading: watch::Sender<bool>, mut stopped: watch::Receiver<bool>) {
    loop {
        let led = tokio::select! {
            led = lead(&config, &leading) => led,
            _ = stopped.wait_for(|stop| *stop) => return,
        };
        leading.send_replace(false);
        if let Err(error) = led {
            tracing::warn!(%error, "the scheduler lost its database, trying again");
        }
        tokio::select! {
            () = tokio::time::sleep(config.election_pause.mul_f64(0.75 + 0.5 * rand::random::<f64>())) => {}
            _ = stopped.wait_for(|stop| *stop) => return,
        }
    }
}

/// Works if elected, until something breaks; returns at once if another node was.
async fn lead(config: &Config, leading: &watch::Sender<bool>) -> Result<(), Error> {
    let admin = config.admin.clone().with_application_name("ferrobase jobs");
    let mut client = Client::connect(&admin).await?;
    // a project's own functions and operators must not come between: we are the administrator
    client.script(include_str!("../sql/platform_search_path.sql")).await?;
    if !one(&client.query(include_str!("../sql/jobs_lead.sql"), &[]).await?)?.get::<bool>(0)? {
        return Ok(());
    }
    let channels = [cron::CHANNEL, net::CHANNEL, exchange::CHANNEL];
    let (_listener, mut events) = Listener::spawn(config.admin.clone(), channels);
    let (reports, mut reported) = mpsc::unbounded_channel();
    let (answers, mut answered) = mpsc::unbounded_channel();
    let (replies, mut replied) = mpsc::unbounded_channel();
    let mut workers = Workers {
        scheduler: Scheduler::begin(&mut client, config.clone(), reports).await?,
        net: Net::begin(&mut client, config.http.clone(), answers).await?,
        exchange: Exchange::new(config.http.clone(), replies),
    };
    let mut upkeep = Upkeep::default();
    leading.send_replace(true);
    loop {
        let now = config.clock.now();
        workers.scheduler.tick(&mut client, now).await?;
        upkeep.tick(&mut client, now).await?;
        let pause = until(workers.scheduler.next_wake(), config.clock.now());
        tokio::select! {
            event = events.recv() => match event {
                Some(event) => workers.notice(&mut client, event).await?,
                None => return Ok(()),
            },
            Some(report) = reported.recv() => workers.scheduler.record(&mut client, report).await?,
            Some(answer) = answered.recv() => {
                let answers = together(answer, &mut answered, net::Answer::size);
                workers.net.record(&mut client, answers, config.clock.as_ref()).await?;
            }
            Some(reply) = replied.recv() => {
                let replies = together(reply, &mut replied, exchange::Reply::size);
                workers.exchange.record(&mut client, replies).await?;
            }
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Those who wait for something to be announced.
struct Workers {
    scheduler: Scheduler,
    net: Net,
    exchange: Exchange,
}

impl Workers {
    async fn notice(&mut self, client: &mut Client, event: Event) -> Result<(), Error> {
        let about = match event {
            Event::Notification { channel, .. } => Some(channel),
            // what was announced meanwhile was not heard
            Event::Connected => None,
            Event::Lost => return Ok(()),
        };
        let concerns = |channel: &str| about.as_deref().is_none_or(|about| about == channel);
        if concerns(cron::CHANNEL) {
            self.scheduler.reload(client).await?;
        }
        if concerns(net::CHANNEL) {
            self.net.wake(client).await?;
        }
        if concerns(exchange::CHANNEL) {
            self.exchange.take(client).await?;
        }
        Ok(())
    }
}

/// One, and those that wait behind it, as far as they are not too many or too large for one statement.
fn together<T>(first: T, waiting: &mut mpsc::UnboundedReceiver<T>, size: impl Fn(&T) -> usize) -> Vec<T> {
    let mut total = size(&first);
    let mut taken = vec![first];
    while taken.len() < MOST_ANSWERS && total < LARGEST_ANSWERS {
        let Ok(next) = waiting.try_recv() else { break };
        total += size(&next);
        taken.push(next);
    }
    taken
}

/// How long to wait from now: at least a moment, so that a clock that stands still does not keep us busy; at most a
/// minute, in case it is set.
fn until(then: DateTime<Utc>, now: DateTime<Utc>) -> Duration {
    (then - now).clamp(TimeDelta::milliseconds(1), TimeDelta::minutes(1)).to_std().unwrap_or_default()
}

fn one(rows: &[Row]) -> Result<&Row, Error> {
    rows.first().ok_or_else(|| Error::Postgres(pg::Error::Protocol("the server sent no row".into())))
}
