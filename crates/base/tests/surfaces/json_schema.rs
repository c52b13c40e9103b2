//! pg_jsonschema. Expected messages are those of the jsonschema crate.

use pg::Client;
use testkit::TestDb;

use super::{refusal, text};

/// A draft, a schema, an instance, and what is wrong with it.
type Case = (&'static str, &'static str, &'static str, &'static str);

const D4: &str = "http://json-schema.org/draft-04/schema#";
const D7: &str = "http://json-schema.org/draft-07/schema#";
const D2019: &str = "https://json-schema.org/draft/2019-09/schema";
const NEWEST: &str = "";

const CASES: &[Case] = &[
    (NEWEST, "true", "1", ""),
    (NEWEST, "false", "1", "False schema does not allow 1"),
    // types
    (NEWEST, r#"{"type": "integer"}"#, "1.0", ""),
    (NEWEST, r#"{"type": "integer"}"#, "1.5", r#"1.5 is not of type "integer""#),
    (NEWEST, r#"{"type": ["string", "null"]}"#, "null", ""),
    (NEWEST, r#"{"type": ["string", "null"]}"#, "true", r#"true is not of types "string", "null""#),
    (NEWEST, r#"{"type": "object"}"#, "[]", r#"[] is not of type "object""#),
    // values
    (NEWEST, r#"{"const": 1}"#, "1.0", ""),
    (NEWEST, r#"{"const": false}"#, "0", "false was expected"),
    (NEWEST, r#"{"enum": ["a"]}"#, r#""b""#, r#""b" is not one of "a""#),
    (NEWEST, r#"{"enum": ["a", null, 3]}"#, "[3]", r#"[3] is not one of "a", null or 3"#),
    (NEWEST, r#"{"enum": [1, 2, 3, 4, 5]}"#, "0", "0 is not one of 1, 2 or 3 other candidates"),
    (NEWEST, r#"{"enum": [1, 2, 3, 4, 5]}"#, "5", ""),
    // numbers
    (NEWEST, r#"{"minimum": 1, "maximum": 2}"#, "1", ""),
    (NEWEST, r#"{"minimum": 1}"#, "0.9", "0.9 is less than the minimum of 1"),
    (NEWEST, r#"{"maximum": 2}"#, "2.1", "2.1 is greater than the maximum of 2"),
    (NEWEST, r#"{"exclusiveMinimum": 1}"#, "1", "1 is less than or equal to the minimum of 1"),
    (NEWEST, r#"{"exclusiveMaximum": 1}"#, "1", "1 is greater than or equal to the maximum of 1"),
    (D4, r#"{"minimum": 1, "exclusiveMinimum": true}"#, "1", "1 is less than or equal to the minimum of 1"),
    (D4, r#"{"maximum": 1, "exclusiveMaximum": false}"#, "1", ""),
    (NEWEST, r#"{"multipleOf": 0.01}"#, "4.02", ""),
    (NEWEST, r#"{"multipleOf": 2}"#, "7", "7 is not a multiple of 2"),
    (
        NEWEST,
        r#"{"minimum": 1, "minLength": 1, "minItems": 1, "minProperties": 1, "required": ["a"]}"#,
        "null",
        "",
    ),
    // strings
    (NEWEST, r#"{"minLength": 1, "maxLength": 2}"#, r#""ää""#, ""),
    (NEWEST, r#"{"minLength": 1}"#, r#""""#, r#""" is shorter than 1 character"#),
    (NEWEST, r#"{"maxLength": 4}"#, r#""123456789""#, r#""123456789" is longer than 4 characters"#),
    (NEWEST, r#"{"pattern": "^\\d{3}-[a-z]+$"}"#, r#""123-abc""#, ""),
    (NEWEST, r#"{"pattern": "^a"}"#, r#""ba""#, r#""ba" does not match "^a""#),
    (NEWEST, r#"{"format": "email"}"#, r#""nobody""#, ""),
    (D7, r#"{"format": "email"}"#, r#""nobody""#, r#""nobody" is not a "email""#),
    (D7, r#"{"format": "date-time"}"#, r#""2026-11-30T00:00:00Z""#, ""),
    (
        D7,
        r#"{"format": "date-time"}"#,
        r#""2026-13-30T00:00:00Z""#,
        r#""2026-13-30T00:00:00Z" is not a "date-time""#,
    ),
    (D7, r#"{"format": "ipv4"}"#, r#""256.1.1.1""#, r#""256.1.1.1" is not a "ipv4""#),
    (D7, r#"{"format": "ipv4"}"#, r#""127.0.0.1""#, ""),
    (D7, r#"{"format": "uri"}"#, r#""no uri""#, r#""no uri" is not a "uri""#),
    (D7, r#"{"format": "of our own"}"#, r#""anything""#, ""),
    // arrays
    (
        NEWEST,
        r#"{"items": {"type": "string"}}"#,
        r#"["a", 1, 2]"#,
        r#"1 is not of type "string"; 2 is not of type "string""#,
    ),
    (
        NEWEST,
        r#"{"prefixItems": [{"type": "string"}], "items": false}"#,
        r#"["a", 1]"#,
        "False schema does not allow 1",
    ),
    (
        D7,
        r#"{"items": [{"type": "string"}], "additionalItems": {"type": "null"}}"#,
        r#"["a", null, 1]"#,
        r#"1 is not of type "null""#,
    ),
    (NEWEST, r#"{"minItems": 2}"#, "[1]", "[1] has less than 2 items"),
    (NEWEST, r#"{"maxItems": 1}"#, "[1, 2]", "[1, 2] has more than 1 item"),
    (NEWEST, r#"{"uniqueItems": true}"#, "[1, 1.0]", "[1, 1.0] has non-unique elements"),
    (NEWEST, r#"{"uniqueItems": true}"#, "[0, false]", ""),
    (NEWEST, r#"{"contains": {"const": 1}}"#, "[2]", "None of [2] are valid under the given schema"),
    (NEWEST, r#"{"contains": {"const": 1}, "maxContains": 1}"#, "[1, 1]", "[1, 1] has more than 1 item"),
    (NEWEST, r#"{"contains": {"const": 1}, "minContains": 0}"#, "[]", ""),
    // objects
    (NEWEST, r#"{"required": ["a", "b"]}"#, r#"{"b": 1}"#, r#""a" is a required property"#),
    (
        NEWEST,
        r#"{"properties": {"a": {"type": "string"}}}"#,
        r#"{"a": 1, "b": 2}"#,
        r#"1 is not of type "string""#,
    ),
    (
        NEWEST,
        r#"{"properties": {"a": true}, "patternProperties": {"^x": {"type": "null"}}, "additionalProperties": false}"#,
        r#"{"a": 1, "x1": null, "b": 2}"#,
        "Additional properties are not allowed ('b' was unexpected)",
    ),
    (
        NEWEST,
        r#"{"additionalProperties": false}"#,
        r#"{"a": 1, "b": 2}"#,
        "Additional properties are not allowed ('a', 'b' were unexpected)",
    ),
    (
        NEWEST,
        r#"{"additionalProperties": {"type": "number"}}"#,
        r#"{"a": "1"}"#,
        r#""1" is not of type "number""#,
    ),
    (NEWEST, r#"{"propertyNames": {"maxLength": 1}}"#, r#"{"ab": 1}"#, r#""ab" is longer than 1 character"#),
    (NEWEST, r#"{"minProperties": 1}"#, "{}", "{} has less than 1 property"),
    (NEWEST, r#"{"maxProperties": 0}"#, r#"{"a": 1}"#, r#"{"a": 1} has more than 0 properties"#),
    (NEWEST, r#"{"dependentRequired": {"a": ["b"]}}"#, r#"{"a": 1}"#, r#""b" is a required property"#),
    (
        NEWEST,
        r#"{"dependentSchemas": {"a": {"required": ["b"]}}}"#,
        r#"{"a": 1}"#,
        r#""b" is a required property"#,
    ),
    (
        D7,
        r#"{"dependencies": {"a": ["b"], "c": {"required": ["d"]}}}"#,
        r#"{"a": 1, "c": 2}"#,
        r#""b" is a required property; "d" is a required property"#,
    ),
    // schemas of schemas
    (
        NEWEST,
        r#"{"allOf": [{"minimum": 1}, {"minimum": 2}]}"#,
        "0",
        "0 is less than the minimum of 1; 0 is less than the minimum of 2",
    ),
    (
        NEWEST,
        r#"{"anyOf": [{"type": "string"}, {"minimum": 2}]}"#,
        "1",
        "1 is not valid under any of the schemas listed in the 'anyOf' keyword",
    ),
    (
        NEWEST,
        r#"{"oneOf": [{"type": "string"}, {"minimum": 2}]}"#,
        "1",
        "1 is not valid under any of the schemas listed in the 'oneOf' keyword",
    ),
    (
        NEWEST,
        r#"{"oneOf": [{"type": "number"}, {"minimum": 2}]}"#,
        "3",
        "3 is valid under more than one of the schemas listed in the 'oneOf' keyword",
    ),
    (NEWEST, r#"{"not": {"type": "null"}}"#, "null", r#"{"type": "null"} is not allowed for null"#),
    (
        NEWEST,
        r#"{"if": {"type": "string"}, "then": {"minLength": 1}, "else": {"minimum": 0}}"#,
        "-1",
        "-1 is less than the minimum of 0",
    ),
    (
        NEWEST,
        r#"{"if": {"type": "string"}, "then": {"minLength": 1}}"#,
        r#""""#,
        r#""" is shorter than 1 character"#,
    ),
    (D4, r#"{"if": true, "then": false, "const": 1, "contains": false, "propertyNames": false}"#, "[2]", ""),
    // references
    (
        NEWEST,
        r##"{"properties": {"next": {"$ref": "#"}, "n": {"type": "number"}}}"##,
        r#"{"next": {"next": {"n": null}}}"#,
        r#"null is not of type "number""#,
    ),
    (
        NEWEST,
        r##"{"$ref": "#/$defs/a~1%62", "$defs": {"a/b": {"type": "null"}}, "minimum": 3}"##,
        "1",
        r#"1 is not of type "null"; 1 is less than the minimum of 3"#,
    ),
    (
        D7,
        r##"{"$ref": "#/definitions/a", "definitions": {"a": {"type": "null"}}, "minimum": 3}"##,
        "1",
        r#"1 is not of type "null""#,
    ),
    (
        NEWEST,
        r##"{"$ref": "#there", "$defs": {"x": {"$anchor": "there", "type": "null"}}}"##,
        "1",
        r#"1 is not of type "null""#,
    ),
    (
        NEWEST,
        r##"{"$id": "https://a.b/root", "$ref": "item", "$defs": {"x": {"$id": "https://a.b/item", "$ref": "#/$defs/y", "$defs": {"y": {"type": "null"}}}}}"##,
        "1",
        r#"1 is not of type "null""#,
    ),
    // what no other keyword looked at
    (
        NEWEST,
        r#"{"allOf": [{"properties": {"a": true}}], "unevaluatedProperties": false}"#,
        r#"{"a": 1, "b": 2}"#,
        "Unevaluated properties are not allowed ('b' was unexpected)",
    ),
    (
        D2019,
        r#"{"if": {"properties": {"a": {"const": 1}}, "required": ["a"]}, "then": {"properties": {"b": true}}, "unevaluatedProperties": false}"#,
        r#"{"a": 1, "b": 2}"#,
        "",
    ),
    (
        NEWEST,
        r#"{"prefixItems": [true], "unevaluatedItems": false}"#,
        "[1, 2]",
        "Unevaluated items are not allowed ('1' was unexpected)",
    ),
];

async fn extension() -> (TestDb, Client) {
    let database = TestDb::platform().await;
    let mut postgres = database.client("postgres").await;
    postgres
        .script(r#"create extension if not exists "pg_jsonschema" with schema "extensions""#)
        .await
        .unwrap();
    (database, postgres)
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

#[tokio::test]
async fn what_is_wrong_with_an_instance_is_said() {
    let (_database, mut postgres) = extension().await;
    for &(draft, schema, instance, expected) in CASES {
        let schema = match draft {
            NEWEST => schema.to_owned(),
            _ => schema.replacen('{', &format!("{{\"$schema\": \"{draft}\", "), 1),
        };
        let (schema, instance) = (quoted(&schema), quoted(instance));
        let sql = format!(
            "select concat_ws(' ', json_matches_schema({schema}, {instance}), jsonb_matches_schema({schema}, {instance}), \
             array_to_string(jsonschema_validation_errors({schema}, {instance}), '; '), jsonschema_is_valid({schema}))"
        );
        let matches = if expected.is_empty() { "t" } else { "f" };
        assert_eq!(
            text(&mut postgres, &sql).await,
            format!("{matches} {matches} {expected} t"),
            "{schema} {instance}"
        );
    }
}

#[tokio::test]
async fn a_check_refuses_what_does_not_match() {
    let (_database, mut postgres) = extension().await;
    postgres
        .script(
            r#"create table public.customer (id serial primary key, metadata json,
                 check (json_matches_schema('{"type": "object", "properties": {"tags": {"type": "array", "items": {"type": "string", "maxLength": 16}}}}', metadata)));
               grant insert on public.customer to authenticated;
               grant usage on sequence public.customer_id_seq to authenticated;
               set role authenticated;
               insert into public.customer (metadata) values ('{"tags": ["vip", "darkmode-ui"]}'), (null)"#,
        )
        .await
        .unwrap();
    let wrong = r#"insert into public.customer (metadata) values ('{"tags": [1, 3]}')"#;
    assert_eq!(refusal(&mut postgres, wrong).await.0, "23514");
}

#[tokio::test]
async fn what_is_no_schema_is_refused() {
    let (_database, mut postgres) = extension().await;
    for schema in [
        "1",
        r#"{"type": "text"}"#,
        r#"{"type": ["null", "null"]}"#,
        r#"{"minLength": -1}"#,
        r#"{"maxItems": 1.5}"#,
        r#"{"multipleOf": 0}"#,
        r#"{"required": [1]}"#,
        r#"{"required": ["a", "a"]}"#,
        r#"{"properties": []}"#,
        r#"{"properties": {"a/b": {"items": {"minimum": "1"}}}}"#,
        r#"{"anyOf": []}"#,
        r#"{"items": [true]}"#,
        r#"{"$schema": "http://json-schema.org/draft-04/schema#", "exclusiveMinimum": 1}"#,
    ] {
        let sql = format!("select jsonschema_is_valid({})", quoted(schema));
        assert_eq!(text(&mut postgres, &sql).await, "f", "{schema}");
    }
    for (schema, said) in [
        ("1", "a JSON schema is an object or a boolean, not 1"),
        (r#"{"type": "text"}"#, "\"text\" is no type of a JSON schema"),
        (
            r#"{"$ref": "https://elsewhere.test/schema"}"#,
            "the reference \"https://elsewhere.test/schema\" leads nowhere in the JSON schema",
        ),
    ] {
        let sql = format!("select jsonb_matches_schema({}, '1')", quoted(schema));
        assert_eq!(refusal(&mut postgres, &sql).await, ("22023".to_owned(), said.to_owned()));
    }
}
