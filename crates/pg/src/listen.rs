//! LISTEN on a connection of its own that comes back by itself.
//!
//! Notifications that are sent while the connection is lost are lost too: whoever caches something reads it
//! again at every [`Event::Connected`].

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::config::ConnectConfig;
use crate::error::Error;
use crate::wire::connection::Connection;
use crate::wire::connector::Connector;

/// Events that may wait for a slow receiver before the listener stops reading.
const WAITING_EVENTS: usize = 1024;
/// A silent connection is asked for a sign of life after this long.
const SILENCE: Duration = Duration::from_secs(30);
/// And has this long to give it.
const ANSWER_LIMIT: Duration = Duration::from_secs(10);
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// What happened on a listener's connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Connected and listening; also after each reconnect, when notifications may have been missed.
    Connected,
    /// A notification.
    Notification {
        /// Its channel.
        channel: String,
        /// Its payload.
        payload: String,
    },
    /// The connection broke; the listener reconnects.
    Lost,
}

/// A running listener; dropping it, or the receiver of its events, ends it.
#[derive(Debug)]
pub struct Listener {
    task: JoinHandle<()>,
}

impl Listener {
    /// Starts listening on these channels, in the current runtime. The connection is made in the background
    /// and made again whenever it breaks, after pauses that grow from 50 ms to 10 s, with jitter.
    pub fn spawn<C: Into<String>>(
        config: ConnectConfig,
        channels: impl IntoIterator<Item = C>,
    ) -> (Self, mpsc::Receiver<Event>) {
        let (events, receiver) = mpsc::channel(WAITING_EVENTS);
        let listens: String = channels.into_iter().map(|channel| listen(&channel.into())).collect();
        let task = tokio::spawn(run(Connector::new(config), listens, events));
        (Self { task }, receiver)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn listen(channel: &str) -> String {
    format!("listen \"{}\";", channel.replace('"', "\"\""))
}

/// The receiver of the events is gone.
struct Unwanted;

async fn run(connector: Arc<Connector>, listens: String, events: mpsc::Sender<Event>) {
    let mut pause = FIRST_PAUSE;
    loop {
        match begin(&connector, &listens).await {
            Ok(connection) => {
                pause = FIRST_PAUSE;
                if follow(connection, &events).await.is_err() {
                    return;
                }
            }
            Err(error) => tracing::warn!(%error, "cannot listen for notifications, trying again"),
        }
        tokio::select! {
            () = tokio::time::sleep(pause.mul_f64(0.5 + 0.5 * fastrand::f64())) => {}
            () = events.closed() => return,
        }
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

async fn begin(connector: &Arc<Connector>, listens: &str) -> Result<Connection, Error> {
    let mut connection = connector.connect(0).await?;
    connection.keep_notifications();
    tokio::time::timeout(ANSWER_LIMIT, connection.script(listens))
        .await
        .map_err(|_elapsed| Error::Timeout)??;
    Ok(connection)
}

/// Passes notifications on until the connection breaks.
async fn follow(mut connection: Connection, events: &mpsc::Sender<Event>) -> Result<(), Unwanted> {
    let send = async |event| events.send(event).await.map_err(|_closed| Unwanted);
    send(Event::Connected).await?;
    loop {
        tokio::select! {
            () = events.closed() => return Err(Unwanted),
            notification = next(&mut connection) => match notification {
                Ok((channel, payload)) => send(Event::Notification { channel, payload }).await?,
                Err(error) => {
                    tracing::warn!(%error, "lost the connection that listens for notifications");
                    return send(Event::Lost).await;
                }
            }
        }
    }
}

/// The next notification; asks for a sign of life when there is none for long.
async fn next(connection: &mut Connection) -> Result<(String, String), Error> {
    loop {
        if let Ok(notification) = tokio::time::timeout(SILENCE, connection.notification()).await {
            return notification;
        }
        let answer = tokio::time::timeout(ANSWER_LIMIT, connection.script(""));
        answer.await.map_err(|_elapsed| Error::Timeout)??;
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn channels_are_quoted() {
        assert_eq!(super::listen("a\"; drop"), "listen \"a\"\"; drop\";");
    }
}
