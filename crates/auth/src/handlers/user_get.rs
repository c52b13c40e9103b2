//! `GET /user`: the user a token speaks for, as stored now.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;

use crate::Ctx;
use crate::caller::Caller;
use crate::error::Error;
use crate::logic::invalid::Invalid;

/// The header `X-JWT-AUD`, when sent, must name the token's audience.
pub(crate) async fn user_get(
    State(ctx): State<Arc<Ctx>>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Error> {
    if caller.token_audience() != Some(caller.request_audience(&ctx, &headers)) {
        return Err(Invalid::Audience.into());
    }
    Ok(Json(caller.user.shown()).into_response())
}
