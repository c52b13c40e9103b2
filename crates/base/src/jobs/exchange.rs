//! The worker behind `extensions.http`: answers requests whose askers wait in a running statement, see
//! `platform/0009_http.sql`. Their number is bounded by that of the database's sessions.

use std::time::Duration;

use chrono::{DateTime, Utc};
use pg::listen::{Event, Listener};
use pg::{Client, ConnectConfig, Flight, Param, Row, Statement};
use tokio::sync::{mpsc, oneshot};
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

/// Does some work in a database and answers what that asks for meanwhile: a migration may wait for `http_get`, and is
/// run before the workers are, or where there are none. Where there are some, they answer.
pub fn answering<T>(
    admin: &ConnectConfig,
    http: impl FnOnce() -> Result<Outgoing, http::Error>,
    work: impl Future<Output = T>,
) -> impl Future<Output = T> {
    // migrations are a large future
    let work = Box::pin(work);
    async move {
        let mut stand_in = match StandIn::begin(admin).await {
            Ok(Some(stand_in)) => stand_in,
            Ok(None) => return work.await,
            Err(error) => {
                tracing::debug!(%error, "requests of the database are not answered");
                return work.await;
            }
        };
        let (ended, end) = oneshot::channel();
        let work = async {
            let result = work.await;
            let _nobody_answers = ended.send(());
            result
        };
        let answers = async {
            if let Err(error) = Box::pin(stand_in.answer(http, end)).await {
                tracing::debug!(%error, "requests of the database are not answered any more");
            }
        };
        tokio::join!(work, answers).0
    }
}

/// Answers in place of the workers. While there is one, none is elected.
struct StandIn {
    admin: ConnectConfig,
    client: Client,
}

impl StandIn {
    /// Stands in, unless somebody works.
    async fn begin(admin: &ConnectConfig) -> Result<Option<Self>, Error> {
        let admin = admin.clone().with_application_name("ferrobase exchange");
        let mut client = Client::connect(&admin).await?;
        client.script(include_str!("../../sql/platform_search_path.sql")).await?;
        let stands_in = client.query(include_str!("../../sql/jobs_stand_in.sql"), &[]).await?;
        Ok(super::one(&stands_in)?.get::<bool>(0)?.then_some(Self { admin, client }))
    }

    /// Answers until the end, or until the connection is lost.
    async fn answer(
        &mut self,
        http: impl FnOnce() -> Result<Outgoing, http::Error>,
        mut end: oneshot::Receiver<()>,
    ) -> Result<(), Error> {
        let client = &mut self.client;
        let (_listener, mut events) = Listener::spawn(self.admin.clone(), [CHANNEL]);
        let (replies, mut replied) = mpsc::unbounded_channel();
        let mut http = Some(http);
        let mut exchange: Option<Exchange> = None;
        loop {
            tokio::select! {
                _ = &mut end => break,
                event = events.recv() => match event {
                    Some(Event::Lost) => continue,
                    Some(_asked) => {}
                    None => break,
                },
                Some(reply) = replied.recv() => {
                    if let Some(exchange) = &mut exchange {
                        exchange.record(client, vec![reply]).await?;
                    }
                    continue;
                }
            }
            // what sends requests takes longer to make than most work does, and little of that asks for something
            if exchange.is_none()
                && is_asked(client).await?
                && let Some(http) = http.take()
            {
                exchange = Some(Exchange::new(http()?, replies.clone()));
            }
            if let Some(exchange) = &mut exchange {
                exchange.take(client).await?;
            }
        }
        // the workers are started next, and would have to wait until the server noticed that we are gone
        client.query(include_str!("../../sql/jobs_stand_down.sql"), &[]).await?;
        Ok(())
    }
}

async fn is_asked(client: &mut Client) -> Result<bool, Error> {
    let rows = client.query(include_str!("../../sql/exchange_waiting.sql"), &[]).await?;
    Ok(super::one(&rows)?.get(0)?)
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
