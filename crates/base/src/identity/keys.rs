//! The keys of one project: generated on its first start, kept in one file that only its owner can read.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use rand::TryRngCore as _;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{KeyError, SigningKey, Verifier, VerifyingKey};

/// Ten years: API keys are meant to be copied into deployments and rotated by hand.
const API_KEY_LIFETIME_SECONDS: i64 = 10 * 365 * 24 * 3600;

/// Why a project's keys can't be read or written.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// The file can't be read or written.
    #[error("can't use the key file {path}: {source}", path = path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not what [`ProjectKeys::save`] writes.
    #[error("the key file {path} is damaged ({source}); restore it, or remove it to generate new keys", path = path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Why.
        source: serde_json::Error,
    },
    /// A key in it can't be used.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The operating system gave no randomness.
    #[error("the operating system gave no random bytes")]
    Random,
}

/// Every secret of a project. Never printed: its `Debug` is empty.
#[derive(Clone, Serialize, Deserialize)]
pub struct ProjectKeys {
    /// The shared HS256 secret: signs the JWT API keys, and is accepted for tokens made by the project itself.
    pub jwt_secret: String,
    /// The private JWK that signs user tokens.
    pub signing_key: Value,
    /// Keys that sign no more, or not yet, and whose tokens are good: JWKs, of which the public half is enough.
    #[serde(skip)]
    pub other_keys: Vec<Value>,
    /// JWT API key of role `anon`.
    pub anon_key: String,
    /// JWT API key of role `service_role`.
    pub service_role_key: String,
    /// Opaque API key for clients.
    pub publishable_key: String,
    /// Opaque API key for servers.
    pub secret_key: String,
    /// Password of the database role `postgres`, the one in `DB_URL`.
    pub postgres_password: String,
    /// Password of the platform's admin and service roles.
    pub admin_password: String,
    /// The key under which the database encrypts secrets (`vault`): 64 hexadecimal digits. Empty in files of older
    /// versions.
    #[serde(default)]
    pub root_key: String,
}

impl std::fmt::Debug for ProjectKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ProjectKeys").finish_non_exhaustive()
    }
}

impl ProjectKeys {
    /// New keys for a project that has none.
    pub fn generate(now: DateTime<Utc>) -> Result<Self, KeyFileError> {
        let jwt_secret = random_text::<40>()?;
        let kid = uuid::Uuid::new_v4().to_string();
        Ok(Self {
            anon_key: api_jwt(&jwt_secret, "anon", now)?,
            service_role_key: api_jwt(&jwt_secret, "service_role", now)?,
            signing_key: SigningKey::generate_es256(&kid)?,
            other_keys: Vec::new(),
            publishable_key: opaque("sb_publishable_")?,
            secret_key: opaque("sb_secret_")?,
            postgres_password: random_text::<24>()?,
            admin_password: random_text::<24>()?,
            root_key: root_key()?,
            jwt_secret,
        })
    }

    /// The same keys with another shared secret: the JWT API keys are signed anew.
    pub fn with_jwt_secret(mut self, secret: &str, now: DateTime<Utc>) -> Result<Self, KeyFileError> {
        self.anon_key = api_jwt(secret, "anon", now)?;
        self.service_role_key = api_jwt(secret, "service_role", now)?;
        secret.clone_into(&mut self.jwt_secret);
        Ok(self)
    }

    /// The project's keys: read from `path`, or generated and saved there when there is no such file.
    pub fn load_or_generate(path: &Path, now: DateTime<Utc>) -> Result<Self, KeyFileError> {
        match std::fs::read(path) {
            Ok(bytes) => {
                let mut keys: Self = serde_json::from_slice(&bytes)
                    .map_err(|source| KeyFileError::Damaged { path: path.to_owned(), source })?;
                if keys.root_key.is_empty() {
                    keys.root_key = root_key()?;
                    keys.save(path)?;
                }
                Ok(keys)
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let keys = Self::generate(now)?;
                keys.save(path)?;
                Ok(keys)
            }
            Err(source) => Err(KeyFileError::Io { path: path.to_owned(), source }),
        }
    }

    /// Writes the file whole or not at all (a crash leaves no half file), readable by its owner only.
    pub fn save(&self, path: &Path) -> Result<(), KeyFileError> {
        self.write(path).map_err(|source| KeyFileError::Io { path: path.to_owned(), source })
    }

    fn write(&self, path: &Path) -> std::io::Result<()> {
        use std::os::unix::fs::OpenOptionsExt as _;
        let partial = path.with_extension("partial");
        // a left-over of a crash keeps its old permissions, so it is not reused
        match std::fs::remove_file(&partial) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&partial)?;
        file.write_all(&serde_json::to_vec_pretty(self)?)?;
        file.sync_all()?;
        std::fs::rename(partial, path)
    }

    /// The key that signs user tokens.
    pub fn signer(&self) -> Result<SigningKey, KeyFileError> {
        Ok(SigningKey::from_jwk(&self.signing_key)?)
    }

    /// Verifies tokens of the signing key and of the shared secret.
    pub fn verifier(&self) -> Result<Verifier, KeyFileError> {
        Ok(Verifier::new(self.verifying_keys()?))
    }

    /// The keys tokens of this project can be signed with.
    pub fn verifying_keys(&self) -> Result<Vec<VerifyingKey>, KeyFileError> {
        let secret = VerifyingKey::from_secret(self.jwt_secret.as_bytes());
        let signer = self.signer()?;
        let public = signer.public_jwk().into_iter().chain(&self.other_keys).map(VerifyingKey::from_jwk);
        public.chain([Ok(secret)]).collect::<Result<_, _>>().map_err(KeyFileError::from)
    }
}

fn api_jwt(secret: &str, role: &str, now: DateTime<Utc>) -> Result<String, KeyFileError> {
    let issued = now.timestamp();
    let claims =
        json!({"iss": "ferrobase", "role": role, "iat": issued, "exp": issued + API_KEY_LIFETIME_SECONDS});
    Ok(SigningKey::from_secret(secret.as_bytes()).sign(&claims)?)
}

/// `prefix`, 22 random characters, `_` and an 8-character checksum, by which a scanner knows a leaked key from noise.
fn opaque(prefix: &str) -> Result<String, KeyFileError> {
    let key = format!("{prefix}{}", random_text::<16>()?);
    let checksum = URL_SAFE_NO_PAD.encode(&Sha256::digest(key.as_bytes())[..6]);
    Ok(format!("{key}_{checksum}"))
}

fn root_key() -> Result<String, KeyFileError> {
    Ok(crate::hex(&random_bytes::<32>()?))
}

/// `BYTES` random bytes as base64url.
fn random_text<const BYTES: usize>() -> Result<String, KeyFileError> {
    Ok(URL_SAFE_NO_PAD.encode(random_bytes::<BYTES>()?))
}

fn random_bytes<const BYTES: usize>() -> Result<[u8; BYTES], KeyFileError> {
    let mut bytes = [0; BYTES];
    rand::rngs::OsRng.try_fill_bytes(&mut bytes).map_err(|_error| KeyFileError::Random)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::{ApiKeys, KeyKind, bearer};
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn keys_survive_the_file_which_only_the_owner_reads() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("keys.json");
        let now = Utc::now();
        let first = ProjectKeys::load_or_generate(&path, now).unwrap();
        let again = ProjectKeys::load_or_generate(&path, now).unwrap();
        assert_eq!(serde_json::to_value(&first).unwrap(), serde_json::to_value(&again).unwrap());
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(!format!("{first:?}").contains(&first.jwt_secret));
        let other = ProjectKeys::generate(now).unwrap();
        assert_ne!(first.secret_key, other.secret_key);
    }

    #[test]
    fn a_file_of_an_older_version_gets_a_root_key_once() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("keys.json");
        let mut old = serde_json::to_value(ProjectKeys::generate(Utc::now()).unwrap()).unwrap();
        old.as_object_mut().unwrap().remove("root_key");
        std::fs::write(&path, old.to_string()).unwrap();
        let first = ProjectKeys::load_or_generate(&path, Utc::now()).unwrap().root_key;
        assert_eq!(first.len(), 64);
        assert_eq!(ProjectKeys::load_or_generate(&path, Utc::now()).unwrap().root_key, first);
    }

    #[test]
    fn a_damaged_file_is_not_silently_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("keys.json");
        std::fs::write(&path, "{").unwrap();
        let error = ProjectKeys::load_or_generate(&path, Utc::now()).unwrap_err();
        assert!(matches!(error, KeyFileError::Damaged { .. }), "{error}");
    }

    #[test]
    fn api_keys_are_recognised_and_stand_for_their_role() {
        let now = Utc::now();
        let keys = ProjectKeys::generate(now).unwrap();
        let verifier = std::sync::Arc::new(keys.verifier().unwrap());
        let api_keys = ApiKeys::new(&keys, std::sync::Arc::clone(&verifier));
        let role = |key: &str| {
            let kind = api_keys.recognise(key, now)?;
            let authorization = api_keys.authorization(&kind, key)?;
            let token = bearer(authorization.to_str().ok()?)?;
            let claims = verifier.verify(token, now).expect("valid");
            Some((kind, claims.role().expect("a role").to_owned()))
        };
        assert_eq!(role(&keys.publishable_key), Some((KeyKind::Publishable, "anon".into())));
        assert_eq!(role(&keys.secret_key), Some((KeyKind::Secret, "service_role".into())));
        assert_eq!(role(&keys.anon_key), Some((KeyKind::Jwt, "anon".into())));
        assert_eq!(role(&keys.service_role_key), Some((KeyKind::Jwt, "service_role".into())));
        for unknown in ["", "sb_secret_x", "sb_publishable_", "nonsense", "a.b.c"] {
            assert_eq!(role(unknown), None, "{unknown}");
        }
    }
}
