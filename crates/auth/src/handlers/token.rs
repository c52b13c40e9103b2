//! `POST /token?grant_type=…`: signing in, and staying signed in.

use std::sync::Arc;

use axum::extract::{FromRequest, Request, State};
use axum::response::Response;
use http::HeaderMap;

use super::{token_password, token_refresh};
use crate::Ctx;
use crate::error::Error;
use crate::request::{JsonBody, Origin, Query};

/// The body is read only once the grant is known.
pub(crate) async fn token(
    State(ctx): State<Arc<Ctx>>,
    query: Query,
    origin: Origin,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Error> {
    match query.get("grant_type") {
        Some("password") => {
            let JsonBody(body) = JsonBody::from_request(request, &()).await?;
            token_password::token_password(&ctx, &headers, &origin, body).await
        }
        Some("refresh_token") => {
            let JsonBody(body) = JsonBody::from_request(request, &()).await?;
            token_refresh::token_refresh(&ctx, &origin, body).await
        }
        Some("id_token") => Err(Error::ProviderDisabled),
        Some("web3") => Err(Error::Web3Disabled),
        _ => Err(Error::UnsupportedGrantType),
    }
}
