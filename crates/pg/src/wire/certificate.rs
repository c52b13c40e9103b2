//! The channel binding of a TLS connection: a hash of the server's certificate (RFC 5929,
//! `tls-server-end-point`).
//!
//! Reads just enough DER to find the certificate's signature algorithm.

use sha2::{Digest, Sha256, Sha384, Sha512};

/// The hash, with the digest of the certificate's own signature (SHA-256 for the older ones). `None` when
/// that signature names no digest (Ed25519, RSA-PSS) or the certificate is malformed.
pub(crate) fn server_end_point(certificate: &[u8]) -> Option<Vec<u8>> {
    const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01];
    const ECDSA_SHA2: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03];
    const ECDSA_SHA1: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x01];
    let oid = signature_algorithm(certificate)?;
    let bits = match oid.split_last()? {
        // 4 is MD5, 5 is SHA-1: RFC 5929 replaces both by SHA-256
        (4 | 5 | 11, RSA) | (2, ECDSA_SHA2) => 256,
        (12, RSA) | (3, ECDSA_SHA2) => 384,
        (13, RSA) | (4, ECDSA_SHA2) => 512,
        _ if oid == ECDSA_SHA1 => 256,
        _ => return None,
    };
    Some(match bits {
        256 => Sha256::digest(certificate).to_vec(),
        384 => Sha384::digest(certificate).to_vec(),
        _ => Sha512::digest(certificate).to_vec(),
    })
}

/// Certificate ::= SEQUENCE { tbsCertificate SEQUENCE, signatureAlgorithm SEQUENCE { OID, … }, … }
fn signature_algorithm(certificate: &[u8]) -> Option<&[u8]> {
    const SEQUENCE: u8 = 0x30;
    const OBJECT_IDENTIFIER: u8 = 0x06;
    let (body, _) = element(certificate, SEQUENCE)?;
    let (_, after) = element(body, SEQUENCE)?;
    let (algorithm, _) = element(after, SEQUENCE)?;
    element(algorithm, OBJECT_IDENTIFIER).map(|(oid, _)| oid)
}

/// Splits one DER element of this tag off: its content and what follows.
fn element(der: &[u8], expected: u8) -> Option<(&[u8], &[u8])> {
    let ([tag, first], rest) = der.split_first_chunk::<2>()?;
    if *tag != expected {
        return None;
    }
    let (length, rest) = match first {
        0..=0x7f => (usize::from(*first), rest),
        0x81..=0x84 => {
            let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            (digits.iter().fold(0, |sum, digit| (sum << 8) | usize::from(*digit)), rest)
        }
        _ => return None,
    };
    rest.split_at_checked(length)
}

#[cfg(test)]
mod tests {
    use super::server_end_point;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_bytes_panic(der in prop::collection::vec(any::<u8>(), 0..64)) {
            let _ = server_end_point(&der);
        }
    }

    #[test]
    fn the_digest_follows_the_signature() {
        let certificate = |oid: &[u8]| {
            let oid_length = u8::try_from(oid.len()).unwrap();
            let mut der = vec![0x30, 0x80 | 1, oid_length + 6, 0x30, 0, 0x30, oid_length + 2, 6, oid_length];
            der.extend_from_slice(oid);
            der
        };
        let length = |oid: &[u8]| server_end_point(&certificate(oid)).map(|hash| hash.len());
        assert_eq!(length(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11]), Some(32));
        assert_eq!(length(&[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 3]), Some(48));
        assert_eq!(length(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 13]), Some(64));
        assert_eq!(length(&[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 1]), Some(32));
        assert_eq!(length(&[0x2b, 0x65, 0x70]), None);
    }
}
