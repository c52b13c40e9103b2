//! From a request's body to bytes in the store: a form or the bare file, in pieces, never as a whole.
//!
//! Knows nothing of rows: whether the caller may is asked before the first byte of the file is kept, in `handlers/upload`.

use std::pin::Pin;

use axum::body::Body;
use bytes::Bytes;
use futures_util::stream::{BoxStream, StreamExt as _, TryStreamExt as _};
use http::{HeaderMap, HeaderName, header};
use multer::{Constraints, Field, Multipart, SizeLimit};
use serde_json::{Value, json};

use crate::error::Error;
use crate::logic::{object, robots_tag};
use crate::request;
use crate::store::{Writing, WrittenBytes};

/// Fields a form may have beside its file.
const MAX_FIELDS: usize = 10;
/// The largest field of a form, in bytes.
const MAX_FIELD_BYTES: u64 = 1 << 20;
/// Of a file that is too large so much is read on, so that its sender is there to read the answer.
const DRAINED: u64 = 64 << 20;

/// What is known of a file before it is read.
#[derive(Debug, Clone)]
pub(crate) struct Description {
    pub(crate) mime_type: String,
    pub(crate) cache_control: String,
    pub(crate) user_metadata: Option<Value>,
    pub(crate) robots_tag: Option<String>,
    /// The length the request announces: in a form, that of the form.
    pub(crate) announced: Option<u64>,
}

/// A file that is about to be read.
pub(crate) struct Incoming {
    pub(crate) description: Description,
    chunks: Chunks,
}

enum Chunks {
    Bare(BoxStream<'static, Result<Bytes, Error>>),
    Form(Box<Form>),
}

struct Form {
    whole: Multipart<'static>,
    file: Field<'static>,
}

impl Description {
    /// What policies see of the file before it is there.
    pub(crate) fn expected(&self) -> Value {
        json!({ "mimetype": self.mime_type, "contentLength": self.announced })
    }

    /// What the row says of the file.
    pub(crate) fn metadata(&self, written: &WrittenBytes, now: chrono::DateTime<chrono::Utc>) -> Value {
        let mut metadata = json!({
            "eTag": written.etag,
            "size": written.size,
            "mimetype": self.mime_type,
            "cacheControl": self.cache_control,
            "lastModified": now.to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
            "contentLength": written.size,
            "httpStatusCode": 200,
        });
        if let Some(tag) = &self.robots_tag {
            metadata["xRobotsTag"] = json!(tag);
        }
        metadata
    }
}

impl Incoming {
    /// Reads all that comes before the file.
    pub(crate) async fn begin(headers: &HeaderMap, body: Body) -> Result<Self, Error> {
        let robots_tag = request::text(headers, HeaderName::from_static("x-robots-tag")).map(str::to_owned);
        if let Some(tag) = &robots_tag {
            robots_tag::check(tag).map_err(Error::InvalidRobotsTag)?;
        }
        let announced = request::text(headers, header::CONTENT_LENGTH).and_then(|length| length.parse().ok());
        let content_type = request::text(headers, header::CONTENT_TYPE);
        if let Some(kind) = content_type.filter(|kind| kind.starts_with("multipart/form-data")) {
            return Self::begin_form(kind, body, robots_tag, announced).await;
        }
        let description = Description {
            mime_type: content_type.unwrap_or("application/octet-stream").to_owned(),
            cache_control: request::text(headers, header::CACHE_CONTROL).unwrap_or("no-cache").to_owned(),
            user_metadata: request::user_metadata(headers),
            robots_tag,
            announced,
        };
        let chunks = body.into_data_stream().map_err(|error| Error::BodyNotReceived(error.to_string()));
        Ok(Self { description, chunks: Chunks::Bare(chunks.boxed()) })
    }

    async fn begin_form(
        content_type: &str,
        body: Body,
        robots_tag: Option<String>,
        announced: Option<u64>,
    ) -> Result<Self, Error> {
        let boundary = multer::parse_boundary(content_type).map_err(|error| form_error(&error))?;
        // the file's own limit is counted where it is written
        let limits = SizeLimit::new().whole_stream(u64::MAX).per_field(u64::MAX);
        let constraints = Constraints::new().size_limit(limits);
        let mut form = Multipart::with_constraints(body.into_data_stream(), boundary, constraints);
        let mut fields = FormFields::default();
        loop {
            let field = form.next_field().await.map_err(|error| form_error(&error))?;
            let Some(field) = field else {
                return Err(Error::BodyNotReceived("No content provided".to_owned()));
            };
            if !is_file(&field) {
                fields.read(field).await?;
                continue;
            }
            let own_type = field.content_type().map(ToString::to_string);
            let description = Description {
                mime_type: fields
                    .content_type
                    .or(own_type)
                    .unwrap_or_else(|| "application/octet-stream".to_owned()),
                cache_control: fields
                    .cache_control
                    .map_or_else(|| "no-cache".to_owned(), |seconds| format!("max-age={seconds}")),
                user_metadata: fields.metadata.as_deref().and_then(|text| request::object(text.as_bytes())),
                robots_tag,
                announced,
            };
            return Ok(Self {
                description,
                chunks: Chunks::Form(Box::new(Form { whole: form, file: field })),
            });
        }
    }

    /// The length of the file, when the request says it.
    pub(crate) fn announced(&self) -> Option<u64> {
        match self.chunks {
            Chunks::Bare(_) => self.description.announced,
            Chunks::Form(_) => None,
        }
    }

    /// Reads the file into the store. What breaks off or is larger than `most` leaves nothing.
    pub(crate) async fn store(self, mut writing: Writing, most: u64) -> Result<WrittenBytes, Error> {
        match self.chunks {
            Chunks::Bare(mut chunks) => copy(&mut chunks, &mut writing, most).await?,
            Chunks::Form(form) => {
                let Form { mut whole, file } = *form;
                let mut chunks = file.map_err(|error| form_error(&error));
                copy(&mut chunks, &mut writing, most).await?;
                drop(chunks);
                // a form that does not end has broken off
                while whole.next_field().await.map_err(|error| form_error(&error))?.is_some() {}
            }
        }
        writing.finish().await
    }

    /// Reads on without keeping anything, so that who sends is there to read why it was refused.
    pub(crate) async fn drain(self) {
        match self.chunks {
            Chunks::Bare(mut chunks) => drain(&mut chunks).await,
            Chunks::Form(form) => drain(&mut form.file.map_err(|error| form_error(&error))).await,
        }
    }
}

async fn copy<S>(chunks: &mut S, writing: &mut Writing, most: u64) -> Result<(), Error>
where
    S: futures_util::Stream<Item = Result<Bytes, Error>> + Unpin + Send,
{
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk?;
        if writing.size() + chunk.len() as u64 > most {
            drain(chunks).await;
            return Err(Error::EntityTooLarge("object"));
        }
        writing.put(chunk).await?;
    }
    Ok(())
}

async fn drain<S>(chunks: &mut S)
where
    S: futures_util::Stream<Item = Result<Bytes, Error>> + Unpin + Send,
{
    let mut drained = 0;
    let mut chunks = Pin::new(chunks);
    while let Some(Ok(chunk)) = chunks.next().await {
        drained += chunk.len() as u64;
        if drained > DRAINED {
            break;
        }
    }
}

/// As upstream's parser sees it: what has a file name, or is plainly binary.
fn is_file(field: &Field<'_>) -> bool {
    let binary = field.content_type().is_some_and(|kind| kind.essence_str() == "application/octet-stream");
    field.file_name().is_some() || binary
}

/// The fields before the file.
#[derive(Debug, Default)]
struct FormFields {
    count: usize,
    cache_control: Option<String>,
    metadata: Option<String>,
    content_type: Option<String>,
}

impl FormFields {
    async fn read(&mut self, mut field: Field<'static>) -> Result<(), Error> {
        self.count += 1;
        if self.count > MAX_FIELDS {
            return Err(Error::BodyNotReceived("reach fields limit".to_owned()));
        }
        let name = field.name().unwrap_or_default().to_owned();
        let mut bytes = Vec::new();
        while let Some(chunk) = field.chunk().await.map_err(|error| form_error(&error))? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() as u64 > MAX_FIELD_BYTES {
                return Err(Error::EntityTooLarge("user_metadata"));
            }
        }
        let value = String::from_utf8_lossy(&bytes).into_owned();
        match name.as_str() {
            "cacheControl" if !value.is_empty() => self.cache_control = Some(value),
            "metadata" => self.metadata = Some(value),
            "userMetadata" if self.metadata.is_none() => self.metadata = Some(value),
            "contentType" if !value.is_empty() => self.content_type = Some(value),
            _ => {}
        }
        Ok(())
    }
}

fn form_error(error: &multer::Error) -> Error {
    Error::BodyNotReceived(error.to_string())
}

/// The most bytes a file may have: an empty folder's placeholder none, others what server and bucket allow.
pub(crate) fn most_bytes(name: &str, server: i64, bucket: Option<i64>) -> u64 {
    if object::is_empty_folder(name) {
        return 0;
    }
    u64::try_from(bucket.map_or(server, |bucket| bucket.min(server))).unwrap_or_default()
}
