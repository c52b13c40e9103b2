//! Which texts are e-mail addresses: the HTML standard's rule, which upstream follows.

use super::invalid::Invalid;

const MAX_LENGTH: usize = 255;
const MAX_LABEL_LENGTH: usize = 63;

/// The address in lower case.
pub(crate) fn normalise(address: &str) -> Result<String, Invalid> {
    if address.len() > MAX_LENGTH {
        return Err(Invalid::EmailTooLong);
    }
    let address = address.to_lowercase();
    let (local, host) = address.rsplit_once('@').ok_or(Invalid::EmailFormat)?;
    let valid = !local.is_empty() && local.bytes().all(is_local) && host.split('.').all(is_label);
    if valid { Ok(address) } else { Err(Invalid::EmailFormat) }
}

fn is_local(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b".!#$%&'*+/=?^_`{|}~-".contains(&byte)
}

fn is_label(label: &str) -> bool {
    let ends_well = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let bytes = label.as_bytes();
    bytes.len() <= MAX_LABEL_LENGTH
        && ends_well(bytes.first())
        && ends_well(bytes.last())
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        let long = format!("{}@example.com", "a".repeat(250));
        let label = format!("a@{}.com", "b".repeat(64));
        let cases = [
            ("Ada.Lovelace+1@Example.COM", Ok("ada.lovelace+1@example.com")),
            ("a@b", Ok("a@b")),
            ("o'brien@mail-1.example.co.uk", Ok("o'brien@mail-1.example.co.uk")),
            ("", Err(Invalid::EmailFormat)),
            ("ada", Err(Invalid::EmailFormat)),
            ("@example.com", Err(Invalid::EmailFormat)),
            ("ada@", Err(Invalid::EmailFormat)),
            ("ada@example..com", Err(Invalid::EmailFormat)),
            ("ada@-example.com", Err(Invalid::EmailFormat)),
            ("ada@exa_mple.com", Err(Invalid::EmailFormat)),
            ("a da@example.com", Err(Invalid::EmailFormat)),
            ("ada@b@example.com", Err(Invalid::EmailFormat)),
            ("ädä@example.com", Err(Invalid::EmailFormat)),
            ("ada@example.com\n", Err(Invalid::EmailFormat)),
            ("'; drop table auth.users; --", Err(Invalid::EmailFormat)),
            (label.as_str(), Err(Invalid::EmailFormat)),
            (long.as_str(), Err(Invalid::EmailTooLong)),
        ];
        for (address, expected) in cases {
            assert_eq!(normalise(address).as_deref(), expected.as_ref().map(|text| *text), "{address}");
        }
    }
}
