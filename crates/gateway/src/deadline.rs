//! The timer of one connection. Its deadline moves with every request, which costs the runtime's timers nothing: they hear
//! of a deadline when the one before it has run out.
//!
//! Knows nothing of what the deadlines are for.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use hyper::rt::{Sleep, Timer};

/// A timer whose deadlines are asked for one after the other, each later than the one before.
#[derive(Debug)]
pub(crate) struct Deadlines {
    alarm: Arc<Alarm>,
}

/// Rings at the first of the deadlines that was not over when it was last set, or later.
type Alarm = Mutex<Pin<Box<tokio::time::Sleep>>>;

/// One deadline.
#[derive(Debug)]
struct Deadline {
    at: Instant,
    alarm: Arc<Alarm>,
}

impl Deadlines {
    /// A timer whose first deadline is not before this much has passed.
    pub(crate) fn new(first: Duration) -> Self {
        Self { alarm: Arc::new(Mutex::new(Box::pin(tokio::time::sleep(first)))) }
    }
}

impl Timer for Deadlines {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Sleep>> {
        self.sleep_until(self.now() + duration)
    }

    fn sleep_until(&self, deadline: Instant) -> Pin<Box<dyn Sleep>> {
        Box::pin(Deadline { at: deadline, alarm: Arc::clone(&self.alarm) })
    }

    fn now(&self) -> Instant {
        tokio::time::Instant::now().into()
    }
}

impl Sleep for Deadline {}

impl Future for Deadline {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        // nothing that can panic half-way runs under this lock
        let mut alarm = self.alarm.lock().unwrap_or_else(PoisonError::into_inner);
        let at = tokio::time::Instant::from(self.at);
        loop {
            ready!(alarm.as_mut().poll(cx));
            if alarm.deadline() >= at {
                return Poll::Ready(());
            }
            // it rang for a deadline that was met
            alarm.as_mut().reset(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn deadlines_are_over_in_time_however_many_went_before() {
        let timer = Deadlines::new(3 * SECOND);
        let begun = timer.now();
        for met in 0..5 {
            let deadline = timer.sleep_until(begun + met * SECOND + 3 * SECOND);
            assert!(tokio::time::timeout(SECOND, deadline).await.is_err(), "met after a second");
        }
        timer.sleep_until(begun + 8 * SECOND).await;
        assert_eq!(timer.now() - begun, 8 * SECOND);
        timer.sleep(3 * SECOND).await;
        assert_eq!(timer.now() - begun, 11 * SECOND);
    }
}
