//! The worker behind `extensions.http`: answers requests whose askers wait in a running statement, see
//! `platform/0009_http.sql`. Their number is bounded by that of the database's sessions.

use std::time::Duration;

use chrono::{DateTime, Utc};
use pg::{Client, Flight, Param, Row, Statement};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use uuid::Uuid;

use super::Error;
use super::net::text;
use crate::http::{self, Outgoing, Request, Response};

/// Where a request is announced.
pub(super) const CHANNEL: &str = "ferrobase_http";

/// The answer to a request, or why there is none.
#[derive(Debug)]
pub struct Reply {
    id: Uuid,
    result: Result<Response, http::Error>,
}

impl Reply {
    /// About how many bytes it takes.
    pub(super) fn size(&self) -> usize {
        self.result.as_ref().map_or(0, |response| response.body.len())
    }
}

/// Requests that somebody waits for.
#[derive(Debug)]
pub struct Exchange {
    http: Outgoing,
    replies: mpsc::UnboundedSender<Reply>,
    under_way: JoinSet<()>,
}

impl Exchange {
    /// Replies go to `replies`; [`Exchange::record`] passes them on.
    pub fn new(http: Outgoing, replies: mpsc::UnboundedSender<Reply>) -> Self {
        Self { http, replies, under_way: JoinSet::new() }
    }

    /// Sends what was asked for.
    pub async fn take(&mut self, client: &mut Client) -> Result<(), Error> {
        while self.under_way.try_join_next().is_some() {}
        for row in client.query(include_str!("../../sql/exchange_take.sql"), &[]).await? {
            let (id, request) = read(&row)?;
            let (http, replies) = (self.http.clone(), self.replies.clone());
            self.under_way.spawn(async move {
                let result = http.send(request).await;
                // the worker may have stepped down
                let _unwanted = replies.send(Reply { id, result });
            });
        }
        Ok(())
    }

    /// Hands replies to those who wait.
    pub async fn record(&mut self, client: &mut Client, replies: Vec<Reply>) -> Result<(), Error> {
        let mut flight = Flight::new();
        for reply in replies {
            let error = reply.result.as_ref().err().map(ToString::to_string);
            let response = reply.result.ok();
            let headers = response.as_ref().map(|response| response.headers.as_slice()).unwrap_or_default();
            let (names, values): (Vec<String>, Vec<String>) =
                headers.iter().map(|(name, value)| (name.clone(), text(value.as_bytes()))).unzip();
            flight.push(
                Statement::new(include_str!("../../sql/exchange_answer.sql"))
                    .bind(reply.id)
                    .bind(response.as_ref().map(|response| i32::from(response.status)))
                    .bind(Param::from(&names))
                    .bind(Param::from(&values))
                    .bind(response.map(|response| text(&response.body)))
                    .bind(error),
            );
        }
        client.run(flight).await?;
        Ok(())
    }
}

/// Removes what nobody waits for any more.
pub(super) async fn sweep(client: &mut Client, now: DateTime<Utc>) -> Result<(), Error> {
    client.query(include_str!("../../sql/exchange_sweep.sql"), &[Param::from(now)]).await?;
    Ok(())
}

fn read(row: &Row) -> Result<(Uuid, Request), Error> {
    let names: Vec<String> = row.get(3)?;
    let values: Vec<String> = row.get(4)?;
    let body: Option<String> = row.get(5)?;
    let request = Request {
        method: row.get(1)?,
        url: row.get(2)?,
        headers: names.into_iter().zip(values).collect(),
        body: body.map(Into::into),
        timeout: Duration::from_millis(u64::try_from(row.get::<i64>(6)?).unwrap_or_default()),
    };
    Ok((row.get(0)?, request))
}
