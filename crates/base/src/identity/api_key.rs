//! API keys: what the `apikey` header of a client stands for.
//!
//! A key is either opaque (`sb_publishable_…`, `sb_secret_…`) or itself a JWT signed for the project.

use std::sync::Arc;

use chrono::{DateTime, Utc};

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
    anon_jwt: String,
    service_jwt: String,
    verifier: Arc<Verifier>,
}

impl ApiKeys {
    /// The keys of one project; JWT keys are checked by `verifier`.
    pub fn new(keys: &ProjectKeys, verifier: Arc<Verifier>) -> Self {
        Self {
            publishable: keys.publishable_key.clone(),
            secret: keys.secret_key.clone(),
            anon_jwt: keys.anon_key.clone(),
            service_jwt: keys.service_role_key.clone(),
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

    /// The JWT a request with this kind of key carries when it brings no token of its own.
    pub fn jwt<'a>(&'a self, kind: &KeyKind, key: &'a str) -> &'a str {
        match kind {
            KeyKind::Publishable => &self.anon_jwt,
            KeyKind::Secret => &self.service_jwt,
            KeyKind::Jwt => key,
        }
    }
}

/// Compares without telling by its time how much of a guessed key was right.
fn same(given: &str, ours: &str) -> bool {
    aws_lc_rs::constant_time::verify_slices_are_equal(given.as_bytes(), ours.as_bytes()).is_ok()
}
