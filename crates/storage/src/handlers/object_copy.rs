//! `POST /object/copy`: the same bytes under another name.

use axum::body::Body;
use http::Response;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{Asked, check_bucket, check_taken, check_target, json_text, source_and_target};
use crate::db::objects::{self, NewCopy};
use crate::error::Error;
use crate::logic::object;
use crate::logic::route::Target;
use crate::request::{self, is_upsert};

pub(super) async fn answer(asked: Asked<'_>, body: Body) -> Result<Response<Body>, Error> {
    let fields = request::json(asked.headers(), body).await?;
    let (source, target) = source_and_target(&fields)?;
    let keep_metadata = fields.boolean("copyMetadata")?.unwrap_or(true);
    let mut metadata = Map::new();
    if let (Some(given), false) = (fields.object("metadata")?, keep_metadata) {
        for name in ["cacheControl", "mimetype"] {
            if let Some(value) = given.text(name)? {
                metadata.insert(name.to_owned(), value.into());
            }
        }
    }
    check_bucket(&source.bucket)?;
    check_target(&target)?;
    let now = asked.ctx.clock.now().to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
    metadata.insert("lastModified".to_owned(), now.into());
    let copy = NewCopy {
        source,
        target,
        owner: asked.scope().subject.clone(),
        version: Uuid::new_v4().to_string(),
        metadata: Value::Object(metadata),
        keep_user_metadata: keep_metadata,
        user_metadata: request::user_metadata(asked.headers()),
        upsert: is_upsert(asked.headers()),
    };
    let found = objects::check_copy(&asked.ctx.pool, asked.scope(), &copy).await?;
    let kind =
        copy.metadata.get("mimetype").or_else(|| found.metadata.get("mimetype")).and_then(Value::as_str);
    let size = found.metadata.get("size").and_then(Value::as_i64);
    check_taken(asked, &copy.target, kind.unwrap_or_default(), size).await?;
    let version = found.version.ok_or(Error::BytesNotFound)?;
    let (id, row) = copy_bytes_and_row(asked, &copy, &version).await?;
    let mut answer = json!({ "Id": id, "Key": copy.target.path() });
    if let (Value::Object(answer), Value::Object(row)) = (&mut answer, serde_json::from_str(&row)?) {
        answer.extend(row);
    }
    Ok(json_text(answer.to_string()))
}

async fn copy_bytes_and_row(
    asked: Asked<'_>,
    copy: &NewCopy,
    version: &str,
) -> Result<(String, String), Error> {
    let store = &asked.ctx.store;
    let place = |target: &Target, version: &str| object::location(&target.bucket, &target.name, version);
    let from = place(&copy.source, version).ok_or(Error::BytesNotFound)?;
    let to = place(&copy.target, &copy.version).ok_or(Error::BytesNotFound)?;
    store.copy(&from, &to).await?;
    match objects::complete_copy(&asked.ctx.pool, asked.scope(), copy, version).await {
        Ok((written, row)) => {
            let old = written.replaced.and_then(|version| place(&copy.target, &version));
            store.remove(old.into_iter().collect()).await;
            Ok((written.id, row))
        }
        Err(error) if error.leaves_open() => Err(error),
        Err(error) => {
            store.remove(vec![to]).await;
            Err(error)
        }
    }
}
