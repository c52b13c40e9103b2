//! What the functions that count answer, more exactly than a catalogue can tell: which columns are never null.

use chrono::{DateTime, Utc};
use ferrobase_client::Function;
use serde::Deserialize;

use crate::types::public as generated;

/// What `increment_usage` answers.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Consumption {
    /// The ledger's entry, which a refund names.
    pub entry: i64,
    /// The counter now.
    pub used: i64,
    /// What is left; `None` is unlimited.
    pub remaining: Option<i64>,
    /// When the window ends; `None` is never.
    pub resets_at: Option<DateTime<Utc>>,
    /// Whether this call was made before, and counted then.
    pub repeated: bool,
}

/// What `refund_usage` answers.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Refund {
    /// The ledger's entry.
    pub refund: i64,
    /// What was given back.
    pub refunded: i64,
    /// The counter now.
    pub used: i64,
    /// Whether this call was made before, and counted then.
    pub repeated: bool,
}

/// What became of a webhook's event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventOutcome {
    /// The subscription now says what the event says.
    Applied,
    /// It arrived before.
    Duplicate,
    /// It is not about a subscription.
    Ignored,
    /// Something newer about the same subscription was applied before.
    Stale,
    /// It is about another subscription than the one the user has now.
    Superseded,
    /// Nobody here has that customer (any more).
    UnknownUser,
}

pub(crate) struct IncrementUsage;

impl Function for IncrementUsage {
    const SCHEMA: &'static str = generated::IncrementUsage::SCHEMA;
    const NAME: &'static str = generated::IncrementUsage::NAME;
    type Args = generated::IncrementUsageArgs;
    type Returns = Consumption;
}

pub(crate) struct RefundUsage;

impl Function for RefundUsage {
    const SCHEMA: &'static str = generated::RefundUsage::SCHEMA;
    const NAME: &'static str = generated::RefundUsage::NAME;
    type Args = generated::RefundUsageArgs;
    type Returns = Refund;
}

pub(crate) struct ApplyLemonSqueezyEvent;

impl Function for ApplyLemonSqueezyEvent {
    const SCHEMA: &'static str = generated::ApplyLemonSqueezyEvent::SCHEMA;
    const NAME: &'static str = generated::ApplyLemonSqueezyEvent::NAME;
    type Args = generated::ApplyLemonSqueezyEventArgs;
    type Returns = EventOutcome;
}
