//! `GET /admin/users/{user_id}`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};

use super::{UserId, find_user};
use crate::Ctx;
use crate::caller::Admin;
use crate::error::Error;

/// Softly deleted users are found too.
pub(crate) async fn user_get(
    State(ctx): State<Arc<Ctx>>,
    _admin: Admin,
    id: UserId,
) -> Result<Response, Error> {
    let user = find_user(&ctx, id).await?;
    Ok(Json(user.shown()).into_response())
}
