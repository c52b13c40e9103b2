//! What functions and policies see of the HTTP request: `request.headers` and `request.cookies`, as JSON objects.

use std::collections::BTreeMap;

use http::header::{COOKIE, HeaderMap};

/// All headers but cookies, names in lower case; of a header sent several times the last value.
pub fn headers_json(headers: &HeaderMap) -> String {
    let mut object = JsonObject::new();
    for name in headers.keys().filter(|name| *name != COOKIE) {
        if let Some(value) = headers.get_all(name).iter().next_back() {
            object.push(name.as_str(), &String::from_utf8_lossy(value.as_bytes()));
        }
    }
    object.finish()
}

/// The cookies; of those with the same name the last one.
pub fn cookies_json(headers: &HeaderMap) -> String {
    let header = headers.get(COOKIE).map(|value| String::from_utf8_lossy(value.as_bytes()));
    let mut cookies = BTreeMap::new();
    for cookie in header.as_deref().unwrap_or_default().split_terminator(';') {
        let (name, value) = cookie.split_once('=').unwrap_or((cookie, ""));
        cookies.insert(name.trim_start_matches(' '), value);
    }
    let mut object = JsonObject::new();
    for (name, value) in cookies {
        object.push(name, value);
    }
    object.finish()
}

/// An object of strings, written without building it.
struct JsonObject(String);

impl JsonObject {
    fn new() -> Self {
        Self(String::from("{"))
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
        if text.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\') {
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

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn objects() {
        let mut headers = HeaderMap::new();
        assert_eq!((headers_json(&headers), cookies_json(&headers)), ("{}".to_owned(), "{}".to_owned()));
        headers.append("X-One", HeaderValue::from_static("first"));
        headers.append("x-one", HeaderValue::from_static("say \"hi\"\\\t"));
        headers.append("x-two", HeaderValue::from_bytes("é".as_bytes()).expect("a value"));
        headers.append("cookie", HeaderValue::from_static("a=1; b=x=y;c; a=2"));
        let read: serde_json::Value = serde_json::from_str(&headers_json(&headers)).expect("JSON");
        assert_eq!(read, serde_json::json!({"x-one": "say \"hi\"\\\t", "x-two": "é"}));
        assert_eq!(cookies_json(&headers), r#"{"a":"2","b":"x=y","c":""}"#);
    }
}
