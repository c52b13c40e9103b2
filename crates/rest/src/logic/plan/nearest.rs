//! Finds the name that a client may have meant.
//!
//! Two names are near when they share many groups of three (else two) letters; among those the
//! share of letters that need not be edited decides.

use std::collections::HashMap;

/// How many candidates the edit distance is computed for.
const MOST_COMPARED: usize = 50;

/// Names have at most 63 bytes, and some tens of arguments belong to one call. Beyond that nothing was meant, and the
/// work would grow with the square of what a client sends.
const LONGEST: usize = 1024;

/// How similar a name must be when nothing else is asked.
pub(super) const SIMILARITY: f64 = 0.33;
/// How similar the name of a table or function must be: a bad guess would only tell what else there is.
pub(super) const NAME_SIMILARITY: f64 = 0.75;

/// The most similar of `names`, if one is similar enough (0 to 1).
pub(super) fn nearest<'a>(
    wanted: &str,
    names: impl Iterator<Item = &'a str>,
    enough: f64,
) -> Option<&'a str> {
    if wanted.len() > LONGEST {
        return None;
    }
    let wanted = wanted.to_lowercase();
    let mut names: Vec<&str> = names.collect();
    names.sort_unstable();
    names.dedup();
    if let Some(same) = names.iter().find(|name| name.to_lowercase() == wanted) {
        return Some(same);
    }
    [3, 2].into_iter().find_map(|size| nearest_by_groups(&wanted, &names, size, enough))
}

fn nearest_by_groups<'a>(wanted: &str, names: &[&'a str], size: usize, enough: f64) -> Option<&'a str> {
    by_groups(wanted, names, size)
        .into_iter()
        .map(|(_, name)| (likeness(wanted, &name.to_lowercase()), name))
        .filter(|(score, _)| *score >= enough)
        .reduce(|best, other| if other.0 > best.0 { other } else { best })
        .map(|(_, name)| name)
}

/// Names by how many groups of letters they share with the wanted one.
fn by_groups<'a>(wanted: &str, names: &[&'a str], size: usize) -> Vec<(f64, &'a str)> {
    let groups = letter_groups(wanted, size);
    let length = magnitude(&groups);
    let mut similar: Vec<(f64, &str)> = names
        .iter()
        .filter_map(|name| {
            let other = letter_groups(&name.to_lowercase(), size);
            let shared: f64 = groups
                .iter()
                .map(|(group, count)| f64::from(*count) * f64::from(other.get(group).copied().unwrap_or(0)))
                .sum();
            (shared > 0.0).then(|| (shared / (length * magnitude(&other)), *name))
        })
        .collect();
    similar.sort_by(|a, b| b.0.total_cmp(&a.0));
    similar.truncate(MOST_COMPARED);
    similar
}

fn letter_groups(text: &str, size: usize) -> HashMap<Vec<char>, u32> {
    let mut letters = framed(text);
    while letters.len() < size {
        letters.push('-');
    }
    let mut groups = HashMap::new();
    for group in letters.windows(size) {
        *groups.entry(group.to_vec()).or_insert(0) += 1;
    }
    groups
}

/// The letters that count, with the ends marked so that they count as well.
fn framed(text: &str) -> Vec<char> {
    let kept = text.chars().filter(|c| c.is_alphanumeric() || matches!(c, '_' | ',' | ' '));
    std::iter::once('-').chain(kept).chain(['-']).collect()
}

fn magnitude(groups: &HashMap<Vec<char>, u32>) -> f64 {
    groups.values().map(|count| f64::from(*count).powi(2)).sum::<f64>().sqrt()
}

#[expect(clippy::cast_precision_loss, reason = "names are short")]
fn likeness(a: &str, b: &str) -> f64 {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let longest = a.len().max(b.len()).max(1);
    1.0 - edit_distance(&a, &b) as f64 / longest as f64
}

fn edit_distance(a: &[char], b: &[char]) -> usize {
    let mut previous: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (y, cell) in b.iter().zip(previous.iter_mut().skip(1)) {
            let above = *cell;
            let cost = (diagonal + usize::from(x != y)).min(above + 1).min(left + 1);
            diagonal = above;
            left = cost;
            *cell = cost;
        }
        if let Some(first) = previous.first_mut() {
            *first = i + 1;
        }
    }
    previous.last().copied().unwrap_or(a.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_name_that_was_meant() {
        let cases: [(&str, &[&str], Option<&str>); 9] = [
            ("sayhell", &["sayhello", "saygoodbye"], Some("sayhello")),
            ("zzz", &["sayhello"], None),
            ("Items", &["items", "items2"], Some("items")),
            ("", &["x"], None),
            ("(a, b, wrong_arg)", &["(a, b)", "(a, b, c)"], Some("(a, b, c)")),
            ("(a, b, smthelse)", &["(a, b)"], Some("(a, b)")),
            ("(a, b)", &["(x, y)"], Some("(x, y)")),
            ("(wrong_arg)", &["()", "(a, b)"], None),
            ("message_details", &["channels", "users"], None),
        ];
        for (wanted, names, expected) in cases {
            assert_eq!(nearest(wanted, names.iter().copied(), SIMILARITY), expected, "{wanted}");
        }
    }

    #[test]
    fn a_name_of_a_hundred_thousand_letters_overflows_nothing() {
        let long = "k".repeat(100_000);
        assert_eq!(nearest(&long, ["kkkk"].into_iter(), SIMILARITY), None);
        let longest = "k".repeat(LONGEST);
        let near = "k".repeat(LONGEST - 1);
        assert_eq!(nearest(&longest, [near.as_str()].into_iter(), SIMILARITY), Some(near.as_str()));
    }

    #[test]
    fn distances() {
        let chars = |text: &str| text.chars().collect::<Vec<_>>();
        for (a, b, expected) in [("", "", 0), ("abc", "", 3), ("kitten", "sitting", 3), ("ab", "ba", 2)] {
            assert_eq!(edit_distance(&chars(a), &chars(b)), expected, "{a} {b}");
        }
    }
}
