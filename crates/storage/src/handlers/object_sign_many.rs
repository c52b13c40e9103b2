//! `POST /object/sign/{bucket}`: URLs for many objects. For one that the caller may not read there is an error instead.

use std::collections::HashSet;

use axum::body::Body;
use http::Response;
use serde_json::{Value, json};

use super::object_sign::sign;
use super::{Asked, check_bucket, json_text};
use crate::db::objects;
use crate::error::Error;
use crate::request;

/// Names in one request.
const MOST: usize = 1000;

pub(super) async fn answer(asked: Asked<'_>, bucket: &str, body: Body) -> Result<Response<Body>, Error> {
    let fields = request::json(asked.headers(), body).await?;
    let seconds = fields.required_integer("expiresIn", 1)?;
    let names = fields.required_texts("paths", Some(MOST))?;
    check_bucket(bucket)?;
    let found = objects::find_names(&asked.ctx.pool, asked.scope(), bucket, &names).await?;
    let found: HashSet<String> = found.into_iter().collect();
    let signed = |name: String| {
        if !found.contains(&name) {
            let error = "Either the object does not exist or you do not have access to it";
            return Ok(json!({ "error": error, "path": name, "signedURL": null }));
        }
        let url = sign(asked.ctx, &format!("{bucket}/{name}"), seconds)?;
        Ok(json!({ "error": null, "path": name, "signedURL": url }))
    };
    let urls = names.into_iter().map(signed).collect::<Result<Vec<Value>, Error>>()?;
    Ok(json_text(Value::from(urls).to_string()))
}
