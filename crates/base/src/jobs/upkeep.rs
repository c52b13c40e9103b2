//! What is done every now and then: removes what is too old, makes the partitions that will be needed.

use chrono::{DateTime, TimeDelta, Utc};
use pg::{Client, Param};

use super::{Error, exchange, net};

const OFTEN: TimeDelta = TimeDelta::minutes(1);
const SELDOM: TimeDelta = TimeDelta::hours(1);

/// When what was done last.
#[derive(Debug, Default)]
pub struct Upkeep {
    often: Option<DateTime<Utc>>,
    seldom: Option<DateTime<Utc>>,
}

impl Upkeep {
    /// Does what is due. What the database refuses is tried again the next time.
    pub async fn tick(&mut self, client: &mut Client, now: DateTime<Utc>) -> Result<(), Error> {
        if due(self.often, now, OFTEN) {
            self.often = Some(now);
            tolerate(net::expire(client, now).await)?;
            tolerate(exchange::sweep(client, now).await)?;
        }
        if due(self.seldom, now, SELDOM) {
            self.seldom = Some(now);
            tolerate(message_partitions(client, now).await)?;
        }
        Ok(())
    }
}

/// The daily partitions of `realtime.messages`: those of the next days, and none older than three.
async fn message_partitions(client: &mut Client, now: DateTime<Utc>) -> Result<(), Error> {
    client.query(include_str!("../../sql/message_partitions.sql"), &[Param::from(now)]).await?;
    Ok(())
}

fn due(last: Option<DateTime<Utc>>, now: DateTime<Utc>, pause: TimeDelta) -> bool {
    last.is_none_or(|last| now - last >= pause)
}

/// An error of the server does not end the work, a broken connection does.
fn tolerate(result: Result<(), Error>) -> Result<(), Error> {
    match result {
        Err(Error::Postgres(pg::Error::Db(error))) => {
            tracing::warn!(%error, "upkeep failed");
            Ok(())
        }
        other => other,
    }
}
