//! `order=`: what the rows of a resource are sorted by.

use super::ast::{EmbedPath, Located, OrderDirection, OrderNulls, OrderTerm};
use super::cursor::{Cursor, Parsed};
use super::names::{delimiter, field, field_name, tree_path};
use crate::error::RequestError;

/// Parses `path.order=terms`.
pub fn parse(key: &str, value: &str) -> Result<Located<Vec<OrderTerm>>, RequestError> {
    let path = embed_path(key)?;
    let value = Cursor::parse("order", value, value, terms)?;
    Ok(Located { path, value })
}

/// The path of a parameter like `path.order`, `path.limit`.
pub(super) fn embed_path(key: &str) -> Result<EmbedPath, RequestError> {
    if key.contains('.') {
        Cursor::parse("tree path", key, key, tree_path).map(|(path, _)| path)
    } else {
        Ok(EmbedPath::new())
    }
}

fn terms(cursor: &mut Cursor<'_>) -> Parsed<Vec<OrderTerm>> {
    cursor.separated(
        |cursor| cursor.literal(","),
        |cursor| {
            cursor.lexeme(|cursor| match cursor.maybe(related_term) {
                Some(term) => Ok(term),
                None => term(cursor),
            })
        },
    )
}

fn term(cursor: &mut Cursor<'_>) -> Parsed<OrderTerm> {
    let field = field(cursor)?;
    let (direction, nulls) = modifiers(cursor)?;
    Ok(OrderTerm { relation: None, field, direction, nulls })
}

/// `relation(field)`
fn related_term(cursor: &mut Cursor<'_>) -> Parsed<OrderTerm> {
    let relation = field_name(cursor)?;
    cursor.literal("(")?;
    let field = field(cursor)?;
    cursor.literal(")")?;
    let (direction, nulls) = modifiers(cursor)?;
    Ok(OrderTerm { relation: Some(relation.into_owned()), field, direction, nulls })
}

fn modifiers(cursor: &mut Cursor<'_>) -> Parsed<(Option<OrderDirection>, Option<OrderNulls>)> {
    let direction =
        modifier(cursor, &[("asc", OrderDirection::Ascending), ("desc", OrderDirection::Descending)]);
    let nulls = modifier(cursor, &[("nullsfirst", OrderNulls::First), ("nullslast", OrderNulls::Last)]);
    cursor.ends_before(&[","])?;
    Ok((direction, nulls))
}

fn modifier<T: Copy>(cursor: &mut Cursor<'_>, words: &[(&'static str, T)]) -> Option<T> {
    cursor.maybe(|cursor| {
        delimiter(cursor)?;
        cursor.first_of(words)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logic::request::print::print_order;

    #[test]
    fn terms_and_faults() {
        let cases = [
            ("id", "id"),
            ("id.asc", "id.asc"),
            ("id.desc.nullsfirst,name.nullslast", "id.desc.nullsfirst,name.nullslast"),
            (" id , name ", "id,name"),
            ("id.asc ,name", "7: unexpected ' ' expecting delimiter (.), \",\" or end of input"),
            ("data->key.asc", "data->\"key\".asc"),
            ("data->!@#$%^&*_a.asc.nullslast", "data->\"!@#$%^&*_a\".asc.nullslast"),
            ("data->0.desc", "data->0.desc"),
            ("clients(data->key).desc.nullsfirst", "clients(data->\"key\").desc.nullsfirst"),
            ("name,clients(name),id", "name,clients(name),id"),
            (
                "clients(name,id)",
                "8: unexpected '(' expecting letter, digit, \"-\", \"->>\", \"->\", delimiter (.), \",\" or end \
                 of input",
            ),
            ("id.ac", "4: unexpected \"c\" expecting \"asc\", \"desc\", \"nullsfirst\" or \"nullslast\""),
            ("id.descc", "8: unexpected 'c' expecting delimiter (.), \",\" or end of input"),
            (
                "id.nulsfist",
                "4: unexpected \"n\" expecting \"asc\", \"desc\", \"nullsfirst\" or \"nullslast\"",
            ),
            ("id.nullslasttt", "13: unexpected 't' expecting \",\" or end of input"),
            ("id.smth34", "4: unexpected \"s\" expecting \"asc\", \"desc\", \"nullsfirst\" or \"nullslast\""),
            ("id.asc.nlsfst", "8: unexpected \"l\" expecting \"nullsfirst\" or \"nullslast\""),
            ("id.asc.nullslasttt", "17: unexpected 't' expecting \",\" or end of input"),
            ("id.asc.smth34", "8: unexpected \"s\" expecting \"nullsfirst\" or \"nullslast\""),
            ("", "1: unexpected end of input expecting field name (* or [a..z0..9_$])"),
        ];
        for (text, expected) in cases {
            let read = match parse("order", text) {
                Ok(order) => print_order(&order.value),
                Err(RequestError::Query { message, details }) => {
                    let column = message.rsplit("column ").next().unwrap_or_default().trim_end_matches(')');
                    format!("{column}: {details}")
                }
                Err(other) => format!("{other:?}"),
            };
            assert_eq!(read, expected, "order={text}");
        }
    }

    #[test]
    fn paths() {
        assert_eq!(
            parse("a.b.order", "id").map(|order| order.path),
            Ok(vec!["a".to_owned(), "b".to_owned()])
        );
        assert!(parse(".order", "id").is_err());
    }
}
