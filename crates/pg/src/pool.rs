//! Connections shared by many callers, with limits on how many there are, how many wait and for how long.
//!
//! Knows nothing of statements. A permit of the semaphore stands for the right to hold one connection; it is
//! given back only when that connection is clean again or closed.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::sync::{Notify, Semaphore, SemaphorePermit, TryAcquireError};

use crate::client::Client;
use crate::config::ConnectConfig;
use crate::convoy::Convoy;
use crate::error::Error;
use crate::session::{Flight, Outcome};
use crate::wire::connection::Connection;
use crate::wire::connector::Connector;

/// A connection idle for less is taken to be alive: under load the check would cost a system call per flight.
const TRUSTED_IDLE: Duration = Duration::from_millis(5);

/// Limits of a pool.
#[derive(Clone, Debug)]
pub struct PoolConfig {
    /// Most connections open at a time.
    pub max_connections: usize,
    /// Most callers waiting for a connection; one more is refused at once with [`Error::PoolFull`].
    pub max_waiting: usize,
    /// Longest wait for a connection.
    pub acquire_timeout: Duration,
    /// An idle connection is closed after this long.
    pub idle_timeout: Duration,
    /// A connection is replaced at this age (less up to a tenth, by chance).
    pub max_lifetime: Duration,
    /// Whether statements stay prepared on the server; `false` behind a transaction pooler.
    pub prepared_statements: bool,
    /// Prepared statements kept per connection.
    pub statement_cache_capacity: usize,
}

impl Default for PoolConfig {
    fn default() -> Self {
        Self {
            max_connections: 10,
            max_waiting: 1000,
            acquire_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_mins(10),
            max_lifetime: Duration::from_mins(30),
            prepared_statements: true,
            statement_cache_capacity: 256,
        }
    }
}

/// Figures of a pool at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolStatus {
    /// Connections open or being opened.
    pub open: usize,
    /// Open connections nobody uses.
    pub idle: usize,
    /// Callers waiting.
    pub waiting: usize,
    /// Most connections.
    pub max: usize,
    /// Callers that waited in vain, since the pool was made.
    pub timeouts: u64,
}

/// Connections shared by many callers. Cheap to clone. Its connections live in the runtime that opened them.
#[derive(Clone)]
pub struct Pool {
    inner: Arc<Inner>,
}

struct Inner {
    connector: Arc<Connector>,
    config: PoolConfig,
    permits: Semaphore,
    waiting: AtomicUsize,
    /// The last one in is the first one out: the others may grow old and be closed.
    idle: Mutex<Vec<Idle>>,
    /// Connections open or being opened.
    open: AtomicUsize,
    closed: AtomicBool,
    /// Whether new connections prepare statements.
    prepared: AtomicBool,
    /// Rises when the statements prepared before are no longer wanted.
    generation: AtomicU64,
    timeouts: AtomicU64,
    all_closed: Notify,
    has_reaper: AtomicBool,
}

struct Idle {
    connection: Box<Connection>,
    since: Instant,
}

impl Pool {
    /// A pool; it connects when first used.
    pub fn new(connect: ConnectConfig, pool: PoolConfig) -> Self {
        let inner = Inner {
            connector: Connector::new(connect),
            permits: Semaphore::new(pool.max_connections.clamp(1, Semaphore::MAX_PERMITS)),
            prepared: AtomicBool::new(pool.prepared_statements),
            generation: AtomicU64::new(0),
            timeouts: AtomicU64::new(0),
            config: pool,
            waiting: AtomicUsize::new(0),
            idle: Mutex::new(Vec::new()),
            open: AtomicUsize::new(0),
            closed: AtomicBool::new(false),
            all_closed: Notify::new(),
            has_reaper: AtomicBool::new(false),
        };
        Self { inner: Arc::new(inner) }
    }

    /// Runs a flight on a connection of the pool. Dropping the future cancels the flight on the server.
    ///
    /// # Errors
    /// Those of [`get`](Self::get) and of [`Client::run`].
    pub async fn run(&self, flight: Flight) -> Result<Outcome, Error> {
        self.run_timed(&flight).await.0
    }

    /// Runs a read as [`run`](Self::run) does, together with others of the same statements where that saves work.
    /// Dropping the future cancels the flight on the server once nobody waits for those that share its connection.
    ///
    /// # Errors
    /// Those of [`run`](Self::run).
    pub async fn run_in(&self, convoy: &Convoy, flight: Flight) -> Result<Outcome, Error> {
        convoy.fly(self, flight).await
    }

    /// Runs a flight, and says how long it was under way, the wait for a connection left out.
    pub(crate) async fn run_timed(&self, flight: &Flight) -> (Result<Outcome, Error>, Duration) {
        loop {
            let mut lease = match self.inner.acquire().await {
                Ok(lease) => lease,
                Err(error) => return (Err(error), Duration::ZERO),
            };
            let reused = lease.reused;
            let Some(connection) = &mut lease.connection else { return (Err(Error::Closed), Duration::ZERO) };
            let began = Instant::now();
            match connection.fly(flight).await {
                Err(Error::Db(error)) if reused && connection.was_ended_before(&error) => {}
                outcome => return (outcome, began.elapsed()),
            }
        }
    }

    /// Flies several reads of the same statements on one connection. `landed` hears which ended how, and how long it took;
    /// what it does not hear of may be flown again.
    pub(crate) async fn fly_together(
        &self,
        flights: &[Flight],
        mut landed: impl FnMut(usize, Result<Outcome, Error>, Duration),
    ) {
        match self.inner.acquire().await {
            Ok(mut lease) => {
                if let Some(connection) = &mut lease.connection {
                    connection.fly_together(flights, landed).await;
                }
            }
            // they have all waited
            Err(Error::PoolTimeout { waited }) => {
                (0..flights.len())
                    .for_each(|index| landed(index, Err(Error::PoolTimeout { waited }), Duration::ZERO));
            }
            // every other reason each can find out for himself at once
            Err(_) => {}
        }
    }

    /// Takes a connection; dropping it gives it back.
    ///
    /// # Errors
    /// [`Error::PoolFull`], [`Error::PoolTimeout`], [`Error::PoolClosed`], or why no connection can be made.
    pub async fn get(&self) -> Result<Client, Error> {
        self.inner.acquire().await.map(Client::pooled)
    }

    /// The pool's figures.
    pub fn status(&self) -> PoolStatus {
        PoolStatus {
            open: self.inner.open.load(Ordering::Relaxed),
            idle: self.inner.idle().len(),
            waiting: self.inner.waiting.load(Ordering::Relaxed),
            max: self.inner.config.max_connections,
            timeouts: self.inner.timeouts.load(Ordering::Relaxed),
        }
    }

    /// Whether statements stay prepared on the server.
    pub(crate) fn prepares_statements(&self) -> bool {
        self.inner.statement_cache_capacity() > 0
    }

    /// Prepares statements on the server from now on, or no longer; connections of the other kind are replaced as
    /// soon as nobody uses them.
    pub fn set_prepared_statements(&self, prepared: bool) {
        let changed = self.inner.prepared.swap(prepared, Ordering::SeqCst) != prepared;
        if changed {
            let idle = std::mem::take(&mut *self.inner.idle());
            for idle in idle {
                self.inner.discard(idle.connection);
            }
        }
    }

    /// Prepares all statements anew when they are next used: the types that the server found for their parameters may
    /// have changed with the schema, which no error of its own would say.
    pub fn forget_statements(&self) {
        self.inner.generation.fetch_add(1, Ordering::SeqCst);
    }

    /// Refuses new work, waits for running work and closes all connections.
    pub async fn close(&self) {
        self.inner.closed.store(true, Ordering::SeqCst);
        self.inner.permits.close();
        let idle = std::mem::take(&mut *self.inner.idle());
        for idle in idle {
            self.inner.discard(idle.connection);
        }
        loop {
            let closed = self.inner.all_closed.notified();
            if self.inner.open.load(Ordering::SeqCst) == 0 {
                return;
            }
            closed.await;
        }
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool")
            .field("connect", &self.inner.connector.config)
            .field("status", &self.status())
            .finish_non_exhaustive()
    }
}

impl Inner {
    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Idle>> {
        // nothing that can panic runs under this lock
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn acquire(self: &Arc<Self>) -> Result<Lease, Error> {
        let permit = match self.permits.try_acquire() {
            Ok(permit) => permit,
            Err(TryAcquireError::NoPermits) => self.wait_for_permit().await?,
            Err(TryAcquireError::Closed) => return Err(Error::PoolClosed),
        };
        // from here on the lease answers for the permit
        permit.forget();
        let mut lease = Lease { connection: None, pool: Some(Arc::clone(self)), reused: true };
        while let Some(idle) = self.take_idle() {
            // in the lease it is accounted for, also when this future is dropped at the await
            let connection = lease.connection.insert(idle.connection);
            if idle.since.elapsed() < TRUSTED_IDLE || connection.is_alive().await {
                connection.enter_generation(self.generation.load(Ordering::SeqCst));
                return Ok(lease);
            }
            if let Some(dead) = lease.connection.take() {
                self.discard(dead);
            }
        }
        lease.reused = false;
        lease.connection = Some(self.open().await?);
        Ok(lease)
    }

    fn take_idle(&self) -> Option<Idle> {
        self.idle().pop()
    }

    async fn wait_for_permit(&self) -> Result<SemaphorePermit<'_>, Error> {
        let _waiting = Counted::new(&self.waiting);
        if self.waiting.load(Ordering::Relaxed) > self.config.max_waiting {
            return Err(Error::PoolFull);
        }
        let limit = self.config.acquire_timeout;
        match tokio::time::timeout(limit, self.permits.acquire()).await {
            Ok(Ok(permit)) => Ok(permit),
            Ok(Err(_closed)) => Err(Error::PoolClosed),
            Err(_elapsed) => {
                self.timeouts.fetch_add(1, Ordering::Relaxed);
                Err(Error::PoolTimeout { waited: limit })
            }
        }
    }

    async fn open(self: &Arc<Self>) -> Result<Box<Connection>, Error> {
        self.start_reaper();
        let opening = Opening::new(self);
        let capacity = self.statement_cache_capacity();
        let generation = self.generation.load(Ordering::SeqCst);
        let mut connection = Box::new(self.connector.connect(capacity).await?);
        connection.enter_generation(generation);
        // the jitter makes connections opened together end apart
        connection.expires =
            connection.opened + self.config.max_lifetime.mul_f64(0.9 + 0.1 * fastrand::f64());
        // counted until `discard`
        std::mem::forget(opening);
        Ok(connection)
    }

    /// Prepared statements that a connection opened now keeps.
    fn statement_cache_capacity(&self) -> usize {
        if self.prepared.load(Ordering::Relaxed) { self.config.statement_cache_capacity } else { 0 }
    }

    fn discard(&self, connection: Box<Connection>) {
        drop(connection);
        self.one_closed();
    }

    fn one_closed(&self) {
        if self.open.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.all_closed.notify_waiters();
        }
    }

    /// Takes a clean connection back.
    fn give_back(&self, connection: Box<Connection>) {
        let now = Instant::now();
        let prepares = self.statement_cache_capacity() > 0;
        if now >= connection.expires || connection.prepares_statements() != prepares {
            return self.discard(connection);
        }
        let mut idle = self.idle();
        // asked under the lock: `close` sets it before it empties the list
        if self.closed.load(Ordering::SeqCst) {
            drop(idle);
            return self.discard(connection);
        }
        idle.push(Idle { connection, since: now });
    }

    fn release_permit(&self) {
        self.permits.add_permits(1);
    }

    /// Starts the task that closes old connections; it ends with the pool.
    fn start_reaper(self: &Arc<Self>) {
        if self.has_reaper.swap(true, Ordering::Relaxed) {
            return;
        }
        let pool = Arc::downgrade(self);
        let period =
            (self.config.idle_timeout / 4).clamp(Duration::from_millis(100), Duration::from_secs(30));
        tokio::spawn(reap(pool, period));
    }

    fn close_old(&self) {
        let now = Instant::now();
        let old: Vec<Idle> = self
            .idle()
            .extract_if(.., |idle| {
                now >= idle.connection.expires || now.duration_since(idle.since) >= self.config.idle_timeout
            })
            .collect();
        for idle in old {
            self.discard(idle.connection);
        }
    }
}

async fn reap(pool: Weak<Inner>, period: Duration) {
    loop {
        tokio::time::sleep(period).await;
        match pool.upgrade() {
            Some(pool) if !pool.closed.load(Ordering::Relaxed) => pool.close_old(),
            _ => return,
        }
    }
}

/// Counts one for as long as it lives.
pub(crate) struct Counted<'a>(&'a AtomicUsize);

impl<'a> Counted<'a> {
    pub(crate) fn new(counter: &'a AtomicUsize) -> Self {
        counter.fetch_add(1, Ordering::SeqCst);
        Self(counter)
    }

    /// How many there are, this one included.
    pub(crate) fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// A connection being opened; counts as open unless it fails.
struct Opening<'a>(&'a Inner);

impl<'a> Opening<'a> {
    fn new(pool: &'a Inner) -> Self {
        pool.open.fetch_add(1, Ordering::SeqCst);
        Self(pool)
    }
}

impl Drop for Opening<'_> {
    fn drop(&mut self) {
        self.0.one_closed();
    }
}

/// A connection on loan, with its permit. When dropped with work under way, the work is cancelled and the
/// connection cleaned in the background, and only then is the permit given back.
pub(crate) struct Lease {
    connection: Option<Box<Connection>>,
    /// `None` for a connection that belongs to no pool.
    pool: Option<Arc<Inner>>,
    /// Whether the connection had served before.
    reused: bool,
}

impl Lease {
    pub(crate) fn stand_alone(connection: Connection) -> Self {
        Self { connection: Some(Box::new(connection)), pool: None, reused: false }
    }

    /// The connection, after cleaning up what a call dropped half-way left behind.
    pub(crate) async fn settled(&mut self) -> Result<&mut Connection, Error> {
        let connection = self.connection.as_mut().ok_or(Error::Closed)?;
        if connection.is_settled() || connection.recover().await {
            Ok(connection)
        } else {
            Err(Error::Closed)
        }
    }
}

impl fmt::Debug for Lease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lease").field("pooled", &self.pool.is_some()).finish_non_exhaustive()
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let pool = self.pool.take();
        let Some(mut connection) = self.connection.take() else {
            if let Some(pool) = pool {
                pool.release_permit();
            }
            return;
        };
        let needs_cleaning = !connection.is_settled() || (connection.dirty && pool.is_some());
        if !needs_cleaning || connection.is_broken() {
            return end(connection, pool.as_deref());
        }
        match Handle::try_current() {
            Ok(runtime) => {
                runtime.spawn(async move {
                    if connection.recover().await && pool.is_some() {
                        connection.reset().await;
                    }
                    end(connection, pool.as_deref());
                });
            }
            // without a runtime nothing can be awaited: closing is all that is left
            Err(_) => end(connection, pool.as_deref()),
        }
    }
}

/// Gives a connection back if it is clean, closes it if not, and then the permit.
fn end(connection: Box<Connection>, pool: Option<&Inner>) {
    let Some(pool) = pool else { return };
    if connection.is_settled() && !connection.dirty {
        pool.give_back(connection);
    } else {
        pool.discard(connection);
    }
    pool.release_permit();
}
