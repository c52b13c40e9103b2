//! The options of a room on its own, from their layers: defaults < file < `PGRST_…` variables < database.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use base::identity::RoleClaim;

use super::options::{Kind, MAY_BE_EMPTY, OPTIONS, OptionSpec, in_force};
use super::{Config, ConfigError, boolean, file};

const PREFIX: &str = "PGRST_";
const APP_SETTINGS: &str = "app.settings.";
/// The option that is dumped as it was understood.
const ROLE_CLAIM: &str = "jwt-role-claim-key";
/// Their values may stand in a file of their own.
const MAY_BE_FILES: [&str; 2] = ["db-uri", "jwt-secret"];

/// Every option's value in force.
#[derive(Clone, PartialEq, Eq)]
pub struct Options {
    values: BTreeMap<&'static str, String>,
    app_settings: BTreeMap<String, String>,
}

impl std::fmt::Debug for Options {
    /// Their values include secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options").finish_non_exhaustive()
    }
}

impl Options {
    /// Reads the file at `path`, if one is given, the process' variables, and the files that values point to (`@…`).
    pub fn load(path: Option<&Path>) -> Result<Self, ConfigError> {
        let text = path.map(read_file).transpose()?.unwrap_or_default();
        let variables = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        let mut options = Self::read(&text, &variables.collect())?;
        for name in MAY_BE_FILES {
            if let Some(path) = options.value(name).strip_prefix('@').map(str::to_owned) {
                let bytes = read_bytes(Path::new(&path))?;
                options.set_from_file(name, bytes.strip_suffix(b"\n").unwrap_or(&bytes), &path)?;
            }
        }
        Ok(options)
    }

    /// A secret that is no text is kept as what stands for it: its base64 form.
    fn set_from_file(&mut self, name: &'static str, bytes: &[u8], path: &str) -> Result<(), ConfigError> {
        let value = match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_no_text) if name == "jwt-secret" && !self.secret_is_base64() => {
                self.values.insert("jwt-secret-is-base64", "true".to_owned());
                STANDARD.encode(bytes)
            }
            Err(error) => {
                return Err(ConfigError::File { path: path.into(), reason: error.to_string() });
            }
        };
        self.values.insert(name, value);
        Ok(())
    }

    fn secret_is_base64(&self) -> bool {
        boolean(self.value("jwt-secret-is-base64")) == Some(true)
    }

    /// The same from texts: a file's, and variables.
    pub fn read(text: &str, variables: &BTreeMap<String, String>) -> Result<Self, ConfigError> {
        let file = file::parse(text, |name| variables.get(name).cloned())?;
        let file: BTreeMap<String, String> = file.into_iter().collect();
        let find = |name: &str| {
            let variable = format!("{PREFIX}{}", name.replace('-', "_").to_uppercase());
            let value = variables.get(&variable).or_else(|| file.get(name));
            value.filter(|value| !value.is_empty() || name == MAY_BE_EMPTY).cloned()
        };
        let in_force = |option: &OptionSpec| {
            find(option.name).or_else(|| find(option.alias?)).unwrap_or_else(|| option.default.to_owned())
        };
        let values = OPTIONS.iter().map(|option| (option.name, in_force(option))).collect();
        let from_file = file.iter().filter(|(name, _)| name.starts_with(APP_SETTINGS));
        let mut app_settings: BTreeMap<String, String> =
            from_file.map(|(name, value)| (name.clone(), value.clone())).collect();
        for (name, value) in variables {
            if let Some(name) = name.strip_prefix("PGRST_APP_SETTINGS_") {
                app_settings.insert(format!("{APP_SETTINGS}{name}"), value.clone());
            }
        }
        Ok(Self { values, app_settings })
    }

    /// An option's value; options that have none are empty.
    pub fn value(&self, name: &str) -> &str {
        self.values.get(name).map_or("", String::as_str)
    }

    /// Puts what the database says over the rest.
    pub fn set_from_database(&mut self, settings: &[(String, String)]) {
        for (name, value) in settings {
            let named = |option: &&OptionSpec| option.in_database && option.underscored() == *name;
            if let Some(option) = OPTIONS.iter().find(named) {
                self.values.insert(option.name, in_force(name, value).to_owned());
            }
        }
    }

    /// The room's part of them.
    pub fn room(&self) -> Result<Config, ConfigError> {
        let mut config = Config::default();
        for (name, value) in self.values.iter().map(|(name, value)| (*name, value)) {
            config.set(name, value)?;
        }
        for (name, value) in &self.app_settings {
            config.set(name, value)?;
        }
        config.verifying_keys()?;
        Ok(config)
    }

    /// The same with stars in place of what must not be shown.
    #[must_use]
    pub fn without_secrets(&self) -> Self {
        let mut options = self.clone();
        for name in MAY_BE_FILES {
            options.values.insert(name, "***".to_owned());
        }
        options.app_settings.values_mut().for_each(|value| "***".clone_into(value));
        options
    }

    /// All of them as a configuration file that says the same.
    pub fn dump(&self) -> String {
        let mut lines: Vec<String> = OPTIONS
            .iter()
            .map(|option| match (option.name, self.value(option.name)) {
                (ROLE_CLAIM, path) => line(option, path.parse().as_ref().map_or(path, RoleClaim::as_str)),
                (_, value) => line(option, value),
            })
            .collect();
        lines
            .extend(self.app_settings.iter().map(|(name, value)| format!("{name} = {}", file::quote(value))));
        lines.sort();
        lines.join("\n") + "\n"
    }
}

/// A configuration file that sets nothing and explains everything.
pub fn example() -> String {
    let mut text = String::new();
    for option in OPTIONS {
        writeln!(text, "## {}\n# {}\n", option.purpose, line(option, option.default))
            .expect("writing to a String does not fail");
    }
    text
}

fn line(option: &OptionSpec, value: &str) -> String {
    let value = match option.kind {
        Kind::Flag => boolean(value).map_or_else(|| file::quote(value), |flag| flag.to_string()),
        Kind::Number if !value.is_empty() => value.to_owned(),
        Kind::List => file::quote(&value.split(',').map(str::trim).collect::<Vec<_>>().join(",")),
        Kind::Number | Kind::Text => file::quote(value),
    };
    format!("{} = {value}", option.name)
}

fn read_bytes(path: &Path) -> Result<Vec<u8>, ConfigError> {
    std::fs::read(path)
        .map_err(|source| ConfigError::File { path: path.to_owned(), reason: source.to_string() })
}

fn read_file(path: &Path) -> Result<String, ConfigError> {
    std::fs::read_to_string(path)
        .map_err(|source| ConfigError::File { path: path.to_owned(), reason: source.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, variables: &[(&str, &str)]) -> Options {
        let variables =
            variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Options::read(text, &variables).unwrap()
    }

    #[test]
    fn a_later_layer_is_stronger_and_a_name_stronger_than_its_alias() {
        type Case = (&'static str, &'static [(&'static str, &'static str)], &'static str, &'static str);
        let cases: &[Case] = &[
            ("", &[], "db-schemas", "public"),
            ("db-schemas = \"a\"", &[], "db-schemas", "a"),
            ("db-schema = \"a\"", &[], "db-schemas", "a"),
            ("db-schema = \"a\" db-schemas = \"b\"", &[], "db-schemas", "b"),
            ("db-schemas = \"b\"", &[("PGRST_DB_SCHEMA", "c")], "db-schemas", "b"),
            ("db-schemas = \"b\"", &[("PGRST_DB_SCHEMAS", "c")], "db-schemas", "c"),
            ("db-schemas = \"\"", &[], "db-schemas", "public"),
            ("db-extra-search-path = \"\"", &[], "db-extra-search-path", ""),
            ("max-rows = 5", &[], "db-max-rows", "5"),
            ("db-pool-timeout = 5", &[], "db-pool-max-idletime", "5"),
            ("db-uri = \"postgres://$(WHO)@h\"", &[("WHO", "me")], "db-uri", "postgres://me@h"),
        ];
        for (text, variables, option, expected) in cases {
            assert_eq!(read(text, variables).value(option), *expected, "{text} {variables:?}");
        }
    }

    #[test]
    fn the_database_is_strongest_where_it_may_speak() {
        let mut options = read("db-schemas = \"a\" db-channel = \"b\"", &[]);
        let settings = [("db_schemas", "c"), ("db_channel", "d"), ("nonsense", "e")];
        options.set_from_database(&settings.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert_eq!((options.value("db-schemas"), options.value("db-channel")), ("c", "b"));
    }

    #[test]
    fn a_dump_says_the_same_and_the_example_says_nothing() {
        let options =
            read("app.settings.a = \"x\"", &[("PGRST_APP_SETTINGS_B", "$y\""), ("PGRST_DB_POOL", "7")]);
        assert_eq!(read(&options.dump(), &[]), options);
        assert_eq!(options.room().unwrap().app_settings.len(), 2);
        let older = read("jwt-role-claim-key = \".roles[?(@ == \\\"a\\\")]\"", &[]).dump();
        assert!(older.contains("jwt-role-claim-key = \".\\\"roles\\\"[?(@ == \\\"a\\\")]\"\n"), "{older}");
        assert_eq!(read(&example(), &[]), read("", &[]));
    }

    #[test]
    fn wrong_values_are_told_and_secrets_are_not() {
        let room = |text: &str| read(text, &[]).room().unwrap_err().to_string();
        assert_eq!(room("db-tx-end = \"perhaps\""), "the option db-tx-end cannot be \"perhaps\"");
        assert_eq!(room("db-schemas = \"pg_catalog\""), "the option db-schemas cannot be \"pg_catalog\"");
        assert_eq!(room("jwt-secret = \"short\""), "the JWT secret must be at least 32 characters long");
        for audience in ["not a: uri", "http://%%example.org", "urn:a%2", "urn:%zz"] {
            let told = format!("the option jwt-aud cannot be \"{audience}\"");
            assert_eq!(room(&format!("jwt-aud = \"{audience}\"")), told);
        }
        assert!(read("jwt-aud = \"urn:a%20b\"", &[]).room().is_ok());
    }
}
