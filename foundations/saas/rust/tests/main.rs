//! The foundation from Rust against the real server, which every test that needs one starts itself.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod access;
mod answers;
mod example;
mod factories;
mod jobs;
mod service;
mod types;

use foundation::served::Server;
use saas::DatabaseService;

/// The served foundation and the service under test.
async fn start() -> (Server, DatabaseService) {
    let server = Server::start("saas").await;
    let service =
        DatabaseService::new(server.http.clone(), &server.url, &server.keys.service_role_key).unwrap();
    (server, service)
}
