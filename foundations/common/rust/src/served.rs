//! A server of its own for a test: all rooms behind the gateway on a free port, on a fresh database of a foundation.
//! What cannot be set up ends the test.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use base::clock::{Clock, SystemClock};
use base::config::ProjectConfig;
use base::identity::{ApiKeys, ProjectKeys};
use gateway::{Gateway, Limits};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{TestDb, foundations};
use uuid::Uuid;

/// What is expected of everything here.
const SET_UP: &str = "a test can be set up";
/// The password of everybody.
const PASSWORD: &str = "correct horse battery";

/// A served foundation; it ends when this is dropped.
pub struct Server {
    /// Root of the API.
    pub url: String,
    /// The project's keys.
    pub keys: ProjectKeys,
    /// What requests are made with.
    pub http: reqwest::Client,
    rest: Arc<rest::Rest>,
    /// Last: it goes when nothing uses it any more.
    pub database: TestDb,
}

/// Somebody who is signed in.
pub struct Account {
    /// Their id.
    pub id: Uuid,
    access_token: String,
}

impl Server {
    /// Serves `foundations/<name>`.
    pub async fn start(name: &str) -> Self {
        let database = TestDb::foundation(name).await;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let keys = ProjectKeys::generate(clock.now()).expect(SET_UP);
        let listener = gateway::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await.expect(SET_UP);
        let url = format!("http://{}", listener.local_addr().expect(SET_UP));
        let (rest, pool) = open_rest(&database, &keys).await;
        let gateway = Gateway {
            rest: Arc::clone(&rest),
            auth: auth::routes(auth_ctx(name, &database, &keys, &url, &clock)),
            storage: None,
            pool,
            api_keys: ApiKeys::new(&keys, Arc::new(keys.verifier().expect(SET_UP))),
            clock,
            limits: Limits::default(),
            gate: gateway::Gate::default(),
        };
        tokio::spawn(gateway::serve(Arc::new(gateway), listener, std::future::pending()));
        let http = reqwest::Client::new();
        Self { url, keys, http, rest, database }
    }

    /// A confirmed account without a session, and with it a row of `users`.
    pub async fn user(&self, name: &str) -> Uuid {
        let account = json!({
            "email": format!("{}@test.com", Uuid::new_v4()), "password": PASSWORD,
            "email_confirm": true, "user_metadata": {"full_name": name}
        });
        let key = &self.keys.service_role_key;
        let (status, user) = self.send(Method::POST, "/auth/v1/admin/users", key, key, &account).await;
        assert_eq!(status, 200, "{user}");
        id(&user)
    }

    /// An account that signed itself up.
    pub async fn sign_up(&self, name: &str) -> Account {
        let account = json!({
            "email": format!("{}@test.com", Uuid::new_v4()), "password": PASSWORD, "data": {"name": name}
        });
        let key = &self.keys.publishable_key;
        let (status, session) = self.send(Method::POST, "/auth/v1/signup", key, key, &account).await;
        assert_eq!(status, 200, "{session}");
        let access_token = session["access_token"].as_str().expect("a session at once").to_owned();
        Account { id: id(&session["user"]), access_token }
    }

    /// Deletes an account as an administrator.
    pub async fn delete_account(&self, id: Uuid) {
        let key = &self.keys.service_role_key;
        let path = format!("/auth/v1/admin/users/{id}");
        let (status, answer) = self.send(Method::DELETE, &path, key, key, &json!({})).await;
        assert_eq!(status, 200, "{answer}");
    }

    /// A request to REST in the name of somebody; status and body of the answer.
    pub async fn rest(&self, account: &Account, method: Method, path: &str, body: &Value) -> (u16, Value) {
        let key = &self.keys.publishable_key;
        self.send(method, &format!("/rest/v1/{path}"), key, &account.access_token, body).await
    }

    /// A request with this API key and this token; status and body of the answer.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        api_key: &str,
        token: &str,
        body: &Value,
    ) -> (u16, Value) {
        let request = self.http.request(method, format!("{}{path}", self.url));
        let request = request.header("apikey", api_key).bearer_auth(token);
        let request = request.header("prefer", "return=representation").json(body);
        let response = request.send().await.expect("an answer");
        (response.status().as_u16(), response.json().await.expect("JSON"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.rest.close();
    }
}

async fn open_rest(database: &TestDb, keys: &ProjectKeys) -> (Arc<rest::Rest>, pg::Pool) {
    let connect = database.connect("authenticator");
    let pool = pg::Pool::new(connect.clone(), pg::PoolConfig::default());
    let verifier = keys.verifier().expect(SET_UP).with_audience(Some("authenticated".to_owned()));
    let config = rest::Config { anon_role: Some("anon".to_owned()), ..rest::Config::default() };
    let rest = rest::Rest::start(config, pool.clone(), connect, Arc::new(verifier));
    rest.reload().await.expect(SET_UP);
    (rest, pool)
}

fn auth_ctx(
    name: &str,
    database: &TestDb,
    keys: &ProjectKeys,
    url: &str,
    clock: &Arc<dyn Clock>,
) -> auth::Ctx {
    let file = foundations::folder().join(name).join("supabase/config.toml");
    let config: auth::Config = ProjectConfig::read(&file).expect(SET_UP).section("auth").expect(SET_UP);
    let config = auth::Config { issuer: format!("{url}/auth/v1"), ..config };
    let pool = pg::Pool::new(database.connect("supabase_auth_admin"), pg::PoolConfig::default());
    let signer = Arc::new(keys.signer().expect(SET_UP));
    let verifier =
        keys.verifier().expect(SET_UP).with_audience(Some("authenticated".to_owned())).with_leeway(0);
    auth::Ctx::new(pool, config, signer, Arc::new(verifier), Arc::clone(clock))
}

fn id(user: &Value) -> Uuid {
    user["id"].as_str().and_then(|id| id.parse().ok()).expect("an id")
}
