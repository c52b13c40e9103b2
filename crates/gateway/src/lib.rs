#![doc = include_str!("../README.md")]

mod body;
mod cors;
mod deadline;
mod error;
mod gate;
mod guard;
mod listen;
mod route;
mod target;

use std::sync::Arc;

use base::clock::Clock;
use base::identity::ApiKeys;

pub use gate::Gate;
pub use listen::{BindError, Listener, bind, serve_handler};
pub use route::bounded;

/// The rooms behind the gateway and what guards their doors.
#[derive(Debug)]
pub struct Gateway {
    /// The room of `/rest/v1`.
    pub rest: Arc<rest::Rest>,
    /// The room of `/auth/v1`.
    pub auth: axum::Router,
    /// The room of `/storage/v1`, unless the project has switched it off.
    pub storage: Option<storage::Ctx>,
    /// Answers `/health`.
    pub pool: pg::Pool,
    /// The keys that clients may show.
    pub api_keys: ApiKeys,
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
    /// What a client may ask of it.
    pub limits: Limits,
    /// Holds requests back while the database is exchanged.
    pub gate: Gate,
}

/// What a client may ask of the gateway.
#[derive(Debug, Clone)]
pub struct Limits {
    /// The largest request body, in bytes. Default 50 MiB, hosted Supabase's.
    pub body: usize,
    /// How long a client may pause while it sends a body. Default 30 seconds, as long as it may take for the head.
    pub body_pause: std::time::Duration,
    /// Connections open at once; further ones wait in the kernel's queue. Default 10,000.
    pub connections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { body: 50 * 1024 * 1024, body_pause: std::time::Duration::from_secs(30), connections: 10_000 }
    }
}

/// Serves the gateway until `stop` resolves, as [`serve_handler`] does.
pub async fn serve(gateway: Arc<Gateway>, listener: tokio::net::TcpListener, stop: impl Future<Output = ()>) {
    let connections = gateway.limits.connections;
    let handle = move |request, peer| Arc::clone(&gateway).handle(request, peer);
    serve_handler(listener, connections, handle, stop).await;
}
