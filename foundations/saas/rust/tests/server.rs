//! A server of its own for a test: all rooms behind the gateway on a free port, on a fresh database of the foundation.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use base::clock::{Clock, SystemClock};
use base::config::ProjectConfig;
use base::identity::{ApiKeys, ProjectKeys};
use gateway::{Gate, Gateway, Limits};
use reqwest::{Client, Method};
use saas::DatabaseService;
use serde_json::{Value, json};
use testkit::TestDb;
use uuid::Uuid;

/// The password of everybody.
const PASSWORD: &str = "correct horse battery";

/// A served foundation; it ends when this is dropped.
pub(crate) struct Server {
    pub(crate) url: String,
    pub(crate) keys: ProjectKeys,
    /// The service under test, with the service role key.
    pub(crate) service: DatabaseService,
    http: Client,
    rest: Arc<rest::Rest>,
    // last: the database goes when nothing uses it any more
    _database: TestDb,
}

/// Somebody who is signed in.
pub(crate) struct Account {
    pub(crate) id: Uuid,
    access_token: String,
}

impl Server {
    pub(crate) async fn start() -> Self {
        let database = TestDb::foundation("saas").await;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let keys = ProjectKeys::generate(clock.now()).unwrap();
        let listener = gateway::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (rest, pool) = open_rest(&database, &keys).await;
        let gateway = Gateway {
            rest: Arc::clone(&rest),
            auth: auth::routes(auth_ctx(&database, &keys, &url, &clock)),
            storage: None,
            pool,
            api_keys: ApiKeys::new(&keys, Arc::new(keys.verifier().unwrap())),
            clock,
            limits: Limits::default(),
            gate: Gate::default(),
        };
        tokio::spawn(gateway::serve(Arc::new(gateway), listener, std::future::pending()));
        let http = Client::new();
        let service = DatabaseService::new(http.clone(), &url, &keys.service_role_key).unwrap();
        Self { url, keys, service, http, rest, _database: database }
    }

    /// A confirmed account without a session, and with it a row of `users`.
    pub(crate) async fn user(&self, name: &str) -> Uuid {
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
    pub(crate) async fn sign_up(&self, name: &str) -> Account {
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
    pub(crate) async fn delete_account(&self, id: Uuid) {
        let key = &self.keys.service_role_key;
        let path = format!("/auth/v1/admin/users/{id}");
        let (status, answer) = self.send(Method::DELETE, &path, key, key, &json!({})).await;
        assert_eq!(status, 200, "{answer}");
    }

    /// A request to REST in the name of somebody; status and body of the answer.
    pub(crate) async fn rest(
        &self,
        account: &Account,
        method: Method,
        path: &str,
        body: &Value,
    ) -> (u16, Value) {
        let key = &self.keys.publishable_key;
        self.send(method, &format!("/rest/v1/{path}"), key, &account.access_token, body).await
    }

    async fn send(
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
    let verifier = keys.verifier().unwrap().with_audience(Some("authenticated".to_owned()));
    let config = rest::Config { anon_role: Some("anon".to_owned()), ..rest::Config::default() };
    let rest = rest::Rest::start(config, pool.clone(), connect, Arc::new(verifier));
    rest.reload().await.unwrap();
    (rest, pool)
}

fn auth_ctx(database: &TestDb, keys: &ProjectKeys, url: &str, clock: &Arc<dyn Clock>) -> auth::Ctx {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../supabase/config.toml");
    let config: auth::Config = ProjectConfig::read(&file).unwrap().section("auth").unwrap();
    let config = auth::Config { issuer: format!("{url}/auth/v1"), ..config };
    let pool = pg::Pool::new(database.connect("supabase_auth_admin"), pg::PoolConfig::default());
    let signer = Arc::new(keys.signer().unwrap());
    let verifier = keys.verifier().unwrap().with_audience(Some("authenticated".to_owned())).with_leeway(0);
    auth::Ctx::new(pool, config, signer, Arc::new(verifier), Arc::clone(clock))
}

fn id(user: &Value) -> Uuid {
    user["id"].as_str().and_then(|id| id.parse().ok()).expect("an id")
}
