//! The worker behind `net.http_get` and its sisters: sends what is in `net.http_request_queue`, bounded in number,
//! and writes what came back to `net._http_response`.
//!
//! A request's time limit begins when it is sent, so a long queue makes none of them late. What is being sent is
//! kept in `net.request_in_flight` until its answer is written: a crash in between sends it again.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use pg::{Client, Param, Row};
use serde_json::{Map, Value};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::{Error, one};
use crate::clock::Clock;
use crate::http::{self, Outgoing, Request, Response};

/// Where a filled queue is announced.
pub(super) const CHANNEL: &str = "ferrobase_net";

/// Most requests under way at a time.
const CONCURRENCY: usize = 100;

/// The answer to a request, or why there is none.
#[derive(Debug)]
pub struct Answer {
    id: i64,
    result: Result<Response, http::Error>,
}

impl Answer {
    /// About how many bytes it takes.
    pub(super) fn size(&self) -> usize {
        self.result.as_ref().map_or(0, |response| response.body.len())
    }
}

/// The requests of one database. Does nothing by itself: [`Net::take`] sends what is queued, [`Net::record`] writes
/// down what came back.
#[derive(Debug)]
pub struct Net {
    http: Outgoing,
    answers: mpsc::UnboundedSender<Answer>,
    under_way: JoinSet<()>,
    /// Whether the queue may hold more.
    more: bool,
}

impl Net {
    /// Takes over a database: what another worker left unfinished is sent again.
    pub async fn begin(
        client: &mut Client,
        http: Outgoing,
        answers: mpsc::UnboundedSender<Answer>,
    ) -> Result<Self, Error> {
        if provided(client).await? {
            client.query(include_str!("../../sql/net_resume.sql"), &[]).await?;
        }
        Ok(Self { http, answers, under_way: JoinSet::new(), more: true })
    }

    /// Looks into the queue again: something was put there.
    pub async fn wake(&mut self, client: &mut Client) -> Result<(), Error> {
        self.more = true;
        self.take(client).await
    }

    /// Sends as much of the queue as there is room for.
    pub async fn take(&mut self, client: &mut Client) -> Result<(), Error> {
        while self.under_way.try_join_next().is_some() {}
        let room = CONCURRENCY.saturating_sub(self.under_way.len());
        if room == 0 || !self.more || !provided(client).await? {
            return Ok(());
        }
        let limit = i64::try_from(room).unwrap_or(i64::MAX);
        let rows = client.query(include_str!("../../sql/net_take.sql"), &[Param::from(limit)]).await?;
        self.more = rows.len() == room;
        for row in &rows {
            let (id, request) = read(row)?;
            let (http, answers) = (self.http.clone(), self.answers.clone());
            self.under_way.spawn(async move {
                let result = http.send(request).await;
                // the worker may have stepped down
                let _unwanted = answers.send(Answer { id, result });
            });
        }
        Ok(())
    }

    /// Writes down what came back and fills the room that it left.
    pub async fn record(
        &mut self,
        client: &mut Client,
        answers: Vec<Answer>,
        clock: &dyn Clock,
    ) -> Result<(), Error> {
        if !provided(client).await? {
            return Ok(());
        }
        let columns = Columns::of(&answers, clock.now());
        match client.query(include_str!("../../sql/net_answer.sql"), &columns.params()).await {
            Err(pg::Error::Db(error)) => {
                // an answer that cannot be kept must not be asked for again and again
                let failed = http::Error::Failed(format!("the answer cannot be kept: {}", error.message));
                let answers: Vec<Answer> = answers
                    .into_iter()
                    .map(|answer| Answer { id: answer.id, result: Err(failed.clone()) })
                    .collect();
                let columns = Columns::of(&answers, clock.now());
                client.query(include_str!("../../sql/net_answer.sql"), &columns.params()).await?;
            }
            other => {
                other?;
            }
        }
        self.take(client).await
    }

    /// Whether nothing is under way and the queue was found empty.
    pub fn is_idle(&mut self) -> bool {
        while self.under_way.try_join_next().is_some() {}
        self.under_way.is_empty() && !self.more
    }
}

/// Removes answers that nobody fetched.
pub async fn expire(client: &mut Client, now: DateTime<Utc>) -> Result<(), Error> {
    if provided(client).await? {
        client.query(include_str!("../../sql/net_expire.sql"), &[Param::from(now)]).await?;
    }
    Ok(())
}

/// Whether this database has our `net` schema. With the real pg_net there is nothing to do here.
async fn provided(client: &mut Client) -> Result<bool, Error> {
    let rows = client.query(include_str!("../../sql/net_provided.sql"), &[]).await?;
    Ok(one(&rows)?.get(0)?)
}

fn read(row: &Row) -> Result<(i64, Request), Error> {
    let names: Vec<String> = row.get(3)?;
    let values: Vec<String> = row.get(4)?;
    let body: Option<String> = row.get(5)?;
    let body = body.map(|text| {
        // the server breaks lines
        let text: String = text.split_ascii_whitespace().collect();
        STANDARD.decode(text).unwrap_or_default().into()
    });
    let milliseconds = u64::try_from(row.get::<i64>(6)?).unwrap_or_default();
    let request = Request {
        method: row.get(1)?,
        url: row.get(2)?,
        headers: names.into_iter().zip(values).collect(),
        body,
        timeout: Duration::from_millis(milliseconds),
    };
    Ok((row.get(0)?, request))
}

/// Answers as the server takes them: many rows in one statement.
#[derive(Default)]
struct Columns {
    id: Vec<i64>,
    status_code: Vec<Option<i32>>,
    content_type: Vec<Option<String>>,
    headers: Vec<Option<String>>,
    content: Vec<Option<String>>,
    timed_out: Vec<bool>,
    error: Vec<Option<String>>,
    created: Vec<DateTime<Utc>>,
}

impl Columns {
    fn of(answers: &[Answer], now: DateTime<Utc>) -> Self {
        let mut columns = Self::default();
        for answer in answers {
            columns.id.push(answer.id);
            columns.created.push(now);
            let response = answer.result.as_ref();
            columns.timed_out.push(matches!(response, Err(http::Error::Timeout { .. })));
            columns.error.push(response.err().map(ToString::to_string));
            let response = response.ok();
            columns.status_code.push(response.map(|response| i32::from(response.status)));
            columns
                .content_type
                .push(response.and_then(|response| response.header("content-type").map(str::to_owned)));
            columns.headers.push(response.map(headers));
            columns.content.push(response.map(|response| text(&response.body)));
        }
        columns
    }

    fn params(&self) -> [Param; 8] {
        [
            Param::from(&self.id),
            Param::from(&self.status_code),
            Param::from(&self.content_type),
            Param::from(&self.headers),
            Param::from(&self.content),
            Param::from(&self.timed_out),
            Param::from(&self.error),
            Param::from(&self.created),
        ]
    }
}

/// As a JSON object; of headers that came more than once, the last.
fn headers(response: &Response) -> String {
    let object: Map<String, Value> = response
        .headers
        .iter()
        .map(|(name, value)| (name.clone(), Value::String(value.replace('\0', ""))))
        .collect();
    Value::Object(object).to_string()
}

/// As text that Postgres takes.
pub(super) fn text(body: &[u8]) -> String {
    String::from_utf8_lossy(body).replace('\0', "")
}
