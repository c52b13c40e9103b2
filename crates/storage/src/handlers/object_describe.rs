//! `HEAD /object/…` and `GET /object/info/…`: what is known of an object, without its bytes.

use axum::body::Body;
use chrono::{DateTime, Utc};
use http::{HeaderMap, HeaderName, HeaderValue, Response, header};
use serde_json::Value;

use super::object_download::insert;
use super::{Asked, find, json_text};
use crate::db::objects::Found;
use crate::error::Error;
use crate::logic::robots_tag;
use crate::logic::route::{Door, Target};
use crate::request;

const ROBOTS_TAG: HeaderName = HeaderName::from_static("x-robots-tag");

pub(super) async fn head(asked: Asked<'_>, door: Door, target: &Target) -> Result<Response<Body>, Error> {
    let found = find(asked, door, target).await?;
    let mut response = Response::new(Body::empty());
    let headers = response.headers_mut();
    describe(headers, &found);
    if let Some(length) = found.metadata.get("contentLength").and_then(Value::as_u64) {
        headers.insert(header::CONTENT_LENGTH, length.into());
    }
    cache_control(headers, asked, &found, "must-revalidate");
    Ok(response)
}

pub(super) async fn info(asked: Asked<'_>, door: Door, target: &Target) -> Result<Response<Body>, Error> {
    let found = find(asked, door, target).await?;
    let mut response = json_text(found.info.clone());
    let headers = response.headers_mut();
    if let Some(etag) = found.metadata_text("eTag") {
        insert(headers, header::ETAG, etag);
    }
    if let Some(cache_control) = found.metadata_text("cacheControl") {
        insert(headers, header::CACHE_CONTROL, cache_control);
    }
    last_modified(headers, &found);
    Ok(response)
}

impl Found {
    /// A text that the upload noted.
    pub(super) fn metadata_text(&self, name: &str) -> Option<&str> {
        self.metadata.get(name).and_then(Value::as_str)
    }

    /// When the bytes were put there.
    pub(super) fn modified(&self) -> Option<DateTime<Utc>> {
        let text = self.metadata_text("lastModified")?;
        DateTime::parse_from_rfc3339(text).ok().map(|time| time.with_timezone(&Utc))
    }
}

/// The headers that describe an object.
pub(super) fn describe(headers: &mut HeaderMap, found: &Found) {
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    let kind = found.metadata_text("mimetype").unwrap_or("application/octet-stream");
    // pages of strangers are not shown as pages of this origin
    let kind = if kind.to_ascii_lowercase().contains("text/html") { "text/plain" } else { kind };
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    insert(headers, header::CONTENT_TYPE, kind);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Some(etag) = found.metadata_text("eTag") {
        insert(headers, header::ETAG, etag);
    }
    let tag = found.metadata_text("xRobotsTag").filter(|tag| robots_tag::check(tag).is_ok());
    insert(headers, ROBOTS_TAG, tag.unwrap_or("none"));
    last_modified(headers, found);
}

fn last_modified(headers: &mut HeaderMap, found: &Found) {
    if let Some(modified) = found.modified() {
        insert(headers, header::LAST_MODIFIED, &httpdate::fmt_http_date(modified.into()));
    }
}

/// For how long it may be kept; a client that has another version is told more.
pub(super) fn cache_control(headers: &mut HeaderMap, asked: Asked<'_>, found: &Found, outdated: &str) {
    let known = request::text(asked.headers(), header::IF_NONE_MATCH);
    let etag = found.metadata_text("eTag");
    let more = known.filter(|known| Some(*known) != etag).map(|_| outdated);
    let values: Vec<&str> = found.metadata_text("cacheControl").into_iter().chain(more).collect();
    if !values.is_empty() {
        insert(headers, header::CACHE_CONTROL, &values.join(", "));
    }
}
