//! `DELETE /bucket/{id}`: deletes an empty bucket.

use axum::body::Body;
use http::Response;

use super::{Asked, message};
use crate::db::buckets;
use crate::error::Error;

pub(super) async fn answer(asked: Asked<'_>, id: &str) -> Result<Response<Body>, Error> {
    buckets::delete(&asked.ctx.pool, asked.scope(), id).await?;
    Ok(message("Successfully deleted"))
}
