//! `POST /object/move`: gives an object another name, or another bucket.

use axum::body::Body;
use http::Response;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Asked, check_bucket, check_taken, check_target, json_text, source_and_target};
use crate::db::objects::{self, Move};
use crate::error::Error;
use crate::logic::object;
use crate::logic::route::Target;
use crate::request;

pub(super) async fn answer(asked: Asked<'_>, body: Body) -> Result<Response<Body>, Error> {
    let fields = request::json(asked.headers(), body).await?;
    let (source, target) = source_and_target(&fields)?;
    check_bucket(&source.bucket)?;
    check_target(&target)?;
    let change =
        Move { source, target, owner: asked.scope().subject.clone(), version: Uuid::new_v4().to_string() };
    let found = objects::check_move(&asked.ctx.pool, asked.scope(), &change).await?;
    if change.source.bucket != change.target.bucket {
        let kind = found.metadata.get("mimetype").and_then(Value::as_str).unwrap_or_default();
        let size = found.metadata.get("size").and_then(Value::as_i64);
        check_taken(asked, &change.target, kind, size).await?;
    }
    if change.source != change.target {
        move_bytes_and_row(asked, &change, found.version.as_deref()).await?;
    }
    let moved = json!({ "message": "Successfully moved", "Id": found.id, "Key": change.target.name });
    Ok(json_text(moved.to_string()))
}

async fn move_bytes_and_row(asked: Asked<'_>, change: &Move, version: Option<&str>) -> Result<(), Error> {
    let store = &asked.ctx.store;
    let place = |target: &Target, version: &str| object::location(&target.bucket, &target.name, version);
    let version = version.ok_or(Error::BytesNotFound)?;
    let from = place(&change.source, version).ok_or(Error::BytesNotFound)?;
    let to = place(&change.target, &change.version).ok_or(Error::BytesNotFound)?;
    store.copy(&from, &to).await?;
    match objects::complete_move(&asked.ctx.pool, asked.scope(), change, version).await {
        Ok(()) => {
            store.remove(vec![from]).await;
            Ok(())
        }
        Err(error) if error.leaves_open() => Err(error),
        Err(error) => {
            store.remove(vec![to]).await;
            Err(error)
        }
    }
}
