//! The text form of one-dimensional arrays: `{a,"b c",NULL}`.
//!
//! Knows quoting only, not what the elements mean.

/// Appends one element, quoted so that any text survives; `None` is NULL.
pub(crate) fn push_element(literal: &mut String, element: Option<&str>) {
    if literal.is_empty() {
        literal.push('{');
    } else {
        literal.push(',');
    }
    let Some(text) = element else {
        literal.push_str("NULL");
        return;
    };
    literal.push('"');
    for character in text.chars() {
        if matches!(character, '"' | '\\') {
            literal.push('\\');
        }
        literal.push(character);
    }
    literal.push('"');
}

/// Ends a literal begun with [`push_element`].
pub(crate) fn finish(literal: &mut String) {
    if literal.is_empty() {
        literal.push('{');
    }
    literal.push('}');
}

/// Reads a one-dimensional literal. `None` when it is malformed or has more dimensions.
pub(crate) fn parse(literal: &str) -> Option<Vec<Option<String>>> {
    // an array with other lower bounds is written [2:3]={a,b}
    let literal = match literal.strip_prefix('[') {
        Some(rest) => rest.split_once('=')?.1,
        None => literal,
    };
    let inner = literal.strip_prefix('{')?.strip_suffix('}')?;
    let mut elements = Vec::new();
    if inner.is_empty() {
        return Some(elements);
    }
    let mut characters = inner.chars().peekable();
    loop {
        let quoted = characters.next_if_eq(&'"').is_some();
        let mut text = String::new();
        if quoted {
            loop {
                match characters.next()? {
                    '"' => break,
                    '\\' => text.push(characters.next()?),
                    other => text.push(other),
                }
            }
        } else {
            while let Some(character) = characters.next_if(|character| *character != ',') {
                match character {
                    '{' | '}' | '"' => return None,
                    '\\' => text.push(characters.next()?),
                    other => text.push(other),
                }
            }
            if text.is_empty() {
                return None;
            }
        }
        elements.push((quoted || !text.eq_ignore_ascii_case("NULL")).then_some(text));
        match characters.next() {
            None => return Some(elements),
            Some(',') => {}
            Some(_) => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{finish, parse, push_element};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_written_is_read_back(elements in prop::collection::vec(any::<Option<String>>(), 0..6)) {
            let mut literal = String::new();
            for element in &elements {
                push_element(&mut literal, element.as_deref());
            }
            finish(&mut literal);
            prop_assert_eq!(parse(&literal), Some(elements));
        }

        #[test]
        fn no_text_panics(text in ".{0,40}") {
            let _ = parse(&text);
        }
    }

    #[test]
    fn forms_the_server_writes() {
        let some = |texts: &[&str]| Some(texts.iter().map(|text| Some((*text).to_owned())).collect());
        assert_eq!(parse("{}"), Some(vec![]));
        assert_eq!(parse("{a,b c}"), some(&["a", "b c"]));
        assert_eq!(parse("{NULL,\"NULL\"}"), Some(vec![None, Some("NULL".to_owned())]));
        assert_eq!(parse("[2:3]={a,b}"), some(&["a", "b"]));
        for malformed in ["", "{", "a", "{a", "{a,}", "{{a},{b}}", "{\"a}", "{\"a\"b}"] {
            assert_eq!(parse(malformed), None, "{malformed}");
        }
    }
}
