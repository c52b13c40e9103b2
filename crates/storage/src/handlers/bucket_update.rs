//! `PUT /bucket/{id}`: changes who may read a bucket and what it takes.

use axum::body::Body;
use http::Response;

use super::bucket_create::{allowed_mime_types, file_size_limit};
use super::{Asked, check_bucket, message};
use crate::db::buckets::{self, BucketChange};
use crate::error::Error;
use crate::request;

pub(super) async fn answer(asked: Asked<'_>, id: &str, body: Body) -> Result<Response<Body>, Error> {
    let fields = request::json(asked.headers(), body).await?;
    let change = BucketChange {
        public: fields.boolean("public")?,
        file_size_limit: file_size_limit(&fields, asked.ctx.config.file_size_limit)?,
        allowed_mime_types: allowed_mime_types(&fields)?,
    };
    check_bucket(id)?;
    if change == BucketChange::default() {
        return Err(Error::NothingToChange);
    }
    buckets::update(&asked.ctx.pool, asked.scope(), id, &change).await?;
    Ok(message("Successfully updated"))
}
