//! The buckets that `[storage.buckets]` of config.toml names: their rows, and the files that go into them.
//!
//! Files go through the storage room, as if a client had sent them: it holds their limits and makes them durable.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use axum::body::{Body, to_bytes};
use base::identity::ProjectKeys;
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use http::{Method, Request, header};
use pg::{Client, Flight, Statement};
use serde_json::{Value, json};
use tokio::io::AsyncReadExt as _;
use url::Url;

use crate::progress::Step;
use crate::project::Project;

/// Files that are put in at once.
const AT_ONCE: usize = 5;
/// Bytes of a file that are read at once.
const READ_AT_ONCE: usize = 256 * 1024;
/// How long browsers may keep a file, as for the official CLI.
const CACHE_CONTROL: &str = "max-age=3600";

/// A bucket that was brought up to date.
pub(crate) struct Made {
    pub(crate) name: String,
    pub(crate) public: bool,
    /// It was not there before.
    pub(crate) new: bool,
    /// The files or the file that go into it.
    objects: Option<PathBuf>,
}

impl Made {
    /// Whether files go into it.
    pub(crate) fn has_files(&self) -> bool {
        self.objects.is_some()
    }
}

/// Makes the buckets of config.toml, or brings their settings up to date. What it does not say stays as it is. Most
/// projects name none, and then nobody connects.
pub(crate) async fn make(
    project: &Project,
    postgres: impl Future<Output = anyhow::Result<Client>>,
) -> anyhow::Result<Vec<Made>> {
    let config: storage::Config = project.config.section("storage")?;
    if config.buckets.is_empty() {
        return Ok(Vec::new());
    }
    let mut flight = Flight::new();
    for (name, bucket) in &config.buckets {
        flight.push(
            Statement::new(include_str!("../sql/seed_bucket.sql"))
                .bind(name.as_str())
                .bind(bucket.public)
                .bind(bucket.file_size_limit.unwrap_or(config.file_size_limit))
                .bind(bucket.allowed_mime_types.as_deref()),
        );
    }
    let outcome =
        postgres.await?.run(flight).await.context("the buckets of config.toml could not be made")?;
    let mut made = Vec::new();
    for ((name, bucket), result) in config.buckets.into_iter().zip(&outcome.results) {
        let row = result.rows.first().context("a bucket was not made")?;
        let (new, public) = (row.get(0)?, row.get::<Option<bool>>(1)?.unwrap_or_default());
        made.push(Made { name, public, new, objects: bucket.objects_path });
    }
    Ok(made)
}

/// Puts the files of these buckets in, over what is there; returns how many.
pub(crate) async fn fill(
    project: &Project,
    room: &storage::Ctx,
    keys: &ProjectKeys,
    buckets: &[&Made],
    step: &Step,
) -> anyhow::Result<usize> {
    let mut files = Vec::new();
    for bucket in buckets {
        let Some(objects) = &bucket.objects else { continue };
        let root = project.folder()?.join(objects);
        let listed = list(&root).with_context(|| {
            format!("objects_path of bucket {}: can't read {}", bucket.name, root.display())
        })?;
        files.extend(listed.into_iter().map(|(name, file)| (bucket.name.as_str(), name, file)));
    }
    let authorization = format!("Bearer {}", keys.signer()?.sign(&json!({ "role": "service_role" }))?);
    let (total, authorization) = (files.len(), authorization.as_str());
    let mut put = stream::iter(files)
        .map(|(bucket, name, file)| async move { put(room, authorization, bucket, &name, &file).await })
        .buffer_unordered(AT_ONCE);
    let mut count = 0;
    while let Some(name) = put.try_next().await? {
        count += 1;
        step.detail(&format!("{name} ({count} of {total})"));
    }
    Ok(total)
}

/// The files below a folder with the names they get, or the one file that it is. Only regular ones: a link could lead
/// anywhere.
fn list(root: &Path) -> std::io::Result<Vec<(String, PathBuf)>> {
    let mut found = Vec::new();
    if root.is_file() {
        let name = root.file_name().unwrap_or_default().to_string_lossy().into_owned();
        return Ok(vec![(name, root.to_owned())]);
    }
    let mut folders = vec![(String::new(), root.to_owned())];
    while let Some((prefix, folder)) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            let kind = entry.file_type()?;
            if kind.is_dir() {
                folders.push((format!("{name}/"), entry.path()));
            } else if kind.is_file() {
                found.push((name, entry.path()));
            }
        }
    }
    found.sort();
    Ok(found)
}

async fn put(
    room: &storage::Ctx,
    authorization: &str,
    bucket: &str,
    name: &str,
    file: &Path,
) -> anyhow::Result<String> {
    let mut path = Url::parse("http://room/object")?;
    path.path_segments_mut().map_err(|()| anyhow::anyhow!("no path"))?.push(bucket).extend(name.split('/'));
    let mut content =
        tokio::fs::File::open(file).await.with_context(|| format!("can't read {}", file.display()))?;
    let mut head = vec![0; 512];
    let known = content.read(&mut head).await?;
    head.truncate(known);
    let rest = stream::try_unfold(content, |mut content| async move {
        let mut piece = vec![0; READ_AT_ONCE];
        let length = content.read(&mut piece).await?;
        piece.truncate(length);
        Ok::<_, std::io::Error>((length > 0).then_some((piece, content)))
    });
    let request = Request::builder()
        .method(Method::POST)
        .uri(path.path())
        .header(header::AUTHORIZATION, authorization)
        .header(header::CACHE_CONTROL, CACHE_CONTROL)
        .header(header::CONTENT_TYPE, media_type(name, &head))
        .header("x-upsert", "true")
        .body(Body::from_stream(stream::iter([Ok(head)]).chain(rest)))?;
    let response = room.handle(request).await;
    let status = response.status();
    if !status.is_success() {
        let body: Value =
            serde_json::from_slice(&to_bytes(response.into_body(), 1 << 20).await?).unwrap_or_default();
        let why = body["message"].as_str().unwrap_or("the storage room refused it").to_owned();
        bail!("{} does not go into bucket {bucket}: {why}", file.display());
    }
    Ok(format!("{bucket}/{name}"))
}

/// By the name's ending; without a known one by whether it is text.
fn media_type(name: &str, head: &[u8]) -> String {
    let unknown = if is_text(head) { "text/plain" } else { "application/octet-stream" };
    mime_guess::from_path(name).first_raw().unwrap_or(unknown).to_owned()
}

/// Whether it begins as UTF-8 text does; the last character may be cut.
fn is_text(head: &[u8]) -> bool {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return false,
    };
    !text.chars().any(|letter| letter.is_control() && !letter.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_types() {
        for (name, head, expected) in [
            ("cat.png", &b"\x89PNG"[..], "image/png"),
            ("a/style.CSS", b"body {}", "text/css"),
            ("page.html", b"<html>", "text/html"),
            ("data.json", b"{}", "application/json"),
            ("README", b"Hello \xc3", "text/plain"),
            ("README", b"", "text/plain"),
            ("blob", b"a\0b", "application/octet-stream"),
            ("blob", b"\xff\xfe", "application/octet-stream"),
        ] {
            assert_eq!(media_type(name, head), expected, "{name} {head:?}");
        }
    }

    #[test]
    fn files_of_a_folder() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for name in ["b.txt", "a/c.txt", "a/d/e f.txt"] {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            std::fs::write(path, name).expect("written");
        }
        std::os::unix::fs::symlink("/etc/passwd", folder.path().join("link")).expect("linked");
        let names: Vec<String> =
            list(folder.path()).expect("listed").into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["a/c.txt", "a/d/e f.txt", "b.txt"]);
        assert_eq!(list(&folder.path().join("b.txt")).expect("listed")[0].0, "b.txt");
        assert!(list(&folder.path().join("none")).is_err());
    }
}
