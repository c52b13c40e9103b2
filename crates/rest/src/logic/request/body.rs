//! The body: JSON, CSV, a form, or one raw argument.
//!
//! JSON is read once, without building it: all that must be known are the keys. Postgres reads it again.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::ast::{Action, InvokeMethod, Mutation, Payload};
use super::csv;
use super::media_type::MediaType;
use super::query::decode;
use crate::error::RequestError;

const MALFORMED_JSON: &str = "Empty or invalid json";
const DIFFERENT_KEYS: &str = "All object keys must match";
const DIFFERENT_FIELDS: &str = "All lines must have same number of fields";

/// Understands the body of a request if its action takes one. With `columns` (`columns=` was sent) the keys are
/// known, and JSON is left to Postgres unseen.
pub fn parse(
    body: Bytes,
    content_type: &MediaType,
    columns: bool,
    action: &Action,
) -> Result<Option<Payload>, RequestError> {
    let (function, columns) = match action {
        Action::Invoke { method: InvokeMethod::Post, .. } => (true, columns),
        Action::Mutate { mutation: Mutation::Create | Mutation::Update, .. } => (false, columns),
        Action::Mutate { mutation: Mutation::SingleUpsert, .. } => (false, false),
        _ => return Ok(None),
    };
    let payload = match content_type {
        MediaType::Json if columns => Payload::UncheckedJson(body),
        MediaType::Json if function && body.is_empty() => Payload::Json { raw: body, keys: Vec::new() },
        MediaType::Json => json(body)?,
        MediaType::Csv => json_of_csv(&body)?,
        MediaType::Form if function => Payload::Form(form(&body)?),
        MediaType::Form => json_of_form(&body)?,
        MediaType::Text | MediaType::Xml | MediaType::OctetStream if function => Payload::Raw(body),
        other => {
            return Err(RequestError::Body(format!("Content-Type not acceptable: {}", other.mime())));
        }
    };
    Ok(Some(payload))
}

/// What must be known of a JSON body.
#[derive(Debug, PartialEq, Eq)]
enum Shape {
    /// An object, or an array of objects, with these keys: sorted, each once.
    Keys(Vec<String>),
    /// An array of objects with different keys, or with something else than objects.
    Mixed,
    /// An empty array, or neither object nor array.
    Nothing,
}

fn json(body: Bytes) -> Result<Payload, RequestError> {
    let malformed = || RequestError::Body(MALFORMED_JSON.to_owned());
    let text = std::str::from_utf8(&body).map_err(|_not_utf8| malformed())?;
    match serde_json::from_str(text).map_err(|_not_json| malformed())? {
        Shape::Keys(keys) => Ok(Payload::Json { raw: body, keys }),
        Shape::Mixed => Err(RequestError::Body(DIFFERENT_KEYS.to_owned())),
        Shape::Nothing => Ok(Payload::Json { raw: Bytes::from_static(b"[]"), keys: Vec::new() }),
    }
}

impl<'de> Deserialize<'de> for Shape {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ShapeVisitor)
    }
}

struct ShapeVisitor;

impl<'de> Visitor<'de> for ShapeVisitor {
    type Value = Shape;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Shape, A::Error> {
        Ok(Shape::Keys(sorted(keys(map)?)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Shape, A::Error> {
        let mut first: Option<Member<'de>> = None;
        let mut mixed = false;
        while let Some(member) = array.next_element::<Member<'de>>()? {
            match &first {
                _ if mixed => {}
                None => {
                    mixed = member == Member::Other;
                    first = Some(member);
                }
                Some(first) => mixed = !first.same_keys(&member),
            }
        }
        Ok(match first {
            _ if mixed => Shape::Mixed,
            Some(Member::Object(keys)) => Shape::Keys(sorted(keys)),
            Some(Member::Other) | None => Shape::Nothing,
        })
    }

    fn visit_bool<E>(self, _: bool) -> Result<Shape, E> {
        Ok(Shape::Nothing)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Shape, E> {
        Ok(Shape::Nothing)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Shape, E> {
        Ok(Shape::Nothing)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Shape, E> {
        Ok(Shape::Nothing)
    }

    fn visit_str<E>(self, _: &str) -> Result<Shape, E> {
        Ok(Shape::Nothing)
    }

    fn visit_unit<E>(self) -> Result<Shape, E> {
        Ok(Shape::Nothing)
    }
}

/// A member of the array.
#[derive(Debug, PartialEq, Eq)]
enum Member<'de> {
    Object(Vec<Cow<'de, str>>),
    Other,
}

impl Member<'_> {
    /// Mostly the keys come in the same order: then there is nothing to sort.
    fn same_keys(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Object(one), Self::Object(two)) => {
                one == two || sorted(one.clone()) == sorted(two.clone())
            }
            _ => false,
        }
    }
}

impl<'de> Deserialize<'de> for Member<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(MemberVisitor)
    }
}

struct MemberVisitor;

impl<'de> Visitor<'de> for MemberVisitor {
    type Value = Member<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        Ok(Member::Object(keys(map)?))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Self::Value, A::Error> {
        while array.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Member::Other)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Member::Other)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(Member::Other)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(Member::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Member::Other)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
        Ok(Member::Other)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Member::Other)
    }
}

/// A key, borrowed if it has no escapes.
struct Key<'de>(Cow<'de, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct KeyVisitor;
        impl<'de> Visitor<'de> for KeyVisitor {
            type Value = Key<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a key")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(KeyVisitor)
    }
}

fn keys<'de, A: MapAccess<'de>>(mut map: A) -> Result<Vec<Cow<'de, str>>, A::Error> {
    let mut keys = Vec::new();
    while let Some((Key(key), IgnoredAny)) = map.next_entry()? {
        keys.push(key);
    }
    Ok(keys)
}

fn sorted(keys: Vec<Cow<'_, str>>) -> Vec<String> {
    let mut keys: Vec<String> = keys.into_iter().map(Cow::into_owned).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// Each line as an object of text; the word `NULL` is null.
fn json_of_csv(body: &[u8]) -> Result<Payload, RequestError> {
    let text = std::str::from_utf8(body)
        .map_err(|_not_utf8| RequestError::Body("CSV is not valid UTF-8".to_owned()))?;
    let mut records =
        csv::parse(text).map_err(|fault| RequestError::Body(format!("parse error ({fault})")))?.into_iter();
    let header = records.next().unwrap_or_default();
    let mut objects = Vec::new();
    for record in records {
        if record.len() != header.len() {
            return Err(RequestError::Body(DIFFERENT_FIELDS.to_owned()));
        }
        let fields = header.iter().zip(record).map(|(name, field)| {
            let value = if field == "NULL" { Value::Null } else { Value::String(field.into_owned()) };
            (name.clone().into_owned(), value)
        });
        objects.push(Value::Object(fields.collect()));
    }
    let keys = if objects.is_empty() { Vec::new() } else { sorted(header) };
    let raw = Bytes::from(Value::Array(objects).to_string());
    Ok(Payload::Json { raw, keys })
}

fn json_of_form(body: &[u8]) -> Result<Payload, RequestError> {
    let mut fields = serde_json::Map::new();
    for (name, value) in form(body)? {
        // the last of several counts
        fields.insert(name, Value::String(value));
    }
    let mut keys: Vec<String> = fields.keys().cloned().collect();
    keys.sort_unstable();
    Ok(Payload::Json { raw: Bytes::from(Value::Object(fields).to_string()), keys })
}

fn form(body: &[u8]) -> Result<Vec<(String, String)>, RequestError> {
    let malformed = || RequestError::Body("Form is not valid UTF-8".to_owned());
    let text = std::str::from_utf8(body).map_err(|_not_utf8| malformed())?;
    let mut fields = Vec::new();
    for field in text.split_terminator(['&', ';']) {
        let (name, value) = field.split_once('=').unwrap_or((field, ""));
        let name = decode(name).map_err(|_not_utf8| malformed())?.into_owned();
        fields.push((name, decode(value).map_err(|_not_utf8| malformed())?.into_owned()));
    }
    Ok(fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn create() -> Action {
        Action::Mutate { relation: "t".to_owned(), mutation: Mutation::Create }
    }

    fn call() -> Action {
        Action::Invoke { function: "f".to_owned(), method: InvokeMethod::Post }
    }

    /// A JSON payload as `keys raw`, another as it is, a fault as its message.
    fn read(body: &'static [u8], content_type: &str, action: &Action) -> String {
        let content_type = MediaType::parse(content_type);
        match parse(Bytes::from_static(body), &content_type, false, action) {
            Ok(Some(Payload::Json { raw, keys })) => {
                format!("{} {}", keys.join(","), String::from_utf8_lossy(&raw))
            }
            Ok(other) => format!("{other:?}"),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn json() {
        let cases: [(&[u8], &str); 20] = [
            (b"{}", " {}"),
            (br#"{"b":1,"a":{"c":[1,2]}}"#, r#"a,b {"b":1,"a":{"c":[1,2]}}"#),
            (br#"[{"a":1},{"a":2}]"#, r#"a [{"a":1},{"a":2}]"#),
            (br#"[{"a":1,"b":2},{"b":2,"a":1}]"#, r#"a,b [{"a":1,"b":2},{"b":2,"a":1}]"#),
            (br#"[{"a":1,"a":2},{"a":1}]"#, r#"a [{"a":1,"a":2},{"a":1}]"#),
            (br#" {"\u0061\n":1} "#, "a\n  {\"\\u0061\\n\":1} "),
            (b"[]", " []"),
            (b"[{}]", " [{}]"),
            (b"null", " []"),
            (b"1.5", " []"),
            (b"\"text\"", " []"),
            (br#"[{"a":1},{"b":2}]"#, DIFFERENT_KEYS),
            (br#"[{"a":1},{}]"#, DIFFERENT_KEYS),
            (br#"[{"a":1},[1]]"#, DIFFERENT_KEYS),
            (b"[1,2]", DIFFERENT_KEYS),
            (b"", MALFORMED_JSON),
            (b"{", MALFORMED_JSON),
            (b"[1,]", MALFORMED_JSON),
            (b"{} {}", MALFORMED_JSON),
            (b"{\"a\":\"\xff\"}", MALFORMED_JSON),
        ];
        for (body, expected) in cases {
            assert_eq!(read(body, "application/json", &create()), expected, "{}", body.escape_ascii());
        }
        assert_eq!(read(b"", "application/json", &call()), " ");
    }

    #[test]
    fn other_types() {
        let cases: [(&[u8], &str, Action, &str); 11] = [
            (b"a,b\nNULL,x\n", "text/csv", create(), r#"a,b [{"a":null,"b":"x"}]"#),
            (b"a,b\n", "text/csv", create(), " []"),
            (b"a,b\nfoo,bar\nbaz", "text/csv", create(), DIFFERENT_FIELDS),
            (b"", "text/csv", create(), "parse error (not enough input)"),
            (b"b=1&a=x+y%21", "application/x-www-form-urlencoded", create(), r#"a,b {"b":"1","a":"x y!"}"#),
            (
                b"b=1&a=x&a=y",
                "application/x-www-form-urlencoded",
                call(),
                r#"Some(Form([("b", "1"), ("a", "x"), ("a", "y")]))"#,
            ),
            (b"a=%FF", "application/x-www-form-urlencoded", call(), "Form is not valid UTF-8"),
            (b"x", "text/plain", call(), "Some(Raw(b\"x\"))"),
            (b"\xff", "application/octet-stream", call(), "Some(Raw(b\"\\xff\"))"),
            (b"x", "text/plain", create(), "Content-Type not acceptable: text/plain"),
            (b"x", "application/unknown", call(), "Content-Type not acceptable: application/unknown"),
        ];
        for (body, content_type, action, expected) in cases {
            assert_eq!(read(body, content_type, &action), expected, "{content_type}");
        }
    }

    #[test]
    fn what_is_not_looked_at() {
        let body = Bytes::from_static(b"not json");
        let payload = parse(body.clone(), &MediaType::Json, true, &create());
        assert_eq!(payload, Ok(Some(Payload::UncheckedJson(body.clone()))));
        let delete = Action::Mutate { relation: "t".to_owned(), mutation: Mutation::Delete };
        assert_eq!(parse(body, &MediaType::Json, false, &delete), Ok(None));
    }
}
