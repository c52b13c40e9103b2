//! A room on a database and a folder of its own.

use std::path::PathBuf;
use std::sync::Arc;

use axum::body::Body;
use base::clock::{Clock, FixedClock};
use base::identity::{ProjectKeys, SigningKey};
use bytes::Bytes;
use chrono::{DateTime, Duration, Utc};
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt as _;
use pg::{Client, Pool, PoolConfig};
use serde_json::{Value, json};
use storage::{Config, Ctx, Store, Sweeps};
use tempfile::TempDir;
use testkit::TestDb;

pub(crate) const SECRET: &str = "a-secret-of-at-least-32-characters-for-tests";
/// Two users; the policies of [`Room::with_folders`] give each a folder of that name.
pub(crate) const ADA: &str = "0a000000-0000-4000-8000-000000000001";
pub(crate) const BOB: &str = "0b000000-0000-4000-8000-000000000002";

/// What most projects have: everybody signed in does everything in a folder called like them.
const FOLDERS: &str = "
insert into storage.buckets (id, name) values ('files', 'files');
create policy own_select on storage.objects for select to authenticated
  using (bucket_id = 'files' and (storage.foldername(name))[1] = (select auth.uid())::text);
create policy own_insert on storage.objects for insert to authenticated
  with check (bucket_id = 'files' and (storage.foldername(name))[1] = (select auth.uid())::text);
create policy own_update on storage.objects for update to authenticated
  using (bucket_id = 'files' and (storage.foldername(name))[1] = (select auth.uid())::text);
create policy own_delete on storage.objects for delete to authenticated
  using (bucket_id = 'files' and (storage.foldername(name))[1] = (select auth.uid())::text);
";

/// A room that thinks it is 2026-11-21 12:00.
pub(crate) struct Room {
    pub(crate) database: TestDb,
    pub(crate) clock: FixedClock,
    pub(crate) keys: ProjectKeys,
    pub(crate) ctx: Ctx,
    folder: TempDir,
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Bytes,
}

impl Room {
    /// Without any bucket.
    pub(crate) async fn new() -> Self {
        Self::with(Config::default()).await
    }

    pub(crate) async fn with(config: Config) -> Self {
        let database = TestDb::platform().await;
        let now = DateTime::parse_from_rfc3339("2026-11-21T12:00:00Z").unwrap().with_timezone(&Utc);
        let clock = FixedClock::at(now);
        let keys = ProjectKeys::generate(now).unwrap().with_jwt_secret(SECRET, now).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let pool = Pool::new(
            database.connect("authenticator"),
            PoolConfig { max_connections: 10, ..PoolConfig::default() },
        );
        let store = Store::folder(&folder.path().join("files")).unwrap();
        let verifier = Arc::new(keys.verifier().unwrap());
        let ctx = Ctx::new(pool, store, config, verifier, Arc::new(clock.clone()), &keys.jwt_secret);
        Self { database, clock, keys, ctx, folder }
    }

    /// With a private bucket `files` where Ada and Bob have a folder each.
    pub(crate) async fn with_folders() -> Self {
        let room = Self::new().await;
        room.client("postgres").await.script(FOLDERS).await.unwrap();
        room
    }

    pub(crate) fn clock_seconds(&self) -> i64 {
        self.clock.now().timestamp()
    }

    pub(crate) fn advance(&self, seconds: i64) {
        self.clock.advance(Duration::seconds(seconds));
    }

    /// The service role.
    pub(crate) fn service(&self) -> Caller<'_> {
        Caller { room: self, token: Some(self.keys.service_role_key.clone()) }
    }

    /// Somebody who is not signed in, with the key that is in every client.
    pub(crate) fn anon(&self) -> Caller<'_> {
        Caller { room: self, token: Some(self.keys.anon_key.clone()) }
    }

    /// A request without any token.
    pub(crate) fn nobody(&self) -> Caller<'_> {
        Caller { room: self, token: None }
    }

    pub(crate) fn user(&self, id: &str) -> Caller<'_> {
        let exp = self.clock_seconds() + 3600;
        self.bearer(&self.sign(&json!({ "sub": id, "role": "authenticated", "exp": exp })))
    }

    pub(crate) fn bearer(&self, token: &str) -> Caller<'_> {
        Caller { room: self, token: Some(token.to_owned()) }
    }

    /// A token signed with the project's own key.
    pub(crate) fn sign(&self, claims: &Value) -> String {
        self.keys.signer().unwrap().sign(claims).unwrap()
    }

    pub(crate) async fn client(&self, role: &str) -> Client {
        self.database.client(role).await
    }

    /// Runs a script as a project's migrations do.
    pub(crate) async fn script(&self, sql: &str) {
        self.client("postgres").await.script(sql).await.unwrap();
    }

    /// The first column of all rows, asked as the superuser.
    pub(crate) async fn column(&self, sql: &str) -> Vec<String> {
        let rows = self.client("supabase_admin").await.query(sql, &[]).await.unwrap();
        rows.iter().map(|row| row.text(0).unwrap_or("NULL").to_owned()).collect()
    }

    /// The first column of the first row.
    pub(crate) async fn value(&self, sql: &str) -> String {
        self.column(sql).await.into_iter().next().unwrap_or_else(|| "no row".to_owned())
    }

    /// Names of the objects that are there.
    pub(crate) async fn names(&self) -> Vec<String> {
        self.column("select bucket_id || '/' || name from storage.objects order by 1").await
    }

    pub(crate) async fn make_bucket(&self, id: &str, settings: Value) {
        let mut body = json!({ "name": id });
        body.as_object_mut().unwrap().extend(settings.as_object().unwrap().clone());
        let answer = self.service().post("/bucket", &body).await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }

    /// All files of the store, what uploads are still writing included.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let shards = std::fs::read_dir(self.store_folder()).unwrap().map(|shard| shard.unwrap().path());
        let within = |shard: PathBuf| std::fs::read_dir(shard).unwrap().map(|file| file.unwrap().path());
        shards.flat_map(within).collect()
    }

    pub(crate) fn store_folder(&self) -> PathBuf {
        self.folder.path().join("files")
    }

    pub(crate) fn sweeps(&self) -> Sweeps {
        Sweeps::new(&self.ctx)
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let (parts, body) = self.ctx.handle(request).await.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        Answer { status: parts.status, headers: parts.headers, bytes }
    }
}

/// Somebody who asks.
#[derive(Clone)]
pub(crate) struct Caller<'a> {
    room: &'a Room,
    token: Option<String>,
}

impl<'a> Caller<'a> {
    pub(crate) fn call(&self, method: &str, path: &str) -> Call<'a> {
        let call = Call {
            room: self.room,
            request: Request::builder().method(method).uri(path),
            body: Body::empty(),
        };
        match &self.token {
            Some(token) => call.header("authorization", &format!("Bearer {token}")),
            None => call,
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.call("GET", path).send().await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.call("POST", path).json(body).send().await
    }

    /// Puts a text file there.
    pub(crate) async fn upload(&self, path: &str, content: &str) -> Answer {
        self.call("POST", &format!("/object/{path}")).text(content).send().await
    }

    /// The same, which replaces what is there.
    pub(crate) async fn upsert(&self, path: &str, content: &str) -> Answer {
        self.call("POST", &format!("/object/{path}")).header("x-upsert", "true").text(content).send().await
    }

    /// The same, and it must work.
    #[track_caller]
    pub(crate) fn put(&self, path: &str, content: &str) -> impl Future<Output = ()> {
        let sent = self.call("POST", &format!("/object/{path}")).text(content);
        let (path, caller) = (path.to_owned(), std::panic::Location::caller());
        async move {
            let answer = sent.send().await;
            assert_eq!(answer.status, 200, "{path}, from {caller}: {answer:?}");
        }
    }

    pub(crate) async fn download(&self, path: &str) -> Answer {
        self.get(&format!("/object/{path}")).await
    }

    /// A signed URL, without the room's address.
    pub(crate) async fn signed_url(&self, path: &str, seconds: i64) -> String {
        let answer = self.post(&format!("/object/sign/{path}"), &json!({ "expiresIn": seconds })).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()["signedURL"].as_str().unwrap().to_owned()
    }
}

/// A request being made.
pub(crate) struct Call<'a> {
    room: &'a Room,
    request: http::request::Builder,
    body: Body,
}

impl Call<'_> {
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        let value = http::HeaderValue::from_bytes(value.as_bytes()).unwrap();
        let name = http::HeaderName::from_bytes(name.as_bytes()).unwrap();
        self.request.headers_mut().unwrap().insert(name, value);
        self
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.header("content-type", "application/json").body(body.to_string())
    }

    pub(crate) fn text(self, content: &str) -> Self {
        self.header("content-type", "text/plain").body(content.to_owned())
    }

    /// A form with these fields and a file, as browsers send it.
    pub(crate) fn form(self, fields: &[(&str, &str)], file_type: &str, content: &str) -> Self {
        let disposition = "--border\r\ncontent-disposition: form-data; name=";
        let mut parts: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("{disposition}\"{name}\"\r\n\r\n{value}\r\n"))
            .collect();
        let file = format!("\"\"; filename=\"x\"\r\ncontent-type: {file_type}\r\n\r\n{content}\r\n");
        parts.push(format!("{disposition}{file}--border--\r\n"));
        let body = parts.concat();
        self.header("content-type", "multipart/form-data; boundary=border").body(body)
    }

    pub(crate) fn body(mut self, body: impl Into<Body>) -> Self {
        self.body = body.into();
        self
    }

    pub(crate) async fn send(self) -> Answer {
        self.room.send(self.request.body(self.body).unwrap()).await
    }
}

impl Answer {
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    #[track_caller]
    pub(crate) fn ok(&self) -> &Self {
        assert_eq!(self.status, 200, "{self:?}");
        self
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// A refusal in upstream's shape: always four texts.
    #[track_caller]
    pub(crate) fn refused(&self, http: u16, status: &str, code: &str, message: &str) {
        let body = self.json();
        let members = body.as_object().unwrap();
        let names: Vec<&str> = members.keys().map(String::as_str).collect();
        assert_eq!(names, ["statusCode", "error", "message", "code"], "{self:?}");
        let shown = (
            self.status.as_u16(),
            body["statusCode"].as_str(),
            body["code"].as_str(),
            body["message"].as_str(),
        );
        assert_eq!(shown, (http, Some(status), Some(code), Some(message)));
    }

    /// Refused by a policy that lets nobody write this.
    #[track_caller]
    pub(crate) fn violates_policy(&self) {
        self.refused(400, "403", "AccessDenied", "new row violates row-level security policy");
    }

    /// There is none, or none for this caller.
    #[track_caller]
    pub(crate) fn not_found(&self) {
        self.refused(400, "404", "NoSuchKey", "Object not found");
    }
}

/// A key that is not the room's.
pub(crate) fn foreign_key() -> SigningKey {
    SigningKey::from_secret(b"another secret of more than 32 characters")
}
