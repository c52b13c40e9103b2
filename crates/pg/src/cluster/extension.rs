//! Extensions in plain SQL that a cluster brings along, as PostgreSQL expects to find them in its share folder.

use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// An extension that is nothing but a script. It is marked as trusted: who may create objects in the database may
/// create it, and its script runs as the superuser.
#[derive(Debug, Clone, Copy)]
pub struct SqlExtension {
    /// Its name, as in `create extension`.
    pub name: &'static str,
    /// One line for `pg_available_extensions`.
    pub comment: &'static str,
    /// What it can be asked for as, the default first. All get the same script: migrations that name a version of
    /// the extension this one stands for have to work.
    pub versions: &'static [&'static str],
    /// The one schema it can be in, made if need be; otherwise the one that is asked for.
    pub schema: Option<&'static str>,
    /// Extensions that have to be there before.
    pub requires: &'static [&'static str],
    /// Tables whose rows belong into a dump.
    pub data: &'static [&'static str],
    /// Whether the extension of this name that an installation may have works only when the server was started
    /// with its library. Then it is used only where that is configured.
    pub needs_preload: bool,
    /// The script.
    pub script: &'static str,
    /// What brings the objects of an earlier form of the script to the next, in order. Its versions are of what it
    /// stands for, so these have names of their own: [`SqlExtension::version_of_upgrade`].
    pub upgrades: &'static [&'static str],
}

/// Nothing that a caller made may be found before what is meant: scripts run as the superuser.
const SAFELY: &str = "set local search_path = pg_catalog, pg_temp;\n\n";

impl SqlExtension {
    /// The version through which an update passes to run the upgrade to this revision, the first of which is 2. From
    /// there the update goes on to the version that was there before.
    pub fn version_of_upgrade(revision: i32) -> String {
        format!("upgrade{revision}")
    }

    /// Its files: name and content.
    pub(super) fn files(&self) -> Vec<(String, String)> {
        let mut control = format!(
            "comment = '{}'\ndefault_version = '{}'\nrelocatable = false\nsuperuser = true\ntrusted = true\n",
            self.comment.replace('\'', "''"),
            self.versions.first().copied().unwrap_or("1.0"),
        );
        if let Some(schema) = self.schema {
            let _ = writeln!(control, "schema = '{schema}'");
        }
        if !self.requires.is_empty() {
            let _ = writeln!(control, "requires = '{}'", self.requires.join(", "));
        }
        let mut script = format!("{SAFELY}{}", self.script);
        for table in self.data {
            let _ = writeln!(script, "select pg_catalog.pg_extension_config_dump('{table}', '');");
        }
        let mut files = vec![(format!("{}.control", self.name), control)];
        files.extend(
            self.versions.iter().map(|version| (format!("{}--{version}.sql", self.name), script.clone())),
        );
        files.extend(self.update_files());
        files
    }

    /// Updates between versions change nothing, and all lead through the default one; so do the upgrades.
    fn update_files(&self) -> Vec<(String, String)> {
        let Some((default, others)) = self.versions.split_first() else { return Vec::new() };
        let nothing = "-- the versions do not differ\n";
        let update = |from: &str, to: &str, script: &str| {
            (format!("{}--{from}--{to}.sql", self.name), script.to_owned())
        };
        let between = others
            .iter()
            .flat_map(|other| [update(default, other, nothing), update(other, default, nothing)]);
        let upgrades = (2..).zip(self.upgrades).flat_map(|(revision, script)| {
            let through = Self::version_of_upgrade(revision);
            let script = format!("{SAFELY}{script}");
            [update(default, &through, &script), update(&through, default, nothing)]
        });
        between.chain(upgrades).collect()
    }

    /// Whether this file of an installation's folder of extensions belongs to the extension of this name.
    pub(super) fn has_file(&self, file: &str) -> bool {
        file.strip_prefix(self.name).is_some_and(|rest| rest == ".control" || rest.starts_with("--"))
    }
}

/// A number that changes when any of them does.
pub(super) fn fingerprint(extensions: &[SqlExtension]) -> u64 {
    let mut hasher = DefaultHasher::new();
    for extension in extensions {
        extension.files().hash(&mut hasher);
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: SqlExtension = SqlExtension {
        name: "pg_example",
        comment: "it's one",
        versions: &["1.1", "1.0"],
        schema: Some("example"),
        requires: &["pgcrypto"],
        data: &["example.t"],
        needs_preload: false,
        script: "create schema example;\n",
        upgrades: &["select 2;\n"],
    };

    #[test]
    fn every_version_can_be_updated_to_every_other_and_upgrades_are_passed_through() {
        let updates = EXAMPLE.update_files();
        let names: Vec<&str> = updates.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(
            names,
            [
                "pg_example--1.1--1.0.sql",
                "pg_example--1.0--1.1.sql",
                "pg_example--1.1--upgrade2.sql",
                "pg_example--upgrade2--1.1.sql"
            ]
        );
        assert!(updates[2].1.ends_with("select 2;\n"), "{}", updates[2].1);
    }

    #[test]
    fn every_version_has_the_script_and_the_first_is_the_default() {
        let files = EXAMPLE.files();
        let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names[..3], ["pg_example.control", "pg_example--1.1.sql", "pg_example--1.0.sql"]);
        assert!(files[0].1.contains("comment = 'it''s one'\ndefault_version = '1.1'\n"), "{}", files[0].1);
        assert!(files[0].1.contains("schema = 'example'\n"), "{}", files[0].1);
        assert!(files[0].1.contains("requires = 'pgcrypto'\n"), "{}", files[0].1);
        assert!(files[2].1.ends_with("select pg_catalog.pg_extension_config_dump('example.t', '');\n"));
    }

    #[test]
    fn files_are_told_from_those_of_names_that_begin_alike() {
        for (file, ours) in [
            ("pg_example.control", true),
            ("pg_example--1.0--1.1.sql", true),
            ("pg_example_more.control", false),
            ("pg_example-3.control", false),
            ("other.control", false),
        ] {
            assert_eq!(EXAMPLE.has_file(file), ours, "{file}");
        }
    }
}
