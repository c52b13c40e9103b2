//! The audit log.

use chrono::{DateTime, Utc};
use pg::Statement;
use serde_json::Value;

use super::statement;
use crate::logic::audit::{self, Action, Actor};

/// An entry about `action`.
pub(crate) fn insert_audit_entry(
    actor: &Actor,
    action: Action,
    traits: Option<Value>,
    now: DateTime<Utc>,
) -> Statement {
    statement!("insert_audit_entry").bind(audit::payload(actor, action, traits)).bind(now)
}
