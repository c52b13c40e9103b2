//! `GET /bucket/{id}`: one bucket.

use axum::body::Body;
use http::Response;

use super::{Asked, json_text};
use crate::db::buckets;
use crate::error::Error;
use crate::logic::bucket;

pub(super) async fn answer(asked: Asked<'_>, id: &str) -> Result<Response<Body>, Error> {
    // what can't be one isn't there
    if !bucket::is_name(id) {
        return Err(Error::NoSuchBucket);
    }
    buckets::find(&asked.ctx.pool, asked.scope(), id).await.map(json_text)
}
