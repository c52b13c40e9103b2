//! A room on a database of its own, and exchanges as text for snapshots.

use std::fmt::Write as _;
use std::sync::Arc;

use auth::{Config, Ctx};
use axum::Router;
use axum::body::Body;
use base::clock::{Clock, FixedClock};
use base::identity::{ProjectKeys, SigningKey, Verifier, VerifyingKey};
use chrono::{DateTime, Duration, Utc};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt;
use pg::{Client, Param, Pool, PoolConfig};
use serde_json::{Map, Value, json};
use testkit::TestDb;
use tower::ServiceExt;

pub(crate) const PASSWORD: &str = "correct horse";
pub(crate) const SECRET: &str = "a-secret-of-at-least-32-characters-for-tests";

/// A room that thinks it is 2026-11-21 12:00.
pub(crate) struct Room {
    pub(crate) database: TestDb,
    pub(crate) clock: FixedClock,
    pub(crate) keys: ProjectKeys,
    router: Router,
}

/// An answer, its body parsed.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Room {
    pub(crate) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut Config)) -> Self {
        Self::sized(change, 20).await
    }

    pub(crate) async fn sized(change: impl FnOnce(&mut Config), connections: usize) -> Self {
        let database = TestDb::platform().await;
        let now = DateTime::parse_from_rfc3339("2026-11-21T12:00:00Z").unwrap().with_timezone(&Utc);
        let clock = FixedClock::at(now);
        let keys = ProjectKeys::generate(now).unwrap().with_jwt_secret(SECRET, now).unwrap();
        let mut config = Config { enable_anonymous_sign_ins: true, ..Config::default() };
        config.sms.enable_signup = true;
        change(&mut config);
        let pool_config = PoolConfig { max_connections: connections, ..PoolConfig::default() };
        let pool = Pool::new(database.connect("supabase_auth_admin"), pool_config);
        let ctx = Ctx::new(
            pool,
            config,
            Arc::new(keys.signer().unwrap()),
            Arc::new(keys.verifier().unwrap()),
            Arc::new(clock.clone()),
        );
        Self { database, clock, keys, router: auth::routes(ctx) }
    }

    pub(crate) fn advance(&self, seconds: i64) {
        self.clock.advance(Duration::seconds(seconds));
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    pub(crate) fn call(&self, method: &str, path: &str) -> Call<'_> {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let request =
            Request::builder().method(method).uri(path).header("x-supabase-api-version", "2024-01-01");
        Call { room: self, request, body: Vec::new() }
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.call("POST", path).json(&body).send().await
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.expect("routers do not fail");
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let body = if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).unwrap() };
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// A confirmed user with a session.
    pub(crate) async fn sign_up(&self, email: &str) -> Answer {
        let answer = self.post("/signup", json!({ "email": email, "password": PASSWORD })).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer
    }

    pub(crate) async fn sign_in(&self, email: &str, password: &str) -> Answer {
        self.post("/token?grant_type=password", json!({ "email": email, "password": password })).await
    }

    pub(crate) async fn refresh(&self, token: &str) -> Answer {
        self.post("/token?grant_type=refresh_token", json!({ "refresh_token": token })).await
    }

    /// An administrator's request.
    pub(crate) fn admin(&self, method: &str, path: &str) -> Call<'_> {
        self.call(method, path).bearer(&self.keys.service_role_key)
    }

    pub(crate) async fn client(&self, role: &str) -> Client {
        self.database.client(role).await
    }

    /// Runs a script as the superuser.
    pub(crate) async fn script(&self, sql: &str) {
        self.client("supabase_admin").await.script(sql).await.unwrap();
    }

    /// The first column of all rows, asked as the superuser.
    pub(crate) async fn column(&self, sql: &str, params: &[Param]) -> Vec<String> {
        let rows = self.client("supabase_admin").await.query(sql, params).await.unwrap();
        rows.iter().map(|row| row.text(0).unwrap_or("NULL").to_owned()).collect()
    }

    /// The first column of the first row.
    pub(crate) async fn value(&self, sql: &str) -> String {
        self.column(sql, &[]).await.into_iter().next().unwrap_or_else(|| "no row".to_owned())
    }

    /// A token signed with the room's own key.
    pub(crate) fn sign(&self, claims: &Value) -> String {
        self.keys.signer().unwrap().sign(claims).unwrap()
    }

    /// Verifies a token as any other server would: with the published key.
    pub(crate) async fn claims(&self, token: &str) -> Map<String, Value> {
        let jwks = self.call("GET", "/.well-known/jwks.json").send().await.body;
        let key = VerifyingKey::from_jwk(&jwks["keys"][0]).unwrap();
        Verifier::new(vec![key]).verify(token, self.now()).unwrap().map.clone()
    }
}

/// A request being made.
pub(crate) struct Call<'a> {
    room: &'a Room,
    request: http::request::Builder,
    body: Vec<u8>,
}

impl Call<'_> {
    pub(crate) fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        let value = http::HeaderValue::from_str(value).unwrap();
        let name = http::HeaderName::from_bytes(name.as_bytes()).unwrap();
        self.request.headers_mut().unwrap().insert(name, value);
        self
    }

    /// With the older shape of errors.
    pub(crate) fn older(mut self) -> Self {
        self.request.headers_mut().unwrap().remove("x-supabase-api-version");
        self
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.body(body.to_string().into_bytes())
    }

    pub(crate) fn body(mut self, body: Vec<u8>) -> Self {
        self.body = body;
        self
    }

    pub(crate) async fn send(self) -> Answer {
        let request = self.request.body(Body::from(self.body)).unwrap();
        self.room.send(request).await
    }
}

impl Answer {
    pub(crate) fn text(&self, pointer: &str) -> &str {
        self.body
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_else(|| panic!("no {pointer} in {self:?}"))
    }

    pub(crate) fn access_token(&self) -> &str {
        self.text("/access_token")
    }

    pub(crate) fn refresh_token(&self) -> &str {
        self.text("/refresh_token")
    }

    pub(crate) fn user_id(&self) -> &str {
        self.text("/user/id")
    }

    pub(crate) fn code(&self) -> &str {
        self.text("/code")
    }

    #[track_caller]
    pub(crate) fn expect(&self, status: u16, code: &str) {
        assert_eq!((self.status.as_u16(), self.code()), (status, code), "{self:?}");
        assert_eq!(self.headers["x-supabase-api-version"], "2024-01-01");
    }

    /// Status and body, what differs from run to run replaced by what kind of thing it is.
    pub(crate) fn shown(&self) -> String {
        let mut shown = format!("{}\n", self.status.as_u16());
        for name in ["link", "x-total-count", "x-sb-error-code", "cache-control", "retry-after"] {
            if let Some(value) = self.headers.get(name) {
                writeln!(shown, "{name}: {}", value.to_str().unwrap()).unwrap();
            }
        }
        let mut body = self.body.clone();
        if !body.is_null() {
            redact("", &mut body);
            shown.push_str(&serde_json::to_string_pretty(&body).unwrap());
        }
        shown
    }
}

/// Replaces ids, tokens and the signing key, each only when it is what it should be.
fn redact(name: &str, value: &mut Value) {
    match value {
        Value::Object(members) => members.iter_mut().for_each(|(name, value)| redact(name, value)),
        Value::Array(values) => values.iter_mut().for_each(|value| redact(name, value)),
        Value::String(text) => {
            let kind = match name {
                "id" | "user_id" | "identity_id" | "sub" | "session_id" | "kid" => {
                    uuid::Uuid::try_parse(text).ok().map(|_| "[uuid]")
                }
                "access_token" => (text.split('.').count() == 3).then_some("[jwt]"),
                "refresh_token" => {
                    let valid = text.len() == 12
                        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
                    valid.then_some("[token]")
                }
                "x" | "y" => (text.len() == 43).then_some("[coordinate]"),
                _ => None,
            };
            if let Some(kind) = kind {
                kind.clone_into(text);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// A key that is not the room's.
pub(crate) fn foreign_key() -> SigningKey {
    SigningKey::from_jwk(&SigningKey::generate_es256("foreign").unwrap()).unwrap()
}
