//! Text columns whose check allows a list of words only: an enum in all but name.

use pg::FromText as _;
use serde::Deserialize;

/// A check of one text column.
#[derive(Debug, Deserialize)]
pub(super) struct Check {
    pub(super) table: i64,
    pub(super) column: i16,
    /// The column as SQL names it.
    name: String,
    /// As Postgres prints it.
    definition: String,
}

impl Check {
    /// The words it allows; none when it is a check of another kind.
    pub(super) fn words(&self) -> Option<Vec<String>> {
        let (frame, words) = split(&self.definition)?;
        let name = &self.name;
        if let [array] = &*words
            && frame == format!("CHECK (({name} = ANY (::text[])))")
        {
            return Vec::from_text(array).filter(|words: &Vec<String>| words.len() > 1);
        }
        let list = |each: &str| vec![each; words.len()].join(", ");
        let text = format!("CHECK (({name} = ANY (ARRAY[{}])))", list("::text"));
        let varying =
            format!("CHECK ((({name})::text = ANY ((ARRAY[{}])::text[])))", list("::character varying"));
        (words.len() > 1 && (frame == text || frame == varying)).then_some(words)
    }
}

/// What is outside of the quotes, and what is inside.
fn split(definition: &str) -> Option<(String, Vec<String>)> {
    let (mut frame, mut words) = (String::new(), Vec::new());
    let mut rest = definition;
    while let Some((before, after)) = rest.split_once('\'') {
        frame.push_str(before);
        let mut word = String::new();
        let mut inside = after;
        loop {
            let (part, after) = inside.split_once('\'')?;
            word.push_str(part);
            let Some(more) = after.strip_prefix('\'') else {
                rest = after;
                break;
            };
            word.push('\'');
            inside = more;
        }
        words.push(word);
    }
    frame.push_str(rest);
    Some((frame, words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lists_of_words_are_read() {
        let words = |definition: &str| {
            Check { table: 1, column: 1, name: "tier".into(), definition: definition.into() }.words()
        };
        assert_eq!(
            words("CHECK ((tier = ANY (ARRAY['free'::text, 'it''s'::text])))"),
            Some(vec!["free".to_owned(), "it's".to_owned()])
        );
        assert_eq!(
            words(
                "CHECK (((tier)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[])))"
            ),
            Some(vec!["a".to_owned(), "b".to_owned()])
        );
        // `tier = any ('{…}')`, which Postgres reads faster
        assert_eq!(
            words("CHECK ((tier = ANY ('{free,\"it''s, \\\"pro\\\"\"}'::text[])))"),
            Some(vec!["free".to_owned(), "it's, \"pro\"".to_owned()])
        );
        for other in [
            "CHECK ((tier = ANY ('{free}'::text[])))",
            "CHECK ((tier = ANY ('{free,NULL}'::text[])))",
            "CHECK ((tier = ANY ('{{free},{pro}}'::text[])))",
            "CHECK ((tier <> ALL ('{free,pro}'::text[])))",
            "CHECK ((tier <> ALL (ARRAY['free'::text, 'pro'::text])))",
            "CHECK ((tier = 'free'::text))",
            "CHECK (((tier = ANY (ARRAY['a'::text, 'b'::text])) OR (length(tier) > 3)))",
            "CHECK ((other = ANY (ARRAY['a'::text, 'b'::text])))",
            "CHECK ((tier = ANY (ARRAY['a'::text, 'b",
            "",
        ] {
            assert_eq!(words(other), None, "{other}");
        }
    }
}
