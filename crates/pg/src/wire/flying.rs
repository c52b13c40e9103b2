//! Flying a flight and running a script on a connection: what is sent, and what comes of the answers.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::error::{DbError, Error};
use crate::session::{Flight, Outcome, Said, Statement, StatementResult};
use crate::wire::backend::{Message, TransactionStatus};
use crate::wire::connection::Connection;
use crate::wire::frontend;

/// The answers to one flight, up to its ReadyForQuery.
struct Answers {
    /// A result for each step that completed, BEGIN included.
    results: Vec<StatementResult>,
    /// Steps whose Bind succeeded.
    bound: usize,
    error: Option<Box<DbError>>,
}

impl Connection {
    /// Runs the flight: one write, one Sync. An error leaves the connection clean, outside of any transaction.
    ///
    /// A flight that failed because a cached statement outlived a change of the schema is flown again, once.
    pub(crate) async fn fly(&mut self, flight: &Flight) -> Result<Outcome, Error> {
        self.notices.clear();
        let mut answers = self.fly_once(flight).await?;
        if answers.error.is_some() && self.may_fly_again(flight, &answers) {
            answers = self.fly_once(flight).await?;
        }
        self.outcome(flight, answers)
    }

    /// Flies reads of the same statements: one write, and a Sync for each. `landed` hears of each how it ended and how
    /// long it took; what it does not hear of may be flown again.
    pub(crate) async fn fly_together(
        &mut self,
        flights: &[Flight],
        mut landed: impl FnMut(usize, Result<Outcome, Error>, Duration),
    ) {
        let mut last = Instant::now();
        let mut landed = |index, outcome| {
            let now = Instant::now();
            landed(index, outcome, now - std::mem::replace(&mut last, now));
        };
        let Some(first) = flights.first() else { return };
        let mut flown = 0;
        // an error among those that prepare a statement would leave the others without it: the first prepares for all
        if !self.has_prepared(first) {
            landed(0, self.fly(first).await);
            flown = 1;
        }
        let rest = flights.get(flown..).unwrap_or_default();
        if rest.is_empty() || !self.is_settled() || !self.has_prepared(first) {
            return;
        }
        self.notices.clear();
        if self.write_flights(rest).is_err() {
            return;
        }
        for _ in rest {
            self.expect_ready();
        }
        if let Err(error) = self.send().await {
            return landed(flown, Err(error));
        }
        let mut outgrown = false;
        for (index, flight) in (flown..).zip(rest) {
            let answers = match self.collect(flight).await {
                Ok(answers) => answers,
                Err(error) => return landed(index, Err(error)),
            };
            outgrown = outgrown || self.may_fly_again(flight, &answers);
            if answers.error.is_none() || !outgrown {
                landed(index, self.outcome(flight, answers));
            }
            self.notices.clear();
        }
    }

    fn has_prepared(&self, flight: &Flight) -> bool {
        flight.steps().all(|step| self.statements.knows(step))
    }

    /// What came of a flight.
    fn outcome(&mut self, flight: &Flight, answers: Answers) -> Result<Outcome, Error> {
        if let Some(mut error) = answers.error {
            self.notices.clear();
            let step = answers.results.len().checked_sub(flight.offset());
            error.statement = step.filter(|index| *index < flight.len());
            return Err(Error::Db(error));
        }
        let mut results = answers.results;
        if flight.ending.is_some() {
            results.pop();
            results.drain(..1.min(results.len()));
        }
        Ok(Outcome { results, notices: std::mem::take(&mut self.notices) })
    }

    async fn fly_once(&mut self, flight: &Flight) -> Result<Answers, Error> {
        self.write_flight(flight)?;
        self.expect_ready();
        self.send().await?;
        let answers = self.collect(flight).await?;
        if self.status() != TransactionStatus::Idle {
            self.command("rollback").await?;
            // with an error this is how an explicit transaction ends; without, somebody wrote BEGIN
            if answers.error.is_none() {
                return Err(Error::TransactionLeftOpen);
            }
        }
        Ok(answers)
    }

    fn write_flight(&mut self, flight: &Flight) -> Result<(), Error> {
        self.write_flights(std::slice::from_ref(flight))
    }

    fn write_flights(&mut self, flights: &[Flight]) -> Result<(), Error> {
        let written = self.write_messages(flights);
        if written.is_err() {
            self.discard_output();
            self.statements.abandon_flight();
        }
        written
    }

    fn write_messages(&mut self, flights: &[Flight]) -> Result<(), Error> {
        let (statements, output) = self.statements_and_output();
        for name in statements.begin_flight() {
            frontend::close_statement(name, output)?;
        }
        for flight in flights {
            for step in flight.steps() {
                let (name, unknown) = statements.name(step);
                if unknown {
                    frontend::parse(name, step.sql(), output)?;
                }
                frontend::bind_and_execute(name, step, output)?;
            }
            frontend::sync(output);
        }
        Ok(())
    }

    async fn collect(&mut self, flight: &Flight) -> Result<Answers, Error> {
        let steps = flight.statements.len() + usize::from(flight.ending.is_some());
        let mut answers = Answers { results: Vec::with_capacity(steps), bound: 0, error: None };
        let mut rows = Vec::new();
        loop {
            match self.receive().await? {
                Message::BindComplete => answers.bound += 1,
                Message::DataRow(row) => rows.push(row),
                Message::CommandComplete(tag) => answers.results.push(StatementResult {
                    rows: std::mem::take(&mut rows),
                    affected: tag.affected(),
                    tag,
                    columns: None,
                }),
                Message::EmptyQuery => answers.results.push(StatementResult::default()),
                Message::Error(error) => {
                    answers.error.get_or_insert(error);
                }
                Message::ReadyForQuery(_) if answers.error.is_some() || answers.results.len() == steps => {
                    return Ok(answers);
                }
                Message::CopyIn => {
                    // the server now reads our Sync as part of the copy: the protocol cannot go on
                    return Err(self.fail(Error::protocol("copy from stdin cannot be part of a flight")));
                }
                Message::ParseComplete
                | Message::CloseComplete
                | Message::CopyOut
                | Message::CopyData(_)
                | Message::CopyDone => {}
                _ => return Err(self.fail(Error::protocol("unexpected message in a flight"))),
            }
        }
    }

    /// Whether the flight failed on a statement that an earlier flight prepared and the schema has outgrown,
    /// and nothing of it can have been kept. Prepares that statement anew.
    fn may_fly_again(&mut self, flight: &Flight, answers: &Answers) -> bool {
        let Some(error) = &answers.error else { return false };
        let failed = answers.results.len();
        let Some(statement) = flight.steps().nth(failed) else { return false };
        if answers.bound > failed || !self.statements.is_from_earlier_flight(statement) {
            return false;
        }
        match error.code.as_str() {
            // the server has forgotten it, and then likely the others too (discard all, another server
            // behind a pooler)
            "26000" => self.statements.forget_all(),
            // 42501 is a refusal, not a change
            code if is_outgrown(error) || (code.starts_with("42") && code != "42501") => {
                self.statements.forget(statement);
            }
            _ => return false,
        }
        // these may have committed on their own what came before
        let commits = |tag: &str| !matches!(tag, "SELECT" | "INSERT" | "UPDATE" | "DELETE" | "MERGE" | "SET");
        let ended = answers.results.iter().skip(flight.offset());
        !ended.into_iter().any(|result| commits(result.tag.as_str().split(' ').next().unwrap_or_default()))
    }

    /// Runs a script by the simple protocol: many statements, in one implicit transaction unless the script
    /// says otherwise. A transaction it leaves open is rolled back and reported.
    pub(crate) async fn script(&mut self, sql: &str) -> Result<Vec<StatementResult>, Error> {
        self.dirty = true;
        if let Err(error) = frontend::query(sql, self.output()) {
            self.discard_output();
            return Err(error);
        }
        self.expect_ready();
        self.send().await?;
        let Said { results, error, .. } = self.collect_script().await?;
        let left_open = self.status() != TransactionStatus::Idle;
        if left_open {
            self.command("rollback").await?;
        }
        match error {
            Some(error) => Err(Error::Db(error)),
            None if left_open => Err(Error::TransactionLeftOpen),
            None => Ok(results),
        }
    }

    /// Runs a script by the simple protocol and leaves a transaction open if it does.
    pub(crate) async fn say(&mut self, sql: &str) -> Result<Said, Error> {
        self.dirty = true;
        self.notices.clear();
        if let Err(error) = frontend::query(sql, self.output()) {
            self.discard_output();
            return Err(error);
        }
        self.expect_ready();
        self.send().await?;
        self.collect_script().await
    }

    /// Runs one statement with parameters and leaves a transaction open if there is one.
    pub(crate) async fn ask(&mut self, statement: Statement) -> Result<StatementResult, Error> {
        self.dirty = true;
        let flight = Flight::from(statement);
        self.write_flight(&flight)?;
        self.expect_ready();
        self.send().await?;
        let answers = self.collect(&flight).await?;
        self.notices.clear();
        match answers.error {
            Some(error) => Err(Error::Db(error)),
            None => Ok(answers.results.into_iter().next().unwrap_or_default()),
        }
    }

    /// What came of a script up to its ReadyForQuery.
    async fn collect_script(&mut self) -> Result<Said, Error> {
        let mut results = Vec::new();
        let mut current = StatementResult::default();
        let mut error = None;
        loop {
            match self.receive().await? {
                Message::RowDescription(columns) => current.columns = Some(Arc::clone(&columns)),
                Message::DataRow(row) => current.rows.push(row),
                Message::CommandComplete(tag) => {
                    let mut result = std::mem::take(&mut current);
                    result.affected = tag.affected();
                    result.tag = tag;
                    results.push(result);
                }
                Message::Error(db) => {
                    error.get_or_insert(db);
                }
                Message::CopyIn => {
                    frontend::copy_fail("a script has no data to copy", self.output())
                        .map_err(frontend::unsendable)?;
                    self.send().await?;
                }
                Message::ReadyForQuery(_) => {
                    return Ok(Said { results, error, notices: std::mem::take(&mut self.notices) });
                }
                Message::EmptyQuery | Message::CopyOut | Message::CopyData(_) | Message::CopyDone => {}
                _ => return Err(self.fail(Error::protocol("unexpected message in a script"))),
            }
        }
    }
}

/// "Cached plan must not change result type", told by the server's function: messages are translated.
fn is_outgrown(error: &DbError) -> bool {
    error.code == "0A000" && error.routine.as_deref() == Some("RevalidateCachedQuery")
}
