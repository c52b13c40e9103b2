//! The listening socket: accepts connections, serves HTTP/1.1 on each, lets running requests finish at the end.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};

use crate::Gateway;
use crate::target::Encoding;

/// How long a client may take to send the head of a request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// How long running requests may take to finish once the server was told to stop.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(10);
/// Pause after the operating system refused a connection (out of file descriptors): others have to end first.
const REFUSED_PAUSE: Duration = Duration::from_millis(50);

/// Why the server can't listen.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// Somebody else listens there.
    #[error("port {port} is already in use; stop the other program, or choose another port with --port")]
    Taken {
        /// The port.
        port: u16,
    },
    /// Anything else.
    #[error("can't listen on {address}: {source}")]
    Other {
        /// Where.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
}

/// Takes the address, so that a taken port is known before anything else is started.
pub async fn bind(address: SocketAddr) -> Result<TcpListener, BindError> {
    TcpListener::bind(address).await.map_err(|source| match source.kind() {
        io::ErrorKind::AddrInUse => BindError::Taken { port: address.port() },
        _ => BindError::Other { address, source },
    })
}

/// Serves until `stop` resolves; then no new request is taken, and running ones get ten seconds to finish before they are
/// cancelled, their statements with them.
pub async fn serve(gateway: Arc<Gateway>, listener: TcpListener, stop: impl Future<Output = ()>) {
    let places = Arc::new(Semaphore::new(gateway.limits.connections));
    let graceful = GracefulShutdown::new();
    // its end is the end of what still runs after the grace period
    let (patience, impatience) = watch::channel(());
    tokio::pin!(stop);
    loop {
        let place = tokio::select! {
            place = Arc::clone(&places).acquire_owned() => place.expect("the semaphore is never closed"),
            () = &mut stop => break,
        };
        let (stream, peer) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::warn!(%error, "a connection was refused by the operating system");
                    tokio::time::sleep(REFUSED_PAUSE).await;
                    continue;
                }
            },
            () = &mut stop => break,
        };
        let connection = graceful.watch(connection(Arc::clone(&gateway), stream, peer));
        let mut impatience = impatience.clone();
        tokio::spawn(async move {
            // a client that goes away in the middle is its own business
            tokio::select! {
                _ended = connection => {}
                _given_up = impatience.changed() => {}
            }
            drop(place);
        });
    }
    drop(listener);
    if tokio::time::timeout(DRAIN_TIMEOUT, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests were still running at the end of the grace period: they are cancelled");
    }
    drop(patience);
}

fn connection(
    gateway: Arc<Gateway>,
    stream: TcpStream,
    peer: SocketAddr,
) -> impl hyper_util::server::graceful::GracefulConnection<Error = hyper::Error> + Send {
    // answers are written whole: waiting for more to send only delays them
    let _best_effort = stream.set_nodelay(true);
    let service = service_fn(move |request| {
        let gateway = Arc::clone(&gateway);
        async move { Ok::<_, std::convert::Infallible>(gateway.handle(request, peer).await) }
    });
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .serve_connection(TokioIo::new(Encoding::new(stream)), service)
}
