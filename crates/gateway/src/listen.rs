//! The listening socket: accepts connections, serves HTTP/1.1 on each, lets running requests finish at the end.
//!
//! Knows nothing of what answers.

use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::GracefulConnection;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};
use tokio::sync::{Notify, Semaphore};
use tokio::task::JoinSet;

use crate::deadline::Deadlines;
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

/// A socket that connections come from.
pub trait Listener {
    /// A connection.
    type Stream: AsyncRead + AsyncWrite + Unpin + Send + 'static;
    /// What is known of who connects.
    type Peer: Copy + Send + 'static;

    /// The next connection.
    fn accept(&self) -> impl Future<Output = io::Result<(Self::Stream, Self::Peer)>> + Send;
}

impl Listener for TcpListener {
    type Stream = TcpStream;
    type Peer = SocketAddr;

    async fn accept(&self) -> io::Result<(TcpStream, SocketAddr)> {
        let (stream, peer) = Self::accept(self).await?;
        // answers are written whole: waiting for more to send only delays them
        let _best_effort = stream.set_nodelay(true);
        Ok((stream, peer))
    }
}

impl Listener for UnixListener {
    type Stream = UnixStream;
    type Peer = ();

    async fn accept(&self) -> io::Result<(UnixStream, ())> {
        Self::accept(self).await.map(|(stream, _unnamed)| (stream, ()))
    }
}

/// Serves until `stop` resolves; then no new request is taken, and running ones get ten seconds to finish before they are
/// cancelled, their statements with them. At most `connections` are open at once; further ones wait in the kernel's queue.
pub async fn serve_handler<L, H, A>(
    listener: L,
    connections: usize,
    handle: H,
    stop: impl Future<Output = ()>,
) where
    L: Listener,
    H: Fn(Request<Incoming>, L::Peer) -> A + Clone + Send + 'static,
    A: Future<Output = Response<Body>> + Send + 'static,
{
    let places = Arc::new(Semaphore::new(connections));
    let end = Arc::new(End::default());
    // dropping it ends what still runs after the grace period
    let mut open = JoinSet::new();
    tokio::pin!(stop);
    loop {
        // what has ended is forgotten
        while open.try_join_next().is_some() {}
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
        let handle = handle.clone();
        let service = service_fn(move |request| {
            let answer = handle(request, peer);
            async move { Ok::<_, std::convert::Infallible>(answer.await) }
        });
        let connection = http1::Builder::new()
            .timer(Deadlines::new(HEAD_TIMEOUT))
            .header_read_timeout(HEAD_TIMEOUT)
            .serve_connection(TokioIo::new(Encoding::new(stream)), service);
        let end = Arc::clone(&end);
        open.spawn(async move {
            end.heeded_by(connection).await;
            drop(place);
        });
    }
    drop(listener);
    end.announce();
    let drained = async { while open.join_next().await.is_some() {} };
    if tokio::time::timeout(DRAIN_TIMEOUT, drained).await.is_err() {
        tracing::warn!("some requests were still running at the end of the grace period: they are cancelled");
    }
}

/// The end of the service, as connections hear of it: it costs each of their steps one load.
#[derive(Default)]
struct End {
    has_come: AtomicBool,
    news: Notify,
}

impl End {
    fn announce(&self) {
        self.has_come.store(true, Ordering::SeqCst);
        self.news.notify_waiters();
    }

    /// Serves the connection; from the end on, only the request that runs. To be a task of its own: it is woken by the
    /// waker it is first polled with.
    async fn heeded_by<C: GracefulConnection>(&self, connection: C) {
        let (mut connection, mut news) = (pin!(connection), pin!(self.news.notified()));
        let (mut listens, mut heeded) = (false, false);
        let served = poll_fn(|cx| {
            if !listens {
                listens = true;
                // only to be woken; what has come is asked for below, also when it came before this
                let _news = news.as_mut().poll(cx);
            }
            if !heeded && self.has_come.load(Ordering::SeqCst) {
                heeded = true;
                connection.as_mut().graceful_shutdown();
            }
            connection.as_mut().poll(cx)
        });
        // a client that goes away in the middle is its own business
        let _ended = served.await;
    }
}
