//! `POST /object/upload/sign/{bucket}/{name}`: a URL with which anybody may upload an object for a while, in the name of who
//! asked for it.

use axum::body::Body;
use http::{Response, header};
use serde_json::json;

use super::{Asked, check_target, json_text};
use crate::db::objects::{self, NewObject};
use crate::error::Error;
use crate::logic::route::Target;
use crate::logic::signed_url;
use crate::request::{self, is_upsert};

/// How long such a URL is good, in seconds: as the official CLI's local stack has it.
const LIFETIME: i64 = 7200;

pub(super) async fn answer(asked: Asked<'_>, target: Target) -> Result<Response<Body>, Error> {
    check_target(&target)?;
    let headers = asked.headers();
    let upsert = is_upsert(headers);
    let owner = asked.scope().subject.clone();
    let path = target.path();
    let length: Option<u64> =
        request::text(headers, header::CONTENT_LENGTH).and_then(|length| length.parse().ok());
    let object = NewObject {
        target,
        owner: owner.clone(),
        version: "1".to_owned(),
        metadata: json!({ "mimetype": request::text(headers, header::CONTENT_TYPE), "contentLength": length }),
        user_metadata: request::user_metadata(headers),
        upsert,
    };
    objects::check_upload(&asked.ctx.pool, asked.scope(), &object).await?;
    let now = asked.ctx.clock.now().timestamp();
    let token = asked.ctx.url_signer.sign(&signed_url::upload(
        &path,
        owner.as_deref(),
        upsert,
        now,
        now + LIFETIME,
    ))?;
    let url = format!("/object/upload/sign/{}?token={token}", path.replace('?', "%3F"));
    Ok(json_text(json!({ "url": url, "token": token }).to_string()))
}
