//! Holding requests back for a moment, while the database behind them is exchanged.
//!
//! An open gate costs a request two atomic additions and one load.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::Notify;

/// A request waits this long for the gate to open; then it is refused with 503.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// The gate before the rooms.
#[derive(Debug, Default)]
pub struct Gate {
    closed: AtomicBool,
    inside: AtomicUsize,
    changed: Notify,
}

/// A request inside the gate, until this is dropped.
#[derive(Debug)]
pub(crate) struct Pass<'a>(&'a Gate);

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        self.0.leave();
    }
}

impl Gate {
    /// Lets a request in, at once or when the gate opens; `None` when that takes too long.
    pub(crate) async fn enter(&self) -> Option<Pass<'_>> {
        if let Some(pass) = self.try_enter() {
            return Some(pass);
        }
        tokio::time::timeout(LONGEST_WAIT, async {
            loop {
                // registered before it is looked at: an opening in between is not missed
                let changed = self.changed.notified();
                tokio::pin!(changed);
                changed.as_mut().enable();
                if let Some(pass) = self.try_enter() {
                    return pass;
                }
                changed.await;
            }
        })
        .await
        .ok()
    }

    fn try_enter(&self) -> Option<Pass<'_>> {
        // asked first, so that those who wait do not wake one another
        if self.closed.load(Ordering::SeqCst) {
            return None;
        }
        self.inside.fetch_add(1, Ordering::SeqCst);
        let pass = Pass(self);
        (!self.closed.load(Ordering::SeqCst)).then_some(pass)
    }

    fn leave(&self) {
        if self.inside.fetch_sub(1, Ordering::SeqCst) == 1 && self.closed.load(Ordering::SeqCst) {
            self.changed.notify_waiters();
        }
    }

    /// Holds back further requests and waits for those inside to end, at most this long. Returns whether all have.
    pub async fn close(&self, patience: Duration) -> bool {
        self.closed.store(true, Ordering::SeqCst);
        let empty = async {
            loop {
                let changed = self.changed.notified();
                tokio::pin!(changed);
                changed.as_mut().enable();
                if self.inside.load(Ordering::SeqCst) == 0 {
                    return;
                }
                changed.await;
            }
        };
        tokio::time::timeout(patience, empty).await.is_ok()
    }

    /// Lets all in again.
    pub fn open(&self) {
        self.closed.store(false, Ordering::SeqCst);
        self.changed.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn requests_wait_while_the_gate_is_closed_and_go_in_when_it_opens() {
        let gate = Gate::default();
        let inside = gate.enter().await.unwrap();
        assert!(!gate.close(Duration::from_millis(10)).await, "one is still inside");
        let (waited, ()) = tokio::join!(gate.enter(), async {
            drop(inside);
            assert!(gate.close(Duration::from_secs(1)).await);
            gate.open();
        });
        assert!(waited.is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn a_gate_that_stays_closed_turns_requests_away() {
        let gate = Gate::default();
        assert!(gate.close(Duration::ZERO).await);
        assert!(gate.enter().await.is_none());
    }
}
