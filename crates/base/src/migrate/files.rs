//! Reading a project's migrations and seeds: from its `supabase` folder, or embedded in the binary.

use std::path::{Path, PathBuf};

use include_dir::Dir;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use super::error::Error;
use super::statements;
use crate::config::ProjectConfig;

/// A project's migrations and seeds, read but not applied.
#[derive(Debug, Clone, Default)]
pub struct Project {
    /// `roles.sql`: what has to be there before the first migration.
    pub roles: Option<Seed>,
    /// Whether what `postgres` makes in `public` is nobody's until granted: `[api] auto_expose_new_tables = false`.
    pub is_closed: bool,
    /// The major version of PostgreSQL it is written for: `[db] major_version`.
    pub major_version: Option<u32>,
    /// In the order they are applied.
    pub migrations: Vec<Migration>,
    /// In the order they are applied; empty when `[db.seed]` is off.
    pub seeds: Vec<Seed>,
    /// Files in `migrations` that are none, because their name is not `<digits>_<name>.sql`.
    pub ignored: Vec<String>,
}

/// A file `<version>_<name>.sql`.
#[derive(Debug, Clone)]
pub struct Migration {
    /// The digits before the first underscore.
    pub version: String,
    /// What follows it, without `.sql`.
    pub name: String,
    /// As messages name it: `supabase/migrations/…`.
    pub file: String,
    /// Its text.
    pub sql: String,
}

/// A file that is run once: with data, or with roles.
#[derive(Debug, Clone)]
pub struct Seed {
    /// As the history and messages name it: `supabase/seed.sql`.
    pub file: String,
    /// Its text.
    pub sql: String,
    /// SHA-256 of the text, in hexadecimal.
    pub hash: String,
}

/// Section `[db.seed]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(default)]
struct SeedConfig {
    enabled: bool,
    sql_paths: Vec<String>,
}

/// Section `[db.migrations]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct MigrationsConfig {
    schema_paths: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ApiConfig {
    auto_expose_new_tables: Option<bool>,
}

/// Section `[db]`, as far as migrations are concerned.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct DbConfig {
    major_version: Option<u32>,
}

impl Default for SeedConfig {
    fn default() -> Self {
        Self { enabled: true, sql_paths: vec!["./seed.sql".to_owned()] }
    }
}

impl Project {
    /// Reads a `supabase` folder. One without `migrations` has none.
    pub fn read(supabase: &Path) -> Result<Self, Error> {
        let config = ProjectConfig::read(&supabase.join("config.toml"))?;
        Self::from_source(&Source::Folder(supabase), &config)
    }

    /// Reads a `supabase` folder that was embedded with `include_dir!`.
    pub fn embedded(supabase: &Dir<'_>) -> Result<Self, Error> {
        let path = Path::new("config.toml");
        let config = match supabase.get_file(path).and_then(include_dir::File::contents_utf8) {
            Some(text) => ProjectConfig::parse(text, path)?,
            None => ProjectConfig::default(),
        };
        Self::from_source(&Source::Embedded(supabase), &config)
    }

    /// The schema a project declares instead of, or besides, its migrations: the files of `[db.migrations]
    /// schema_paths`, or all of `schemas/`, as the migrations that would make it. `None` when there are none.
    pub fn declared(supabase: &Path) -> Result<Option<Self>, Error> {
        let config = ProjectConfig::read(&supabase.join("config.toml"))?;
        let section: MigrationsConfig = config.section("db.migrations")?;
        let source = Source::Folder(supabase);
        let paths = match section.schema_paths.as_slice() {
            [] => source.scripts_below("schemas")?,
            patterns => seed_paths(&source, patterns)?,
        };
        let mut declared = Self { roles: source.roles()?, is_closed: is_closed(&config)?, ..Self::default() };
        for (number, path) in paths.iter().enumerate() {
            let (file, sql) = source.read(path)?;
            let name = path.trim_end_matches(".sql").replace('/', "_");
            declared.migrations.push(Migration { version: format!("{:05}", number + 1), name, file, sql });
        }
        Ok((!declared.migrations.is_empty()).then_some(declared))
    }

    /// The files below a `supabase` folder that a path or a pattern stands for, as seeds.
    pub fn seeds_of(supabase: &Path, pattern: &str) -> Result<Vec<Seed>, Error> {
        let source = Source::Folder(supabase);
        let paths = seed_paths(&source, &[pattern.to_owned()])?;
        paths.iter().map(|path| source.seed(path)).collect()
    }

    /// The same project with only its first migrations, and no seeds.
    #[must_use]
    pub fn first(&self, migrations: usize) -> Self {
        let migrations = self.migrations.iter().take(migrations).cloned().collect();
        Self { migrations, seeds: Vec::new(), ..self.clone() }
    }

    /// The same project without what comes after this version.
    #[must_use]
    pub fn until(&self, version: &str) -> Self {
        let migrations = self
            .migrations
            .iter()
            .filter(|migration| migration.version.as_str() <= version)
            .cloned()
            .collect();
        Self { migrations, ..self.clone() }
    }

    /// A hash of everything that decides what the database looks like afterwards: the key of a template.
    pub fn fingerprint(&self) -> String {
        let mut hash = Sha256::new();
        hash.update([u8::from(self.is_closed)]);
        let migrations = self.migrations.iter().map(|migration| (&migration.file, &migration.sql));
        let others = self.roles.iter().chain(&self.seeds).map(|seed| (&seed.file, &seed.sql));
        for (file, sql) in migrations.chain(others) {
            for part in [file, sql] {
                hash.update(part.len().to_le_bytes());
                hash.update(part);
            }
        }
        crate::hex(&hash.finalize())
    }

    fn from_source(source: &Source<'_>, config: &ProjectConfig) -> Result<Self, Error> {
        let seed: SeedConfig = config.section("db.seed")?;
        let db: DbConfig = config.section("db")?;
        let mut project =
            Self { is_closed: is_closed(config)?, major_version: db.major_version, ..Self::default() };
        for name in source.list("migrations")? {
            if let Some((version, title)) = parse_name(&name) {
                let (file, sql) = source.read(&format!("migrations/{name}"))?;
                if let Some(other) = project.migrations.last().filter(|other| other.version == version) {
                    let first = other.file.clone();
                    return Err(Error::Duplicate { version: version.to_owned(), first, second: file });
                }
                project.migrations.push(Migration {
                    version: version.to_owned(),
                    name: title.to_owned(),
                    file,
                    sql,
                });
            } else if Path::new(&name).extension().is_some_and(|extension| extension == "sql") {
                project.ignored.push(format!("supabase/migrations/{name}"));
            }
        }
        project.roles = source.roles()?;
        if seed.enabled {
            for path in seed_paths(source, &seed.sql_paths)? {
                project.seeds.push(source.seed(&path)?);
            }
        }
        Ok(project)
    }
}

/// `20260101120000_create_users.sql` is version `20260101120000`, name `create_users`.
fn parse_name(file: &str) -> Option<(&str, &str)> {
    let (version, name) = file.strip_suffix(".sql")?.split_once('_')?;
    (!version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit())).then_some((version, name))
}

/// The files that the patterns of `sql_paths` stand for, each once, in the order of the patterns and of the
/// names within one.
fn seed_paths(source: &Source<'_>, patterns: &[String]) -> Result<Vec<String>, Error> {
    let mut paths: Vec<String> = Vec::new();
    for pattern in patterns {
        let mut found = vec![String::new()];
        for segment in pattern.split('/').filter(|segment| !matches!(*segment, "" | ".")) {
            let mut next = Vec::new();
            for folder in found {
                let join =
                    |name: &str| if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
                if segment.contains(['*', '?']) {
                    if source.is_file(&folder) {
                        continue;
                    }
                    next.extend(
                        source
                            .list(&folder)?
                            .iter()
                            .filter(|name| matches(segment, name))
                            .map(|name| join(name)),
                    );
                } else {
                    next.push(join(segment));
                }
            }
            found = next;
        }
        found.retain(|path| source.is_file(path));
        found.retain(|path| !paths.contains(path));
        paths.extend(found);
    }
    Ok(paths)
}

/// Whether a name fits a pattern of `*` (any characters) and `?` (any one).
fn matches(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    // reachable[i]: the pattern read so far fits the first i characters
    let mut reachable = vec![false; name.len() + 1];
    reachable[0] = true;
    for part in pattern {
        let mut next = vec![false; name.len() + 1];
        for (at, possible) in next.iter_mut().enumerate() {
            let before = at.checked_sub(1);
            let fitted_before = before.is_some_and(|before| reachable.get(before) == Some(&true));
            *possible = match part {
                '*' => reachable.iter().take(at + 1).any(|reached| *reached),
                '?' => fitted_before,
                letter => fitted_before && before.and_then(|before| name.get(before)) == Some(&letter),
            };
        }
        reachable = next;
    }
    reachable.last() == Some(&true)
}

fn is_closed(config: &ProjectConfig) -> Result<bool, Error> {
    Ok(config.section::<ApiConfig>("api")?.auto_expose_new_tables == Some(false))
}

/// Where a project's files come from.
enum Source<'a> {
    Folder(&'a Path),
    Embedded(&'a Dir<'a>),
}

impl Source<'_> {
    fn roles(&self) -> Result<Option<Seed>, Error> {
        self.is_file("roles.sql").then(|| self.seed("roles.sql")).transpose()
    }

    fn seed(&self, path: &str) -> Result<Seed, Error> {
        let (file, sql) = self.read(path)?;
        Ok(Seed { file, hash: crate::hex(&Sha256::digest(&sql)), sql })
    }

    /// Names in a folder, sorted; none when it does not exist.
    fn list(&self, folder: &str) -> Result<Vec<String>, Error> {
        let mut names: Vec<String> = match self {
            Self::Folder(root) => {
                let path = root.join(folder);
                match std::fs::read_dir(&path) {
                    Ok(entries) => entries
                        .map(|entry| entry.map(|entry| entry.file_name().to_string_lossy().into_owned()))
                        .collect::<Result<_, _>>()
                        .map_err(|source| Error::Read { path, source })?,
                    Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
                    Err(source) => return Err(Error::Read { path, source }),
                }
            }
            Self::Embedded(root) => {
                let folder = if folder.is_empty() { Some(*root) } else { root.get_dir(folder) };
                let entries = folder.map(Dir::entries).unwrap_or_default();
                entries
                    .iter()
                    .filter_map(|entry| entry.path().file_name())
                    .map(|name| name.to_string_lossy().into_owned())
                    .collect()
            }
        };
        names.sort();
        Ok(names)
    }

    /// The `.sql` files below a folder, however deep: by name in each folder, folders among the files.
    fn scripts_below(&self, folder: &str) -> Result<Vec<String>, Error> {
        let mut scripts = Vec::new();
        for name in self.list(folder)? {
            let path = format!("{folder}/{name}");
            if self.is_folder(&path) {
                scripts.extend(self.scripts_below(&path)?);
            } else if Path::new(&name).extension().is_some_and(|extension| extension == "sql") {
                scripts.push(path);
            }
        }
        Ok(scripts)
    }

    /// A link to a folder is none: it may lead back.
    fn is_folder(&self, path: &str) -> bool {
        match self {
            Self::Folder(root) => root.join(path).symlink_metadata().is_ok_and(|metadata| metadata.is_dir()),
            Self::Embedded(root) => root.get_dir(path).is_some(),
        }
    }

    fn is_file(&self, path: &str) -> bool {
        match self {
            Self::Folder(root) => root.join(path).is_file(),
            Self::Embedded(root) => root.get_file(path).is_some(),
        }
    }

    /// The name for messages, and the text.
    fn read(&self, path: &str) -> Result<(String, String), Error> {
        let file = format!("supabase/{path}");
        let bytes = match self {
            Self::Folder(root) => {
                let path = root.join(path);
                std::fs::read(&path).map_err(|source| Error::Read { path, source })?
            }
            Self::Embedded(root) => {
                root.get_file(path).map(|file| file.contents().to_vec()).ok_or_else(|| Error::Read {
                    path: PathBuf::from(path),
                    source: std::io::ErrorKind::NotFound.into(),
                })?
            }
        };
        let sql = String::from_utf8(bytes).map_err(|error| Error::NotUtf8 {
            file: file.clone(),
            offset: error.utf8_error().valid_up_to(),
        })?;
        // Windows editors put a mark in front that is no SQL
        let sql = sql.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(sql);
        if let Some(at) = sql.find('\0') {
            let (line, column) = statements::position(&sql, at);
            return Err(Error::Nul { file, line, column });
        }
        Ok((file, sql))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_migrations_begin_with_digits() {
        assert_eq!(parse_name("20260101120000_create_users.sql"), Some(("20260101120000", "create_users")));
        assert_eq!(parse_name("1_.sql"), Some(("1", "")));
        for name in
            ["README.md", "create_users.sql", "_x.sql", "2026-01_x.sql", "20260101.sql", "1_x.sql.bak"]
        {
            assert_eq!(parse_name(name), None, "{name}");
        }
    }

    #[test]
    fn patterns_of_names() {
        for (pattern, name, expected) in [
            ("*.sql", "seed.sql", true),
            ("*.sql", "seed.txt", false),
            ("seed*", "seed", true),
            ("?.sql", "a.sql", true),
            ("?.sql", "ab.sql", false),
            ("*a*b*", "xxaybz", true),
            ("*a*b*", "xxbya", false),
            ("", "", true),
            ("ä?", "äö", true),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn a_folder_is_read_in_order_and_seeds_by_pattern() {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write("migrations/2_b.sql", "select 2");
        write("migrations/1_a.sql", "\u{feff}select 1");
        write("migrations/README.md", "hello");
        write("migrations/oops.sql", "select 3");
        write("config.toml", "[db.seed]\nsql_paths = ['./seeds/*.sql', 'seeds/2.sql', 'none.sql']");
        write("seeds/2.sql", "select 2");
        write("seeds/1.sql", "select 1");
        let project = Project::read(folder.path()).unwrap();
        let migrations: Vec<_> =
            project.migrations.iter().map(|migration| (&*migration.version, &*migration.sql)).collect();
        assert_eq!(migrations, [("1", "select 1"), ("2", "select 2")]);
        assert_eq!(project.ignored, ["supabase/migrations/oops.sql"]);
        let seeds: Vec<_> = project.seeds.iter().map(|seed| &*seed.file).collect();
        assert_eq!(seeds, ["supabase/seeds/1.sql", "supabase/seeds/2.sql"]);
    }

    #[test]
    fn a_declared_schema_is_all_scripts_however_deep_or_what_the_paths_say() {
        let folder = tempfile::tempdir().unwrap();
        let schemas = folder.path().join("schemas");
        std::fs::create_dir_all(schemas.join("b/deep/er")).unwrap();
        std::fs::create_dir_all(schemas.join("empty.sql")).unwrap();
        for file in ["c.sql", "a.sql", "b/2.sql", "b/1.sql", "b/deep/er/x.sql", "b/notes.md"] {
            std::fs::write(schemas.join(file), "select").unwrap();
        }
        let declared = || -> Vec<String> {
            let declared = Project::declared(folder.path()).unwrap().unwrap();
            let files = declared.migrations.iter();
            files.map(|file| file.file.trim_start_matches("supabase/schemas/").to_owned()).collect()
        };
        assert_eq!(declared(), ["a.sql", "b/1.sql", "b/2.sql", "b/deep/er/x.sql", "c.sql"]);
        let paths = "[db.migrations]\nschema_paths = ['./schemas/c.sql', './schemas/b/*.sql']";
        std::fs::write(folder.path().join("config.toml"), paths).unwrap();
        assert_eq!(declared(), ["c.sql", "b/1.sql", "b/2.sql"]);
    }

    #[test]
    fn bad_files_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let migrations = folder.path().join("migrations");
        std::fs::create_dir_all(&migrations).unwrap();
        let read = |name: &str, bytes: &[u8]| {
            std::fs::write(migrations.join(name), bytes).unwrap();
            let error = Project::read(folder.path()).unwrap_err().to_string();
            std::fs::remove_file(migrations.join(name)).unwrap();
            error
        };
        assert!(
            read("1_a.sql", b"select '\xff'").contains("supabase/migrations/1_a.sql is not UTF-8 (byte 8)")
        );
        assert!(read("1_a.sql", b"select\n '\0'").contains("supabase/migrations/1_a.sql:2:3"));
        std::fs::write(migrations.join("1_a.sql"), "").unwrap();
        assert!(read("1_b.sql", b"").contains("two migrations have version 1"));
    }
}
