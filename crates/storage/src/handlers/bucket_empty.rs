//! `POST /bucket/{id}/empty`: deletes all objects of a bucket. For the service role only.

use axum::body::Body;
use http::Response;

use super::{Asked, message};
use crate::db::buckets;
use crate::error::Error;
use crate::logic::object;

/// A bucket with more objects is left alone.
const MOST: i64 = 200_000;

pub(super) async fn answer(asked: Asked<'_>, id: &str) -> Result<Response<Body>, Error> {
    asked.caller.must_be_service()?;
    let deleted = buckets::empty(&asked.ctx.pool, asked.scope(), id, MOST).await?;
    let places: Vec<String> =
        deleted.iter().filter_map(|(name, version)| object::location(id, name, version)).collect();
    let store = asked.ctx.store.clone();
    // the rows are gone; the files may take longer than a client waits
    tokio::spawn(async move { store.remove(places).await });
    Ok(message("Empty bucket has been queued. Completion may take up to an hour."))
}
