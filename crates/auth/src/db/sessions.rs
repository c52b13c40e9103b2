//! Statements about sessions and refresh tokens.

use chrono::{DateTime, Utc};
use pg::Statement;
use serde_json::Value;
use uuid::Uuid;

use super::statement;
use crate::request::Origin;

/// What a presented refresh token was worth: the first column of `rotate_refresh_token.sql`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rotation {
    /// It was good and has a child now.
    Rotated,
    /// It was used before, but its child is the active token and is given out again.
    Active,
    /// It was used before, by someone else.
    Reused,
}

impl Rotation {
    /// Reads the column.
    pub(crate) fn read(text: &str) -> Option<Self> {
        Some(match text {
            "rotated" => Self::Rotated,
            "active" => Self::Active,
            "reused" => Self::Reused,
            _ => return None,
        })
    }
}

/// The parameters of `rotate_refresh_token.sql`.
pub(crate) struct Rotate<'a> {
    pub(crate) presented: &'a str,
    pub(crate) replacement: &'a str,
    pub(crate) now: DateTime<Utc>,
    pub(crate) reuse_interval: u32,
    pub(crate) revoke_family: bool,
    pub(crate) origin: &'a Origin,
    /// Audit entry of every refresh.
    pub(crate) refreshed: &'a Value,
    /// Audit entry when the presented token was revoked by it.
    pub(crate) revoked: &'a Value,
}

/// The user of a token and its session.
pub(crate) fn find_caller(user_id: Uuid, session_id: Option<Uuid>) -> Statement {
    statement!("find_caller").bind(user_id).bind(session_id)
}

pub(crate) fn insert(id: Uuid, user_id: Uuid, origin: &Origin, now: DateTime<Utc>) -> Statement {
    statement!("insert_session")
        .bind(id)
        .bind(user_id)
        .bind(now)
        .bind(origin.user_agent.as_deref())
        .bind(origin.ip_text())
}

pub(crate) fn insert_refresh_token(
    token: &str,
    user_id: Uuid,
    session_id: Uuid,
    now: DateTime<Utc>,
) -> Statement {
    statement!("insert_refresh_token").bind(token).bind(user_id).bind(session_id).bind(now)
}

pub(crate) fn set_last_sign_in(user_id: Uuid, now: DateTime<Utc>) -> Statement {
    statement!("set_last_sign_in").bind(user_id).bind(now)
}

pub(crate) fn upsert_amr_claim(session_id: Uuid, method: &str, now: DateTime<Utc>) -> Statement {
    statement!("upsert_amr_claim").bind(session_id).bind(method).bind(now)
}

pub(crate) fn list_amr_claims(session_id: Uuid) -> Statement {
    statement!("list_amr_claims").bind(session_id)
}

pub(crate) fn delete(id: Uuid) -> Statement {
    statement!("delete_session").bind(id)
}

/// All sessions of the user but this one.
pub(crate) fn delete_others(user_id: Uuid, keep: Uuid) -> Statement {
    statement!("delete_other_sessions").bind(user_id).bind(keep)
}

pub(crate) fn delete_all(user_id: Uuid) -> Statement {
    statement!("delete_sessions").bind(user_id)
}

pub(crate) fn find_refresh_token(token: &str) -> Statement {
    statement!("find_refresh_token").bind(token)
}

pub(crate) fn delete_refresh_token(token: &str) -> Statement {
    statement!("delete_refresh_token").bind(token)
}

pub(crate) fn limit_lock_wait() -> Statement {
    statement!("limit_lock_wait")
}

pub(crate) fn lock(id: Uuid) -> Statement {
    statement!("lock_session").bind(id)
}

pub(crate) fn rotate_refresh_token(rotate: &Rotate<'_>) -> Statement {
    statement!("rotate_refresh_token")
        .bind(rotate.presented)
        .bind(rotate.replacement)
        .bind(rotate.now)
        .bind(rotate.reuse_interval)
        .bind(rotate.revoke_family)
        .bind(rotate.origin.user_agent.as_deref())
        .bind(rotate.origin.ip_text())
        .bind(rotate.refreshed)
        .bind(rotate.revoked)
}
