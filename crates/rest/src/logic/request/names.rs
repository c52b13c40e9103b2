//! Names of columns and resources, and paths into JSON: what select, filters and order have in common.

use std::borrow::Cow;

use super::ast::{EmbedPath, Field, JsonArrow, JsonOperand, JsonStep};
use super::cursor::{Cursor, Parsed, Stuck};

/// `name->path`, with blanks around.
pub(super) fn field(cursor: &mut Cursor<'_>) -> Parsed<Field> {
    cursor.lexeme(|cursor| {
        let name = field_name(cursor)?.into_owned();
        Ok(Field { name, json_path: json_path(cursor)? })
    })
}

/// A name, quoted if it has characters other than letters, digits, `_`, `$`, inner spaces and dashes.
pub(super) fn field_name<'a>(cursor: &mut Cursor<'a>) -> Parsed<Cow<'a, str>> {
    cursor.label("field name (* or [a..z0..9_$])", |cursor| match cursor.option(quoted)? {
        Some(name) => Ok(name),
        None => dashed(cursor, identifier),
    })
}

/// Letters, digits, `_`, `$` and spaces; those at the ends do not count.
pub(super) fn identifier<'a>(cursor: &mut Cursor<'a>) -> Parsed<&'a str> {
    let identifier = cursor.take_some(&["letter", "digit"], |character| {
        character.is_alphabetic() || character.is_ascii_digit() || matches!(character, '_' | ' ' | '$')
    })?;
    Ok(identifier.trim())
}

/// `"…"` in which `\` makes any character stand for itself.
pub(super) fn quoted<'a>(cursor: &mut Cursor<'a>) -> Parsed<Cow<'a, str>> {
    cursor.literal("\"")?;
    let start = cursor.position();
    cursor.take_while(&[], |character| character != '"' && character != '\\');
    let mut value = Cow::Borrowed(cursor.since(start));
    while cursor.option(|cursor| cursor.literal("\\"))?.is_some() {
        let value = value.to_mut();
        value.push(cursor.any()?);
        value.push_str(cursor.take_while(&[], |character| character != '"' && character != '\\'));
    }
    cursor.literal("\"")?;
    Ok(value)
}

/// Parts joined by dashes that are not the beginning of an arrow.
fn dashed<'a>(
    cursor: &mut Cursor<'a>,
    part: impl Fn(&mut Cursor<'a>) -> Parsed<&'a str>,
) -> Parsed<Cow<'a, str>> {
    let first = part(cursor)?;
    let mut whole = Cow::Borrowed(first);
    let more = cursor.many(|cursor| {
        cursor.attempt(|cursor| {
            cursor.literal("-")?;
            cursor.not_followed_by(">")
        })?;
        part(cursor)
    })?;
    for part in more {
        let whole = whole.to_mut();
        whole.push('-');
        whole.push_str(part);
    }
    Ok(whole)
}

/// Any number of `->operand` and `->>operand`.
fn json_path(cursor: &mut Cursor<'_>) -> Parsed<Vec<JsonStep>> {
    cursor.many(|cursor| {
        let arrow = cursor.first_of(&[("->>", JsonArrow::Text), ("->", JsonArrow::Json)])?;
        Ok(JsonStep { arrow, operand: json_operand(cursor)? })
    })
}

fn json_operand(cursor: &mut Cursor<'_>) -> Parsed<JsonOperand> {
    if let Some(index) = cursor.maybe(json_index) {
        return Ok(JsonOperand::Index(index.to_owned()));
    }
    let key = cursor.attempt(|cursor| {
        cursor.label("any non reserved character different from: .,>()", |cursor| {
            match cursor.option(quoted)? {
                Some(key) => Ok(key),
                None => dashed(cursor, json_key_part),
            }
        })
    })?;
    Ok(JsonOperand::Key(key.into_owned()))
}

/// Digits, perhaps negative, that are not the beginning of a key.
fn json_index<'a>(cursor: &mut Cursor<'a>) -> Parsed<&'a str> {
    let start = cursor.position();
    cursor.option(|cursor| cursor.literal("-"))?;
    cursor.take_some(&["digit"], |character| character.is_ascii_digit())?;
    let index = cursor.since(start);
    cursor.ends_before(&["->", "::", ".", ","])?;
    Ok(index)
}

fn json_key_part<'a>(cursor: &mut Cursor<'a>) -> Parsed<&'a str> {
    let part =
        cursor.take_some(&[], |character| !matches!(character, '(' | '-' | ':' | '.' | ',' | '>' | ')'))?;
    Ok(part.trim())
}

/// The dot between the parts of a parameter.
pub(super) fn delimiter(cursor: &mut Cursor<'_>) -> Parsed<()> {
    cursor.label("delimiter (.)", |cursor| cursor.literal("."))
}

/// The name of a parameter: `resource.resource.column->path`.
pub(super) fn tree_path(cursor: &mut Cursor<'_>) -> Parsed<(EmbedPath, Field)> {
    let (path, name) = dotted(cursor)?;
    Ok((path, Field { name, json_path: json_path(cursor)? }))
}

/// Names with dots between, the last one apart.
pub(super) fn dotted(cursor: &mut Cursor<'_>) -> Parsed<(EmbedPath, String)> {
    let mut names = cursor.separated(delimiter, |cursor| Ok(field_name(cursor)?.into_owned()))?;
    let last = names.pop().ok_or(Stuck)?;
    Ok((names, last))
}

/// `columns=` and `on_conflict=`: names with commas between.
pub(super) fn columns(cursor: &mut Cursor<'_>) -> Parsed<Vec<String>> {
    cursor.separated(
        |cursor| cursor.lexeme(|cursor| cursor.literal(",")),
        |cursor| Ok(field_name(cursor)?.into_owned()),
    )
}
