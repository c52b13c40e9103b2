//! One connection: the buffers, and the account of what the server still owes.
//!
//! Every method may be dropped at any await. Whoever finds [`Connection::is_settled`] false afterwards calls
//! [`Connection::recover`], which cancels, drains and rolls back. What is sent is decided in `flying`.

use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use bytes::BytesMut;
use futures_util::task::noop_waker_ref;
use tokio::io::{AsyncReadExt, AsyncWrite};

use crate::config::TargetSession;
use crate::error::{DbError, Error};
use crate::wire::backend::{self, BackendKey, Message, TransactionStatus};
use crate::wire::connector::Connector;
use crate::wire::statement_cache::StatementCache;
use crate::wire::stream::{Pending, Stream};
use crate::wire::{cancel, frontend};

const FIRST_READ: usize = 8 << 10;
const LARGEST_READ: usize = 256 << 10;
/// Buffers that a flight made larger than this are given back after it.
const KEPT_BUFFER: usize = 1 << 20;
/// A function can raise notices without end.
const KEPT_NOTICES: usize = 1000;
/// Longest time to wait for an abandoned flight to end after it was cancelled.
const DRAIN_LIMIT: Duration = Duration::from_secs(10);

/// Longest time to read what lies in the socket of an idle connection.
const FAREWELL_LIMIT: Duration = Duration::from_secs(1);

/// A session on the server.
#[expect(clippy::struct_excessive_bools, reason = "independent facts, each asked for by itself")]
pub(crate) struct Connection {
    stream: Stream,
    connector: Arc<Connector>,
    input: BytesMut,
    output: BytesMut,
    /// How much of `output` the socket has taken.
    sent: usize,
    read_size: usize,
    /// Bytes read since the last ReadyForQuery.
    received: usize,
    /// ReadyForQuery messages the server owes.
    owed: u32,
    /// Of these, the ones that it owes for what is in `output`.
    announced: u32,
    status: TransactionStatus,
    /// The socket or the protocol failed: only good for closing.
    broken: bool,
    /// The server has begun to answer what was sent last.
    answered: bool,
    key: Option<BackendKey>,
    /// The server is a standby, as it says.
    standby: bool,
    /// Transactions begin read-only, as the server says.
    read_only: bool,
    /// The server waits for the data of a copy.
    pub(super) copying: bool,
    pub(super) statements: StatementCache,
    /// The pool's generation of statements that these are of.
    generation: u64,
    pub(super) notices: Vec<DbError>,
    /// Notifications, kept only by a listener.
    notifications: Option<VecDeque<(String, String)>>,
    /// Arbitrary SQL ran: settings, temporary tables and listens may linger.
    pub(crate) dirty: bool,
    /// When the session began.
    pub(crate) opened: Instant,
    /// When the pool replaces it.
    pub(crate) expires: Instant,
}

impl Connection {
    pub(crate) fn new(stream: Stream, connector: Arc<Connector>, statement_cache: usize) -> Self {
        let opened = Instant::now();
        Self {
            stream,
            connector,
            input: BytesMut::with_capacity(FIRST_READ),
            output: BytesMut::with_capacity(1 << 10),
            sent: 0,
            read_size: FIRST_READ,
            received: 0,
            owed: 1,
            announced: 0,
            status: TransactionStatus::Idle,
            broken: false,
            answered: false,
            key: None,
            standby: false,
            read_only: false,
            copying: false,
            statements: StatementCache::new(statement_cache),
            generation: 0,
            notices: Vec::new(),
            notifications: None,
            dirty: false,
            opened,
            // a year: a connection of no pool is not replaced
            expires: opened + Duration::from_hours(24 * 365),
        }
    }

    /// Whether the session is of the kind that was asked for.
    pub(crate) fn is(&self, target: TargetSession) -> bool {
        target.accepts(self.standby, self.read_only)
    }

    /// Whether statements stay prepared on the server.
    pub(crate) fn prepares_statements(&self) -> bool {
        self.statements.is_on()
    }

    /// Forgets the statements of another generation.
    pub(crate) fn enter_generation(&mut self, generation: u64) {
        if std::mem::replace(&mut self.generation, generation) != generation {
            self.statements.forget_all();
        }
    }

    pub(super) fn stream(&self) -> &Stream {
        &self.stream
    }

    pub(super) fn output(&mut self) -> &mut BytesMut {
        &mut self.output
    }

    pub(super) fn statements_and_output(&mut self) -> (&mut StatementCache, &mut BytesMut) {
        (&mut self.statements, &mut self.output)
    }

    pub(crate) fn status(&self) -> TransactionStatus {
        self.status
    }

    /// Whether the connection can fly at once: nothing owed, no transaction open, socket whole.
    pub(crate) fn is_settled(&self) -> bool {
        self.owed == 0 && self.status == TransactionStatus::Idle && !self.broken && self.output.is_empty()
    }

    pub(crate) fn is_broken(&self) -> bool {
        self.broken
    }

    /// Whether this farewell proves that nothing of the flight sent last was executed: the session had been
    /// ended by an administrator or by `idle_session_timeout`, and not one message of an answer came before
    /// it. A backend answers Parse and Bind before it executes, and in order. A transaction pooler may say
    /// the same of a backend that did execute; behind one the statement cache is off.
    pub(crate) fn was_ended_before(&self, farewell: &DbError) -> bool {
        let ended = farewell.is_fatal() && matches!(farewell.code.as_str(), "57P01" | "57P05");
        ended && !self.answered && self.statements.is_on()
    }

    /// Gives up on the connection: it will not be used again.
    pub(super) fn fail(&mut self, error: Error) -> Error {
        self.broken = true;
        error
    }

    /// Announces that what is in `output` makes the server answer with one ReadyForQuery.
    pub(super) fn expect_ready(&mut self) {
        self.owed += 1;
        self.announced += 1;
        self.answered = false;
    }

    /// Forgets what was written but not sent.
    pub(super) fn discard_output(&mut self) {
        self.output.clear();
    }

    /// Sends `output` whole. Reads meanwhile, so that server and client never wait for each other to read.
    pub(super) async fn send(&mut self) -> Result<(), Error> {
        let result = poll_fn(|cx| self.poll_send(cx)).await;
        if let Err(error) = result {
            // what the server said before it hung up may explain it and can still be read
            tracing::debug!(%error, "sending to Postgres failed");
            self.broken = true;
        }
        self.sent = 0;
        self.announced = 0;
        if self.output.capacity() > KEPT_BUFFER {
            self.output = BytesMut::with_capacity(1 << 10);
        } else {
            self.output.clear();
        }
        Ok(())
    }

    fn poll_send(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while let Some(rest) = self.output.get(self.sent..).filter(|rest| !rest.is_empty()) {
            match Pin::new(&mut self.stream).poll_write(cx, rest) {
                Poll::Ready(Ok(0)) => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                Poll::Ready(Ok(written)) => self.sent += written,
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => match ready!(self.poll_fill(cx)) {
                    Ok(0) => return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into())),
                    Ok(_) => {}
                    Err(error) => return Poll::Ready(Err(error)),
                },
            }
        }
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    /// Reads once into `input`.
    fn poll_fill(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        if self.input.capacity() - self.input.len() < FIRST_READ / 8 {
            // a large message gets its room at once: growing by doubling would copy it, and hold it twice meanwhile
            self.input.reserve(self.read_size.max(backend::missing(&self.input) + FIRST_READ / 8));
        }
        let room = self.input.capacity() - self.input.len();
        let read = ready!(pin!(self.stream.read_buf(&mut self.input)).poll(cx))?;
        if read == room {
            self.read_size = (self.read_size * 2).min(LARGEST_READ);
        }
        self.received += read;
        Poll::Ready(Ok(read))
    }

    /// The next message, except those that may come at any time, which are dealt with here.
    pub(super) async fn receive(&mut self) -> Result<Message, Error> {
        loop {
            match backend::parse(&mut self.input) {
                Ok(Some(message)) => {
                    if let Some(message) = self.note(message)? {
                        return Ok(message);
                    }
                }
                Ok(None) => match poll_fn(|cx| self.poll_fill(cx)).await {
                    Ok(1..) => {}
                    Ok(0) => return Err(self.fail(Error::Closed)),
                    Err(error) => {
                        tracing::debug!(%error, "reading from Postgres failed");
                        return Err(self.fail(Error::Closed));
                    }
                },
                Err(error) => return Err(self.fail(error)),
            }
        }
    }

    /// Keeps the account; swallows what belongs to no statement.
    fn note(&mut self, message: Message) -> Result<Option<Message>, Error> {
        match message {
            Message::Notice(notice) => {
                tracing::debug!(code = %notice.code, "{}", notice.message);
                if self.notices.len() < KEPT_NOTICES {
                    self.notices.push(*notice);
                }
                return Ok(None);
            }
            Message::Notification { channel, payload } => {
                if let Some(notifications) = &mut self.notifications {
                    notifications.push_back((channel, payload));
                }
                return Ok(None);
            }
            Message::ParameterStatus { name, value } => {
                match &*name {
                    b"in_hot_standby" => self.standby = &*value == b"on",
                    b"default_transaction_read_only" => self.read_only = &*value == b"on",
                    _ => {}
                }
                return Ok(None);
            }
            Message::BackendKey(key) => {
                self.key = Some(key);
                return Ok(None);
            }
            Message::ParseComplete => self.statements.confirm(),
            Message::Error(ref error) if error.is_fatal() => {
                let Message::Error(error) = message else { return Ok(None) };
                return Err(self.fail(Error::Db(error)));
            }
            Message::ReadyForQuery(status) => self.settle(status)?,
            _ => {}
        }
        self.answered = true;
        Ok(Some(message))
    }

    fn settle(&mut self, status: TransactionStatus) -> Result<(), Error> {
        self.status = status;
        let Some(owed) = self.owed.checked_sub(1) else {
            return Err(self.fail(Error::protocol("ReadyForQuery without a request")));
        };
        self.owed = owed;
        self.statements.end_flight();
        if self.received > KEPT_BUFFER && self.input.is_empty() {
            self.input = BytesMut::with_capacity(FIRST_READ);
            self.read_size = FIRST_READ;
        }
        self.received = 0;
        Ok(())
    }

    /// Reads on until the server owes nothing; the first error on the way is returned.
    pub(super) async fn until_ready(&mut self) -> Result<(), Error> {
        let mut first_error = None;
        while self.owed > 0 {
            if let Message::Error(error) = self.receive().await? {
                first_error.get_or_insert(error);
            }
        }
        first_error.map_or(Ok(()), |error| Err(Error::Db(error)))
    }

    /// One statement without results by the simple protocol.
    pub(super) async fn command(&mut self, sql: &str) -> Result<(), Error> {
        frontend::query(sql, &mut self.output)?;
        self.expect_ready();
        self.send().await?;
        self.until_ready().await
    }

    /// Ends what an abandoned call left behind: cancels it on the server, drains and rolls back. Whether the
    /// connection is good again.
    pub(crate) async fn recover(&mut self) -> bool {
        if self.copying && self.sent == 0 {
            self.output.clear();
        } else if !self.output.is_empty() && self.sent == 0 && self.owed > 0 {
            // abandoned before the first byte left
            self.output.clear();
            self.owed -= std::mem::take(&mut self.announced);
            self.statements.abandon_flight();
        }
        // half a flight is out: only closing ends it, after telling the server to stop
        let half_sent = !self.output.is_empty();
        if (self.owed > 0 || half_sent) && !self.broken {
            self.cancel().await;
        }
        if self.broken || half_sent {
            self.broken = true;
            return false;
        }
        let settled = tokio::time::timeout(DRAIN_LIMIT, self.drain()).await;
        if !matches!(settled, Ok(Ok(()))) {
            self.broken = true;
        }
        self.notices.clear();
        self.is_settled()
    }

    /// Ends what runs on the server, as far as it listens.
    async fn cancel(&self) {
        let Some(key) = self.key else { return };
        let encrypted = matches!(self.stream, Stream::Tls(_));
        if let Err(error) = cancel::cancel(&self.connector, key, encrypted).await {
            tracing::debug!(%error, "the cancel request failed");
        }
    }

    async fn drain(&mut self) -> Result<(), Error> {
        // of flights that were sent together each is cancelled for itself
        while self.owed > 1 {
            let owed = self.owed;
            while self.owed == owed {
                self.receive().await?;
            }
            self.cancel().await;
        }
        if std::mem::take(&mut self.copying) {
            frontend::copy_fail("the copy was abandoned", &mut self.output).map_err(frontend::unsendable)?;
            self.send().await?;
        }
        match self.until_ready().await {
            Ok(()) | Err(Error::Db(_)) => {}
            Err(error) => return Err(error),
        }
        if self.status != TransactionStatus::Idle {
            self.command("rollback").await?;
        }
        Ok(())
    }

    /// Wipes what arbitrary SQL may have left in the session. On failure the connection stays dirty.
    pub(crate) async fn reset(&mut self) {
        if !self.dirty {
            return;
        }
        match tokio::time::timeout(DRAIN_LIMIT, self.command("discard all")).await {
            Ok(Ok(())) => {
                self.statements.reset();
                self.dirty = false;
            }
            _ => self.broken = true,
        }
    }

    /// Whether an idle connection still lives, as far as can be told without asking the server.
    pub(crate) async fn is_alive(&mut self) -> bool {
        loop {
            match self.stream.pending() {
                Pending::Nothing => return true,
                Pending::End => return false,
                // it is there to be read, so this does not wait for the server; a torn TLS record might
                Pending::Data => match tokio::time::timeout(FAREWELL_LIMIT, self.digest_unasked()).await {
                    Ok(true) => {}
                    Ok(false) | Err(_) => return false,
                },
            }
        }
    }

    /// Reads what the server sent to an idle connection: notices are fine, an error is its farewell.
    async fn digest_unasked(&mut self) -> bool {
        if !matches!(poll_fn(|cx| self.poll_fill(cx)).await, Ok(1..)) {
            return false;
        }
        loop {
            match backend::parse(&mut self.input) {
                Ok(None) => return true,
                // a server that crashes says so in a notice and hangs up
                Ok(Some(Message::Notice(notice))) if !notice.is_shutdown() => {}
                Ok(Some(Message::ParameterStatus { .. } | Message::Notification { .. })) => {}
                Ok(Some(_)) | Err(_) => return false,
            }
        }
    }

    /// From now on notifications are kept for [`Self::notification`].
    pub(crate) fn keep_notifications(&mut self) {
        self.notifications = Some(VecDeque::new());
    }

    /// Waits for a notification. For listeners only.
    pub(crate) async fn notification(&mut self) -> Result<(String, String), Error> {
        loop {
            if let Some(notification) = self.notifications.as_mut().and_then(VecDeque::pop_front) {
                return Ok(notification);
            }
            match backend::parse(&mut self.input) {
                Ok(Some(message)) => {
                    if self.note(message)?.is_some() {
                        return Err(self.fail(Error::protocol("unexpected message while listening")));
                    }
                }
                Ok(None) => match poll_fn(|cx| self.poll_fill(cx)).await {
                    Ok(1..) => {}
                    Ok(0) | Err(_) => return Err(self.fail(Error::Closed)),
                },
                Err(error) => return Err(self.fail(error)),
            }
        }
    }
}

/// Says goodbye if the socket takes it at once, so that the server does not log a lost client.
impl Drop for Connection {
    fn drop(&mut self) {
        if self.is_settled() {
            frontend::terminate(&mut self.output);
            let mut cx = Context::from_waker(noop_waker_ref());
            let _ = self.poll_send(&mut cx);
        }
    }
}
