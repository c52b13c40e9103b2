//! Statements about objects.

use pg::{Pool, Statement};
use serde_json::Value;

use super::{Answers, Scope, Work, owner_uuid, statement};
use crate::error::Error;
use crate::logic::route::Target;

/// An object as it is served.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    /// Absent for rows that somebody wrote in SQL: there are no bytes.
    pub(crate) version: Option<String>,
    /// What the upload noted: `eTag`, `size`, `mimetype` …
    pub(crate) metadata: Value,
    /// What `info` answers, as JSON.
    pub(crate) info: String,
}

/// The row of an object to be written.
#[derive(Debug, Clone)]
pub(crate) struct NewObject {
    pub(crate) target: Target,
    pub(crate) owner: Option<String>,
    pub(crate) version: String,
    pub(crate) metadata: Value,
    pub(crate) user_metadata: Option<Value>,
    pub(crate) upsert: bool,
}

impl NewObject {
    fn statement(&self) -> Statement {
        let statement = if self.upsert { statement!("upsert_object") } else { statement!("insert_object") };
        statement
            .bind(self.target.bucket.as_str())
            .bind(self.target.name.as_str())
            .bind(owner_uuid(self.owner.as_deref()))
            .bind(self.owner.as_deref())
            .bind(self.version.as_str())
            .bind(self.metadata.to_string())
            .bind(json(self.user_metadata.as_ref()))
    }
}

/// A copy to be made.
#[derive(Debug, Clone)]
pub(crate) struct NewCopy {
    pub(crate) source: Target,
    pub(crate) target: Target,
    pub(crate) owner: Option<String>,
    pub(crate) version: String,
    /// What differs from the source's.
    pub(crate) metadata: Value,
    pub(crate) keep_user_metadata: bool,
    pub(crate) user_metadata: Option<Value>,
    pub(crate) upsert: bool,
}

impl NewCopy {
    /// `of`: only if the source has this version.
    fn statement(&self, of: Option<&str>) -> Statement {
        let statement = if self.upsert { statement!("copy_object_over") } else { statement!("copy_object") };
        at(statement, &self.source)
            .bind(self.target.bucket.as_str())
            .bind(self.target.name.as_str())
            .bind(owner_uuid(self.owner.as_deref()))
            .bind(self.owner.as_deref())
            .bind(self.version.as_str())
            .bind(self.metadata.to_string())
            .bind(self.keep_user_metadata)
            .bind(json(self.user_metadata.as_ref()))
            .bind(of)
    }
}

/// A move to be made.
#[derive(Debug, Clone)]
pub(crate) struct Move {
    pub(crate) source: Target,
    pub(crate) target: Target,
    pub(crate) owner: Option<String>,
    pub(crate) version: String,
}

impl Move {
    /// `of`: only if the source has this version.
    fn statement(&self, of: Option<&str>) -> Statement {
        at(statement!("move_object"), &self.source)
            .bind(self.target.bucket.as_str())
            .bind(self.target.name.as_str())
            .bind(self.version.as_str())
            .bind(owner_uuid(self.owner.as_deref()))
            .bind(self.owner.as_deref())
            .bind(of)
    }
}

/// What the caller may see of an object.
pub(crate) async fn find(pool: &Pool, scope: &Scope, target: &Target) -> Result<Found, Error> {
    let mut work = Work::of(scope);
    let index = work.push(at(statement!("find_object"), target));
    found(&work.run(pool).await?, index, 0)
}

/// An object of a public bucket.
pub(crate) async fn find_public(pool: &Pool, scope: &Scope, target: &Target) -> Result<Found, Error> {
    let service = scope.as_service();
    let mut work = Work::of(&service);
    let index = work.push(at(statement!("find_public_object"), target));
    let answers = work.run(pool).await?;
    public(&answers, index)?.ok_or(Error::NoSuchBucket)
}

/// An object as this caller gets it: of a public bucket to everybody, of another one to who may see it.
pub(crate) async fn find_for(pool: &Pool, scope: &Scope, target: &Target) -> Result<Found, Error> {
    let mut work = Work::of(scope);
    work.as_service();
    let public_index = work.push(at(statement!("find_public_object"), target));
    work.as_caller();
    let index = work.push(at(statement!("find_object"), target));
    match work.run(pool).await {
        Ok(answers) => match public(&answers, public_index)? {
            Some(found) => Ok(found),
            None => found(&answers, index, 0),
        },
        // a policy that fails for this caller does not close a public bucket
        Err(error) => match find_public(pool, scope, target).await {
            Err(Error::NoSuchBucket) => Err(error),
            other => other,
        },
    }
}

/// The object if its bucket is public, `None` if the bucket is not.
fn public(answers: &Answers, index: usize) -> Result<Option<Found>, Error> {
    let row = answers.row(index).ok_or(Error::NoSuchBucket)?;
    if !row.get::<Option<bool>>(0)?.unwrap_or_default() {
        return Ok(None);
    }
    if row.get::<bool>(1)? { found(answers, index, 2).map(Some) } else { Err(Error::NoSuchKey) }
}

fn found(answers: &Answers, index: usize, column: usize) -> Result<Found, Error> {
    let row = answers.row(index).ok_or(Error::NoSuchKey)?;
    Ok(Found {
        version: row.get(column)?,
        metadata: row.get::<Option<Value>>(column + 1)?.unwrap_or_default(),
        info: row.text(column + 2).unwrap_or("{}").to_owned(),
    })
}

/// Which of these objects the caller may see.
pub(crate) async fn find_names(
    pool: &Pool,
    scope: &Scope,
    bucket: &str,
    names: &[String],
) -> Result<Vec<String>, Error> {
    let mut work = Work::of(scope);
    let index = work.push(statement!("find_names").bind(bucket).bind(names));
    let answers = work.run(pool).await?;
    Ok(answers.rows(index).iter().filter_map(|row| row.text(0).map(str::to_owned)).collect())
}

/// Fails unless the caller may write this row.
pub(crate) async fn check_upload(pool: &Pool, scope: &Scope, object: &NewObject) -> Result<(), Error> {
    let mut work = Work::of(scope);
    work.push(object.statement());
    exists_already(work.run_and_undo(pool).await).map(drop)
}

/// A row that was written, and what it replaced.
#[derive(Debug)]
pub(crate) struct Written {
    pub(crate) id: String,
    /// The version of before, whose bytes nobody needs any more.
    pub(crate) replaced: Option<String>,
}

/// Writes the row of an upload whose bytes are safe. The caller's right is tried once more in the same transaction: while
/// the bytes came in, somebody else may have taken the name.
pub(crate) async fn complete_upload(
    pool: &Pool,
    scope: &Scope,
    object: &NewObject,
) -> Result<Written, Error> {
    let mut work = Work::of(scope);
    let locked = lock(&mut work, &object.target);
    work.attempt(|work| {
        work.as_caller();
        work.push(object.statement());
    });
    work.push(object.statement());
    let id = work.push(at(statement!("find_id"), &object.target));
    written(&exists_already(work.run(pool).await)?, locked, id)
}

/// From here on nobody else changes the object, and the work goes on in the room's own name.
fn lock(work: &mut Work<'_>, target: &Target) -> usize {
    work.as_service();
    work.push(at(statement!("lock_name"), target));
    work.push(at(statement!("lock_object"), target))
}

fn written(answers: &Answers, locked: usize, id: usize) -> Result<Written, Error> {
    Ok(Written {
        id: answers.row(id).and_then(|row| row.text(0)).ok_or(Error::NoSuchKey)?.to_owned(),
        replaced: answers.row(locked).and_then(|row| row.text(0)).map(str::to_owned),
    })
}

fn exists_already(result: Result<Answers, Error>) -> Result<Answers, Error> {
    match result {
        Err(error) if error.sqlstate() == Some("23505") => Err(Error::KeyAlreadyExists),
        other => other,
    }
}

/// Deletes one object; returns its version.
pub(crate) async fn delete(pool: &Pool, scope: &Scope, target: &Target) -> Result<Option<String>, Error> {
    let mut work = Work::of(scope);
    work.as_service();
    let locked = work.push(at(statement!("lock_object"), target));
    work.as_caller();
    let deleted = work.push(at(statement!("delete_object"), target));
    let answers = work.run(pool).await?;
    match (answers.row(locked), answers.row(deleted)) {
        (_, Some(row)) => Ok(row.get(0)?),
        (None, None) => Err(Error::NoSuchKey),
        (Some(_), None) => Err(Error::AccessDenied("Access denied".to_owned())),
    }
}

/// Deletes what the caller may delete of these; returns names and versions, and the rows as JSON.
pub(crate) async fn delete_many(
    pool: &Pool,
    scope: &Scope,
    bucket: &str,
    names: &[String],
) -> Result<(Vec<(String, Option<String>)>, String), Error> {
    let mut work = Work::of(scope);
    let index = work.push(statement!("delete_objects").bind(bucket).bind(names));
    let answers = work.run(pool).await?;
    let deleted = answers.rows(index).iter().map(|row| Ok((row.get(0)?, row.get(1)?)));
    Ok((deleted.collect::<Result<_, pg::Error>>()?, answers.json_array(index, 2)))
}

/// What a copy or a move starts from.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) id: String,
    pub(crate) version: Option<String>,
    /// What the upload noted.
    pub(crate) metadata: Value,
}

/// Fails unless the caller may read the source and make the copy.
pub(crate) async fn check_copy(pool: &Pool, scope: &Scope, copy: &NewCopy) -> Result<Source, Error> {
    check_source(pool, scope, &copy.source, copy.statement(None)).await
}

/// Fails unless the caller may read the object and move it.
pub(crate) async fn check_move(pool: &Pool, scope: &Scope, change: &Move) -> Result<Source, Error> {
    check_source(pool, scope, &change.source, change.statement(None)).await
}

async fn check_source(
    pool: &Pool,
    scope: &Scope,
    source: &Target,
    statement: Statement,
) -> Result<Source, Error> {
    let mut work = Work::of(scope);
    let id = work.push(at(statement!("find_id"), source));
    let object = work.push(at(statement!("find_object"), source));
    let tried = work.push(statement);
    let answers = exists_already(work.run_and_undo(pool).await)?;
    let id = answers.row(id).and_then(|row| row.text(0)).ok_or(Error::NoSuchKey)?.to_owned();
    let Found { version, metadata, .. } = found(&answers, object, 0)?;
    if answers.affected(tried) == 0 { Err(Error::NoSuchKey) } else { Ok(Source { id, version, metadata }) }
}

/// Writes the row of a copy whose bytes, those of the source's version `copied`, are safe; returns it as JSON.
pub(crate) async fn complete_copy(
    pool: &Pool,
    scope: &Scope,
    copy: &NewCopy,
    copied: &str,
) -> Result<(Written, String), Error> {
    let mut work = Work::of(scope);
    let locked = lock(&mut work, &copy.target);
    work.attempt(|work| {
        work.as_caller();
        work.push(copy.statement(Some(copied)));
    });
    let done = work.push(copy.statement(Some(copied)));
    let id = work.push(at(statement!("find_id"), &copy.target));
    let shown = work.push(at(statement!("show_object"), &copy.target));
    let answers = exists_already(work.run(pool).await)?;
    if answers.affected(done) == 0 {
        return Err(Error::Locked);
    }
    let row = answers.row(shown).and_then(|row| row.text(0)).unwrap_or("{}").to_owned();
    Ok((written(&answers, locked, id)?, row))
}

/// Moves the row of an object; the bytes of its version `copied` are at the new place already.
pub(crate) async fn complete_move(
    pool: &Pool,
    scope: &Scope,
    change: &Move,
    copied: &str,
) -> Result<(), Error> {
    let mut work = Work::of(scope);
    lock(&mut work, &change.target);
    work.attempt(|work| {
        work.as_caller();
        work.push(change.statement(Some(copied)));
    });
    let done = work.push(change.statement(Some(copied)));
    let answers = exists_already(work.run(pool).await)?;
    // somebody else has replaced or moved it meanwhile
    if answers.affected(done) == 0 { Err(Error::Locked) } else { Ok(()) }
}

fn at(statement: Statement, target: &Target) -> Statement {
    statement.bind(target.bucket.as_str()).bind(target.name.as_str())
}

fn json(value: Option<&Value>) -> Option<String> {
    value.map(Value::to_string)
}
