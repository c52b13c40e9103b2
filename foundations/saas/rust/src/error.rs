//! Why an operation did not succeed.

use uuid::Uuid;

/// Why an operation did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nobody has this id.
    #[error("User not found: {0}")]
    UserNotFound(Uuid),
    /// No job has this id.
    #[error("Job not found: {0}")]
    JobNotFound(Uuid),
    /// The server accepted the job and returned none.
    #[error("Failed to create job")]
    JobNotCreated,
    /// The server refused (402 `PT402` beyond the quota, 409 `PT409` for what a job's state forbids, …), was not
    /// reached, or answered with something else.
    #[error(transparent)]
    Server(#[from] ferrobase_client::Error),
}
