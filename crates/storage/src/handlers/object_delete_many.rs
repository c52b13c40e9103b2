//! `DELETE /object/{bucket}` with `prefixes`: objects by their names. What the caller may not delete is silently kept.

use axum::body::Body;
use http::Response;

use super::{Asked, check_bucket, json_text};
use crate::db::objects;
use crate::error::Error;
use crate::logic::object;
use crate::request;

/// Names in one request.
const MOST: usize = 1000;

pub(super) async fn answer(asked: Asked<'_>, bucket: &str, body: Body) -> Result<Response<Body>, Error> {
    let names = request::json(asked.headers(), body).await?.required_texts("prefixes", None)?;
    if names.len() > MOST {
        return Err(Error::TooManyObjects);
    }
    check_bucket(bucket)?;
    let (deleted, rows) = objects::delete_many(&asked.ctx.pool, asked.scope(), bucket, &names).await?;
    let places =
        deleted.iter().filter_map(|(name, version)| object::location(bucket, name, version.as_deref()?));
    asked.ctx.store.remove(places.collect()).await;
    Ok(json_text(rows))
}
