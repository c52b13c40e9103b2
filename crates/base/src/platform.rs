//! The platform database: roles, schemas, grants and everything else a Supabase project expects to find.
//!
//! The SQL lies in `crates/base/platform` (what no room owns) and in the rooms' `migrations` folders, which
//! the caller passes in: this module must not know any room. Files are numbered, never edited after a
//! release, recorded with a checksum in `ferrobase.migrations`, and each is applied in one transaction.

mod scram;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use include_dir::{Dir, include_dir};
use pg::{Client, Param};
use sha2::{Digest as _, Sha256};

use crate::{hex, surfaces};

static PLATFORM: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/platform");

/// The oldest server this works on, as `server_version_num` writes it.
const OLDEST_SERVER: i32 = 150_000;

/// Why the platform could not be set up or upgraded. Nothing is half-done: the file at fault was rolled back.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file failed.
    #[error("platform migration {room}/{file} failed: {source}")]
    Migration {
        /// Who owns it.
        room: String,
        /// The file.
        file: String,
        /// What the server said.
        source: pg::Error,
    },
    /// The database was set up by a newer binary.
    #[error(
        "this database was set up by a newer version of Ferrobase: it has migration {version} ({name}) of {room}, \
         this binary ends at {newest}. Use that version or a newer one, or another database"
    )]
    Downgrade {
        /// Whose migration.
        room: String,
        /// Its number.
        version: i32,
        /// Its file name.
        name: String,
        /// The last one this binary has.
        newest: i32,
    },
    /// A file differs from the one that was applied.
    #[error(
        "migration {room}/{name} is not the one this database was set up with: it was changed after it was applied. \
         Use the binary that made this database, or start with a new one"
    )]
    Changed {
        /// Whose migration.
        room: String,
        /// Its file name.
        name: String,
    },
    /// A file's name does not begin with a number, or two have the same number.
    #[error("migration file {room}/{name} has no number of its own")]
    Numbering {
        /// Whose migration.
        room: String,
        /// Its file name.
        name: String,
    },
    /// The server is too old.
    #[error("PostgreSQL 15 or newer is needed, this server is version {}", .version / 10_000)]
    ServerTooOld {
        /// Its `server_version_num`.
        version: i32,
    },
    /// The server is a standby.
    #[error("this server is a read-only standby: point DATABASE_URL at the primary")]
    Standby,
    /// A password that could not be typed everywhere.
    #[error("the password of role {role} has characters that are not printable ASCII")]
    Password {
        /// Whose password.
        role: String,
    },
    /// An extension that the platform brings.
    #[error(transparent)]
    Surface(#[from] surfaces::Error),
    /// The connection or the bookkeeping failed.
    #[error(transparent)]
    Postgres(#[from] pg::Error),
}

/// The migrations a room brings with it.
#[derive(Debug, Clone, Copy)]
pub struct RoomMigrations {
    /// Name of the room, also the schema that is first in the search path.
    pub room: &'static str,
    /// The role that runs them and so owns what they create.
    pub run_as: &'static str,
    /// Files `0001_….sql`, applied in the order of their numbers, one transaction each.
    pub files: &'static Dir<'static>,
}

/// What to set up.
#[derive(Debug, Clone, Copy, Default)]
pub struct PlatformInput<'a> {
    /// Roles and the passwords they shall have. Roles that are not named keep theirs.
    pub passwords: &'a [(&'a str, &'a str)],
    /// What the rooms bring, in order.
    pub rooms: &'a [RoomMigrations],
}

/// What was done.
#[derive(Debug, Default)]
pub struct Applied {
    /// Files that were applied now, as `room/file`; empty when the database was up to date.
    pub files: Vec<String>,
    /// What this server's administrator may not do; always empty for a superuser.
    pub skipped: Vec<Skipped>,
    /// Roles whose password was set.
    pub passwords: Vec<String>,
}

/// A statement the administrator's rights were not enough for. The platform works without, less guarded or
/// less convenient.
#[derive(Debug)]
pub struct Skipped {
    /// The statement.
    pub statement: String,
    /// What the server said.
    pub reason: String,
}

/// Brings the platform of the connected database to this binary's state, and makes sure of the passwords.
///
/// `admin` is `supabase_admin`, or whatever administrator another server gives. Safe to call at every start
/// and from several processes at once: the others wait.
pub async fn apply(admin: &mut Client, input: &PlatformInput<'_>) -> Result<Applied, Error> {
    // projects may create functions and operators in other schemas, and better matches than those of pg_catalog
    admin.script(include_str!("../sql/platform_search_path.sql")).await?;
    check_server(admin).await?;
    admin.query(include_str!("../sql/platform_lock.sql"), &[]).await?;
    let result = apply_locked(admin, input).await;
    // a broken connection has lost the lock already
    let unlocked = admin.query(include_str!("../sql/platform_unlock.sql"), &[]).await;
    let applied = result?;
    unlocked?;
    Ok(applied)
}

/// A hash of everything `apply` would do to an empty database: the key of a template.
pub fn fingerprint(rooms: &[RoomMigrations]) -> Result<String, Error> {
    let mut hash = Sha256::new();
    for file in files(rooms)? {
        hash.update(file.room);
        hash.update(&file.name);
        hash.update(&file.checksum);
    }
    hash.update(include_str!("../sql/platform_begin.sql"));
    hash.update(include_str!("../sql/platform_finish.sql"));
    hash.update(surfaces::fingerprint());
    Ok(hex(&hash.finalize()))
}

async fn apply_locked(admin: &mut Client, input: &PlatformInput<'_>) -> Result<Applied, Error> {
    let files = files(input.rooms)?;
    let known = read_applied(admin).await?;
    check_history(&files, &known)?;
    surfaces::check(admin, surfaces::EXTENSIONS).await?;
    let pending: Vec<&File> =
        files.iter().filter(|file| !known.contains_key(&(file.room.to_owned(), file.version))).collect();

    let mut applied = Applied::default();
    if !pending.is_empty() {
        admin.script(include_str!("../sql/platform_begin.sql")).await?;
    }
    bring_surfaces(admin).await?;
    for file in pending {
        tracing::debug!(room = file.room, file = file.name, "applying platform migration");
        admin.script(&file.script()).await.map_err(|source| Error::Migration {
            room: file.room.to_owned(),
            file: file.name.clone(),
            source,
        })?;
        applied.files.push(format!("{}/{}", file.room, file.name));
    }
    applied.files.extend(surfaces::upgrade(admin, surfaces::EXTENSIONS).await?);
    admin
        .script(concat!(
            include_str!("../sql/platform_quietly.sql"),
            ";\n",
            include_str!("../sql/platform_finish.sql")
        ))
        .await?;
    if !applied.files.is_empty() {
        applied.skipped = read_skipped(admin).await?;
    }
    applied.passwords = set_passwords(admin, input.passwords).await?;
    Ok(applied)
}

/// Keeps the scripts of surfaces in the database where its server does not offer them as extensions.
async fn bring_surfaces(admin: &mut Client) -> Result<(), Error> {
    let names: Vec<&str> = surfaces::EXTENSIONS.iter().map(|surface| surface.name).collect();
    let rows = admin.query(include_str!("../sql/surface_missing.sql"), &[Param::from(&names[..])]).await?;
    let missing: Vec<String> = rows.iter().map(|row| row.get(0)).collect::<Result<_, _>>()?;
    for surface in
        surfaces::EXTENSIONS.iter().filter(|surface| missing.iter().any(|name| name == surface.name))
    {
        let params = [
            Param::from(surface.name),
            Param::from(surface.schema),
            Param::from(surface.requires),
            Param::from(surface.script),
        ];
        admin.query(include_str!("../sql/surface_keep.sql"), &params).await?;
    }
    Ok(())
}

/// Gives the project's root key (64 hexadecimal digits) to its database, which keeps the first one it is given.
/// `false` when it has another.
pub async fn keep_root_key(admin: &mut Client, key: &str) -> Result<bool, Error> {
    let rows = admin.query(include_str!("../sql/root_key_keep.sql"), &[Param::from(key)]).await?;
    Ok(one(&rows)?.get(0)?)
}

async fn check_server(admin: &mut Client) -> Result<(), Error> {
    let rows = admin.query(include_str!("../sql/platform_server.sql"), &[]).await?;
    let row = one(&rows)?;
    let version = row.get::<i32>(0)?;
    if version < OLDEST_SERVER {
        return Err(Error::ServerTooOld { version });
    }
    if row.get::<bool>(1)? {
        return Err(Error::Standby);
    }
    Ok(())
}

struct File {
    room: &'static str,
    run_as: Option<&'static str>,
    version: i32,
    name: String,
    sql: &'static str,
    checksum: String,
}

impl File {
    /// The file and its record, which the server runs as one transaction.
    fn script(&self) -> String {
        let mut script = String::with_capacity(self.sql.len() + 512);
        // event triggers of the project are not about what the platform does
        script.push_str(include_str!("../sql/platform_quietly.sql"));
        script.push_str(";\n");
        if let Some(role) = self.run_as {
            let _ = writeln!(script, "set local role {};", quote_identifier(role));
            let _ = writeln!(script, "set local search_path = {}, extensions;", quote_identifier(self.room));
        } else {
            script.push_str(include_str!("../sql/platform_lock_roles.sql"));
            script.push_str(";\n");
        }
        script.push_str(self.sql);
        let _ = write!(
            script,
            "\n;reset role;\ninsert into ferrobase.migrations (room, version, name, checksum) values ({}, {}, {}, {});",
            quote_literal(self.room),
            self.version,
            quote_literal(&self.name),
            quote_literal(&self.checksum),
        );
        script
    }
}

/// All files in the order they are applied: the platform's own first.
fn files(rooms: &[RoomMigrations]) -> Result<Vec<File>, Error> {
    let mut all = read_folder("platform", None, &PLATFORM)?;
    for room in rooms {
        all.extend(read_folder(room.room, Some(room.run_as), room.files)?);
    }
    Ok(all)
}

fn read_folder(
    room: &'static str,
    run_as: Option<&'static str>,
    folder: &'static Dir<'static>,
) -> Result<Vec<File>, Error> {
    let mut files = BTreeMap::new();
    for entry in
        folder.files().filter(|entry| entry.path().extension().is_some_and(|extension| extension == "sql"))
    {
        let name = entry.path().file_name().unwrap_or_default().to_string_lossy().into_owned();
        let numbering = || Error::Numbering { room: room.to_owned(), name: name.clone() };
        let version = name.split('_').next().and_then(|digits| digits.parse().ok()).ok_or_else(numbering)?;
        let sql = entry.contents_utf8().ok_or_else(numbering)?;
        let checksum = hex(&Sha256::digest(sql));
        let file = File { room, run_as, version, name: name.clone(), sql, checksum };
        if files.insert(version, file).is_some() {
            return Err(numbering());
        }
    }
    Ok(files.into_values().collect())
}

struct Known {
    name: String,
    checksum: String,
}

async fn read_applied(admin: &mut Client) -> Result<BTreeMap<(String, i32), Known>, Error> {
    let rows = admin.query(include_str!("../sql/platform_known.sql"), &[]).await?;
    if !one(&rows)?.get::<bool>(0)? {
        return Ok(BTreeMap::new());
    }
    let rows = admin.query(include_str!("../sql/platform_applied.sql"), &[]).await?;
    rows.iter()
        .map(|row| Ok(((row.get(0)?, row.get(1)?), Known { name: row.get(2)?, checksum: row.get(3)? })))
        .collect()
}

/// Refuses a database that a newer or another binary made. Rooms this binary does not have are left alone.
fn check_history(files: &[File], known: &BTreeMap<(String, i32), Known>) -> Result<(), Error> {
    for ((room, version), known) in known {
        let Some(newest) = files.iter().filter(|file| file.room == room).map(|file| file.version).max()
        else {
            continue;
        };
        match files.iter().find(|file| file.room == room && file.version == *version) {
            None => {
                return Err(Error::Downgrade {
                    room: room.clone(),
                    version: *version,
                    name: known.name.clone(),
                    newest,
                });
            }
            Some(file) if file.checksum != known.checksum => {
                return Err(Error::Changed { room: room.clone(), name: known.name.clone() });
            }
            Some(_) => {}
        }
    }
    Ok(())
}

async fn read_skipped(admin: &mut Client) -> Result<Vec<Skipped>, Error> {
    let rows = admin.query(include_str!("../sql/platform_skipped.sql"), &[]).await?;
    rows.iter().map(|row| Ok(Skipped { statement: row.get(0)?, reason: row.get(1)? })).collect()
}

/// Sets the passwords that differ from what the server has, so that a warm start writes nothing.
async fn set_passwords(admin: &mut Client, passwords: &[(&str, &str)]) -> Result<Vec<String>, Error> {
    if passwords.is_empty() {
        return Ok(Vec::new());
    }
    let roles: Vec<&str> = passwords.iter().map(|(role, _)| *role).collect();
    let current: BTreeMap<String, Option<String>> =
        match admin.query(include_str!("../sql/platform_passwords.sql"), &[Param::from(&roles[..])]).await {
            Ok(rows) => {
                rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect::<Result<_, pg::Error>>()?
            }
            // not a superuser: set them all, every time
            Err(pg::Error::Db(_)) => BTreeMap::new(),
            Err(error) => return Err(error.into()),
        };
    let mut set = Vec::new();
    for (role, password) in passwords {
        if !scram::is_plain(password) {
            return Err(Error::Password { role: (*role).to_owned() });
        }
        let stored = current.get(*role).and_then(Option::as_deref);
        if stored.is_some_and(|verifier| scram::matches(verifier, password)) {
            continue;
        }
        let verifier = scram::verifier(password, &rand::random::<[u8; 16]>());
        admin
            .query(
                include_str!("../sql/platform_set_password.sql"),
                &[Param::from(*role), Param::from(&verifier[..])],
            )
            .await?;
        set.push((*role).to_owned());
    }
    Ok(set)
}

fn one(rows: &[pg::Row]) -> Result<&pg::Row, Error> {
    rows.first().ok_or_else(|| Error::Postgres(pg::Error::Protocol("the server sent no row".into())))
}

fn quote_identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn quote_literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
