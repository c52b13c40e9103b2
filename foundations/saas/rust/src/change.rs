//! What a caller asks for: a job to be queued, and what of a user or a job is to change.
//!
//! Columns that a change does not name belong to the database.

use chrono::{DateTime, Utc};
use serde::{Serialize, Serializer};
use serde_json::Value;
use uuid::Uuid;

use crate::rows::{JobStatus, SubscriptionStatus, Tier};

/// What becomes of a column that may be null.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Change<T> {
    /// It stays as it is.
    #[default]
    Keep,
    /// It becomes null.
    Clear,
    /// It becomes this.
    Set(T),
}

impl<T> Change<T> {
    fn is_keep(&self) -> bool {
        matches!(self, Self::Keep)
    }
}

impl<T: Serialize> Serialize for Change<T> {
    /// Only what changes is serialized; a field that stays is left out of its struct.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Set(value) => value.serialize(serializer),
            Self::Keep | Self::Clear => serializer.serialize_none(),
        }
    }
}

/// What of a user may change: `id`, `email` and the time stamps are kept in step with the auth user.
/// A field that is `None` or [`Change::Keep`] stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[expect(missing_docs, reason = "the columns, documented in the migrations")]
pub struct UserChange {
    #[serde(skip_serializing_if = "Change::is_keep")]
    pub name: Change<String>,
    #[serde(skip_serializing_if = "Change::is_keep")]
    pub avatar_url: Change<String>,
    /// Refused with `PT409` while the user has a subscription, which decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subscription_tier: Option<Tier>,
    /// Refused with `PT409` while the user has a subscription, which decides.
    #[serde(skip_serializing_if = "Change::is_keep")]
    pub subscription_status: Change<SubscriptionStatus>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub monthly_usage: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage_reset_at: Option<DateTime<Utc>>,
}

/// A job to be queued.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[expect(missing_docs, reason = "the columns, documented in the migrations")]
pub struct NewJob {
    pub user_id: Uuid,
    pub job_type: String,
    pub parameters: Option<Value>,
}

/// What a worker reports about a job. A field that is `None` or [`Change::Keep`] stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[expect(missing_docs, reason = "the columns, documented in the migrations")]
pub struct JobChange {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<JobStatus>,
    /// Percent. A completed job has 100 without being told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub progress: Option<i32>,
    #[serde(skip_serializing_if = "Change::is_keep")]
    pub error_message: Change<String>,
    #[serde(skip_serializing_if = "Change::is_keep")]
    pub result: Change<Value>,
    /// Set by the database when the job finishes, unless it is given.
    #[serde(skip_serializing_if = "Change::is_keep")]
    pub completed_at: Change<DateTime<Utc>>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_what_changes_is_sent() {
        let user = UserChange {
            name: Change::Set("Ada".into()),
            avatar_url: Change::Clear,
            subscription_tier: Some(Tier::Pro),
            ..UserChange::default()
        };
        assert_eq!(
            serde_json::to_value(user).unwrap(),
            json!({"name": "Ada", "avatar_url": null, "subscription_tier": "pro"})
        );
        let job = JobChange { completed_at: Change::Clear, progress: Some(0), ..JobChange::default() };
        assert_eq!(serde_json::to_value(job).unwrap(), json!({"progress": 0, "completed_at": null}));
        assert_eq!(serde_json::to_value(JobChange::default()).unwrap(), json!({}));
    }
}
