//! Names of objects, and where the bytes of a version of one lie.

use sha2::{Digest as _, Sha256};

/// Longest name in bytes: what object stores take.
const LONGEST: usize = 1024;
/// What clients put into a folder to keep it.
const EMPTY_FOLDER: &str = ".emptyFolderPlaceholder";

/// Whether an object may be called so. `.` and `..` as a segment are refused: what comes between us and a client may
/// take them for directions.
pub(crate) fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= LONGEST
        && name.bytes().all(|byte| byte == b'/' || is_safe(byte))
        && !name.split('/').any(|segment| matches!(segment, "." | ".."))
}

/// Characters that are safe in object stores, or that they can at least handle.
pub(crate) fn is_safe(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_!.*'() &$=@;:+,?-".contains(&byte)
}

/// Whether it only stands for a folder.
pub(crate) fn is_empty_folder(name: &str) -> bool {
    name.ends_with(EMPTY_FOLDER)
}

/// Where the bytes of a version lie in the store; `None` for a version that this room cannot have made.
///
/// The place is derived from the name, so that a row cannot claim another object's bytes by naming their version, and
/// hashed, so that no name can lead anywhere else or be too long for a file system.
pub(crate) fn location(bucket: &str, name: &str, version: &str) -> Option<String> {
    let sane = (1..=64).contains(&version.len())
        && version.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if !sane {
        return None;
    }
    let mut hash = Sha256::new();
    hash.update(bucket.as_bytes());
    // no text of Postgres has this character, so nothing else hashes the same
    hash.update([0]);
    hash.update(name.as_bytes());
    let mut hash = base::hex(&hash.finalize());
    hash.truncate(32);
    let (folder, _) = hash.split_at(2);
    Some(format!("{folder}/{hash}.{version}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        let longest = "a".repeat(LONGEST);
        for name in
            ["a", "folder/cat.png", "!-_.*'()& $@=;:+,?", "a//b", "/a", "..a", "a/...", longest.as_str()]
        {
            assert!(is_name(name), "{name}");
        }
        let too_long = "a".repeat(LONGEST + 1);
        for name in
            ["", "é", "a\0", "a#b", "a%b", "a\\b", "..", "a/../b", "./a", "a/.", "a\nb", too_long.as_str()]
        {
            assert!(!is_name(name), "{name}");
        }
    }

    #[test]
    fn places_differ_by_bucket_name_and_version() {
        let place = location("b", "a/c", "v1").unwrap();
        let (hash, version) = place.rsplit_once('.').unwrap();
        assert_eq!((hash.len(), version), (2 + 1 + 32, "v1"), "{place}");
        for (bucket, name, version) in [("b/a", "c", "v1"), ("b", "a/d", "v1"), ("b", "a/c", "v2")] {
            assert_ne!(location(bucket, name, version).unwrap(), place);
        }
        for version in ["", "..", "../x", "a/b", "é", "a#1", "a.b"] {
            assert_eq!(location("b", "a", version), None, "{version}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_name_leads_out_of_its_place(bucket in ".*", name in ".*", version in ".*") {
            if let Some(place) = location(&bucket, &name, &version) {
                proptest::prop_assert_eq!(place.matches('/').count(), 1);
                proptest::prop_assert!(!place.contains(".."));
            }
        }
    }
}
