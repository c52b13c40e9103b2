//! What the room decides without a database, a network or a clock of its own: plain values in, plain values out.

pub(crate) mod api_version;
pub(crate) mod audit;
pub(crate) mod claims;
pub(crate) mod email_address;
pub(crate) mod go_duration;
pub(crate) mod identity_data;
pub(crate) mod invalid;
pub(crate) mod metadata;
pub(crate) mod one_time_token;
pub(crate) mod pagination;
pub(crate) mod password_hash;
pub(crate) mod password_rules;
pub(crate) mod phone_number;
pub(crate) mod pkce;
pub(crate) mod refresh_token;
pub(crate) mod session;
pub(crate) mod soft_delete;
pub(crate) mod text;
pub(crate) mod timestamp;
pub(crate) mod user;
