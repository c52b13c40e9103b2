//! Where the bytes are: an object store, at present a folder. What was put is on disk before `finish` returns.
//!
//! Knows places, not objects: which place belongs to whom is decided in `logic::object`.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use futures_util::stream::{self, BoxStream, StreamExt as _, TryStreamExt as _};
use md5::{Digest as _, Md5};
use object_store::buffered::BufWriter;
use object_store::local::LocalFileSystem;
use object_store::{GetOptions, GetRange, GetResultPayload, ObjectStore, ObjectStoreExt as _};
use tokio::io::AsyncWriteExt as _;

use crate::error::Error;

/// Bytes of an upload that are kept in memory before they are written.
const WRITTEN_AT_ONCE: usize = 512 * 1024;
/// Bytes of a file that are read at once.
const READ_AT_ONCE: usize = 256 * 1024;
/// What a broken upload left behind is removed after this long.
const LONGEST_UPLOAD: Duration = Duration::from_hours(24);

/// An object store.
#[derive(Debug, Clone)]
pub struct Store {
    objects: Arc<dyn ObjectStore>,
    folder: PathBuf,
}

/// The folder can't be used.
#[derive(Debug, thiserror::Error)]
#[error("files can't be kept in {folder}: {source}", folder = folder.display())]
pub struct StoreError {
    folder: PathBuf,
    #[source]
    source: Box<dyn std::error::Error + Send + Sync>,
}

impl Store {
    /// Files in a folder, which is made if need be. Everything is synced to disk before it counts as written.
    pub fn folder(folder: &Path) -> Result<Self, StoreError> {
        let failed = |source| StoreError { folder: folder.to_owned(), source };
        std::fs::create_dir_all(folder).map_err(|error| failed(error.into()))?;
        let files = LocalFileSystem::new_with_prefix(folder).map_err(|error| failed(error.into()))?;
        Ok(Self { objects: Arc::new(files.with_fsync(true)), folder: folder.to_owned() })
    }

    /// Begins to write at a place. Nothing is there before [`Writing::finish`], or ever if this is dropped.
    pub(crate) fn write(&self, place: &str) -> Writing {
        let writer = BufWriter::with_capacity(Arc::clone(&self.objects), place.into(), WRITTEN_AT_ONCE);
        Writing { writer: writer.with_max_concurrency(1), hash: Md5::new(), size: 0 }
    }

    /// The bytes at a place, or some of them.
    pub(crate) async fn read(&self, place: &str, range: Option<Range<u64>>) -> Result<Reading, Error> {
        let options = GetOptions { range: range.map(GetRange::Bounded), ..GetOptions::default() };
        let found = self.objects.get_opts(&place.into(), options).await?;
        let range = found.range.clone();
        let chunks = match found.payload {
            GetResultPayload::File(file, _) => read_file(file, range.clone()),
            GetResultPayload::Stream(chunks) => chunks.map_err(std::io::Error::other).boxed(),
        };
        Ok(Reading { length: range.end - range.start, chunks })
    }

    /// How many bytes there are at a place.
    pub(crate) async fn size(&self, place: &str) -> Result<u64, Error> {
        Ok(self.objects.head(&place.into()).await?.size)
    }

    /// Copies bytes; in a folder that is a second name for the same file.
    pub(crate) async fn copy(&self, from: &str, to: &str) -> Result<(), Error> {
        Ok(self.objects.copy(&from.into(), &to.into()).await?)
    }

    /// Removes bytes that nobody needs any more. What fails is left to the sweep.
    pub(crate) async fn remove(&self, places: Vec<String>) {
        let paths = stream::iter(places.into_iter().map(|place| Ok(place.as_str().into()))).boxed();
        let mut removed = self.objects.delete_stream(paths);
        while let Some(result) = removed.next().await {
            match result {
                Ok(_) | Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => tracing::warn!(%error, "a file that nobody needs could not be removed"),
            }
        }
    }

    /// All places that have bytes.
    pub(crate) fn places(&self) -> BoxStream<'static, Result<String, Error>> {
        self.objects.list(None).map_ok(|meta| meta.location.to_string()).map_err(Error::from).boxed()
    }

    /// Removes what uploads left behind that ended with their process.
    pub(crate) async fn remove_broken_uploads(&self) -> std::io::Result<()> {
        let folder = self.folder.clone();
        let removing = move || {
            let oldest = SystemTime::now() - LONGEST_UPLOAD;
            for shard in std::fs::read_dir(folder)? {
                let shard = shard?.path();
                if !shard.is_dir() {
                    continue;
                }
                for file in std::fs::read_dir(shard)? {
                    let file = file?;
                    // the store's own name for what is not complete
                    let incomplete = file.file_name().to_string_lossy().contains('#');
                    if incomplete && file.metadata()?.modified()? < oldest {
                        std::fs::remove_file(file.path())?;
                    }
                }
            }
            Ok(())
        };
        tokio::task::spawn_blocking(removing).await.map_err(std::io::Error::other)?
    }
}

/// Bytes on their way into the store.
#[derive(Debug)]
pub(crate) struct Writing {
    writer: BufWriter,
    hash: Md5,
    size: u64,
}

/// What was written.
#[derive(Debug)]
pub(crate) struct WrittenBytes {
    pub(crate) size: u64,
    /// The MD5 of the bytes, in quotes.
    pub(crate) etag: String,
}

impl Writing {
    /// How much was put so far, in bytes.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// Adds bytes.
    pub(crate) async fn put(&mut self, bytes: Bytes) -> Result<(), Error> {
        self.hash.update(&bytes);
        self.size += bytes.len() as u64;
        Ok(self.writer.put(bytes).await?)
    }

    /// Makes it durable and gives it its place.
    pub(crate) async fn finish(mut self) -> Result<WrittenBytes, Error> {
        self.writer.shutdown().await.map_err(|error| Error::Store(generic(error)))?;
        let etag = format!("\"{}\"", base::hex(&self.hash.finalize()));
        Ok(WrittenBytes { size: self.size, etag })
    }
}

fn generic(error: std::io::Error) -> object_store::Error {
    object_store::Error::Generic { store: "upload", source: Box::new(error) }
}

/// Bytes on their way out.
pub(crate) struct Reading {
    pub(crate) length: u64,
    pub(crate) chunks: BoxStream<'static, std::io::Result<Bytes>>,
}

/// A file in large pieces: the store's own are small, and each costs a change of thread.
fn read_file(file: std::fs::File, range: Range<u64>) -> BoxStream<'static, std::io::Result<Bytes>> {
    use std::io::{Read as _, Seek as _, SeekFrom};

    let whole = (file, range.start, range.end - range.start);
    stream::try_unfold(whole, |(mut file, at, left)| async move {
        if left == 0 {
            return Ok(None);
        }
        let reading = move || {
            let length = usize::try_from(left).unwrap_or(usize::MAX).min(READ_AT_ONCE);
            let mut piece = vec![0; length];
            file.seek(SeekFrom::Start(at))?;
            file.read_exact(&mut piece)?;
            let read = length as u64;
            Ok(Some((Bytes::from(piece), (file, at + read, left - read))))
        };
        tokio::task::spawn_blocking(reading).await.map_err(std::io::Error::other)?
    })
    .boxed()
}

/// Gives a copied database its own store: every file of one folder has a name in the other too. Files never change, so the
/// two go their own ways.
pub fn link_folder(from: &Path, to: &Path) -> std::io::Result<()> {
    if !from.is_dir() {
        return Ok(());
    }
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let copy = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            link_folder(&entry.path(), &copy)?;
        } else if !entry.file_name().to_string_lossy().contains('#') {
            match std::fs::hard_link(entry.path(), &copy) {
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                other => other?,
            }
        }
    }
    Ok(())
}
