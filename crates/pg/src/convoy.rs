//! Reads of one shape that come in the same moment share a connection: written together and sent with one system
//! call, each with a Sync, and so a transaction, of its own.
//!
//! What a small read costs under load is to a good part waking the process on the other side of a socket; a convoy wakes
//! it once for several. Whoever shares a connection waits for those before him. So only flights of the same statements
//! share one, which wait for the same locks, only while they have been quick, and only as many as leave every processor
//! something to do. Knows nothing of requests.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::sync::{Notify, oneshot};

use crate::error::Error;
use crate::pool::{Counted, Pool};
use crate::session::{Flight, Outcome};

/// Most flights that share a connection.
const SEATS: usize = 8;

/// What is quick where nothing else is said.
const QUICK: Duration = Duration::from_millis(10);

/// For so many times as long as one took that was not, flights of its shape fly alone.
const LESSON: u32 = 50;

static PROCESSORS: LazyLock<usize> =
    LazyLock::new(|| std::thread::available_parallelism().map_or(1, Into::into));

/// Flights of one shape: of the same statements, but for their values.
///
/// Only for reads, because a flight that its connection never answered is flown again.
#[derive(Debug)]
pub struct Convoy {
    /// How many fly together, when that is not for the number of processors to say.
    seats: Option<usize>,
    /// A flight that takes longer is not quick.
    quick: Duration,
    gate: Mutex<Gate>,
    /// Flights of this shape that are under way or about to be.
    flying: AtomicUsize,
}

#[derive(Debug, Default)]
struct Gate {
    /// Who leaves next.
    boarding: Vec<Passenger>,
    /// How many have left, by which a leader knows whether they left without him.
    departures: u64,
    pace: Pace,
}

/// Whether flights have been quick of late.
#[derive(Clone, Copy, Debug, Default)]
enum Pace {
    /// None has landed.
    #[default]
    Unknown,
    Quick,
    SlowUntil(Instant),
}

#[derive(Debug)]
struct Passenger {
    flight: Flight,
    waiter: oneshot::Sender<Landed>,
    crowd: Arc<Crowd>,
}

/// The outcome and how long it took, or the flight for its owner to fly alone.
type Landed = Result<(Result<Outcome, Error>, Duration), Flight>;

impl Default for Convoy {
    fn default() -> Self {
        Self { seats: None, quick: QUICK, gate: Mutex::default(), flying: AtomicUsize::new(0) }
    }
}

impl Convoy {
    /// Flights of which so many fly together, whatever the number of processors, while none takes longer than this.
    pub fn with_limits(seats: usize, quick: Duration) -> Self {
        Self { seats: Some(seats), quick, ..Self::default() }
    }

    /// Flies with others of this shape if there are any.
    pub(crate) async fn fly(&self, pool: &Pool, flight: Flight) -> Result<Outcome, Error> {
        let flying = Counted::new(&self.flying);
        match self.board(pool, flight, self.seats(pool, flying.count())) {
            Boarding::Refused(flight) => self.fly_alone(pool, flight).await,
            Boarding::Seated(waiting) => self.arrive(pool, waiting).await,
            Boarding::Last(waiting, passengers) => {
                depart(pool, passengers);
                self.arrive(pool, waiting).await
            }
            Boarding::First(waiting, leader) => {
                // whoever comes in the same turn of the runtime is there when it ends
                tokio::task::yield_now().await;
                match leader.leave() {
                    Some(flight) => self.fly_alone(pool, flight).await,
                    None => self.arrive(pool, waiting).await,
                }
            }
        }
    }

    /// How many may share a connection when so many are flying.
    fn seats(&self, pool: &Pool, flying: usize) -> usize {
        // behind a transaction pooler nothing stays prepared, and nobody knows who is served by which session
        if !pool.prepares_statements() {
            return 1;
        }
        self.seats.unwrap_or_else(|| (flying / *PROCESSORS).min(SEATS))
    }

    async fn fly_alone(&self, pool: &Pool, flight: Flight) -> Result<Outcome, Error> {
        let (outcome, took) = pool.run_timed(&flight).await;
        self.learn(took);
        outcome
    }

    async fn arrive(&self, pool: &Pool, mut waiting: Waiting) -> Result<Outcome, Error> {
        match (&mut waiting.answer).await {
            Ok(Ok((outcome, took))) => {
                self.learn(took);
                outcome
            }
            Ok(Err(flight)) => self.fly_alone(pool, flight).await,
            // the runtime ends
            Err(_) => Err(Error::Closed),
        }
    }

    fn board<'a>(&'a self, pool: &'a Pool, flight: Flight, seats: usize) -> Boarding<'a> {
        let mut gate = self.gate();
        let fits = gate.boarding.first().is_none_or(|first| first.flight.is_like(&flight));
        // an explicit transaction that fails stays open until it is told to end
        if seats < 2 || !fits || !gate.pace.is_quick() || flight.ending.is_some() {
            return Boarding::Refused(flight);
        }
        let crowd = gate.boarding.first().map(|first| Arc::clone(&first.crowd)).unwrap_or_default();
        let (waiter, waiting) = crowd.join();
        gate.boarding.push(Passenger { flight, waiter, crowd });
        match gate.boarding.len() {
            1 => Boarding::First(waiting, Leader { convoy: self, pool, departure: gate.departures }),
            taken if taken >= seats => Boarding::Last(waiting, gate.close()),
            _ => Boarding::Seated(waiting),
        }
    }

    fn learn(&self, took: Duration) {
        let mut gate = self.gate();
        if took > self.quick {
            gate.pace = Pace::SlowUntil(Instant::now() + took * LESSON);
        } else if gate.pace.is_over() {
            gate.pace = Pace::Quick;
        }
    }

    fn gate(&self) -> MutexGuard<'_, Gate> {
        // nothing that can panic runs under this lock
        self.gate.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How a flight leaves.
enum Boarding<'a> {
    /// Alone.
    Refused(Flight),
    /// When somebody else says.
    Seated(Waiting),
    /// When it says, unless the convoy is full before.
    First(Waiting, Leader<'a>),
    /// Now, with those who waited for somebody to take the last seat.
    Last(Waiting, Vec<Passenger>),
}

impl Gate {
    fn close(&mut self) -> Vec<Passenger> {
        self.departures += 1;
        std::mem::take(&mut self.boarding)
    }
}

impl Pace {
    fn is_quick(self) -> bool {
        matches!(self, Self::Quick)
    }

    /// Whether nothing is known any longer.
    fn is_over(self) -> bool {
        match self {
            Self::Unknown => true,
            Self::Quick => false,
            Self::SlowUntil(until) => Instant::now() >= until,
        }
    }
}

/// The first one to board; dropped before he leaves, the others leave without him.
struct Leader<'a> {
    convoy: &'a Convoy,
    pool: &'a Pool,
    departure: u64,
}

impl Leader<'_> {
    /// Leaves, unless they have left. A flight that nobody joined is given back.
    fn leave(self) -> Option<Flight> {
        let mut passengers = self.passengers();
        if passengers.len() > 1 {
            depart(self.pool, passengers);
            return None;
        }
        passengers.pop().map(|passenger| passenger.flight)
    }

    fn passengers(&self) -> Vec<Passenger> {
        let mut gate = self.convoy.gate();
        if gate.departures == self.departure { gate.close() } else { Vec::new() }
    }
}

impl Drop for Leader<'_> {
    fn drop(&mut self) {
        let passengers = self.passengers();
        if passengers.len() > 1 {
            depart(self.pool, passengers);
        }
    }
}

/// Those who wait for the answers of one convoy.
#[derive(Debug, Default)]
struct Crowd {
    waiting: AtomicUsize,
    gone: Notify,
}

impl Crowd {
    fn join(self: &Arc<Self>) -> (oneshot::Sender<Landed>, Waiting) {
        self.waiting.fetch_add(1, Ordering::AcqRel);
        let (waiter, answer) = oneshot::channel();
        (waiter, Waiting { crowd: Arc::clone(self), answer })
    }
}

/// One of a crowd.
struct Waiting {
    crowd: Arc<Crowd>,
    answer: oneshot::Receiver<Landed>,
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if self.crowd.waiting.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.crowd.gone.notify_one();
        }
    }
}

/// In a task of its own: who loses interest does not end what others wait for.
fn depart(pool: &Pool, passengers: Vec<Passenger>) {
    // without a runtime nobody waits
    if let Ok(runtime) = Handle::try_current() {
        runtime.spawn(travel(pool.clone(), passengers));
    }
}

/// Ends early, and with it what runs on the server, when nobody waits any longer.
async fn travel(pool: Pool, passengers: Vec<Passenger>) {
    let Some(crowd) = passengers.first().map(|first| Arc::clone(&first.crowd)) else { return };
    let (flights, mut waiters): (Vec<_>, Vec<_>) =
        passengers.into_iter().map(|passenger| (passenger.flight, Some(passenger.waiter))).unzip();
    let flown = pool.fly_together(&flights, |index, outcome, took| {
        if let Some(waiter) = waiters.get_mut(index).and_then(Option::take) {
            // who has left does not hear it
            let _ = waiter.send(Ok((outcome, took)));
        }
    });
    tokio::select! {
        biased;
        () = flown => {}
        () = crowd.gone.notified() => return,
    }
    for (flight, waiter) in flights.into_iter().zip(waiters) {
        if let Some(waiter) = waiter {
            let _ = waiter.send(Err(flight));
        }
    }
}
