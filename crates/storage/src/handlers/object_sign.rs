//! `POST /object/sign/{bucket}/{name}`: a URL with which anybody may read an object for a while.

use axum::body::Body;
use http::Response;
use serde_json::json;

use super::{Asked, check_target, json_text};
use crate::Ctx;
use crate::db::objects;
use crate::error::Error;
use crate::logic::route::{Absent, Target};
use crate::logic::signed_url;
use crate::request;

/// The last second that dates of JavaScript reach.
const LAST_SECOND: i64 = 8_640_000_000_000;

pub(super) async fn answer(asked: Asked<'_>, target: &Target, body: Body) -> Result<Response<Body>, Error> {
    let fields = request::json(asked.headers(), body).await?;
    let seconds = fields.required_integer("expiresIn", 1)?;
    if fields.object("transform")?.is_some_and(|transform| !transform.is_empty()) {
        return Err(Error::Absent(Absent::ImageTransformation));
    }
    check_target(target)?;
    objects::find(&asked.ctx.pool, asked.scope(), target).await?;
    let signed_url = sign(asked.ctx, &target.path(), seconds)?;
    Ok(json_text(json!({ "signedURL": signed_url }).to_string()))
}

/// The URL, without the room's own address.
pub(super) fn sign(ctx: &Ctx, path: &str, seconds: i64) -> Result<String, Error> {
    let now = ctx.clock.now().timestamp();
    let expires = now.saturating_add(seconds);
    if expires > LAST_SECOND {
        return Err(Error::InvalidParameter("expiresIn"));
    }
    let token = ctx.url_signer.sign(&signed_url::download(path, now, expires))?;
    // names are written as they are, which clients expect; but the token has to stay apart
    Ok(format!("/object/sign/{}?token={token}", path.replace('?', "%3F")))
}
