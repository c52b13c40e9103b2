//! Postgres' types in the words of OpenAPI.

use serde_json::{Value, json};

/// The type of a value in JSON; `None` for JSON itself, which may be anything.
pub(super) fn json_type(data_type: &str) -> Option<&'static str> {
    match data_type {
        "boolean" => Some("boolean"),
        "smallint" | "integer" | "bigint" => Some("integer"),
        "numeric" | "real" | "double precision" => Some("number"),
        "json" | "jsonb" => None,
        array if array.ends_with("[]") => Some("array"),
        _ => Some("string"),
    }
}

/// What the type is called: its size for integers, else its own name.
pub(super) fn format(data_type: &str) -> &str {
    match data_type {
        "smallint" | "integer" => "int32",
        "bigint" => "int64",
        other => other,
    }
}

/// The type of an array's elements.
pub(super) fn element(data_type: &str) -> Option<&str> {
    data_type.strip_suffix("[]")
}

/// The description of an array's elements.
pub(super) fn items(data_type: &str) -> Option<Value> {
    let element = element(data_type)?;
    Some(json_type(element).map_or_else(|| json!({}), |kind| json!({ "type": kind })))
}

/// A default as JSON, when its expression is a constant.
pub(super) fn default_value(data_type: &str, expression: &str) -> Option<Value> {
    if json_type(data_type) != Some("string") {
        return serde_json::from_str(expression).ok();
    }
    let constant = expression.strip_suffix(data_type).and_then(|rest| rest.strip_suffix("::"));
    let text = constant.map_or(expression, |constant| constant.trim_matches('\''));
    serde_json::from_str(&format!("\"{text}\"")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_and_formats() {
        let cases = [
            ("text", Some("string"), "text"),
            ("character varying", Some("string"), "character varying"),
            ("boolean", Some("boolean"), "boolean"),
            ("smallint", Some("integer"), "int32"),
            ("bigint", Some("integer"), "int64"),
            ("double precision", Some("number"), "double precision"),
            ("jsonb", None, "jsonb"),
            ("text[]", Some("array"), "text[]"),
            ("test.mood", Some("string"), "test.mood"),
        ];
        for (data_type, kind, name) in cases {
            assert_eq!((json_type(data_type), format(data_type)), (kind, name), "{data_type}");
        }
        assert_eq!(items("integer[]"), Some(json!({ "type": "integer" })));
        assert_eq!(items("json[]"), Some(json!({})));
        assert_eq!(items("text"), None);
    }

    #[test]
    fn defaults() {
        let cases = [
            ("text", "'default'::text", Some(json!("default"))),
            ("date", "'1900-01-01'::date", Some(json!("1900-01-01"))),
            ("timestamp without time zone", "now()", Some(json!("now()"))),
            ("text", "'say \"hi\"'::text", None),
            ("boolean", "false", Some(json!(false))),
            ("integer", "42", Some(json!(42))),
            ("integer", "nextval('s'::regclass)", None),
        ];
        for (data_type, expression, expected) in cases {
            assert_eq!(default_value(data_type, expression), expected, "{expression}");
        }
    }
}
