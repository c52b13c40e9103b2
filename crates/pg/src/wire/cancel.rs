//! Asking the server to cancel what a session does.

use std::time::Duration;

use bytes::BytesMut;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::config::SslMode;
use crate::error::Error;
use crate::wire::backend::BackendKey;
use crate::wire::connector::Connector;
use crate::wire::frontend;

/// Longest time a cancel request may take.
const LIMIT: Duration = Duration::from_secs(5);

/// Sends a cancel request on a socket of its own (encrypted if the session is), and waits until the server
/// hangs up: then the signal has been sent, and it cannot hit the session's next query.
pub(crate) async fn cancel(connector: &Connector, key: BackendKey, encrypted: bool) -> Result<(), Error> {
    let mode = match connector.config.ssl_mode {
        _ if !encrypted => SslMode::Disable,
        SslMode::Disable | SslMode::Allow | SslMode::Prefer => SslMode::Require,
        strict => strict,
    };
    let request = async {
        let mut stream = connector.dial(mode).await?.stream;
        let mut output = BytesMut::new();
        frontend::cancel_request(key.process_id, key.secret, &mut output);
        stream.write_all(&output).await?;
        stream.flush().await?;
        // a TLS peer that just hangs up reads as an error: it has hung up all the same
        let _ = stream.read_u8().await;
        Ok(())
    };
    tokio::time::timeout(LIMIT, request).await.unwrap_or(Err(Error::Timeout))
}
