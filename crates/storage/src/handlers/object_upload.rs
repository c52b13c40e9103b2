//! `POST /object/{bucket}/{name}` (upload), `PUT` of the same (update), `PUT /object/upload/sign/{bucket}/{name}` (with a
//! signed URL).
//!
//! Postgres is asked twice whether the caller may: before the first byte is kept, and when the row is written, in one
//! transaction with it. In between the bytes are made durable, so a row never stands for a file that is not there.

use axum::body::Body;
use http::Response;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Asked, check_bucket, check_target, json_text};
use crate::caller::verify_signed_url;
use crate::db::Scope;
use crate::db::buckets;
use crate::db::objects::{self, NewObject};
use crate::error::Error;
use crate::logic::fields::Fields;
use crate::logic::route::Target;
use crate::logic::signed_url::Purpose;
use crate::logic::{mime_type, object};
use crate::request::is_upsert;
use crate::upload::{Incoming, most_bytes};

pub(super) async fn create(asked: Asked<'_>, target: Target, body: Body) -> Result<Response<Body>, Error> {
    let path = target.path();
    let scope = asked.scope();
    let id = upload(asked, scope, scope.subject.clone(), is_upsert(asked.headers()), target, body).await?;
    Ok(json_text(json!({ "Id": id, "Key": path }).to_string()))
}

pub(super) async fn update(asked: Asked<'_>, target: Target, body: Body) -> Result<Response<Body>, Error> {
    let path = target.path();
    let scope = asked.scope();
    let id = upload(asked, scope, scope.subject.clone(), true, target, body).await?;
    Ok(json_text(json!({ "Id": id, "Key": path }).to_string()))
}

/// Whoever has the URL uploads for the user who asked for it, who was allowed to then.
pub(super) async fn signed(asked: Asked<'_>, target: Target, body: Body) -> Result<Response<Body>, Error> {
    let token = Fields::of_query(asked.query()).required_text("token")?;
    let path = target.path();
    let claims = verify_signed_url(asked.ctx, &token, &path, Purpose::Upload)?.claims;
    let owner = claims.text("owner").map(str::to_owned);
    let upsert = claims.map.get("upsert").and_then(Value::as_bool).unwrap_or_default();
    upload(asked, &asked.scope().as_service(), owner, upsert, target, body).await?;
    Ok(json_text(json!({ "Key": path }).to_string()))
}

async fn upload(
    asked: Asked<'_>,
    scope: &Scope,
    owner: Option<String>,
    upsert: bool,
    target: Target,
    body: Body,
) -> Result<String, Error> {
    check_bucket(&target.bucket)?;
    let ctx = asked.ctx;
    let settings = buckets::settings(&ctx.pool, scope, &target.bucket).await?;
    let most = most_bytes(&target.name, ctx.config.file_size_limit, settings.file_size_limit);
    let incoming = Incoming::begin(asked.headers(), body).await?;
    let description = incoming.description.clone();
    let mut object = NewObject {
        target,
        owner,
        version: "1".to_owned(),
        metadata: description.expected(),
        user_metadata: description.user_metadata.clone(),
        upsert,
    };
    let accepted = check(&object.target, &incoming, &settings.allowed_mime_types, most);
    let accepted = match accepted {
        Ok(()) => objects::check_upload(&ctx.pool, scope, &object).await,
        refused => refused,
    };
    if let Err(refused) = accepted {
        incoming.drain().await;
        return Err(refused);
    }

    object.version = Uuid::new_v4().to_string();
    let place = place(&object)?;
    let written = incoming.store(ctx.store.write(&place), most).await?;
    object.metadata = description.metadata(&written, ctx.clock.now());
    object.user_metadata = Some(description.user_metadata.unwrap_or_else(|| json!({})));
    // a client that goes away now gets its object all the same: the row is written, or the file removed
    let (ctx, scope) = (ctx.clone(), scope.clone());
    let completing = tokio::spawn(async move {
        match objects::complete_upload(&ctx.pool, &scope, &object).await {
            Ok(written) => {
                let replaced = written.replaced.as_deref();
                let old = replaced.and_then(|version| {
                    object::location(&object.target.bucket, &object.target.name, version)
                });
                ctx.store.remove(old.into_iter().collect()).await;
                Ok(written.id)
            }
            // whether it was written is unknown: the sweep will see
            Err(error) if error.leaves_open() => Err(error),
            Err(error) => {
                ctx.store.remove(vec![place]).await;
                Err(error)
            }
        }
    });
    completing.await?
}

fn check(target: &Target, incoming: &Incoming, types: &[String], most: u64) -> Result<(), Error> {
    check_target(target)?;
    let kind = &incoming.description.mime_type;
    if !object::is_empty_folder(&target.name) && !mime_type::is_allowed(kind, types) {
        return Err(Error::InvalidMimeType(kind.clone()));
    }
    match incoming.announced() {
        Some(length) if length > most => Err(Error::EntityTooLarge("object")),
        _ => Ok(()),
    }
}

fn place(object: &NewObject) -> Result<String, Error> {
    let Target { bucket, name } = &object.target;
    object::location(bucket, name, &object.version).ok_or_else(|| Error::InvalidKey(name.clone()))
}
