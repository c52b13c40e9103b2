//! A room on a database of its own, and exchanges as text for snapshots.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::body::Body;
use base::identity::{SigningKey, Verifier, VerifyingKey};
use http::{Request, Response};
use http_body_util::BodyExt as _;
use pg::{Pool, PoolConfig};
use rest::{Config, Rest};
use serde_json::{Value, json};
use testkit::TestDb;

pub(crate) const SECRET: &[u8] = b"a-secret-of-at-least-32-characters-for-tests";
pub(crate) const USER: &str = "00000000-0000-4000-8000-000000000001";

/// What clients encode although it reads better unencoded.
const ILLEGAL: &percent_encoding::AsciiSet = &percent_encoding::CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

pub(crate) struct Room {
    pub(crate) database: TestDb,
    pub(crate) rest: Arc<Rest>,
    pub(crate) pool: Pool,
}

impl Room {
    pub(crate) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let database = TestDb::platform().await;
        database.client("supabase_admin").await.script(include_str!("schema.sql")).await.unwrap();
        let mut config = Config::default();
        change(&mut config);
        let pool = Pool::new(database.connect("authenticator"), PoolConfig::default());
        let verifier = Arc::new(Verifier::new(vec![VerifyingKey::from_secret(SECRET)]));
        let rest = Rest::new(config, pool.clone(), verifier);
        rest.reload().await.unwrap();
        Self { database, rest, pool }
    }

    /// Sends one request: its first line, then headers, then after an empty line its body.
    pub(crate) async fn send(&self, text: &str) -> Response<Body> {
        let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
        let mut lines = head.lines().map(str::trim).filter(|line| !line.is_empty());
        let (method, uri) = lines.next().unwrap().split_once(' ').unwrap();
        let uri = percent_encoding::utf8_percent_encode(uri, ILLEGAL).to_string();
        let mut request = Request::builder().method(method).uri(uri);
        for line in lines {
            let (name, value) = line.split_once(": ").unwrap();
            request = request.header(name, value);
        }
        self.rest.handle(request.body(Body::from(body.to_owned())).unwrap()).await
    }

    /// Status, the headers that say something, and the body.
    pub(crate) async fn exchange(&self, text: &str) -> String {
        const SHOWN: [&str; 9] = [
            "content-type",
            "content-range",
            "content-location",
            "location",
            "preference-applied",
            "allow",
            "content-profile",
            "www-authenticate",
            "x-tea",
        ];
        let response = self.send(text).await;
        let mut shown = format!("{}\n", response.status());
        for name in SHOWN {
            for value in response.headers().get_all(name) {
                writeln!(shown, "{name}: {}", value.to_str().unwrap()).unwrap();
            }
        }
        let body = response.into_body().collect().await.unwrap().to_bytes();
        shown + &String::from_utf8_lossy(&body).replace(", \n ", ", ")
    }

    pub(crate) async fn json(&self, text: &str) -> (u16, Value) {
        let response = self.send(text).await;
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
    }

    /// The value of one query as the superuser.
    pub(crate) async fn value(&self, sql: &'static str) -> String {
        let rows = self.database.client("supabase_admin").await.query(sql, &[]).await.unwrap();
        rows.first().and_then(|row| row.text(0)).unwrap_or("null").to_owned()
    }
}

/// A token for a role.
pub(crate) fn token(role: &str) -> String {
    let claims = json!({ "role": role, "sub": USER, "exp": 4_000_000_000_u64 });
    SigningKey::from_secret(SECRET).sign(&claims).unwrap()
}

/// No text may become syntax. An empty name is quoted like any other, which Postgres calls a syntax error.
pub(crate) fn is_syntax_error(body: &Value) -> bool {
    let message = body["message"].as_str().unwrap_or_default();
    body["code"] == "42601" && !message.starts_with("zero-length delimited identifier")
}
