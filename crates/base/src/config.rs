//! A project's `supabase/config.toml`: read once, `env(NAME)` filled in, handed to the rooms section by section.
//!
//! The sections' fields belong to the rooms (`auth::Config` reads `[auth]`, …); this module knows only the file.

use std::path::{Path, PathBuf};

mod environment;
mod lenient;

use self::environment::Environment;
use self::lenient::Lenient;
use serde::de::DeserializeOwned;
use toml::{Table, Value};

/// What can be wrong with a project's configuration file.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file is there but can't be read.
    #[error("can't read {path}: {source}", path = path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not TOML.
    #[error("{path} is not valid TOML: {source}", path = path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Where and why.
        source: Box<toml::de::Error>,
    },
    /// A section has a value of the wrong type.
    #[error("[{section}] of config.toml: {source}")]
    Section {
        /// The section's dotted name.
        section: String,
        /// Which field and why.
        source: Box<serde_path_to_error::Error<toml::de::Error>>,
    },
}

/// A project's configuration: the whole `config.toml`, `env(NAME)` already replaced.
#[derive(Debug, Clone, Default)]
pub struct ProjectConfig {
    table: Table,
}

impl ProjectConfig {
    /// Reads `path`; a missing file is an empty configuration, as for the official CLI's defaults.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        match std::fs::read_to_string(path) {
            Ok(text) => {
                Self::filled(&text, path, &Environment::of_project(path.parent().unwrap_or(Path::new("."))))
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(source) => Err(ConfigError::Read { path: path.to_owned(), source }),
        }
    }

    /// Parses the text of a `config.toml` that belongs to no folder; `path` is only named in errors.
    pub fn parse(text: &str, path: &Path) -> Result<Self, ConfigError> {
        Self::filled(text, path, &Environment::default())
    }

    fn filled(text: &str, path: &Path, environment: &Environment) -> Result<Self, ConfigError> {
        let mut table: Table = text
            .parse()
            .map_err(|source| ConfigError::Syntax { path: path.to_owned(), source: Box::new(source) })?;
        fill_in_environment(&mut table, &|name| environment.get(name));
        Ok(Self { table })
    }

    /// The section of that dotted name (`"db.seed"`), or its `Default` when the file has none.
    pub fn section<T: DeserializeOwned + Default>(&self, name: &str) -> Result<T, ConfigError> {
        let mut value = None;
        let mut table = Some(&self.table);
        for part in name.split('.') {
            value = table.and_then(|table| table.get(part));
            table = value.and_then(Value::as_table);
        }
        match value {
            None => Ok(T::default()),
            Some(value) => serde_path_to_error::deserialize(Lenient(value.clone())).map_err(|source| {
                ConfigError::Section { section: name.to_owned(), source: Box::new(source) }
            }),
        }
    }

    /// `project_id`, when set.
    pub fn project_id(&self) -> Option<&str> {
        self.table.get("project_id").and_then(Value::as_str)
    }
}

/// Replaces every string of the form `env(NAME)` by that variable; an unset one is left as it stands (as upstream).
fn fill_in_environment(table: &mut Table, variable: &dyn Fn(&str) -> Option<String>) {
    for (_, value) in table.iter_mut() {
        fill_in_value(value, variable);
    }
}

fn fill_in_value(value: &mut Value, variable: &dyn Fn(&str) -> Option<String>) {
    match value {
        Value::String(text) => {
            let name = text.strip_prefix("env(").and_then(|rest| rest.strip_suffix(')'));
            if let Some(filled) = name.and_then(variable) {
                *text = filled;
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| fill_in_value(value, variable)),
        Value::Table(table) => fill_in_environment(table, variable),
        Value::Integer(_) | Value::Float(_) | Value::Boolean(_) | Value::Datetime(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default, PartialEq, serde::Deserialize)]
    #[serde(default)]
    struct Seed {
        enabled: bool,
        sql_paths: Vec<String>,
    }

    fn parse(text: &str) -> ProjectConfig {
        ProjectConfig::parse(text, Path::new("config.toml")).expect("valid TOML")
    }

    #[test]
    fn a_section_is_read_by_its_dotted_name() {
        let config = parse("project_id = 'p'\n[db.seed]\nenabled = true\nsql_paths = ['a.sql']");
        assert_eq!(config.project_id(), Some("p"));
        assert_eq!(
            config.section::<Seed>("db.seed").unwrap(),
            Seed { enabled: true, sql_paths: vec!["a.sql".into()] }
        );
        assert_eq!(config.section::<Seed>("db.missing").unwrap(), Seed::default());
    }

    #[test]
    fn a_wrong_type_names_the_section_and_the_field() {
        let error = parse("[db.seed]\nenabled = 'yes'").section::<Seed>("db.seed").unwrap_err().to_string();
        assert!(error.contains("[db.seed]") && error.contains("boolean"), "{error}");
    }

    #[test]
    fn texts_stand_for_what_they_spell() {
        #[derive(Debug, Default, PartialEq, serde::Deserialize)]
        #[serde(default)]
        struct Everything {
            port: u16,
            ratio: f64,
            enabled: Option<bool>,
            words: Vec<String>,
            inner: Option<Box<Everything>>,
        }
        let text = "port = '54322'\nratio = '0.5'\nenabled = 'true'\nwords = 'a, b'";
        let plain = "port = 54322\nratio = 0.5\nenabled = true\nwords = ['a', 'b']";
        let section = |text: &str| parse(text).section::<Everything>("db").unwrap();
        assert_eq!(section(&format!("[db]\n{text}")), section(&format!("[db]\n{plain}")));
        assert_eq!(section(&format!("[db.inner]\n{text}")), section(&format!("[db.inner]\n{plain}")));
        assert_eq!(section("[db]\nwords = ''"), Everything::default());
        for (wrong, told) in [
            (
                "port = 'env(PORT)'",
                "[db] of config.toml: port: invalid type: string \"env(PORT)\", expected u16",
            ),
            ("port = '70000'", "[db] of config.toml: port: invalid value: integer `70000`, expected u16"),
            (
                "inner.enabled = 'yes'",
                "[db] of config.toml: inner.enabled: invalid type: string \"yes\", expected a boolean",
            ),
        ] {
            let error = parse(&format!("[db]\n{wrong}")).section::<Everything>("db").unwrap_err();
            assert_eq!(error.to_string().trim_end(), told);
        }
    }

    #[test]
    fn env_is_replaced_anywhere_and_left_alone_when_unset() {
        let mut table: Table = "a = 'env(SET)'\nb = ['env(SET)', 'env(UNSET)', 'env(SET']".parse().unwrap();
        fill_in_environment(&mut table, &|name| (name == "SET").then(|| "v".to_owned()));
        assert_eq!(table.to_string(), "a = \"v\"\nb = [\"v\", \"env(UNSET)\", \"env(SET\"]\n");
    }
}
