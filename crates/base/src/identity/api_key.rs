//! API keys: what the `apikey` header of a client stands for.
//!
//! A key is either opaque (`sb_publishable_…`, `sb_secret_…`) or itself a JWT signed for the project.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use http::HeaderValue;

use super::{ProjectKeys, Verifier};

/// What an API key turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyKind {
    /// The publishable key: requests without a user's token run as `anon`.
    Publishable,
    /// The secret key: they run as `service_role`.
    Secret,
    /// A JWT signed for this project: it speaks for itself.
    Jwt,
}

/// The API keys a server accepts.
#[derive(Debug)]
pub struct ApiKeys {
    publishable: String,
    secret: String,
    /// `Bearer <jwt>` for each of the two; none when it can't stand in a header.
    anon: Option<HeaderValue>,
    service: Option<HeaderValue>,
    verifier: Arc<Verifier>,
}

impl ApiKeys {
    /// The keys of one project; JWT keys are checked by `verifier`.
    pub fn new(keys: &ProjectKeys, verifier: Arc<Verifier>) -> Self {
        Self {
            publishable: keys.publishable_key.clone(),
            secret: keys.secret_key.clone(),
            anon: bearer_value(&keys.anon_key),
            service: bearer_value(&keys.service_role_key),
            verifier,
        }
    }

    /// What `key` is, or `None` for a key this project never gave out.
    pub fn recognise(&self, key: &str, now: DateTime<Utc>) -> Option<KeyKind> {
        if same(key, &self.publishable) {
            Some(KeyKind::Publishable)
        } else if same(key, &self.secret) {
            Some(KeyKind::Secret)
        } else if key.starts_with("sb_") {
            None
        } else {
            self.verifier.verify(key, now).is_ok().then_some(KeyKind::Jwt)
        }
    }

    /// The `Authorization` of a request with this kind of key that brings no token of its own.
    pub fn authorization(&self, kind: &KeyKind, key: &str) -> Option<HeaderValue> {
        match kind {
            KeyKind::Publishable => self.anon.clone(),
            KeyKind::Secret => self.service.clone(),
            KeyKind::Jwt => bearer_value(key),
        }
    }
}

fn bearer_value(jwt: &str) -> Option<HeaderValue> {
    HeaderValue::try_from(format!("Bearer {jwt}")).ok()
}

/// Compares without telling by its time how much of a guessed key was right.
fn same(given: &str, ours: &str) -> bool {
    aws_lc_rs::constant_time::verify_slices_are_equal(given.as_bytes(), ours.as_bytes()).is_ok()
}
