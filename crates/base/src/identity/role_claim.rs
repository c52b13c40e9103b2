//! Where in a token's claims the role stands: a JSON Path (RFC 9535), or PostgREST's older notation.

use std::fmt;
use std::str::FromStr;

use serde_json::{Map, Value};
use serde_json_path::JsonPath;

/// A path into the claims, read once. By default the claim `role`.
#[derive(Debug, Clone, PartialEq)]
pub struct RoleClaim {
    text: String,
    path: Path,
}

#[derive(Debug, Clone, PartialEq)]
enum Path {
    /// Just the claim `role`, which is nearly everybody's choice.
    Role,
    /// `$.realm.roles[0]`
    Standard(JsonPath),
    /// `.realm.roles[0]`: what PostgREST had before.
    Older(Vec<Step>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Key(String),
    Index(usize),
    /// The first element that compares so with the text.
    First(Comparison, String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Equal,
    NotEqual,
    StartsWith,
    EndsWith,
    Contains,
}

/// Longer ones first where one begins with another.
const COMPARISONS: [(&str, Comparison); 5] = [
    ("==^", Comparison::EndsWith),
    ("^==", Comparison::StartsWith),
    ("*==", Comparison::Contains),
    ("==", Comparison::Equal),
    ("!=", Comparison::NotEqual),
];

/// The text is no path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a path to a claim")]
pub struct RoleClaimError;

impl Default for RoleClaim {
    fn default() -> Self {
        Self { text: "$.role".to_owned(), path: Path::Role }
    }
}

impl FromStr for RoleClaim {
    type Err = RoleClaimError;

    fn from_str(text: &str) -> Result<Self, RoleClaimError> {
        if text.starts_with('$') {
            let path = match text {
                "$.role" => Path::Role,
                _ => Path::Standard(JsonPath::parse(text).map_err(|_error| RoleClaimError)?),
            };
            return Ok(Self { text: text.to_owned(), path });
        }
        let steps = older_steps(text).ok_or(RoleClaimError)?;
        let written = steps.iter().map(Step::to_string).collect();
        let path = if text == ".role" { Path::Role } else { Path::Older(steps) };
        Ok(Self { text: written, path })
    }
}

impl RoleClaim {
    /// The path as it was written; the older notation as PostgREST writes it, with quotes around every key.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The role that the claims name there. What is no text is its JSON: the name of no role, rather than no role named.
    pub fn find(&self, claims: &Map<String, Value>) -> Option<String> {
        let name = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        match &self.path {
            // tokens have few claims, and passing them is faster than hashing the name
            Path::Role => claims.iter().find_map(|(key, value)| (key == "role").then(|| name(value))),
            Path::Standard(path) => path.query(&Value::Object(claims.clone())).first().map(name),
            Path::Older(steps) => {
                let (Step::Key(first), steps) = steps.split_first()? else { return None };
                steps.iter().try_fold(claims.get(first)?, |value, step| step.take(value)).map(name)
            }
        }
    }
}

impl Step {
    fn take<'a>(&self, value: &'a Value) -> Option<&'a Value> {
        match self {
            Self::Key(key) => value.get(key),
            Self::Index(index) => value.get(index),
            Self::First(comparison, wanted) => value.as_array()?.iter().find(|value| {
                value.as_str().is_some_and(|text| match comparison {
                    Comparison::Equal => text == wanted,
                    Comparison::NotEqual => text != wanted,
                    Comparison::StartsWith => text.starts_with(wanted),
                    Comparison::EndsWith => text.ends_with(wanted),
                    Comparison::Contains => text.contains(wanted),
                })
            }),
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(key) => write!(f, ".\"{key}\""),
            Self::Index(index) => write!(f, "[{index}]"),
            Self::First(comparison, text) => {
                let sign =
                    COMPARISONS.into_iter().find_map(|(sign, known)| (known == *comparison).then_some(sign));
                write!(f, "[?(@ {} \"{text}\")]", sign.unwrap_or_default())
            }
        }
    }
}

/// `.key`, `."key"`, `[0]`, and at the end `[?(@ == "text")]` and its like.
fn older_steps(text: &str) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (step, after) = if let Some(quoted) = rest.strip_prefix(".\"") {
            let (key, after) = quoted.split_once('"')?;
            (Step::Key(key.to_owned()), after)
        } else if let Some(bare) = rest.strip_prefix('.') {
            let end = bare.find(|c: char| !c.is_alphanumeric() && !"_$@".contains(c)).unwrap_or(bare.len());
            let (key, after) = bare.split_at(end);
            (Step::Key((!key.is_empty()).then(|| key.to_owned())?), after)
        } else if let Some(condition) = rest.strip_prefix("[?(@") {
            (first_that(condition.strip_suffix(")]")?)?, "")
        } else {
            let (index, after) = rest.strip_prefix('[')?.split_once(']')?;
            (Step::Index(index.parse().ok()?), after)
        };
        steps.push(step);
        rest = after;
    }
    (!steps.is_empty()).then_some(steps)
}

fn first_that(condition: &str) -> Option<Step> {
    let condition = condition.trim_start();
    let (comparison, text) = COMPARISONS
        .into_iter()
        .find_map(|(sign, comparison)| Some((comparison, condition.strip_prefix(sign)?)))?;
    let text = text.trim_start().strip_prefix('"')?.strip_suffix('"')?;
    (!text.contains('"')).then(|| Step::First(comparison, text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_role_is_found_by_path() {
        let claims = json!({
            "role": "a", "realm": {"roles": ["x", "web_y"]}, "https://e.x/role": "b", "number": 3
        });
        let cases = [
            (".role", Ok(Some("a"))),
            (".realm.roles[1]", Ok(Some("web_y"))),
            (".realm.roles[9]", Ok(None)),
            (".realm.roles[?(@ ^== \"web\")]", Ok(Some("web_y"))),
            (".realm.roles[?(@ ==^ \"y\")]", Ok(Some("web_y"))),
            (".realm.roles[?(@ == \"x\")]", Ok(Some("x"))),
            (".realm.roles[?(@ != \"x\")]", Ok(Some("web_y"))),
            (".realm.roles[?(@ *== \"b_\")]", Ok(Some("web_y"))),
            (".\"https://e.x/role\"", Ok(Some("b"))),
            (".number", Ok(Some("3"))),
            (".missing.deep", Ok(None)),
            ("[0]", Ok(None)),
            ("$.role", Ok(Some("a"))),
            ("$.realm.roles[1]", Ok(Some("web_y"))),
            ("$.realm.roles[-1]", Ok(Some("web_y"))),
            ("$['https://e.x/role']", Ok(Some("b"))),
            ("$.realm.roles[?(@ == 'x')]", Ok(Some("x"))),
            ("$.realm.roles[?search(@, '^we')]", Ok(Some("web_y"))),
            ("$.number", Ok(Some("3"))),
            ("$.missing", Ok(None)),
            ("role", Err(RoleClaimError)),
            ("$role", Err(RoleClaimError)),
            (".roles[?(@ ~ \"x\")]", Err(RoleClaimError)),
            (".roles[x]", Err(RoleClaimError)),
            (".", Err(RoleClaimError)),
            ("", Err(RoleClaimError)),
        ];
        for (path, expected) in cases {
            let found = path.parse().map(|path: RoleClaim| path.find(claims.as_object().unwrap()));
            assert_eq!(found, expected.map(|role| role.map(str::to_owned)), "{path}");
        }
    }

    #[test]
    fn the_older_notation_is_written_with_quotes() {
        let cases = [
            (".role", ".\"role\""),
            (".a.\"b c\"[1]", ".\"a\".\"b c\"[1]"),
            (".roles[?(@ == \"x\")]", ".\"roles\"[?(@ == \"x\")]"),
            (".roles[?(@^==\"x\")]", ".\"roles\"[?(@ ^== \"x\")]"),
            (".roles[?(@ ==^ \"x\")]", ".\"roles\"[?(@ ==^ \"x\")]"),
            (".roles[?(@ *== \"x\")]", ".\"roles\"[?(@ *== \"x\")]"),
            (".roles[?(@ != \"x\")]", ".\"roles\"[?(@ != \"x\")]"),
            ("$.role", "$.role"),
            ("$.a[0]", "$.a[0]"),
        ];
        for (path, expected) in cases {
            assert_eq!(path.parse::<RoleClaim>().unwrap().as_str(), expected);
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_a_path_or_an_error(text in ".*") {
            if let Ok(path) = text.parse::<RoleClaim>() {
                let _any = path.find(&Map::new());
                let again: RoleClaim = path.as_str().parse().unwrap();
                proptest::prop_assert_eq!(again.as_str(), path.as_str());
            }
        }
    }
}
