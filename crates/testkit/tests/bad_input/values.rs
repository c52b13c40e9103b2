//! What makes no sense, by type: as SQL that has the type, so that what is refused is refused by the function.

use serde_json::Value;

use super::Argument;

/// A value that does not belong in an argument.
pub(crate) struct Bad {
    pub(crate) label: String,
    pub(crate) sql: String,
    pub(crate) is_null: bool,
    pub(crate) is_foreign: bool,
    /// It may be a word like any other: then it is only asked that no error comes from inside.
    pub(crate) may_work: bool,
}

/// Parts of JSON that are put anywhere.
pub(crate) const JSON: [&str; 10] =
    ["null", "true", "-1", "0.5", "1e300", "99999999999999999999", r#""""#, r#""no such word""#, "[]", "{}"];

const TEXTS: [(&str, &str); 7] = [
    ("empty", "''"),
    ("blank", "'  '"),
    ("unknown", "'no such word'"),
    ("control", "E'a\\u0001\\nb'"),
    ("path", "'../../etc/passwd'"),
    ("sql", "'''; drop table public.users; --'"),
    ("huge", "repeat('x', 100000)"),
];

const INTEGERS: [(&str, &str); 4] =
    [("negative", "-1"), ("zero", "0"), ("smallest", "-2147483648"), ("largest", "2147483647")];

const LONG: [(&str, &str); 4] = [
    ("negative", "-1"),
    ("zero", "0"),
    ("smallest", "-9223372036854775808"),
    ("largest", "9223372036854775807"),
];

const NUMBERS: [(&str, &str); 8] = [
    ("negative", "-1"),
    ("zero", "0"),
    ("fraction", "0.5"),
    ("nan", "'NaN'"),
    ("infinity", "'Infinity'"),
    ("minus-infinity", "'-Infinity'"),
    ("largest", "'1e300'"),
    ("tiny", "'1e-300'"),
];

const TIMES: [(&str, &str); 4] = [
    ("infinity", "'infinity'"),
    ("minus-infinity", "'-infinity'"),
    ("earliest", "'4713-01-01 BC'"),
    ("latest", "'294276-01-01'"),
];

fn bad(label: &str, sql: &str) -> Bad {
    let may_work = !["negative", "smallest", "nan", "infinity", "minus-infinity", "zero"].contains(&label);
    Bad { label: label.to_owned(), sql: sql.to_owned(), is_null: false, is_foreign: false, may_work }
}

fn list(values: &[(&str, &str)]) -> Vec<Bad> {
    values.iter().map(|(label, sql)| bad(label, sql)).collect()
}

/// All bad values for an argument, of which a good value may be known.
pub(crate) fn bad_values(argument: &Argument, good: Option<&str>, foreign: &[String]) -> Vec<Bad> {
    let mut all = match argument.kind.as_str() {
        "uuid" => ids(foreign),
        "integer" => list(&INTEGERS),
        "bigint" => list(&LONG),
        "numeric" => list(&NUMBERS),
        "text" => list(&TEXTS),
        "boolean" => Vec::new(),
        "date" | "timestamp with time zone" => list(&TIMES),
        "jsonb" => json(good),
        _ => match argument.category.as_str() {
            "bA" => arrays(&argument.kind),
            // words of an enum are checked before the function sees them
            "eE" => Vec::new(),
            "cC" => vec![bad("empty", &format!("jsonb_populate_record(null::{}, '{{}}')", argument.kind))],
            other => panic!("no bad values are known for {} ({other})", argument.kind),
        },
    };
    all.push(Bad { is_null: true, may_work: false, ..bad("null", "null") });
    all
}

fn ids(foreign: &[String]) -> Vec<Bad> {
    let unknown = |label, id| Bad { may_work: false, ..bad(label, &format!("'{id}'")) };
    let nobody = [
        unknown("nobody", "ffffffff-ffff-4fff-8fff-ffffffffffff"),
        unknown("nobody", "00000000-0000-0000-0000-000000000000"),
    ];
    let foreign = foreign.iter().map(|id| Bad { is_foreign: true, ..unknown("foreign", id) });
    nobody.into_iter().chain(foreign).collect()
}

fn arrays(kind: &str) -> Vec<Bad> {
    let element = match kind {
        "uuid[]" => "ffffffff-ffff-4fff-8fff-ffffffffffff",
        _ => "no such word",
    };
    vec![
        bad("empty", "'{}'"),
        bad("null", "'{null}'"),
        bad("nested", &format!("array[array['{element}'], array['{element}']]")),
        bad("unknown", &format!("array['{element}']")),
        bad("huge", &format!("array_fill('{element}'::text, array[2000])")),
    ]
}

fn json(good: Option<&str>) -> Vec<Bad> {
    let known = good.and_then(|sql| sql.strip_prefix('\'')?.strip_suffix('\''));
    let value = known.and_then(|text| serde_json::from_str(text).ok()).unwrap_or(Value::Null);
    let broken = broken("$", &value).into_iter().map(|(place, value)| {
        bad(&format!("json {place}"), &format!("'{}'", value.to_string().replace('\'', "''")))
    });
    broken.chain([bad("deep", "(repeat('[', 900) || repeat(']', 900))")]).collect()
}

/// A value with each of its parts, one at a time, replaced by what does not belong there, or left out; and where.
fn broken(place: &str, value: &Value) -> Vec<(String, Value)> {
    let strange = JSON.iter().filter_map(|text| serde_json::from_str(text).ok());
    let mut all: Vec<_> = strange.map(|strange: Value| (format!("{place} = {strange}"), strange)).collect();
    match value {
        Value::Object(map) => {
            for (key, part) in map {
                for (place, part) in broken(&format!("{place}.{key}"), part) {
                    let mut map = map.clone();
                    map.insert(key.clone(), part);
                    all.push((place, Value::Object(map)));
                }
                let mut map = map.clone();
                map.remove(key);
                all.push((format!("{place} without {key}"), Value::Object(map)));
            }
        }
        Value::Array(list) => {
            for (at, part) in list.iter().enumerate() {
                for (place, part) in broken(&format!("{place}[{at}]"), part) {
                    let mut list = list.clone();
                    list[at] = part;
                    all.push((place, Value::Array(list)));
                }
            }
        }
        _ => {}
    }
    all
}
