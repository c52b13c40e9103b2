//! One endpoint, one file. This one leads to them.

mod bucket_create;
mod bucket_delete;
mod bucket_empty;
mod bucket_get;
mod bucket_list;
mod bucket_update;
mod object_copy;
mod object_delete;
mod object_delete_many;
mod object_describe;
mod object_download;
mod object_list;
mod object_list_v2;
mod object_move;
mod object_sign;
mod object_sign_many;
mod object_sign_upload;
mod object_upload;

use axum::body::Body;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Response, header};
use serde_json::json;

use crate::Ctx;
use crate::caller::Caller;
use crate::db::{Scope, buckets};
use crate::error::Error;
use crate::logic::fields::Fields;
use crate::logic::route::{Door, Route, Target};
use crate::logic::{bucket, mime_type, object};

/// What every handler is given.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) ctx: &'a Ctx,
    pub(crate) caller: &'a Caller,
    pub(crate) parts: &'a Parts,
}

impl<'a> Asked<'a> {
    fn scope(&self) -> &'a Scope {
        &self.caller.scope
    }

    fn headers(&self) -> &'a HeaderMap {
        &self.parts.headers
    }

    fn query(&self) -> &'a str {
        self.parts.uri.query().unwrap_or_default()
    }
}

/// Leads a request to its handler.
pub(crate) async fn answer(asked: Asked<'_>, route: Route, body: Body) -> Result<Response<Body>, Error> {
    match route {
        Route::Status => Ok(Response::new(Body::empty())),
        Route::BucketCreate => bucket_create::answer(asked, body).await,
        Route::BucketList => bucket_list::answer(asked).await,
        Route::BucketGet(id) => bucket_get::answer(asked, &id).await,
        Route::BucketUpdate(id) => bucket_update::answer(asked, &id, body).await,
        Route::BucketEmpty(id) => bucket_empty::answer(asked, &id).await,
        Route::BucketDelete(id) => bucket_delete::answer(asked, &id).await,
        Route::Upload(target) => object_upload::create(asked, target, body).await,
        Route::Update(target) => object_upload::update(asked, target, body).await,
        Route::SignedUpload(target) => object_upload::signed(asked, target, body).await,
        Route::Delete(target) => object_delete::answer(asked, &target).await,
        Route::DeleteMany(bucket) => object_delete_many::answer(asked, &bucket, body).await,
        Route::Download(door, target) => object_download::answer(asked, door, &target).await,
        Route::SignedDownload(target) => object_download::signed(asked, &target).await,
        Route::Head(door, target) => object_describe::head(asked, door, &target).await,
        Route::Info(door, target) => object_describe::info(asked, door, &target).await,
        Route::List(bucket) => object_list::answer(asked, &bucket, body).await,
        Route::ListV2(bucket) => object_list_v2::answer(asked, &bucket, body).await,
        Route::Move => object_move::answer(asked, body).await,
        Route::Copy => object_copy::answer(asked, body).await,
        Route::Sign(target) => object_sign::answer(asked, &target, body).await,
        Route::SignMany(bucket) => object_sign_many::answer(asked, &bucket, body).await,
        Route::SignUpload(target) => object_sign_upload::answer(asked, target).await,
        Route::Absent(feature) => Err(Error::Absent(feature)),
    }
}

/// A 200 with a JSON body.
fn json_text(text: String) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    let json = HeaderValue::from_static("application/json; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

/// A 200 that only says something.
fn message(text: &str) -> Response<Body> {
    json_text(json!({ "message": text }).to_string())
}

/// The object that a copy or a move is of, and what it is to be; in the same bucket unless another is named.
fn source_and_target(fields: &Fields) -> Result<(Target, Target), Error> {
    let bucket = fields.required_text("bucketId")?;
    let source = Target { name: fields.required_text("sourceKey")?, bucket: bucket.clone() };
    let name = fields.required_text("destinationKey")?;
    let other = fields.text("destinationBucket")?.filter(|bucket| !bucket.is_empty());
    Ok((source, Target { name, bucket: other.unwrap_or(bucket) }))
}

fn check_bucket(name: &str) -> Result<(), Error> {
    if bucket::is_name(name) { Ok(()) } else { Err(Error::InvalidBucketName) }
}

fn check_target(target: &Target) -> Result<(), Error> {
    check_bucket(&target.bucket)?;
    if object::is_name(&target.name) { Ok(()) } else { Err(Error::InvalidKey(target.name.clone())) }
}

/// Fails unless the bucket takes an object that is there already: what a copy or a move brings is held to its limits too.
async fn check_taken(
    asked: Asked<'_>,
    target: &Target,
    mime_type: &str,
    size: Option<i64>,
) -> Result<(), Error> {
    let settings = buckets::settings(&asked.ctx.pool, asked.scope(), &target.bucket).await?;
    if !mime_type::is_allowed(mime_type, &settings.allowed_mime_types) {
        return Err(Error::InvalidMimeType(mime_type.to_owned()));
    }
    match (size, settings.file_size_limit) {
        (Some(size), Some(limit)) if size > limit => Err(Error::EntityTooLarge("object")),
        _ => Ok(()),
    }
}

/// An object as this caller gets it through this door.
async fn find(asked: Asked<'_>, door: Door, target: &Target) -> Result<crate::db::objects::Found, Error> {
    use crate::db::objects;

    check_target(target)?;
    let pool = &asked.ctx.pool;
    if door == Door::Public || !asked.caller.is_authenticated {
        return objects::find_public(pool, asked.scope(), target).await;
    }
    objects::find_for(pool, asked.scope(), target).await
}
