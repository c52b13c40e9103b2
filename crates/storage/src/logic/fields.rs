//! The members of a JSON body or a query string, read with upstream's tolerance (`"10"` is a number, `1` is a text) and
//! refused in its words.

use serde_json::{Map, Value};

/// A value is missing or is not what it should be; the text is what a client reads.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Invalid(pub(crate) String);

/// The members of an object.
#[derive(Debug)]
pub(crate) struct Fields {
    /// What the object is called in messages: `body`, `querystring`, or a member such as `body/sortBy`.
    name: String,
    members: Map<String, Value>,
}

impl Fields {
    /// The members of a value that has to be an object.
    pub(crate) fn of(name: &str, value: Value) -> Result<Self, Invalid> {
        match value {
            Value::Object(members) => Ok(Self { name: name.to_owned(), members }),
            _ => Err(Invalid(format!("{name} must be object"))),
        }
    }

    /// The parameters of a query string; the last of a name counts.
    pub(crate) fn of_query(query: &str) -> Self {
        let pairs = url::form_urlencoded::parse(query.as_bytes());
        let members =
            pairs.map(|(name, value)| (name.into_owned(), Value::String(value.into_owned()))).collect();
        Self { name: "querystring".to_owned(), members }
    }

    /// Whether there is no member.
    pub(crate) fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Whether there is such a member, null or not.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.members.contains_key(name)
    }

    /// The member as it is.
    pub(crate) fn value(&self, name: &str) -> Option<&Value> {
        self.members.get(name)
    }

    fn wrong(&self, name: &str, what: &str) -> Invalid {
        Invalid(format!("{}/{name} {what}", self.name))
    }

    fn missing(&self, name: &str) -> Invalid {
        Invalid(format!("{} must have required property '{name}'", self.name))
    }

    /// A text, or none.
    pub(crate) fn text(&self, name: &str) -> Result<Option<String>, Invalid> {
        match self.members.get(name) {
            None => Ok(None),
            Some(value) => match as_text(value) {
                Some(text) if !text.contains('\0') => Ok(Some(text)),
                _ => Err(self.wrong(name, "must be string")),
            },
        }
    }

    /// A text that has to be there.
    pub(crate) fn required_text(&self, name: &str) -> Result<String, Invalid> {
        self.text(name)?.ok_or_else(|| self.missing(name))
    }

    /// One of these words, or none.
    pub(crate) fn word(&self, name: &str, words: &[&'static str]) -> Result<Option<&'static str>, Invalid> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        let known = words.iter().find(|word| **word == text);
        known.copied().map(Some).ok_or_else(|| self.wrong(name, "must be equal to one of the allowed values"))
    }

    /// A whole number that is not below `least`, or none.
    pub(crate) fn integer(&self, name: &str, least: i64) -> Result<Option<i64>, Invalid> {
        let Some(value) = self.members.get(name) else { return Ok(None) };
        let number = as_integer(value).ok_or_else(|| self.wrong(name, "must be integer"))?;
        if number < least {
            return Err(self.wrong(name, &format!("must be >= {least}")));
        }
        Ok(Some(number))
    }

    /// A whole number that has to be there.
    pub(crate) fn required_integer(&self, name: &str, least: i64) -> Result<i64, Invalid> {
        self.integer(name, least)?.ok_or_else(|| self.missing(name))
    }

    /// Yes or no, or none.
    pub(crate) fn boolean(&self, name: &str) -> Result<Option<bool>, Invalid> {
        match self.members.get(name) {
            None => Ok(None),
            Some(Value::Bool(value)) => Ok(Some(*value)),
            Some(Value::Null) => Ok(Some(false)),
            Some(Value::String(text)) if text == "true" => Ok(Some(true)),
            Some(Value::String(text)) if text == "false" => Ok(Some(false)),
            Some(Value::Number(number)) if number.as_i64() == Some(1) => Ok(Some(true)),
            Some(Value::Number(number)) if number.as_i64() == Some(0) => Ok(Some(false)),
            Some(_) => Err(self.wrong(name, "must be boolean")),
        }
    }

    /// A list of texts; null and no list are both none.
    pub(crate) fn texts(&self, name: &str) -> Result<Option<Vec<String>>, Invalid> {
        let items = match self.members.get(name) {
            None | Some(Value::Null) => return Ok(None),
            Some(Value::Array(items)) => items.as_slice(),
            // one is as good as a list of one
            Some(one @ Value::String(_)) => std::slice::from_ref(one),
            Some(_) => return Err(self.wrong(name, "must be array")),
        };
        let read = |(index, item): (usize, &Value)| {
            let text = as_text(item).filter(|text| !text.contains('\0'));
            text.ok_or_else(|| self.wrong(&format!("{name}/{index}"), "must be string"))
        };
        items.iter().enumerate().map(read).collect::<Result<_, _>>().map(Some)
    }

    /// A list of texts that has to be there and be so long.
    pub(crate) fn required_texts(&self, name: &str, most: Option<usize>) -> Result<Vec<String>, Invalid> {
        let texts = self.texts(name)?.ok_or_else(|| self.missing(name))?;
        match most {
            _ if texts.is_empty() => Err(self.wrong(name, "must NOT have fewer than 1 items")),
            Some(most) if texts.len() > most => {
                Err(self.wrong(name, &format!("must NOT have more than {most} items")))
            }
            _ => Ok(texts),
        }
    }

    /// An object, or none.
    pub(crate) fn object(&self, name: &str) -> Result<Option<Self>, Invalid> {
        let Some(value) = self.members.get(name) else { return Ok(None) };
        Self::of(&format!("{}/{name}", self.name), value.clone()).map(Some)
    }
}

fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Null => Some(String::new()),
        Value::Array(_) | Value::Object(_) => None,
    }
}

/// Numbers beyond what JavaScript counts exactly are none.
fn as_integer(value: &Value) -> Option<i64> {
    const EXACT: i64 = (1 << 53) - 1;
    let number = match value {
        Value::Number(number) => number.as_i64().or_else(|| {
            let float = number.as_f64().filter(|float| float.fract() == 0.0 && float.abs() < 9e15)?;
            #[expect(clippy::cast_possible_truncation, reason = "whole and in range")]
            Some(float as i64)
        }),
        Value::String(text) => text.trim().parse().ok(),
        Value::Null => Some(0),
        Value::Bool(value) => Some(i64::from(*value)),
        Value::Array(_) | Value::Object(_) => None,
    };
    number.filter(|number| (-EXACT..=EXACT).contains(number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn fields(value: Value) -> Fields {
        Fields::of("body", value).unwrap()
    }

    #[test]
    fn values_are_read_with_tolerance() {
        let fields = fields(
            json!({ "a": "10", "b": 1, "c": null, "d": "true", "e": ["x", 1], "f": { "g": "h" }, "i": "one" }),
        );
        assert_eq!(fields.integer("a", 0), Ok(Some(10)));
        assert_eq!(fields.text("b"), Ok(Some("1".to_owned())));
        assert_eq!(fields.text("c"), Ok(Some(String::new())));
        assert_eq!(fields.integer("c", 0), Ok(Some(0)));
        assert_eq!(fields.boolean("d"), Ok(Some(true)));
        assert_eq!(fields.texts("e"), Ok(Some(vec!["x".to_owned(), "1".to_owned()])));
        assert_eq!(fields.texts("i"), Ok(Some(vec!["one".to_owned()])));
        assert_eq!(fields.object("f").unwrap().unwrap().text("g"), Ok(Some("h".to_owned())));
        assert_eq!(fields.text("z"), Ok(None));
    }

    #[test]
    fn what_is_wrong_is_said_in_upstreams_words() {
        let fields =
            fields(json!({ "n": 0, "t": {}, "w": "x", "l": [], "m": [{}], "nul": "\0", "big": 1e300 }));
        let said = |result: Result<(), Invalid>| result.unwrap_err().0;
        assert_eq!(
            said(fields.required_text("prefix").map(drop)),
            "body must have required property 'prefix'"
        );
        assert_eq!(said(fields.integer("n", 1).map(drop)), "body/n must be >= 1");
        assert_eq!(said(fields.integer("t", 1).map(drop)), "body/t must be integer");
        assert_eq!(said(fields.integer("big", 1).map(drop)), "body/big must be integer");
        assert_eq!(said(fields.text("t").map(drop)), "body/t must be string");
        assert_eq!(said(fields.text("nul").map(drop)), "body/nul must be string");
        assert_eq!(said(fields.boolean("w").map(drop)), "body/w must be boolean");
        assert_eq!(
            said(fields.word("w", &["a"]).map(drop)),
            "body/w must be equal to one of the allowed values"
        );
        assert_eq!(
            said(fields.required_texts("l", None).map(drop)),
            "body/l must NOT have fewer than 1 items"
        );
        assert_eq!(said(fields.texts("m").map(drop)), "body/m/0 must be string");
        assert_eq!(said(fields.object("w").map(drop)), "body/w must be object");
        assert_eq!(said(Fields::of("body", json!([])).map(drop)), "body must be object");
    }

    #[test]
    fn query_strings() {
        let query = Fields::of_query("limit=5&download=&search=a%20b&limit=6");
        assert_eq!(query.integer("limit", 1), Ok(Some(6)));
        assert_eq!(query.text("download"), Ok(Some(String::new())));
        assert_eq!(query.text("search"), Ok(Some("a b".to_owned())));
    }
}
