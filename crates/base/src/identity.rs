//! Who is asking: the project's keys, JWTs signed and verified, API keys mapped to roles.
//!
//! It decides only *who* a token speaks for. What that role may do is decided by Postgres.

mod api_key;
mod claims;
mod jwk;
mod keys;
mod role_claim;
mod verifier;

pub use api_key::{ApiKeys, KeyKind};
pub use claims::{Claims, JwtError};
pub use jwk::{KeyError, SigningKey, VerifyingKey, public_half};
pub use keys::{KeyFileError, ProjectKeys};
pub use role_claim::{RoleClaim, RoleClaimError};
pub use verifier::{Figures, Verifier, bearer};
