//! What the room decides without a database, a network or a clock of its own: plain values in, plain values out.

pub(crate) mod api_version;
pub(crate) mod audit;
pub(crate) mod claims;
pub(crate) mod email_address;
pub(crate) mod go_duration;
pub(crate) mod identity_data;
pub(crate) mod invalid;
pub(crate) mod metadata;
pub(crate) mod one_time_token;
pub(crate) mod pagination;
pub(crate) mod password_hash;
pub(crate) mod password_rules;
pub(crate) mod phone_number;
pub(crate) mod pkce;
pub(crate) mod refresh_token;
pub(crate) mod session;
pub(crate) mod soft_delete;
pub(crate) mod text;
pub(crate) mod timestamp;
pub(crate) mod user;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Every reader of foreign text answers, whatever the text.
        #[test]
        fn readers_never_panic(text in any::<String>(), other in any::<String>()) {
            let _ = api_version::determine(Some(&text));
            let _ = email_address::normalise(&text);
            let _ = phone_number::normalise(&text);
            let _ = go_duration::parse(&text);
            let _ = pkce::challenge(text.clone(), &other);
            let _ = refresh_token::check(&text);
            let _ = pagination::Page::read(Some(&text), Some(&other));
            let _ = password_hash::check_importable(&text);
            let _ = serde_json::from_value::<timestamp::Timestamp>(text.into());
        }

        #[test]
        fn durations_never_panic(text in "[-+]?([0-9.]{0,25}(ns|us|µs|ms|s|m|h|d)?){0,4}") {
            let _ = go_duration::parse(&text);
        }

        #[test]
        fn hashes_never_panic(text in r"\$(2[aby]|argon2id?)\$(v=19\$)?(m=[0-9]{1,3},t=[0-3],p=[0-3]|[0-9]{2})\$[A-Za-z0-9+/.=]{0,60}(\$[A-Za-z0-9+/]{0,43})?") {
            let _ = password_hash::check_importable(&text);
        }

        #[test]
        fn a_valid_address_keeps_valid(local in "[a-zA-Z0-9.+_-]{1,20}", host in "[a-z0-9]{1,20}(\\.[a-z0-9]{1,10}){0,3}") {
            let address = email_address::normalise(&format!("{local}@{host}")).unwrap();
            prop_assert_eq!(email_address::normalise(&address), Ok(address.clone()));
        }
    }
}
