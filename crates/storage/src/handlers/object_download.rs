//! `GET /object/{bucket}/{name}`, the same below `/object/authenticated` and `/object/public`, and
//! `GET /object/sign/{bucket}/{name}?token=…`: the bytes of an object, or some of them.

use axum::body::Body;
use chrono::{DateTime, Utc};
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};

use super::{Asked, check_target, find, object_describe};
use crate::caller::verify_signed_url;
use crate::db::objects::{self, Found};
use crate::error::Error;
use crate::logic::fields::Fields;
use crate::logic::route::{Door, Target};
use crate::logic::signed_url::Purpose;
use crate::logic::{object, range};
use crate::request;

/// How often a version is looked up again that was replaced before its bytes could be opened.
const ATTEMPTS: usize = 5;

/// By which way a client came to an object.
#[derive(Debug, Clone, Copy)]
enum Way {
    Door(Door),
    /// With a URL that is over at that time.
    Signed(DateTime<Utc>),
}

pub(super) async fn answer(asked: Asked<'_>, door: Door, target: &Target) -> Result<Response<Body>, Error> {
    serve(asked, target, Way::Door(door)).await
}

/// Whoever has the URL may read, until it is over.
pub(super) async fn signed(asked: Asked<'_>, target: &Target) -> Result<Response<Body>, Error> {
    let token = Fields::of_query(asked.query()).required_text("token")?;
    check_target(target)?;
    let expires = verify_signed_url(asked.ctx, &token, &target.path(), Purpose::Download)?.expires;
    serve(asked, target, Way::Signed(expires)).await
}

async fn serve(asked: Asked<'_>, target: &Target, way: Way) -> Result<Response<Body>, Error> {
    let mut found = find_by(asked, target, way).await?;
    for _ in 0..ATTEMPTS {
        match respond(asked, target, &found, way).await {
            Err(Error::BytesNotFound) => {
                let now = find_by(asked, target, way).await?;
                if now.version == found.version {
                    break;
                }
                found = now;
            }
            other => return other,
        }
    }
    Err(Error::BytesNotFound)
}

async fn find_by(asked: Asked<'_>, target: &Target, way: Way) -> Result<Found, Error> {
    match way {
        Way::Door(door) => find(asked, door, target).await,
        Way::Signed(_) => objects::find(&asked.ctx.pool, &asked.scope().as_service(), target).await,
    }
}

async fn respond(
    asked: Asked<'_>,
    target: &Target,
    found: &Found,
    way: Way,
) -> Result<Response<Body>, Error> {
    let store = &asked.ctx.store;
    let place =
        found.version.as_deref().and_then(|version| object::location(&target.bucket, &target.name, version));
    let place = place.ok_or(Error::BytesNotFound)?;
    let headers = asked.headers();
    let mut response = Response::new(Body::empty());
    describe(response.headers_mut(), asked, found, way);
    let text = |name| request::text(headers, name);
    let (etag, modified) = (found.metadata_text("eTag"), found.modified());
    if range::is_unchanged(text(header::IF_NONE_MATCH), text(header::IF_MODIFIED_SINCE), etag, modified) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        return Ok(response);
    }
    let mut asked_for = None;
    if let Some(wanted) = text(header::RANGE).filter(|_| is_current(text(header::IF_RANGE), etag)) {
        let size = store.size(&place).await?;
        let part = range::parse(wanted, size).ok_or(Error::InvalidRange)?;
        let content_range = format!("bytes {}-{}/{size}", part.start, part.end - 1);
        insert(response.headers_mut(), header::CONTENT_RANGE, &content_range);
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        asked_for = Some(part);
    }
    let reading = store.read(&place, asked_for).await?;
    response.headers_mut().insert(header::CONTENT_LENGTH, reading.length.into());
    // `HEAD` of a signed URL: the server sends no body, but would have it read
    if asked.parts.method != http::Method::HEAD {
        *response.body_mut() = Body::from_stream(reading.chunks);
    }
    Ok(response)
}

/// What the headers say of an object whose bytes follow.
fn describe(headers: &mut HeaderMap, asked: Asked<'_>, found: &Found, way: Way) {
    object_describe::describe(headers, found);
    if let Way::Signed(expires) = way {
        insert(headers, header::EXPIRES, &httpdate::fmt_http_date(expires.into()));
    } else {
        object_describe::cache_control(headers, asked, found, "stale-while-revalidate=30");
    }
    if let Ok(Some(name)) = Fields::of_query(asked.query()).text("download") {
        insert(headers, header::CONTENT_DISPOSITION, &disposition(&name));
    }
}

fn disposition(name: &str) -> String {
    if name.is_empty() {
        return "attachment;".to_owned();
    }
    let encoded = percent_encoding::utf8_percent_encode(name, COMPONENT);
    format!("attachment; filename={encoded}; filename*=UTF-8''{encoded}")
}

/// What `encodeURIComponent` leaves as it is.
const COMPONENT: &percent_encoding::AsciiSet = &percent_encoding::NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// Whether the part a client has is of this version; without `If-Range` it takes any.
fn is_current(if_range: Option<&str>, etag: Option<&str>) -> bool {
    if_range.is_none_or(|known| Some(known) == etag)
}

/// A header, unless its value can be none.
pub(super) fn insert(headers: &mut HeaderMap, name: http::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_download() {
        assert_eq!(disposition(""), "attachment;");
        assert_eq!(disposition("a b.png"), "attachment; filename=a%20b.png; filename*=UTF-8''a%20b.png");
        assert_eq!(disposition("é\r\n"), "attachment; filename=%C3%A9%0D%0A; filename*=UTF-8''%C3%A9%0D%0A");
    }
}
