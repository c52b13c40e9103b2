//! One run of a job: a session of its own as the job's owner, and what came of it.

use std::fmt::Write as _;
use std::sync::Arc;

use pg::{Client, ConnectConfig, DbError, StatementResult};
use tokio::sync::mpsc;

use super::{Report, What};
use crate::clock::Clock;

/// How a run ended, with what `cron.job_run_details.return_message` says about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    Succeeded(String),
    Failed(String),
}

impl Outcome {
    pub(super) fn status(&self) -> &'static str {
        match self {
            Self::Succeeded(_) => "succeeded",
            Self::Failed(_) => "failed",
        }
    }

    pub(super) fn message(&self) -> &str {
        match self {
            Self::Succeeded(message) | Self::Failed(message) => message,
        }
    }
}

/// The job went away while it ran.
pub(super) fn cancelled() -> Outcome {
    Outcome::Failed("job canceled".to_owned())
}

/// What there is to do.
pub(super) struct Run {
    pub(super) job: i64,
    pub(super) number: i64,
    /// Nothing when we have no way to become this user.
    pub(super) connect: Option<ConnectConfig>,
    pub(super) username: String,
    pub(super) command: String,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) reports: mpsc::UnboundedSender<Report>,
}

impl Run {
    /// Runs and reports. Aborting it cancels the command on the server.
    pub(super) async fn go(self) {
        let outcome = self.run().await.unwrap_or_else(Outcome::Failed);
        self.report(What::Ended { outcome, at: self.clock.now() });
    }

    async fn run(&self) -> Result<Outcome, String> {
        let connect = self
            .connect
            .as_ref()
            .ok_or_else(|| format!("there is no way to connect as role \"{}\"", self.username))?;
        let mut client =
            Client::connect(connect).await.map_err(|error| format!("connection failed: {error}"))?;
        let rows = client.query("select pg_backend_pid()", &[]).await.map_err(|error| describe(&error))?;
        let process = rows.first().and_then(|row| row.get(0).ok()).unwrap_or_default();
        self.report(What::Started { process, at: self.clock.now() });
        let results = client.script(&self.command).await.map_err(|error| describe(&error))?;
        Ok(Outcome::Succeeded(results.last().map(summary).unwrap_or_default()))
    }

    fn report(&self, what: What) {
        // the scheduler may have stepped down
        let _unwanted = self.reports.send(Report { job: self.job, run: self.number, what });
    }
}

/// As pg_cron tells it: the number of rows, or the command's tag.
fn summary(result: &StatementResult) -> String {
    match result.rows.len() {
        1 if result.columns.is_some() => "1 row".to_owned(),
        count if result.columns.is_some() => format!("{count} rows"),
        _ => result.tag.as_str().to_owned(),
    }
}

fn describe(error: &pg::Error) -> String {
    match error.db() {
        Some(db) => describe_db(db),
        None => error.to_string(),
    }
}

/// As libpq writes it.
fn describe_db(db: &DbError) -> String {
    let mut text = format!("{}:  {}\n", db.severity, db.message);
    for (label, value) in [("DETAIL", &db.detail), ("HINT", &db.hint), ("CONTEXT", &db.where_)] {
        if let Some(value) = value {
            let _ = writeln!(text, "{label}:  {value}");
        }
    }
    text
}
