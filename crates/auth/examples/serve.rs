//! The room alone, on a throw-away database, in the four variants the official client suite asks for. Prints the suite's
//! environment on standard output and serves until its standard input closes.
//!
//! `cargo run -p ferrobase-auth --example serve`

#![expect(clippy::print_stdout, reason = "its output is what a script reads")]
#![expect(clippy::unwrap_used, reason = "a tool for tests that cannot go on says where")]

use std::sync::Arc;

use auth::{Config, Ctx};
use base::clock::SystemClock;
use base::identity::ProjectKeys;
use chrono::Utc;
use pg::{Pool, PoolConfig};
use testkit::TestDb;
use tokio::net::TcpListener;

const SECRET: &str = "super-secret-jwt-token-with-at-least-32-characters-long";

/// Starts one variant; what it serves lives as long as the process.
async fn serve(name: &str, keys: &ProjectKeys, change: impl FnOnce(&mut Config)) -> TestDb {
    let database = TestDb::platform().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let mut config = Config { enable_anonymous_sign_ins: true, issuer: url.clone(), ..Config::default() };
    config.sms.enable_signup = true;
    config.sms.test_otp.insert("1234567890".to_owned(), "123456".to_owned());
    config.additional_redirect_urls = vec!["https://127.0.0.1:3000".into(), "http://localhost:5173".into()];
    change(&mut config);
    let ctx = Ctx::new(
        Pool::new(database.connect("supabase_auth_admin"), PoolConfig::default()),
        config,
        Arc::new(keys.signer().unwrap()),
        Arc::new(keys.verifier().unwrap()),
        Arc::new(SystemClock),
    );
    tokio::spawn(async move { axum::serve(listener, auth::routes(ctx)).await });
    println!("{name}={url}");
    database
}

#[tokio::main]
async fn main() {
    let now = Utc::now();
    let keys = ProjectKeys::generate(now).unwrap().with_jwt_secret(SECRET, now).unwrap();
    let _databases = [
        serve("BASE_URL", &keys, |_| {}).await,
        serve("URL_NOCONFIRM", &keys, |config| {
            config.email.enable_confirmations = true;
            config.sms.enable_confirmations = true;
            config.enable_anonymous_sign_ins = false;
        })
        .await,
        serve("URL_SIGNUP_DISABLED", &keys, |config| {
            config.enable_signup = false;
            config.email.enable_signup = false;
            config.sms.enable_signup = false;
        })
        .await,
    ];
    println!("JWT_SECRET={SECRET}\nANON_KEY={}\nSERVICE_KEY={}", keys.anon_key, keys.service_role_key);
    tokio::task::spawn_blocking(|| std::io::copy(&mut std::io::stdin(), &mut std::io::sink()))
        .await
        .unwrap()
        .unwrap();
}
