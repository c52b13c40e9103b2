//! JSON Web Keys: what signs the project's tokens and what verifies them.
//!
//! Knows the key formats and nothing of where keys are kept.

use aws_lc_rs::encoding::{AsBigEndian as _, AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey, EncodingKey, Header};
use serde::Serialize;
use serde_json::{Value, json};
use simple_asn1::ASN1Block;

/// A shared secret has at least so many bytes, as many as the hash that HS256 makes of it.
const SHORTEST_SECRET: usize = 32;

/// Why a key can't be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// A member the key type needs is missing or not base64url.
    #[error("the key has no valid \"{0}\"")]
    Member(&'static str),
    /// A key type or algorithm that is not supported.
    #[error("unsupported key: {0}")]
    Unsupported(String),
    /// A shared secret that can be guessed.
    #[error("the JWT secret must be at least 32 characters long")]
    Short,
    /// Not base64.
    #[error("the JWT secret is not base64")]
    Base64,
    /// The numbers do not form a key.
    #[error("the key's numbers do not fit together")]
    Invalid,
}

/// A private key that signs tokens.
#[derive(Debug, Clone)]
pub struct SigningKey {
    algorithm: Algorithm,
    kid: Option<String>,
    encoding: EncodingKey,
    public: Option<Value>,
}

impl SigningKey {
    /// A new P-256 key as a private JWK with that `kid`: the form the official CLI's `signing_keys.json` has.
    pub fn generate_es256(kid: &str) -> Result<Value, KeyError> {
        let pair =
            EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(|_error| KeyError::Invalid)?;
        let private: aws_lc_rs::encoding::EcPrivateKeyBin<'_> =
            pair.private_key().as_be_bytes().map_err(|_error| KeyError::Invalid)?;
        // an uncompressed point: 0x04, 32 bytes of x, 32 bytes of y
        let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
        Ok(json!({
            "kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "key_ops": ["sign"], "kid": kid,
            "x": encode(x), "y": encode(y), "d": encode(private.as_ref()),
        }))
    }

    /// A new RSA key of 2,048 bits as a private JWK with that `kid`, for those whose libraries know no ES256.
    pub fn generate_rs256(kid: &str) -> Result<Value, KeyError> {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).map_err(|_error| KeyError::Invalid)?;
        let der: Pkcs8V1Der<'_> = pair.as_der().map_err(|_error| KeyError::Invalid)?;
        let numbers = rsa_numbers(der.as_ref()).ok_or(KeyError::Invalid)?;
        let mut jwk = json!({ "kty": "RSA", "alg": "RS256", "use": "sig", "key_ops": ["sign"], "kid": kid });
        for (name, number) in ["n", "e", "d", "p", "q", "dp", "dq", "qi"].into_iter().zip(numbers) {
            jwk[name] = number.into();
        }
        Ok(jwk)
    }

    /// The key that a shared HS256 secret makes. It is never listed in a JWKS.
    pub fn from_secret(secret: &[u8]) -> Self {
        Self {
            algorithm: Algorithm::HS256,
            kid: None,
            encoding: EncodingKey::from_secret(secret),
            public: None,
        }
    }

    /// A private JWK: `EC` (P-256), `RSA` or `oct`.
    pub fn from_jwk(jwk: &Value) -> Result<Self, KeyError> {
        let kid = jwk.get("kid").and_then(Value::as_str).map(str::to_owned);
        match jwk.get("kty").and_then(Value::as_str) {
            Some("EC") => Self::from_ec(jwk, kid),
            Some("RSA") => Self::from_rsa(jwk, kid),
            Some("oct") => Ok(Self { kid, ..Self::from_secret(&member(jwk, "k")?) }),
            other => Err(KeyError::Unsupported(other.unwrap_or("no kty").to_owned())),
        }
    }

    fn from_ec(jwk: &Value, kid: Option<String>) -> Result<Self, KeyError> {
        let mut point = vec![4];
        point.extend(member(jwk, "x")?);
        point.extend(member(jwk, "y")?);
        let pair = EcdsaKeyPair::from_private_key_and_public_key(
            &ECDSA_P256_SHA256_FIXED_SIGNING,
            &member(jwk, "d")?,
            &point,
        )
        .map_err(|_error| KeyError::Invalid)?;
        let der = pair.to_pkcs8v1().map_err(|_error| KeyError::Invalid)?;
        Ok(Self {
            algorithm: Algorithm::ES256,
            encoding: EncodingKey::from_ec_der(der.as_ref()),
            public: Some(public_part(jwk, "ES256", &["crv", "x", "y"])),
            kid,
        })
    }

    fn from_rsa(jwk: &Value, kid: Option<String>) -> Result<Self, KeyError> {
        let algorithm = match jwk.get("alg").and_then(Value::as_str) {
            None | Some("RS256") => Algorithm::RS256,
            Some(other) => return Err(KeyError::Unsupported(other.to_owned())),
        };
        let public = aws_lc_rs::rsa::PublicKeyComponents { n: member(jwk, "n")?, e: member(jwk, "e")? };
        let pair = RsaKeyPair::from_components(&aws_lc_rs::rsa::KeyPairComponents {
            public_key: public,
            d: member(jwk, "d")?,
            p: member(jwk, "p")?,
            q: member(jwk, "q")?,
            dP: member(jwk, "dp")?,
            dQ: member(jwk, "dq")?,
            qInv: member(jwk, "qi")?,
        })
        .map_err(|_error| KeyError::Invalid)?;
        let der: Pkcs8V1Der<'_> = pair.as_der().map_err(|_error| KeyError::Invalid)?;
        let key = rsa_key(der.as_ref()).ok_or(KeyError::Invalid)?;
        Ok(Self {
            algorithm,
            encoding: EncodingKey::from_rsa_der(&key),
            public: Some(public_part(jwk, "RS256", &["n", "e"])),
            kid,
        })
    }

    /// Signs `claims` as a compact JWS with `alg`, `typ` and, when the key has one, `kid` in the header.
    pub fn sign(&self, claims: &impl Serialize) -> Result<String, KeyError> {
        let header = Header { kid: self.kid.clone(), ..Header::new(self.algorithm) };
        jsonwebtoken::encode(&header, claims, &self.encoding).map_err(|_error| KeyError::Invalid)
    }

    /// The public half as a JWK; `None` for shared secrets.
    pub fn public_jwk(&self) -> Option<&Value> {
        self.public.as_ref()
    }

    /// The algorithm's name, as in a token's header.
    pub fn algorithm(&self) -> String {
        format!("{:?}", self.algorithm)
    }
}

/// A key that verifies tokens: a shared secret or a public key.
#[derive(Debug, Clone)]
pub struct VerifyingKey {
    pub(super) kid: Option<String>,
    pub(super) algorithm: Option<Algorithm>,
    pub(super) decoding: DecodingKey,
    /// Without a name of its own it verifies tokens that name any key.
    takes_any_name: bool,
}

impl VerifyingKey {
    /// The key that a shared HS256/384/512 secret makes.
    pub fn from_secret(secret: &[u8]) -> Self {
        Self { kid: None, algorithm: None, decoding: DecodingKey::from_secret(secret), takes_any_name: true }
    }

    /// The keys that a text stands for: a shared secret, a JWK or a set of them; `is_base64` when it has to be
    /// decoded first. As PostgREST reads them: a shared secret is for HS256, and a token that names a key wants one of that name.
    pub fn parse_secret(text: &str, is_base64: bool) -> Result<Vec<Self>, KeyError> {
        let secret = if is_base64 { decode_base64(text)? } else { text.as_bytes().to_vec() };
        let keys = match serde_json::from_slice(&secret) {
            Ok(Value::Object(mut jwk)) => match jwk.remove("keys") {
                Some(Value::Array(set)) => Self::from_set(&set)?,
                _ => vec![Self::from_jwk(&Value::Object(jwk))?],
            },
            _ if secret.len() < SHORTEST_SECRET => return Err(KeyError::Short),
            _ => vec![Self { algorithm: Some(Algorithm::HS256), ..Self::from_secret(&secret) }],
        };
        Ok(keys.into_iter().map(|key| Self { takes_any_name: false, ..key }).collect())
    }

    /// The sets of identity providers have keys for other purposes, too: what can't verify is left out, unless nothing can.
    fn from_set(set: &[Value]) -> Result<Vec<Self>, KeyError> {
        let (mut keys, mut fault) = (Vec::new(), None);
        for jwk in set {
            match Self::from_jwk(jwk) {
                Ok(key) => keys.push(key),
                Err(error) => fault = Some(error),
            }
        }
        match fault {
            Some(fault) if keys.is_empty() => Err(fault),
            _ => Ok(keys),
        }
    }

    /// A public (or private: only its public half is used) JWK.
    pub fn from_jwk(jwk: &Value) -> Result<Self, KeyError> {
        let text = |name| jwk.get(name).and_then(Value::as_str);
        if text("use") == Some("enc") {
            return Err(KeyError::Unsupported("it is there to encrypt".to_owned()));
        }
        let parsed: jsonwebtoken::jwk::Jwk = serde_json::from_value(public_members(jwk))
            .map_err(|_error| KeyError::Unsupported(text("kty").unwrap_or("no kty").to_owned()))?;
        let decoding = DecodingKey::from_jwk(&parsed).map_err(|_error| KeyError::Invalid)?;
        let algorithm = match text("alg") {
            None => None,
            Some(name) => Some(name.parse().map_err(|_error| KeyError::Unsupported(name.to_owned()))?),
        };
        Ok(Self { kid: text("kid").map(str::to_owned), algorithm, decoding, takes_any_name: true })
    }

    /// Whether this key may verify a token with that header.
    pub(super) fn fits(&self, algorithm: Algorithm, kid: Option<&str>) -> bool {
        let same_family = self.decoding.family() == algorithm.family();
        let same_algorithm = self.algorithm.is_none_or(|ours| ours == algorithm);
        let same_kid = match (self.kid.as_deref(), kid) {
            (_, None) => true,
            (Some(ours), Some(theirs)) => ours == theirs,
            (None, Some(_)) => self.takes_any_name,
        };
        same_family && same_algorithm && same_kid
    }

    /// Whether this is a shared secret.
    pub fn is_secret(&self) -> bool {
        self.decoding.family() == AlgorithmFamily::Hmac
    }
}

fn members(der: &[u8]) -> Option<Vec<ASN1Block>> {
    match simple_asn1::from_der(der).ok()?.into_iter().next()? {
        ASN1Block::Sequence(_, members) => Some(members),
        _ => None,
    }
}

/// The PKCS #1 form in the PKCS #8 form of an RSA key: after a version and what algorithm it is for.
fn rsa_key(pkcs8: &[u8]) -> Option<Vec<u8>> {
    match members(pkcs8)?.into_iter().nth(2)? {
        ASN1Block::OctetString(_, key) => Some(key),
        _ => None,
    }
}

/// What an RSA key is made of, as a JWK has them and in the order of PKCS #1, where a version comes first.
fn rsa_numbers(pkcs8: &[u8]) -> Option<[String; 8]> {
    let numbers = members(&rsa_key(pkcs8)?)?.into_iter().skip(1).map(|member| match member {
        // a sign that is not needed in a JWK
        ASN1Block::Integer(_, number) => {
            let bytes = number.to_signed_bytes_be();
            Some(encode(bytes.strip_prefix(&[0]).unwrap_or(&bytes)))
        }
        _ => None,
    });
    numbers.collect::<Option<Vec<_>>>()?.try_into().ok()
}

fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Either alphabet of base64, padded or not (a dot pads, too).
fn decode_base64(text: &str) -> Result<Vec<u8>, KeyError> {
    let text = text.trim().replace('+', "-").replace('/', "_");
    URL_SAFE_NO_PAD.decode(text.trim_end_matches(['=', '.'])).map_err(|_error| KeyError::Base64)
}

fn member(jwk: &Value, name: &'static str) -> Result<Vec<u8>, KeyError> {
    let text = jwk.get(name).and_then(Value::as_str).ok_or(KeyError::Member(name))?;
    URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).map_err(|_error| KeyError::Member(name))
}

/// The members a JWKS shows of a private key.
/// What a JWKS shows of this key; `None` for shared secrets and for what nobody signs with here.
pub fn public_half(jwk: &Value) -> Option<Value> {
    match jwk.get("kty").and_then(Value::as_str) {
        Some("EC") => Some(public_part(jwk, "ES256", &["crv", "x", "y"])),
        Some("RSA") => Some(public_part(jwk, "RS256", &["n", "e"])),
        _ => None,
    }
}

fn public_part(jwk: &Value, algorithm: &str, names: &[&str]) -> Value {
    let mut public = json!({ "kty": jwk["kty"], "alg": algorithm, "use": "sig", "key_ops": ["verify"] });
    for name in names.iter().chain(&["kid"]) {
        if let Some(value) = jwk.get(*name) {
            public[*name] = value.clone();
        }
    }
    public
}

/// The JWK without what only matters to its holder (`key_ops` of a private key would refuse to verify).
fn public_members(jwk: &Value) -> Value {
    let mut public = jwk.clone();
    if let Some(members) = public.as_object_mut() {
        members.remove("key_ops");
        members.remove("use");
        if members.get("kty").and_then(Value::as_str) != Some("oct") {
            members.remove("d");
        }
    }
    public
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generated_key_of_either_kind_signs_what_its_public_half_verifies() {
        let now = chrono::DateTime::from_timestamp(1_000, 0).unwrap();
        for (key, algorithm) in [
            (SigningKey::generate_es256("one").unwrap(), "ES256"),
            (SigningKey::generate_rs256("one").unwrap(), "RS256"),
        ] {
            let signing = SigningKey::from_jwk(&key).unwrap();
            assert_eq!(signing.algorithm(), algorithm);
            let token = signing.sign(&json!({ "role": "authenticated", "exp": 2_000 })).unwrap();
            let public = signing.public_jwk().unwrap();
            let private = ["d", "p", "q", "dp", "dq", "qi"];
            assert!(private.iter().all(|member| public.get(member).is_none()), "{public}");
            let verifier = super::super::Verifier::new(vec![VerifyingKey::from_jwk(public).unwrap()]);
            assert_eq!(verifier.verify(&token, now).unwrap().role(), Some("authenticated"));
            let other = SigningKey::generate_es256("one").unwrap();
            let verifier = super::super::Verifier::new(vec![VerifyingKey::from_jwk(&other).unwrap()]);
            assert!(verifier.verify(&token, now).is_err());
        }
    }

    #[test]
    fn a_named_key_is_looked_for_by_its_name() {
        let oct = r#"{"kty":"oct","k":"YSB0ZXh0IG9mIHRoaXJ0eS10d28gY2hhcmFjdGVycyE","kid":"one"}"#;
        let text = "a text of thirty-two characters!";
        let parse = |text: &str| VerifyingKey::parse_secret(text, false).unwrap().remove(0);
        let cases = [
            (parse(oct), Algorithm::HS256, None, true),
            (parse(oct), Algorithm::HS512, Some("one"), true),
            (parse(oct), Algorithm::HS256, Some("two"), false),
            (parse(text), Algorithm::HS256, None, true),
            (parse(text), Algorithm::HS256, Some("one"), false),
            (parse(text), Algorithm::HS512, None, false),
            // the project's own secret
            (VerifyingKey::from_secret(text.as_bytes()), Algorithm::HS512, Some("one"), true),
        ];
        for (key, algorithm, kid, expected) in cases {
            assert_eq!(key.fits(algorithm, kid), expected, "{key:?} {algorithm:?} {kid:?}");
        }
    }

    #[test]
    fn a_secret_is_a_text_a_key_or_a_set_of_keys() {
        let text = "a text of thirty-two characters!";
        let oct = r#"{"kty":"oct","k":"YSB0ZXh0IG9mIHRoaXJ0eS10d28gY2hhcmFjdGVycyE","alg":"HS256"}"#;
        let ec = SigningKey::generate_es256("one").unwrap();
        let set = format!(r#"{{"keys": [{oct}, {ec}]}}"#);
        // as Keycloak publishes them
        let (enc, future) = (
            r#"{"kty":"RSA","use":"enc","alg":"RSA-OAEP","n":"AQAB","e":"AQAB"}"#,
            r#"{"kty":"AKP","alg":"ML-DSA-44"}"#,
        );
        let (others, none) =
            (format!(r#"{{"keys": [{enc}, {ec}, {future}]}}"#), format!(r#"{{"keys": [{enc}]}}"#));
        let encoded = base64::engine::general_purpose::STANDARD.encode(&set);
        let cases = [
            (text, false, Ok(1)),
            ("YSB0ZXh0IG9mIHRoaXJ0eS10d28gY2hhcmFjdGVycyE=", true, Ok(1)),
            (" YSB0ZXh0IG9mIHRoaXJ0eS10d28gY2hhcmFjdGVycyE. ", true, Ok(1)),
            (oct, false, Ok(1)),
            (&set, false, Ok(2)),
            (&encoded, true, Ok(2)),
            (&others, false, Ok(1)),
            (&none, false, Err("unsupported key: it is there to encrypt")),
            ("short", false, Err("the JWT secret must be at least 32 characters long")),
            ("not base64", true, Err("the JWT secret is not base64")),
            (r#"{"kty": "other"}"#, false, Err("the key's numbers do not fit together")),
        ];
        for (secret, is_base64, expected) in cases {
            let keys = VerifyingKey::parse_secret(secret, is_base64).map(|keys| keys.len());
            assert_eq!(keys.map_err(|error| error.to_string()), expected.map_err(str::to_owned), "{secret}");
        }
    }
}
