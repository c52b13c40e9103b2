//! The scheduler behind `cron.schedule`: pg_cron's behaviour, by a client instead of a background worker.
//!
//! What a schedule means is known to one place only, the functions of `extensions/pg_cron.sql`: `cron.schedule`
//! has to refuse what is no schedule when it is called, so the grammar has to be there. (That, and pg_cron's
//! grammar being Vixie cron's with its leniencies, `$` and `30 seconds`, is why no cron library is used.) Here are
//! time, order and runs: which minutes passed, what waits, what runs, how it ended. A job never overlaps itself; a
//! run that falls due meanwhile starts when the running one has ended.

mod minutes;
mod run;

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use pg::{Client, Param};
use tokio::sync::mpsc;
use tokio::task::AbortHandle;

use super::{Config, Error, one};
use minutes::{Check, minute_start};
use run::{Outcome, Run};

/// Where a changed job is announced.
pub(super) const CHANNEL: &str = "ferrobase_cron";

/// Most jobs that run at a time, as pg_cron's `cron.max_running_jobs`.
const MAX_RUNNING: usize = 32;

/// A job that is active.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Job {
    command: String,
    database: String,
    username: String,
    /// For a schedule such as `30 seconds`.
    seconds: Option<i64>,
    at_restart: bool,
}

/// What is known of a job's runs.
#[derive(Debug)]
struct Task {
    job: Job,
    /// Runs that are due.
    pending: u64,
    last_start: DateTime<Utc>,
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    run: i64,
    abort: AbortHandle,
}

/// What a run tells about itself.
#[derive(Debug)]
pub struct Report {
    job: i64,
    run: i64,
    what: What,
}

#[derive(Debug)]
enum What {
    Started { process: i32, at: DateTime<Utc> },
    Ended { outcome: Outcome, at: DateTime<Utc> },
}

/// The jobs of one database and their runs. Does nothing by itself: [`Scheduler::tick`] starts what is due at a
/// moment, [`Scheduler::record`] writes down what a run reported.
#[derive(Debug)]
pub struct Scheduler {
    config: Config,
    reports: mpsc::UnboundedSender<Report>,
    tasks: BTreeMap<i64, Task>,
    last_minute: DateTime<Utc>,
    /// Whether jobs `@restart` were started.
    begun: bool,
}

impl Scheduler {
    /// Takes over a database: runs that another scheduler left unfinished have failed.
    pub async fn begin(
        client: &mut Client,
        config: Config,
        reports: mpsc::UnboundedSender<Report>,
    ) -> Result<Self, Error> {
        let now = config.clock.now();
        let mut this =
            Self { config, reports, tasks: BTreeMap::new(), last_minute: minute_start(now), begun: false };
        if provided(client).await? {
            client.query(include_str!("../../sql/cron_server_restarted.sql"), &[]).await?;
            client.query(include_str!("../../sql/cron_database.sql"), &[]).await?;
        }
        this.reload(client).await?;
        Ok(this)
    }

    /// Reads the jobs. Runs of jobs that are gone, or no longer active, are cancelled.
    pub async fn reload(&mut self, client: &mut Client) -> Result<(), Error> {
        let mut jobs = read_jobs(client).await?;
        let now = self.config.clock.now();
        let gone: Vec<i64> = self.tasks.keys().filter(|id| !jobs.contains_key(id)).copied().collect();
        for id in gone {
            if let Some(running) = self.tasks.remove(&id).and_then(|task| task.running) {
                running.abort.abort();
                self.report(id, running.run, What::Ended { outcome: run::cancelled(), at: now });
            }
        }
        for (id, task) in &mut self.tasks {
            if let Some(job) = jobs.remove(id) {
                task.job = job;
            }
        }
        for (id, job) in jobs {
            let pending = u64::from(job.at_restart && !self.begun);
            self.tasks.insert(id, Task { job, pending, last_start: now, running: None });
        }
        self.begun = true;
        Ok(())
    }

    /// Starts what has fallen due since the last call.
    pub async fn tick(&mut self, client: &mut Client, now: DateTime<Utc>) -> Result<(), Error> {
        let (checks, last_minute) = minutes::passed(self.last_minute, now);
        if !checks.is_empty() {
            self.find_due(client, &checks).await?;
            self.last_minute = last_minute;
        }
        for task in self.tasks.values_mut() {
            let interval = task.job.seconds.map(TimeDelta::seconds);
            if task.pending == 0 && interval.is_some_and(|interval| now - task.last_start >= interval) {
                task.pending = 1;
            }
        }
        self.start_pending(client, now).await
    }

    /// When the next call of [`Scheduler::tick`] may have something to do.
    pub fn next_wake(&self) -> DateTime<Utc> {
        let next_minute = self.last_minute + TimeDelta::minutes(1);
        let intervals = self
            .tasks
            .values()
            .filter(|task| task.pending == 0)
            .filter_map(|task| Some(task.last_start + TimeDelta::seconds(task.job.seconds?)));
        intervals.fold(next_minute, DateTime::min)
    }

    /// Writes down what a run reported, and starts what waited for its end.
    pub async fn record(&mut self, client: &mut Client, report: Report) -> Result<(), Error> {
        let Report { job, run, what } = report;
        match what {
            What::Started { process, at } => {
                let params = [Param::from(run), Param::from(process), Param::from(at)];
                client.query(include_str!("../../sql/cron_running.sql"), &params).await?;
            }
            What::Ended { outcome, at } => {
                if let Some(task) = self.tasks.get_mut(&job)
                    && task.running.as_ref().is_some_and(|running| running.run == run)
                {
                    task.running = None;
                }
                tracing::debug!(job, run, status = outcome.status(), "cron job ended");
                let params = [
                    Param::from(run),
                    Param::from(outcome.status()),
                    Param::from(outcome.message()),
                    Param::from(at),
                ];
                client.query(include_str!("../../sql/cron_finished.sql"), &params).await?;
                self.start_pending(client, at).await?;
            }
        }
        Ok(())
    }

    /// Whether nothing runs.
    pub fn is_idle(&self) -> bool {
        self.tasks.values().all(|task| task.running.is_none())
    }

    async fn find_due(&mut self, client: &mut Client, checks: &[Check]) -> Result<(), Error> {
        if self.tasks.is_empty() {
            return Ok(());
        }
        let minutes: Vec<DateTime<Utc>> = checks.iter().map(|check| check.minute).collect();
        let wild: Vec<bool> = checks.iter().map(|check| check.wild).collect();
        let fixed: Vec<bool> = checks.iter().map(|check| check.fixed).collect();
        let params = [Param::from(minutes), Param::from(wild), Param::from(fixed)];
        for row in client.query(include_str!("../../sql/cron_due.sql"), &params).await? {
            if let Some(task) = self.tasks.get_mut(&row.get::<i64>(0)?) {
                task.pending += u64::try_from(row.get::<i64>(1)?).unwrap_or_default();
            }
        }
        Ok(())
    }

    async fn start_pending(&mut self, client: &mut Client, now: DateTime<Utc>) -> Result<(), Error> {
        let mut running = self.tasks.values().filter(|task| task.running.is_some()).count();
        for (id, task) in &mut self.tasks {
            if running >= MAX_RUNNING {
                return Ok(());
            }
            if task.pending == 0 || task.running.is_some() {
                continue;
            }
            task.pending -= 1;
            task.last_start = now;
            running += 1;
            let job = &task.job;
            let params = [
                Param::from(*id),
                Param::from(job.database.as_str()),
                Param::from(job.username.as_str()),
                Param::from(job.command.as_str()),
            ];
            let rows = client.query(include_str!("../../sql/cron_begin_run.sql"), &params).await?;
            let number = one(&rows)?.get::<i64>(0)?;
            let started = Run {
                job: *id,
                number,
                connect: (self.config.connect_as)(&job.username)
                    .map(|connect| connect.with_database(&job.database).with_application_name("pg_cron")),
                username: job.username.clone(),
                command: job.command.clone(),
                clock: self.config.clock.clone(),
                reports: self.reports.clone(),
            };
            let abort = tokio::spawn(started.go()).abort_handle();
            task.running = Some(Running { run: number, abort });
        }
        Ok(())
    }

    fn report(&self, job: i64, run: i64, what: What) {
        // whoever began this scheduler may have gone; then nobody wants to know
        let _unwanted = self.reports.send(Report { job, run, what });
    }
}

impl Drop for Scheduler {
    /// Jobs do not outlive their scheduler: another one may start them anew.
    fn drop(&mut self) {
        for running in self.tasks.values().filter_map(|task| task.running.as_ref()) {
            running.abort.abort();
        }
    }
}

/// Whether this database has our `cron` schema. With the real pg_cron there is nothing to do here.
async fn provided(client: &mut Client) -> Result<bool, Error> {
    let rows = client.query(include_str!("../../sql/cron_provided.sql"), &[]).await?;
    Ok(one(&rows)?.get(0)?)
}

async fn read_jobs(client: &mut Client) -> Result<BTreeMap<i64, Job>, Error> {
    if !provided(client).await? {
        return Ok(BTreeMap::new());
    }
    let rows = client.query(include_str!("../../sql/cron_jobs.sql"), &[]).await?;
    let read = rows.iter().map(|row| {
        let job = Job {
            command: row.get(1)?,
            database: row.get(2)?,
            username: row.get(3)?,
            seconds: row.get(4)?,
            at_restart: row.get(5)?,
        };
        Ok((row.get(0)?, job))
    });
    Ok(read.collect::<Result<_, pg::Error>>()?)
}
