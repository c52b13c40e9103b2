//! What functions and policies see of the HTTP request: `request.headers` and `request.cookies`, as JSON objects.

use std::borrow::Cow;
use std::collections::BTreeMap;

use http::header::{COOKIE, HeaderMap};

/// Room for the headers of most requests.
const USUAL_LENGTH: usize = 1024;

/// All headers but cookies, names in lower case; of a header sent several times the last value.
pub fn headers_json(headers: &HeaderMap) -> String {
    let mut object = JsonObject::new();
    // the values of one header follow each other
    let mut ahead = headers.iter().peekable();
    while let Some((name, value)) = ahead.next() {
        if ahead.peek().is_none_or(|(next, _)| *next != name) && name != COOKIE {
            object.push(name.as_str(), &text(value.as_bytes()));
        }
    }
    object.finish()
}

/// Bytes that are UTF-8 nearly always, as text.
pub(crate) fn text(bytes: &[u8]) -> Cow<'_, str> {
    // the check for all of it is several times faster than the search for what is wrong
    std::str::from_utf8(bytes).map_or_else(|_wrong| String::from_utf8_lossy(bytes), Cow::Borrowed)
}

/// The cookies; of those with the same name the last one.
pub fn cookies_json(headers: &HeaderMap) -> Cow<'static, str> {
    let Some(header) = headers.get(COOKIE) else { return Cow::Borrowed("{}") };
    let header = text(header.as_bytes());
    let mut cookies = BTreeMap::new();
    for cookie in header.split_terminator(';') {
        let (name, value) = cookie.split_once('=').unwrap_or((cookie, ""));
        cookies.insert(name.trim_start_matches(' '), value);
    }
    let mut object = JsonObject::new();
    for (name, value) in cookies {
        object.push(name, value);
    }
    object.finish().into()
}

/// An object of strings, written without building it.
struct JsonObject(String);

impl JsonObject {
    fn new() -> Self {
        let mut text = String::with_capacity(USUAL_LENGTH);
        text.push('{');
        Self(text)
    }

    fn push(&mut self, name: &str, value: &str) {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        self.push_string(name);
        self.0.push(':');
        self.push_string(value);
    }

    fn push_string(&mut self, text: &str) {
        if is_plain(text.as_bytes()) {
            self.0.push('"');
            self.0.push_str(text);
            self.0.push('"');
        } else {
            self.0.push_str(&serde_json::Value::from(text).to_string());
        }
    }

    fn finish(mut self) -> String {
        self.0.push('}');
        self.0
    }
}

/// Whether the text stands for itself in JSON. Looks at all bytes, so that the compiler can take many at a time.
fn is_plain(text: &[u8]) -> bool {
    !text.iter().fold(false, |found, byte| found | matches!(byte, 0..b' ' | b'"' | b'\\'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn objects() {
        let mut headers = HeaderMap::new();
        assert_eq!((headers_json(&headers).as_str(), &*cookies_json(&headers)), ("{}", "{}"));
        headers.append("X-One", HeaderValue::from_static("first"));
        headers.append("x-one", HeaderValue::from_static("say \"hi\"\\\t"));
        headers.append("x-two", HeaderValue::from_bytes("é".as_bytes()).expect("a value"));
        headers.append("cookie", HeaderValue::from_static("a=1; b=x=y;c; a=2"));
        let read: serde_json::Value = serde_json::from_str(&headers_json(&headers)).expect("JSON");
        assert_eq!(read, serde_json::json!({"x-one": "say \"hi\"\\\t", "x-two": "é"}));
        assert_eq!(cookies_json(&headers), r#"{"a":"2","b":"x=y","c":""}"#);
    }
}
