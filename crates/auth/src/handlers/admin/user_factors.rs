//! `GET /admin/users/{user_id}/factors`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;

use super::{UserId, find_user};
use crate::Ctx;
use crate::caller::Admin;
use crate::error::Error;
use crate::logic::user::Factor;

/// The user's second factors, enrolled or verified.
pub(crate) async fn user_factors(
    State(ctx): State<Arc<Ctx>>,
    _admin: Admin,
    id: UserId,
) -> Result<Json<Vec<Factor>>, Error> {
    Ok(Json(find_user(&ctx, id).await?.factors))
}
