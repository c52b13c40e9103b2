//! `GET /.well-known/jwks.json`: the public keys access tokens are, were or will be signed with.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use http::header;
use serde_json::{Value, json};

use crate::Ctx;

/// A shared secret is no public key: with one the list is empty.
pub(crate) async fn jwks(State(ctx): State<Arc<Ctx>>) -> impl IntoResponse {
    let keys: Vec<&Value> = ctx.signer.public_jwk().into_iter().chain(&ctx.further_keys).collect();
    ([(header::CACHE_CONTROL, "public, max-age=600")], Json(json!({ "keys": keys })))
}
