//! `GET /health`: whether the room answers. It does not ask the database; the gateway's readiness check does.

use axum::Json;
use serde_json::{Value, json};

/// Names itself as upstream does: tools look for that.
pub(crate) async fn health() -> Json<Value> {
    Json(json!({
        "version": concat!("ferrobase-", env!("CARGO_PKG_VERSION")),
        "name": "GoTrue",
        "description": "GoTrue is a user registration and authentication API",
    }))
}
