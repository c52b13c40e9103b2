//! Serves the room alone, configured by a file as PostgREST has it: what the conformance tool starts.
//!
//! `cargo run -p ferrobase-rest --example serve -- FILE`

use std::error::Error;
use std::sync::Arc;

use axum::Router;
use base::identity::{Verifier, VerifyingKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pg::{ConnectConfig, Pool, PoolConfig};
use rest::{Config, Rest};
use serde_json::Value;

/// The options that are not the room's, and the room's own.
struct Settings {
    room: Config,
    database: ConnectConfig,
    pool: PoolConfig,
    secret: String,
    secret_is_base64: bool,
    audience: Option<String>,
    port: u16,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let file = std::env::args().nth(1).ok_or("the name of a configuration file is missing")?;
    let settings = read(&std::fs::read_to_string(file)?)?;
    let verifier = Verifier::new(keys(&settings)?).with_audience(settings.audience);
    let pool = Pool::new(settings.database.clone(), settings.pool);
    let room = Rest::new(settings.room, pool, Arc::new(verifier));
    room.reload().await?;
    let handler = move |request| {
        let room = Arc::clone(&room);
        async move { room.handle(request).await }
    };
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", settings.port)).await?;
    axum::serve(listener, Router::new().fallback(handler)).await?;
    Ok(())
}

fn read(text: &str) -> Result<Settings, Box<dyn Error>> {
    let mut settings = Settings {
        room: Config { anon_role: None, max_rows: None, ..Config::default() },
        database: "postgres://localhost/postgres".parse()?,
        pool: PoolConfig::default(),
        secret: String::new(),
        secret_is_base64: false,
        audience: None,
        port: 3000,
    };
    for line in text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
        let (name, value) = line.split_once('=').ok_or("a line is not an option")?;
        let value = match serde_json::from_str(value.trim()) {
            Ok(Value::String(text)) => text,
            _ => value.trim().to_owned(),
        };
        match name.trim() {
            "db-uri" => settings.database = value.parse()?,
            "db-pool" => settings.pool.max_connections = value.parse()?,
            "db-prepared-statements" => settings.pool.prepared_statements = value == "true",
            "jwt-secret" => settings.secret = value,
            "jwt-secret-is-base64" => settings.secret_is_base64 = value == "true",
            "jwt-aud" => settings.audience = Some(value).filter(|audience| !audience.is_empty()),
            "server-port" => settings.port = value.parse()?,
            name => {
                settings.room.set(name, &value)?;
            }
        }
    }
    Ok(settings)
}

/// The secret is a text, a JWK or a set of them.
fn keys(settings: &Settings) -> Result<Vec<VerifyingKey>, Box<dyn Error>> {
    let secret = &settings.secret;
    let keys = match serde_json::from_str(secret) {
        Ok(Value::Object(mut jwk)) => match jwk.remove("keys") {
            Some(Value::Array(set)) => set.iter().map(VerifyingKey::from_jwk).collect::<Result<_, _>>()?,
            _ => vec![VerifyingKey::from_jwk(&Value::Object(jwk))?],
        },
        _ if secret.is_empty() => Vec::new(),
        _ if settings.secret_is_base64 => vec![VerifyingKey::from_secret(&STANDARD.decode(secret)?)],
        _ => vec![VerifyingKey::from_secret(secret.as_bytes())],
    };
    Ok(keys)
}
