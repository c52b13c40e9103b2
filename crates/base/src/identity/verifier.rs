//! Verifying JWTs: signature by the project's keys, then time and audience. Verified tokens are remembered.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, RwLock};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use foldhash::fast::RandomState;
use jsonwebtoken::Algorithm;
use serde::Deserialize;
use serde_json::Value;

use super::{Claims, JwtError, VerifyingKey};

/// How many verified tokens are remembered if nothing else is asked for. A full cache is emptied: refilling costs one signature check a token.
const REMEMBERED: usize = 4096;

/// PostgREST's tolerance for clocks that differ, in seconds.
pub(super) const LEEWAY_SECONDS: i64 = 30;

/// Verifies tokens against a fixed set of keys; a clone remembers nothing. A change of keys makes a new verifier, so the cache never outlives a key.
#[derive(Debug)]
pub struct Verifier {
    keys: Vec<VerifyingKey>,
    audience: Option<String>,
    leeway: i64,
    capacity: usize,
    remembered: RwLock<HashMap<Box<str>, Arc<Claims>, RandomState>>,
    figures: Arc<Figures>,
}

/// What became of tokens, counted over a verifier and all its clones.
#[derive(Debug, Default)]
pub struct Figures {
    lookups: AtomicU64,
    hits: AtomicU64,
    evictions: AtomicU64,
}

impl Figures {
    /// Tokens looked for among the remembered ones.
    pub fn lookups(&self) -> u64 {
        self.lookups.load(Ordering::Relaxed)
    }

    /// Tokens found there.
    pub fn hits(&self) -> u64 {
        self.hits.load(Ordering::Relaxed)
    }

    /// Remembered tokens that made room for others.
    pub fn evictions(&self) -> u64 {
        self.evictions.load(Ordering::Relaxed)
    }
}

impl Clone for Verifier {
    fn clone(&self) -> Self {
        Self {
            keys: self.keys.clone(),
            audience: self.audience.clone(),
            leeway: self.leeway,
            capacity: self.capacity,
            remembered: RwLock::default(),
            figures: Arc::clone(&self.figures),
        }
    }
}

#[derive(Deserialize)]
struct TokenHeader {
    alg: String,
    kid: Option<String>,
    crit: Option<Value>,
}

impl Verifier {
    /// A verifier without an audience of its own and with 30 seconds of leeway.
    pub fn new(keys: Vec<VerifyingKey>) -> Self {
        Self {
            keys,
            audience: None,
            leeway: LEEWAY_SECONDS,
            capacity: REMEMBERED,
            remembered: RwLock::default(),
            figures: Arc::default(),
        }
    }

    /// With other keys.
    #[must_use]
    pub fn with_keys(mut self, keys: Vec<VerifyingKey>) -> Self {
        self.keys = keys;
        self
    }

    /// Refuses tokens whose `aud` names others but not `audience`.
    #[must_use]
    pub fn with_audience(mut self, audience: Option<String>) -> Self {
        self.audience = audience;
        self
    }

    /// Accepts times that are off by so many seconds.
    #[must_use]
    pub fn with_leeway(mut self, seconds: i64) -> Self {
        self.leeway = seconds;
        self
    }

    /// Remembers so many verified tokens; with 0 each one is verified anew.
    #[must_use]
    pub fn with_capacity(mut self, tokens: usize) -> Self {
        self.capacity = tokens;
        self
    }

    /// Whether there is any key at all to verify with.
    pub fn has_keys(&self) -> bool {
        !self.keys.is_empty()
    }

    /// The claims of `token` when its signature, times and audience hold at `now`.
    pub fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<Arc<Claims>, JwtError> {
        let claims = match self.recall(token) {
            Some(claims) => claims,
            None => self.remember(token, self.check_signature(token)?),
        };
        claims.check(now, self.leeway, self.audience.as_deref())?;
        Ok(claims)
    }

    /// What became of tokens so far.
    pub fn figures(&self) -> &Figures {
        &self.figures
    }

    fn recall(&self, token: &str) -> Option<Arc<Claims>> {
        if self.capacity == 0 {
            return None;
        }
        self.figures.lookups.fetch_add(1, Ordering::Relaxed);
        let remembered = self.remembered.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        let found = remembered.get(token).cloned();
        if found.is_some() {
            self.figures.hits.fetch_add(1, Ordering::Relaxed);
        }
        found
    }

    fn remember(&self, token: &str, claims: Claims) -> Arc<Claims> {
        let claims = Arc::new(claims);
        if self.capacity == 0 {
            return claims;
        }
        let mut remembered = self.remembered.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        if remembered.len() >= self.capacity {
            self.figures.evictions.fetch_add(remembered.len() as u64, Ordering::Relaxed);
            remembered.clear();
        }
        remembered.insert(token.into(), Arc::clone(&claims));
        claims
    }

    fn check_signature(&self, token: &str) -> Result<Claims, JwtError> {
        if token.is_empty() {
            return Err(JwtError::Empty);
        }
        let parts: Vec<&str> = token.split('.').collect();
        let [header, payload, signature] = parts[..] else {
            return Err(JwtError::Parts(parts.len()));
        };
        let (algorithm, kid) = read_header(header)?;
        let mut fitting = self.keys.iter().filter(|key| key.fits(algorithm, kid.as_deref())).peekable();
        if fitting.peek().is_none() {
            return Err(JwtError::NoSuitableKey);
        }
        let message = &token.as_bytes()[..header.len() + 1 + payload.len()];
        let verified = fitting.any(|key| {
            jsonwebtoken::crypto::verify(signature, message, &key.decoding, algorithm).unwrap_or(false)
        });
        if !verified {
            return Err(JwtError::Signature);
        }
        let payload = URL_SAFE_NO_PAD.decode(payload).map_err(|_error| JwtError::ClaimsNotObject)?;
        Claims::parse(payload)
    }
}

fn read_header(header: &str) -> Result<(Algorithm, Option<String>), JwtError> {
    let unreadable = || JwtError::Algorithm("the header can't be read".to_owned());
    let bytes = URL_SAFE_NO_PAD.decode(header).map_err(|_error| unreadable())?;
    let header: TokenHeader = serde_json::from_slice(&bytes).map_err(|_error| unreadable())?;
    if let Some(critical) = header.crit {
        let first = critical.get(0).and_then(Value::as_str).unwrap_or("crit");
        return Err(JwtError::Critical(first.to_owned()));
    }
    match header.alg.parse() {
        Ok(algorithm) => Ok((algorithm, header.kid)),
        // "none" lands here too: there is no unsigned token
        Err(_unknown) => Err(JwtError::Algorithm(header.alg)),
    }
}

/// The token of an `Authorization: Bearer …` value (any case, any number of blanks); `None` for other schemes.
pub fn bearer(authorization: &str) -> Option<&str> {
    let (scheme, token) = authorization.split_once(' ').unwrap_or((authorization, ""));
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::SigningKey;
    use serde_json::json;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_000_000, 0).unwrap()
    }

    fn es256() -> (SigningKey, VerifyingKey) {
        let jwk = SigningKey::generate_es256("k1").unwrap();
        let signing = SigningKey::from_jwk(&jwk).unwrap();
        let verifying = VerifyingKey::from_jwk(signing.public_jwk().unwrap()).unwrap();
        (signing, verifying)
    }

    #[test]
    fn es256_and_the_shared_secret_are_both_accepted() {
        let (signing, verifying) = es256();
        let secret = b"super-secret-jwt-token-with-at-least-32-characters-long";
        let verifier = Verifier::new(vec![verifying, VerifyingKey::from_secret(secret)]);
        let claims = json!({"sub": "u", "role": "authenticated", "exp": 1_000_100});
        for key in [signing, SigningKey::from_secret(secret)] {
            let token = key.sign(&claims).unwrap();
            for _first_then_remembered in 0..2 {
                let verified = verifier.verify(&token, now()).unwrap();
                assert_eq!(verified.role(), Some("authenticated"));
                assert_eq!(serde_json::from_str::<serde_json::Value>(&verified.raw).unwrap(), claims);
            }
        }
    }

    #[test]
    fn a_remembered_token_still_expires() {
        let (signing, verifying) = es256();
        let verifier = Verifier::new(vec![verifying]).with_leeway(0);
        let token = signing.sign(&json!({"exp": 1_000_001})).unwrap();
        assert!(verifier.verify(&token, now()).is_ok());
        let later = now() + chrono::Duration::seconds(2);
        assert_eq!(verifier.verify(&token, later).unwrap_err(), JwtError::Expired);
    }

    #[test]
    fn what_was_remembered_ends_with_its_key() {
        let ((old, old_key), (_, new_key)) = (es256(), es256());
        let before = Verifier::new(vec![old_key]);
        let token = old.sign(&json!({"role": "anon"})).unwrap();
        for _first_then_remembered in 0..2 {
            assert!(before.verify(&token, now()).is_ok());
        }
        let after = Verifier::new(vec![new_key]);
        assert_eq!(after.verify(&token, now()).unwrap_err(), JwtError::Signature);
    }

    #[test]
    fn forgeries_are_refused() {
        let (signing, verifying) = es256();
        let (stranger, _) = es256();
        let public = verifying.clone();
        let verifier = Verifier::new(vec![verifying]);
        let token = signing.sign(&json!({"role": "service_role"})).unwrap();
        let (head, signature) = token.rsplit_once('.').unwrap();
        let none = URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#);
        let body = URL_SAFE_NO_PAD.encode(r#"{"role":"service_role"}"#);
        let cases = [
            (String::new(), JwtError::Empty),
            ("a.b".into(), JwtError::Parts(2)),
            ("a.b.c.d".into(), JwtError::Parts(4)),
            ("\u{e9}.\u{e9}.\u{e9}".into(), JwtError::Algorithm("the header can't be read".into())),
            (format!("{none}.{body}."), JwtError::Algorithm("none".into())),
            (stranger.sign(&json!({"role": "service_role"})).unwrap(), JwtError::Signature),
            (format!("{head}.{}", signature.replace(&signature[..4], "AAAA")), JwtError::Signature),
            (format!("{head}."), JwtError::Signature),
            // the public key used as an HMAC secret
            (
                SigningKey::from_secret(format!("{public:?}").as_bytes()).sign(&json!({})).unwrap(),
                JwtError::NoSuitableKey,
            ),
        ];
        for (token, expected) in cases {
            assert_eq!(verifier.verify(&token, now()).unwrap_err(), expected, "{token}");
        }
    }

    #[test]
    fn what_must_be_understood_and_is_not_refuses_a_genuine_token() {
        let secret = b"super-secret-jwt-token-with-at-least-32-characters-long";
        let verifier = Verifier::new(vec![VerifyingKey::from_secret(secret)]);
        let signed = |header: &str| {
            let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode("{}"));
            let key = jsonwebtoken::EncodingKey::from_secret(secret);
            let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &key, Algorithm::HS256).unwrap();
            format!("{message}.{signature}")
        };
        assert!(verifier.verify(&signed(r#"{"alg":"HS256","x":1}"#), now()).is_ok());
        for (critical, named) in [(r#"["x"]"#, "x"), (r#"["b64","x"]"#, "b64"), ("[]", "crit"), ("1", "crit")]
        {
            let token = signed(&format!(r#"{{"alg":"HS256","x":1,"b64":true,"crit":{critical}}}"#));
            let refused = verifier.verify(&token, now()).unwrap_err();
            assert_eq!(refused, JwtError::Critical(named.to_owned()), "{critical}");
        }
    }

    #[test]
    fn bearer_is_case_insensitive_and_other_schemes_are_not_tokens() {
        assert_eq!(bearer("Bearer abc"), Some("abc"));
        assert_eq!(bearer("bEARER   abc"), Some("abc"));
        assert_eq!(bearer("Bearer"), Some(""));
        assert_eq!(bearer("Basic abc"), None);
        assert_eq!(bearer("abc"), None);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_an_error_and_never_a_panic(token in ".*") {
            let (_, verifying) = es256();
            proptest::prop_assert!(Verifier::new(vec![verifying]).verify(&token, now()).is_err());
        }
    }
}
