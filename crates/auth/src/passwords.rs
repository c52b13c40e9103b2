//! Hashing and comparing passwords away from the async threads, no more at a time than there are cores.

use std::sync::Arc;

use rand::Rng;
use tokio::sync::Semaphore;

use crate::error::Error;
use crate::logic::password_hash;

/// The gate in front of the slow work.
#[derive(Debug, Clone)]
pub(crate) struct Passwords {
    permits: Arc<Semaphore>,
}

impl Passwords {
    /// A gate as wide as the machine.
    pub(crate) fn new() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self { permits: Arc::new(Semaphore::new(cores)) }
    }

    /// The hash to store of a password.
    pub(crate) async fn hash(&self, password: String) -> Result<String, Error> {
        let salt: [u8; 16] = rand::rng().random();
        Ok(self.apart(move || password_hash::hash(&password, salt)).await??)
    }

    /// Whether `hash` is that of `password`. Without a hash the answer is no, after the same time.
    pub(crate) async fn verify(&self, password: String, hash: Option<String>) -> Result<bool, Error> {
        self.apart(move || {
            let is_right = password_hash::verify(&password, hash.as_deref().unwrap_or(password_hash::DECOY));
            is_right && hash.is_some()
        })
        .await
    }

    async fn apart<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
        let permit = Arc::clone(&self.permits).acquire_owned().await;
        Ok(tokio::task::spawn_blocking(move || {
            // held until the work ends, even when whoever asked has gone away
            let _permit = permit;
            work()
        })
        .await?)
    }
}
