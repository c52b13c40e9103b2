//! Opening connections: the socket, the TLS negotiation, the time limit.
//!
//! One connector serves a whole pool, so that certificates are read once.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use rustls::ClientConfig;
use rustls_pki_types::ServerName;
use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UnixStream};
use tokio::sync::OnceCell;
use tokio_rustls::TlsConnector;

use crate::config::{ConnectConfig, Host, SslMode, TargetSession};
use crate::error::{ConnectFailure, Error};
use crate::wire::connection::Connection;
use crate::wire::stream::Stream;
use crate::wire::{authentication, certificate, frontend, tls};

/// A host that vanished is noticed after this long.
#[cfg(target_os = "linux")]
const UNACKNOWLEDGED_LIMIT: Duration = Duration::from_secs(30);

/// Opens connections with one configuration.
pub(crate) struct Connector {
    pub(crate) config: ConnectConfig,
    tls: OnceCell<Arc<ClientConfig>>,
    /// Those for the configuration's other hosts.
    others: Vec<Arc<Self>>,
}

/// A socket ready for the startup message.
pub(crate) struct Dialled {
    pub(crate) stream: Stream,
    /// Hash of the server's certificate, for channel binding.
    pub(crate) binding: Option<Vec<u8>>,
}

impl Connector {
    pub(crate) fn new(config: ConnectConfig) -> Arc<Self> {
        let others = config.others().map(Self::new).collect();
        Arc::new(Self { config, tls: OnceCell::new(), others })
    }

    /// Opens a connection to the first host that answers and will do, and authenticates, each within `connect_timeout`.
    pub(crate) async fn connect(self: &Arc<Self>, statement_cache: usize) -> Result<Connection, Error> {
        let target = self.config.target_session;
        let (mut spare, mut failure) = (None, None);
        for host in std::iter::once(self).chain(&self.others) {
            match host.connect_here(statement_cache).await {
                Ok(connection) if connection.is(target) => return Ok(connection),
                Ok(connection) if target == TargetSession::PreferStandby => {
                    spare.get_or_insert(connection);
                }
                Ok(_unsuitable) => failure = Some(host.failed(ConnectFailure::Unsuitable(target.name()))),
                Err(error @ Error::Connect { .. }) => failure = Some(error),
                // a wrong password is not tried elsewhere
                Err(error) => return Err(error),
            }
        }
        spare.ok_or_else(|| failure.unwrap_or(Error::Closed))
    }

    async fn connect_here(self: &Arc<Self>, statement_cache: usize) -> Result<Connection, Error> {
        let timeout = self.config.connect_timeout;
        match tokio::time::timeout(timeout, self.attempts(statement_cache)).await {
            Ok(result) => result,
            Err(_elapsed) => Err(self.failed(ConnectFailure::Timeout(timeout))),
        }
    }

    async fn attempts(self: &Arc<Self>, statement_cache: usize) -> Result<Connection, Error> {
        let mode = self.config.ssl_mode;
        if mode != SslMode::Allow {
            return self.attempt(mode, statement_cache).await;
        }
        match self.attempt(SslMode::Disable, statement_cache).await {
            // pg_hba.conf may hold a line for TLS only
            Err(Error::Auth { .. }) if matches!(self.config.host, Host::Tcp(_)) => {
                self.attempt(SslMode::Require, statement_cache).await
            }
            other => other,
        }
    }

    async fn attempt(self: &Arc<Self>, mode: SslMode, statement_cache: usize) -> Result<Connection, Error> {
        let Dialled { stream, binding } = self.dial(mode).await?;
        let mut connection = Connection::new(stream, Arc::clone(self), statement_cache);
        match authentication::start(&mut connection, &self.config, binding).await {
            Ok(()) => Ok(connection),
            Err(Error::Db(error)) => Err(self.failed(ConnectFailure::Refused(error))),
            Err(Error::Closed) => Err(self.failed(ConnectFailure::Io(io::ErrorKind::UnexpectedEof.into()))),
            Err(error) => Err(error),
        }
    }

    /// Opens the socket, encrypted as the mode demands.
    pub(crate) async fn dial(&self, mode: SslMode) -> Result<Dialled, Error> {
        let socket = match &self.config.host {
            Host::Unix(_) => {
                let stream = UnixStream::connect(self.config.socket_path()).await;
                let stream = Stream::Unix(stream.map_err(|error| self.failed(error.into()))?);
                return Ok(Dialled { stream, binding: None });
            }
            Host::Tcp(host) => self.dial_tcp(host).await.map_err(|error| self.failed(error.into()))?,
        };
        if mode == SslMode::Disable {
            return Ok(Dialled { stream: Stream::Tcp(socket), binding: None });
        }
        self.negotiate(socket, mode).await
    }

    async fn dial_tcp(&self, host: &str) -> io::Result<TcpStream> {
        let socket = TcpStream::connect((host, self.config.port)).await?;
        socket.set_nodelay(true)?;
        let keepalive =
            TcpKeepalive::new().with_time(Duration::from_secs(30)).with_interval(Duration::from_secs(10));
        SockRef::from(&socket).set_tcp_keepalive(&keepalive)?;
        // what was sent and is never acknowledged ends the connection too, not only silence
        #[cfg(target_os = "linux")]
        SockRef::from(&socket).set_tcp_user_timeout(Some(UNACKNOWLEDGED_LIMIT))?;
        Ok(socket)
    }

    /// Asks for TLS and sets it up.
    async fn negotiate(&self, mut socket: TcpStream, mode: SslMode) -> Result<Dialled, Error> {
        let io_failed = |error: io::Error| self.failed(error.into());
        let mut request = BytesMut::new();
        frontend::ssl_request(&mut request);
        socket.write_all(&request).await.map_err(io_failed)?;
        // exactly one byte: what follows it in plain text must not be trusted (CVE-2021-23222)
        match socket.read_u8().await.map_err(io_failed)? {
            b'S' => self.encrypt(socket).await,
            b'N' if mode == SslMode::Prefer => Ok(Dialled { stream: Stream::Tcp(socket), binding: None }),
            b'N' => Err(Error::Tls("the server does not offer TLS and sslmode demands it".into())),
            // the server failed before it looked at the request (out of connections, for example): ask in plain text
            b'E' if mode == SslMode::Prefer => Box::pin(self.dial(SslMode::Disable)).await,
            b'E' => Err(Error::Tls("the server answered the request for TLS with an error".into())),
            _ => Err(Error::protocol("the answer to the request for TLS is neither S nor N")),
        }
    }

    async fn encrypt(&self, socket: TcpStream) -> Result<Dialled, Error> {
        let Host::Tcp(host) = &self.config.host else {
            return Err(Error::Tls("a Unix socket has no TLS".into()));
        };
        let name = ServerName::try_from(host.clone())
            .map_err(|error| Error::Tls(format!("{host:?}: {error}").into()))?;
        let stream = TlsConnector::from(self.client_config().await?)
            .connect(name, socket)
            .await
            .map_err(|error| Error::Tls(error.to_string().into()))?;
        let certificates = stream.get_ref().1.peer_certificates().unwrap_or_default();
        let binding = certificates.first().and_then(|leaf| certificate::server_end_point(leaf));
        Ok(Dialled { stream: Stream::Tls(Box::new(stream)), binding })
    }

    async fn client_config(&self) -> Result<Arc<ClientConfig>, Error> {
        let build = || async {
            let config = self.config.clone();
            tokio::task::spawn_blocking(move || tls::client_config(&config))
                .await
                .map_err(|_panic| Error::Tls("the TLS settings could not be built".into()))?
        };
        self.tls.get_or_try_init(build).await.map(Arc::clone)
    }

    fn failed(&self, reason: ConnectFailure) -> Error {
        Error::Connect { target: self.config.target(), reason }
    }
}
