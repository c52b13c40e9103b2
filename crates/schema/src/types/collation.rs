//! The order of names: as the Unicode collation algorithm has it, upper case after lower, signs before digits
//! before letters. It is what JavaScript's `localeCompare` does, and so the order in generated types.

use std::cmp::Ordering;
use std::sync::LazyLock;

use icu_collator::options::CollatorOptions;
use icu_collator::{Collator, CollatorBorrowed, CollatorPreferences};

static COLLATOR: LazyLock<Option<CollatorBorrowed<'static>>> =
    LazyLock::new(|| Collator::try_new(CollatorPreferences::default(), CollatorOptions::default()).ok());

/// Compares two names. Different names may be equal; a stable sort then keeps their order.
pub(super) fn compare(left: &str, right: &str) -> Ordering {
    match &*COLLATOR {
        Some(collator) => collator.compare(left, right),
        None => left.cmp(right),
    }
}

/// Sorts by a name, keeping what is equal in order.
pub(super) fn sort_by_name<T>(items: &mut [T], name: impl Fn(&T) -> &str) {
    items.sort_by(|left, right| compare(name(left), name(right)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_in_the_order_of_their_language() {
        let ordered = [
            "", "_under", "$dollar", "1st", "a b", "a_b", "a-b", "a1", "a10", "a2", "ab", "aB", "Ab", "é",
            "f", "日本",
        ];
        let mut names = ordered;
        names.reverse();
        sort_by_name(&mut names, |name| name);
        assert_eq!(names, ordered);
    }
}
