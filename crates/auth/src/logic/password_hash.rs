//! Password hashes: new ones are bcrypt; imported argon2i and argon2id are verified too. Slow on purpose: never call it on an
//! async thread (`crate::passwords` does the moving).

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use super::invalid::Invalid;

/// Cost of new hashes, as upstream's.
const COST: u32 = 10;

/// A hash of more than this cost would occupy a core for minutes: nobody makes such hashes in good faith.
const MAX_COST: u32 = 16;

/// Limits of imported argon2 hashes: 1 GiB, 20 passes, 16 lanes.
const MAX_MEMORY_KIB: u32 = 1 << 20;
const MAX_PASSES: u32 = 20;
const MAX_LANES: u32 = 16;

/// A hash of a forgotten password: comparing with it costs what comparing with a real one costs, so that the time of an answer
/// does not tell whether a user exists.
pub(crate) const DECOY: &str = "$2a$10$cVSTINyX1elVszVayj1X8uhwnjShNur3AefXo5poeBRsS9sTkn00m";

/// The bcrypt hash of `password`, which must not be longer than 72 bytes.
pub(crate) fn hash(password: &str, salt: [u8; 16]) -> Result<String, bcrypt::BcryptError> {
    let parts = bcrypt::hash_with_salt(password, COST, salt)?;
    Ok(parts.format_for_version(bcrypt::Version::TwoA))
}

/// Whether `hash` is a hash of `password`; `false` for a hash of an unknown kind.
pub(crate) fn verify(password: &str, hash: &str) -> bool {
    match Kind::of(hash) {
        Some(Kind::Bcrypt) => bcrypt::verify(password, hash).unwrap_or(false),
        Some(Kind::Argon2(argon2)) => argon2.verify(password),
        None => false,
    }
}

/// Whether an administrator may import `hash`.
pub(crate) fn check_importable(hash: &str) -> Result<(), Invalid> {
    if hash.len() <= 255 && Kind::of(hash).is_some() { Ok(()) } else { Err(Invalid::PasswordHash) }
}

enum Kind {
    Bcrypt,
    Argon2(Argon2Hash),
}

struct Argon2Hash {
    hasher: Argon2<'static>,
    salt: Vec<u8>,
    output: Vec<u8>,
}

impl Kind {
    fn of(hash: &str) -> Option<Self> {
        let mut fields = hash.strip_prefix('$')?.split('$');
        match fields.next()? {
            "2a" | "2b" | "2y" => {
                let cost: u32 = fields.next()?.parse().ok()?;
                let rest = fields.next()?;
                let well_formed = rest.len() == 53 && fields.next().is_none();
                (well_formed && (4..=MAX_COST).contains(&cost)).then_some(Self::Bcrypt)
            }
            name @ ("argon2i" | "argon2id") => Argon2Hash::read(name, fields).map(Self::Argon2),
            _ => None,
        }
    }
}

impl Argon2Hash {
    /// Reads `v=19`, `m=…,t=…,p=…`, salt and hash: the fields behind the algorithm's name.
    fn read<'a>(name: &str, mut fields: impl Iterator<Item = &'a str>) -> Option<Self> {
        let algorithm = if name == "argon2i" { Algorithm::Argon2i } else { Algorithm::Argon2id };
        if fields.next()? != "v=19" {
            return None;
        }
        let mut parameters = fields.next()?.split(',');
        let mut number = |name: &str| parameters.next()?.strip_prefix(name)?.parse::<u32>().ok();
        let (memory, passes, lanes) = (number("m=")?, number("t=")?, number("p=")?);
        let salt = STANDARD_NO_PAD.decode(fields.next()?).ok()?;
        let output = STANDARD_NO_PAD.decode(fields.next()?).ok()?;
        // `keyid` and `data` would be a fourth parameter
        let complete = parameters.next().is_none() && fields.next().is_none();
        if !complete || memory > MAX_MEMORY_KIB || passes > MAX_PASSES || lanes > MAX_LANES {
            return None;
        }
        let params = Params::new(memory, passes, lanes, Some(output.len())).ok()?;
        Some(Self { hasher: Argon2::new(algorithm, Version::V0x13, params), salt, output })
    }

    fn verify(&self, password: &str) -> bool {
        let mut derived = vec![0; self.output.len()];
        let hashed = self.hasher.hash_password_into(password.as_bytes(), &self.salt, &mut derived);
        hashed.is_ok() && same(&derived, &self.output)
    }
}

/// Compares without telling by its time how much was equal.
fn same(left: &[u8], right: &[u8]) -> bool {
    left.len() == right.len()
        && left.iter().zip(right).fold(0, |difference, (l, r)| difference | (l ^ r)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_hash_verifies_its_password_only() {
        let hash = hash("correct horse", [7; 16]).unwrap();
        assert!(hash.starts_with("$2a$10$"), "{hash}");
        assert!(verify("correct horse", &hash));
        assert!(!verify("correct house", &hash));
        assert!(!verify("", &hash));
    }

    #[test]
    fn hashes_made_elsewhere() {
        let cases = [
            // pgcrypto: crypt('password', gen_salt('bf'))
            ("password", "$2a$06$4QlcBr.Sht6waWwkKFXioup9npU84HKkIhV53mdpM5YVT1uqfNZky", true),
            ("Password", "$2a$06$4QlcBr.Sht6waWwkKFXioup9npU84HKkIhV53mdpM5YVT1uqfNZky", false),
            ("correct", "$argon2i$v=19$m=4096,t=3,p=1$c2FsdHNhbHQ$AAAA", false),
            ("", "", false),
            ("x", "$1$abc$def", false),
            ("x", "plain", false),
        ];
        for (password, hash, expected) in cases {
            assert_eq!(verify(password, hash), expected, "{hash}");
        }
        let ours = hash("secret", [1; 16]).unwrap();
        for prefix in ["$2a$", "$2b$", "$2y$"] {
            assert!(verify("secret", &ours.replace("$2a$", prefix)), "{prefix}");
        }
    }

    #[test]
    fn argon2_hashes_are_verified() {
        for (name, algorithm) in [("argon2i", Algorithm::Argon2i), ("argon2id", Algorithm::Argon2id)] {
            let mut output = [0; 32];
            let params = Params::new(64, 1, 1, Some(32)).unwrap();
            Argon2::new(algorithm, Version::V0x13, params)
                .hash_password_into(b"pw", b"saltsalt", &mut output)
                .unwrap();
            let hash = format!(
                "${name}$v=19$m=64,t=1,p=1${}${}",
                STANDARD_NO_PAD.encode("saltsalt"),
                STANDARD_NO_PAD.encode(output)
            );
            assert_eq!(check_importable(&hash), Ok(()), "{hash}");
            assert!(verify("pw", &hash));
            assert!(!verify("PW", &hash));
        }
    }

    #[test]
    fn only_known_hashes_within_limits_are_importable() {
        let bcrypt = hash("secret", [1; 16]).unwrap();
        assert_eq!(check_importable(&bcrypt), Ok(()));
        assert_eq!(check_importable(DECOY), Ok(()));
        let refused = [
            bcrypt.replace("$10$", "$31$"),
            bcrypt.replace("$10$", "$99999999999$"),
            format!("{bcrypt}x"),
            "$argon2d$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2g".to_owned(),
            "$argon2id$v=16$m=64,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2g".to_owned(),
            "$argon2id$v=19$m=2000000,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2g".to_owned(),
            "$argon2id$v=19$m=64,t=21,p=1$c2FsdHNhbHQ$aGFzaGhhc2g".to_owned(),
            "$argon2id$v=19$m=64,t=1,p=17$c2FsdHNhbHQ$aGFzaGhhc2g".to_owned(),
            "$argon2id$v=19$m=64,t=1,p=1,keyid=1$c2FsdHNhbHQ$aGFzaGhhc2g".to_owned(),
            "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$".to_owned(),
            "secret".to_owned(),
            String::new(),
        ];
        for hash in refused {
            assert_eq!(check_importable(&hash), Err(Invalid::PasswordHash), "{hash}");
        }
    }
}
