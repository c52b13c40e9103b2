//! Statements about buckets.

use pg::Pool;

use super::{Scope, Work, owner_uuid, statement};
use crate::error::Error;

/// A bucket to be made.
pub(crate) struct NewBucket {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) public: bool,
    pub(crate) file_size_limit: Option<i64>,
    pub(crate) allowed_mime_types: Option<Vec<String>>,
}

/// What of a bucket is to be changed. The outer `None`: nothing.
#[derive(Debug, Default, PartialEq, Eq)]
#[expect(clippy::option_option, reason = "a limit can be taken away")]
pub(crate) struct BucketChange {
    pub(crate) public: Option<bool>,
    pub(crate) file_size_limit: Option<Option<i64>>,
    pub(crate) allowed_mime_types: Option<Option<Vec<String>>>,
}

/// What a bucket takes.
#[derive(Debug)]
pub(crate) struct BucketSettings {
    pub(crate) file_size_limit: Option<i64>,
    pub(crate) allowed_mime_types: Vec<String>,
}

/// How buckets are listed.
pub(crate) struct Listing {
    pub(crate) sort_column: Option<&'static str>,
    pub(crate) sort_order: &'static str,
    pub(crate) search: String,
    pub(crate) limit: Option<i64>,
    pub(crate) offset: i64,
}

pub(crate) async fn create(pool: &Pool, scope: &Scope, bucket: &NewBucket) -> Result<(), Error> {
    let mut work = Work::of(scope);
    work.push(
        statement!("create_bucket")
            .bind(bucket.id.as_str())
            .bind(bucket.name.as_str())
            .bind(owner_uuid(scope.subject.as_deref()))
            .bind(scope.subject.as_deref())
            .bind(bucket.public)
            .bind(bucket.file_size_limit)
            .bind(bucket.allowed_mime_types.as_deref()),
    );
    match work.run(pool).await {
        Err(error) if error.sqlstate() == Some("23505") => Err(Error::BucketAlreadyExists),
        other => other.map(drop),
    }
}

/// All the caller may see, as JSON.
pub(crate) async fn list(pool: &Pool, scope: &Scope, listing: &Listing) -> Result<String, Error> {
    let mut work = Work::of(scope);
    let index = work.push(
        statement!("list_buckets")
            .bind(listing.sort_column.unwrap_or_default())
            .bind(listing.sort_order)
            .bind(listing.search.as_str())
            .bind(listing.limit)
            .bind(listing.offset),
    );
    let answers = work.run(pool).await?;
    Ok(answers.row(index).and_then(|row| row.text(0)).unwrap_or("[]").to_owned())
}

/// One bucket, as JSON.
pub(crate) async fn find(pool: &Pool, scope: &Scope, id: &str) -> Result<String, Error> {
    let mut work = Work::of(scope);
    let index = work.push(statement!("find_bucket").bind(id));
    let answers = work.run(pool).await?;
    answers.row(index).and_then(|row| row.text(0)).map(str::to_owned).ok_or(Error::NoSuchBucket)
}

pub(crate) async fn update(pool: &Pool, scope: &Scope, id: &str, change: &BucketChange) -> Result<(), Error> {
    let mut work = Work::of(scope);
    let index = work.push(
        statement!("update_bucket")
            .bind(id)
            .bind(change.public)
            .bind(change.file_size_limit.is_some())
            .bind(change.file_size_limit.flatten())
            .bind(change.allowed_mime_types.is_some())
            .bind(change.allowed_mime_types.as_ref().and_then(Option::as_deref)),
    );
    let answers = work.run(pool).await?;
    answers.row(index).map(drop).ok_or(Error::NoSuchBucket)
}

/// Deletes a bucket that is empty. The foreign key of its objects holds whoever may see them; who may not delete the
/// bucket is not told whether it has any.
pub(crate) async fn delete(pool: &Pool, scope: &Scope, id: &str) -> Result<(), Error> {
    let mut work = Work::of(scope);
    let deleted = work.push(statement!("delete_bucket").bind(id));
    match work.run(pool).await {
        Ok(answers) if answers.affected(deleted) > 0 => Ok(()),
        Ok(_) => Err(Error::NoSuchBucket),
        Err(error) if is_not_empty(&error) => Err(Error::BucketNotEmpty),
        Err(error) => Err(error),
    }
}

fn is_not_empty(error: &Error) -> bool {
    let Error::Database(error) = error else { return false };
    error
        .db()
        .is_some_and(|db| db.code == "23503" && db.constraint.as_deref() == Some("objects_bucketId_fkey"))
}

/// Deletes all objects of a bucket; returns their names and versions. A bucket with more than `most` is left alone.
pub(crate) async fn empty(
    pool: &Pool,
    scope: &Scope,
    id: &str,
    most: i64,
) -> Result<Vec<(String, String)>, Error> {
    find(pool, scope, id).await?;
    let mut work = Work::of(scope);
    let count = work.push(statement!("count_objects").bind(id).bind(most + 1));
    let answers = work.run(pool).await?;
    if answers.row(count).map(|row| row.get::<i64>(0)).transpose()?.unwrap_or_default() > most {
        return Err(Error::BucketTooFull);
    }
    let mut work = Work::of(scope);
    let deleted = work.push(statement!("empty_bucket").bind(id));
    let answers = work.run(pool).await?;
    let text = |row: &pg::Row, column| row.text(column).unwrap_or_default().to_owned();
    Ok(answers.rows(deleted).iter().map(|row| (text(row, 0), text(row, 1))).collect())
}

/// What a bucket takes: asked in the room's own name, because who uploads need not see the bucket.
pub(crate) async fn settings(pool: &Pool, scope: &Scope, id: &str) -> Result<BucketSettings, Error> {
    let service = scope.as_service();
    let mut work = Work::of(&service);
    let index = work.push(statement!("bucket_settings").bind(id));
    let answers = work.run(pool).await?;
    let row = answers.row(index).ok_or(Error::NoSuchBucket)?;
    Ok(BucketSettings {
        file_size_limit: row.get(0)?,
        allowed_mime_types: row.get::<Option<Vec<String>>>(1)?.unwrap_or_default(),
    })
}
