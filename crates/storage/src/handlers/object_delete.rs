//! `DELETE /object/{bucket}/{name}`: one object.

use axum::body::Body;
use http::Response;

use super::{Asked, check_bucket, message};
use crate::db::objects;
use crate::error::Error;
use crate::logic::object;
use crate::logic::route::Target;

pub(super) async fn answer(asked: Asked<'_>, target: &Target) -> Result<Response<Body>, Error> {
    check_bucket(&target.bucket)?;
    if target.name.contains('\0') {
        return Err(Error::InvalidKey(target.name.clone()));
    }
    let version = objects::delete(&asked.ctx.pool, asked.scope(), target).await?;
    let place = version.and_then(|version| object::location(&target.bucket, &target.name, &version));
    asked.ctx.store.remove(place.into_iter().collect()).await;
    Ok(message("Successfully deleted"))
}
