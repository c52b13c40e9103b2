//! Names of buckets.

use super::object::is_safe;

/// Longest name in characters; a trigger holds it too.
const LONGEST: usize = 100;
/// Names that end so belong to another feature of upstream.
const RESERVED: &str = "--table-s3";

/// Whether this could be the name of a bucket.
pub(crate) fn is_name(name: &str) -> bool {
    (1..=LONGEST).contains(&name.len()) && name.bytes().all(is_safe)
}

/// Whether a new bucket may be called so.
pub(crate) fn is_new_name(name: &str) -> bool {
    is_name(name) && name.trim() == name && !name.ends_with(RESERVED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for name in ["avatars", "a", "my bucket", "a.b-c_d", &"a".repeat(100)] {
            assert!(is_new_name(name), "{name}");
        }
        for name in ["", " a", "a ", "a/b", "é", "a\0", "x--table-s3", &"a".repeat(101)] {
            assert!(!is_new_name(name), "{name}");
        }
        assert!(is_name(" a") && is_name("x--table-s3"));
    }
}
