//! `POST /bucket`: a new bucket.

use axum::body::Body;
use http::Response;
use serde_json::{Value, json};

use super::{Asked, json_text};
use crate::db::buckets::{self, NewBucket};
use crate::error::Error;
use crate::logic::fields::Fields;
use crate::logic::route::Absent;
use crate::logic::{bucket, mime_type, size};
use crate::request;

pub(super) async fn answer(asked: Asked<'_>, body: Body) -> Result<Response<Body>, Error> {
    let fields = request::json(asked.headers(), body).await?;
    let name = fields.required_text("name")?;
    let id = fields.text("id")?.filter(|id| !id.is_empty()).unwrap_or_else(|| name.clone());
    let public = fields.boolean("public")?.unwrap_or_default();
    let kind = fields.word("type", &["STANDARD", "ANALYTICS"])?;
    let limit = file_size_limit(&fields, asked.ctx.config.file_size_limit)?;
    let types = allowed_mime_types(&fields)?;
    if !bucket::is_new_name(&name) || !bucket::is_name(&id) {
        return Err(Error::InvalidBucketName);
    }
    if kind == Some("ANALYTICS") {
        return Err(Error::Absent(Absent::Iceberg));
    }
    let new =
        NewBucket { id, name, public, file_size_limit: limit.flatten(), allowed_mime_types: types.flatten() };
    buckets::create(&asked.ctx.pool, asked.scope(), &new).await?;
    Ok(json_text(json!({ "name": new.name }).to_string()))
}

/// `file_size_limit`: bytes, a text such as `20MB`, null for none. Never more than the server's.
#[expect(clippy::option_option, reason = "not said is not null")]
pub(super) fn file_size_limit(fields: &Fields, most: i64) -> Result<Option<Option<i64>>, Error> {
    let limit = match fields.value("file_size_limit") {
        None => return Ok(None),
        Some(Value::Null) => return Ok(Some(None)),
        Some(Value::String(text)) if text.parse::<i64>().is_err() => {
            size::of_protocol(text).ok_or(Error::InvalidFileSizeLimit)?
        }
        Some(_) => fields.integer("file_size_limit", 0)?.unwrap_or_default(),
    };
    if limit > most { Err(Error::EntityTooLarge("object")) } else { Ok(Some(Some(limit))) }
}

/// `allowed_mime_types`: a list, null for all.
#[expect(clippy::option_option, reason = "not said is not null")]
pub(super) fn allowed_mime_types(fields: &Fields) -> Result<Option<Option<Vec<String>>>, Error> {
    if !fields.has("allowed_mime_types") {
        return Ok(None);
    }
    let mut types = fields.texts("allowed_mime_types")?;
    if let Some(types) = &mut types {
        types.retain(|pattern| !pattern.is_empty());
        if let Some(wrong) = types.iter().find(|pattern| !mime_type::is_pattern(pattern)) {
            return Err(Error::InvalidMimeType(wrong.clone()));
        }
    }
    Ok(Some(types))
}
