//! Any text as a token, and any claims under a good signature: refused or accepted, never a panic.
#![no_main]

use std::sync::LazyLock;

use base::identity::{SigningKey, Verifier, VerifyingKey, bearer};
use chrono::{DateTime, Utc};
use libfuzzer_sys::fuzz_target;

const SECRET: &[u8] = b"a secret of at least thirty-two bytes";

static VERIFIER: LazyLock<Verifier> = LazyLock::new(|| {
    Verifier::new(vec![VerifyingKey::from_secret(SECRET)]).with_audience(Some("authenticated".to_owned()))
});
static SIGNER: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::from_secret(SECRET));

fuzz_target!(|text: &str| {
    let now = DateTime::<Utc>::UNIX_EPOCH;
    let _ = VERIFIER.verify(text, now);
    let _ = bearer(text).map(|token| VERIFIER.verify(token, now));
    let claims: Result<serde_json::Value, _> = serde_json::from_str(text);
    if let Ok(claims) = claims
        && let Ok(token) = SIGNER.sign(&claims)
        && let Ok(claims) = VERIFIER.verify(&token, now)
    {
        let _ = claims.role();
        assert!(serde_json::from_str::<serde_json::Value>(&claims.raw).is_ok());
    }
});
