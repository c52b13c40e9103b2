//! A session as stored, and whether it is still good.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use uuid::Uuid;

use super::timestamp::Timestamp;
use crate::config::Sessions;

/// A row of `auth.sessions`: the columns this room reads.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Session {
    pub(crate) id: Uuid,
    pub(crate) created_at: Option<Timestamp>,
    pub(crate) refreshed_at: Option<Timestamp>,
    pub(crate) not_after: Option<Timestamp>,
    pub(crate) aal: Option<String>,
    pub(crate) oauth_client_id: Option<Uuid>,
}

/// Why a session is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expired {
    /// Past its end, however often it was refreshed.
    Age,
    /// Not refreshed for too long.
    Inactivity,
}

impl Session {
    /// Whether the user showed a second factor in this session.
    pub(crate) fn is_aal2(&self) -> bool {
        self.aal.as_deref() == Some("aal2")
    }

    /// When it was last refreshed, or made.
    fn last_active(&self, token_updated_at: Option<Timestamp>) -> Option<DateTime<Utc>> {
        let made = self.created_at.map(|at| at.0);
        let refreshed = self.refreshed_at.or(token_updated_at).map(|at| at.0);
        refreshed.max(made)
    }

    /// Whether it may be used at `now`. `token_updated_at` stands in for a session that was never refreshed.
    pub(crate) fn check(
        &self,
        limits: &Sessions,
        now: DateTime<Utc>,
        token_updated_at: Option<Timestamp>,
    ) -> Result<(), Expired> {
        let longer_ago = |time: Option<DateTime<Utc>>, limit: Option<std::time::Duration>| match (time, limit)
        {
            (Some(time), Some(limit)) => {
                now.signed_duration_since(time).to_std().is_ok_and(|age| age > limit)
            }
            _ => false,
        };
        if self.not_after.is_some_and(|end| now > end.0) {
            return Err(Expired::Age);
        }
        if longer_ago(self.created_at.map(|at| at.0), limits.timebox) {
            return Err(Expired::Age);
        }
        if longer_ago(self.last_active(token_updated_at), limits.inactivity_timeout) {
            return Err(Expired::Inactivity);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    fn session(refreshed: Option<i64>, not_after: Option<i64>) -> Session {
        Session {
            id: Uuid::nil(),
            created_at: Some(Timestamp(at(100))),
            refreshed_at: refreshed.map(|seconds| Timestamp(at(seconds))),
            not_after: not_after.map(|seconds| Timestamp(at(seconds))),
            aal: Some("aal1".to_owned()),
            oauth_client_id: None,
        }
    }

    #[test]
    fn validity() {
        let limits = |timebox: Option<u64>, inactivity: Option<u64>| Sessions {
            timebox: timebox.map(Duration::from_secs),
            inactivity_timeout: inactivity.map(Duration::from_secs),
        };
        let cases = [
            (session(None, None), limits(None, None), 1_000_000, None, Ok(())),
            (session(None, Some(200)), limits(None, None), 200, None, Ok(())),
            (session(None, Some(200)), limits(None, None), 201, None, Err(Expired::Age)),
            (session(Some(190), None), limits(Some(100), None), 200, None, Ok(())),
            (session(Some(190), None), limits(Some(100), None), 201, None, Err(Expired::Age)),
            (session(None, None), limits(None, Some(50)), 151, None, Err(Expired::Inactivity)),
            (session(Some(140), None), limits(None, Some(50)), 190, None, Ok(())),
            (session(None, None), limits(None, Some(50)), 190, Some(140), Ok(())),
            (session(None, None), limits(None, Some(50)), 99, None, Ok(())),
        ];
        for (session, limits, now, token, expected) in cases {
            let token = token.map(|seconds| Timestamp(at(seconds)));
            assert_eq!(session.check(&limits, at(now), token), expected, "{session:?} {limits:?} {now}");
        }
    }
}
