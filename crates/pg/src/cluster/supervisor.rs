//! Starts the server again when it ends by itself.

use std::time::{Duration, Instant};

use tokio::sync::{mpsc, oneshot, watch};

use super::error::ClusterError;
use super::postmaster::{Launch, Postmaster};
use super::{Shutdown, State};

const FIRST_DELAY: Duration = Duration::from_millis(50);
const LONGEST_DELAY: Duration = Duration::from_secs(10);
/// A server that ran this long was healthy: the next restart does not wait.
const HEALTHY_AFTER: Duration = Duration::from_mins(1);

struct Stop {
    how: Shutdown,
    done: oneshot::Sender<Result<(), ClusterError>>,
}

/// The task that watches one server.
#[derive(Debug)]
pub(super) struct Supervisor {
    stop: mpsc::Sender<Stop>,
    state: watch::Receiver<State>,
    process_id: watch::Receiver<Option<u32>>,
}

impl Supervisor {
    pub(super) fn watch(launch: Launch, postmaster: Postmaster) -> Self {
        let (stop, stop_requests) = mpsc::channel(1);
        let (state_sender, state) = watch::channel(State::Ready);
        let (process_id_sender, process_id) = watch::channel(Some(postmaster.process_id()));
        tokio::spawn(run(launch, postmaster, stop_requests, state_sender, process_id_sender));
        Self { stop, state, process_id }
    }

    pub(super) fn state(&self) -> watch::Receiver<State> {
        self.state.clone()
    }

    pub(super) fn process_id(&self) -> Option<u32> {
        *self.process_id.borrow()
    }

    pub(super) async fn stop(self, how: Shutdown) -> Result<(), ClusterError> {
        let (done, result) = oneshot::channel();
        // the task ends only when told to, or with its runtime
        if self.stop.send(Stop { how, done }).await.is_err() {
            return Ok(());
        }
        result.await.unwrap_or(Ok(()))
    }
}

async fn run(
    launch: Launch,
    mut postmaster: Postmaster,
    mut stop_requests: mpsc::Receiver<Stop>,
    state: watch::Sender<State>,
    process_id: watch::Sender<Option<u32>>,
) {
    let mut attempt = 0;
    let mut ready_since = Instant::now();
    loop {
        let status = tokio::select! {
            status = postmaster.wait() => status,
            request = stop_requests.recv() => {
                // without anybody left to ask, the server stays: the next start adopts it
                let Some(Stop { how, done }) = request else { return };
                let result = postmaster.stop(how).await;
                process_id.send_replace(None);
                state.send_replace(State::Stopped);
                let _ = done.send(result);
                return;
            }
        };
        tracing::error!(%status, log = %launch.directory.log_file().display(), "postgres ended, starting it again");
        process_id.send_replace(None);
        if ready_since.elapsed() > HEALTHY_AFTER {
            attempt = 0;
        }
        postmaster = loop {
            attempt += 1;
            state.send_replace(State::Restarting { attempt });
            let started = tokio::select! {
                started = start_after(&launch, delay(attempt)) => started,
                request = stop_requests.recv() => {
                    if let Some(Stop { done, .. }) = request {
                        state.send_replace(State::Stopped);
                        let _ = done.send(Ok(()));
                    }
                    return;
                }
            };
            match started {
                Ok(postmaster) => break postmaster,
                Err(error) => tracing::error!(%error, attempt, "postgres could not be started"),
            }
        };
        process_id.send_replace(Some(postmaster.process_id()));
        state.send_replace(State::Ready);
        ready_since = Instant::now();
        tracing::info!(attempt, "postgres is ready again");
    }
}

async fn start_after(launch: &Launch, delay: Duration) -> Result<Postmaster, ClusterError> {
    tokio::time::sleep(delay).await;
    launch.start().await
}

/// Doubles from attempt to attempt, up to a limit.
fn delay(attempt: u32) -> Duration {
    FIRST_DELAY.saturating_mul(1 << attempt.saturating_sub(1).min(16)).min(LONGEST_DELAY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_grow_up_to_a_limit() {
        let delays: Vec<u128> = (1..=10).map(|attempt| delay(attempt).as_millis()).collect();
        assert_eq!(delays, [50, 100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000]);
        assert_eq!(delay(u32::MAX), LONGEST_DELAY);
    }
}
