//! The SQL that several foundations have in common: parts of `foundations/common`, copied into migrations.
//!
//! A migration stays plain SQL: it holds the finished text between two marker comments, and this module writes
//! that text anew from the part and the values that stand below the first marker. Knows files and text, no database.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use minijinja::{Environment, UndefinedBehavior, Value};

const BEGIN: &str = "-- from common/";
const END: &str = "-- end common/";
/// What a line below the begin marker starts with when it gives a value.
const GIVEN: &str = "--   ";

/// Every part, by its file name.
pub struct Parts(BTreeMap<String, Part>);

struct Part {
    parameters: Vec<Parameter>,
    template: String,
}

/// One `--! name list = default: meaning` line of a part.
struct Parameter {
    name: String,
    is_list: bool,
    default: Option<String>,
}

impl Parts {
    /// Reads the parts in this folder.
    ///
    /// # Errors
    /// When the folder cannot be read or the head of a part makes no sense.
    pub fn read(folder: &Path) -> Result<Self> {
        let mut parts = BTreeMap::new();
        for file in sql_files(folder)? {
            let text = fs::read_to_string(&file)?;
            let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let part = Part::parse(&text).with_context(|| format!("common/{name}"))?;
            parts.insert(name, part);
        }
        Ok(Self(parts))
    }

    /// The names of all parts.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// A migration with every included part written anew.
    ///
    /// # Errors
    /// When a marker names no part, a part has no end, or a value is missing or unknown.
    pub fn renew(&self, migration: &str) -> Result<String> {
        let mut out = String::with_capacity(migration.len());
        let mut lines = migration.lines().peekable();
        while let Some(line) = lines.next() {
            out.push_str(line);
            out.push('\n');
            let Some(name) = line.strip_prefix(BEGIN) else { continue };
            let part = self.0.get(name).with_context(|| format!("there is no common/{name}"))?;
            let mut given = BTreeMap::new();
            while let Some((key, value)) = lines.peek().and_then(|line| read_value(line)) {
                out.push_str(lines.next().unwrap_or_default());
                out.push('\n');
                given.insert(key, value);
            }
            out.push_str(&part.render(&given).with_context(|| format!("common/{name}"))?);
            let end = format!("{END}{name}");
            lines
                .by_ref()
                .find(|line| *line == end || line.starts_with(BEGIN))
                .filter(|line| *line == end)
                .with_context(|| format!("`{end}` is missing"))?;
            out.push_str(&end);
            out.push('\n');
        }
        Ok(out)
    }
}

impl Part {
    fn parse(text: &str) -> Result<Self> {
        let mut parameters = Vec::new();
        let mut template = String::new();
        for line in text.lines() {
            if let Some(declared) = line.strip_prefix("--! ") {
                parameters.push(Parameter::parse(declared)?);
            } else {
                template.push_str(line);
                template.push('\n');
            }
        }
        Ok(Self { parameters, template })
    }

    fn render(&self, given: &BTreeMap<&str, &str>) -> Result<String> {
        for name in given.keys() {
            ensure!(self.parameters.iter().any(|known| known.name == *name), "it has no parameter `{name}`");
        }
        let mut values = BTreeMap::new();
        for parameter in &self.parameters {
            let Some(text) = given.get(parameter.name.as_str()).copied().or(parameter.default.as_deref())
            else {
                bail!("`{GIVEN}{} = …` is missing below the marker", parameter.name)
            };
            values.insert(parameter.name.as_str(), parameter.value(text));
        }
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_trim_blocks(true);
        environment.set_lstrip_blocks(true);
        environment.set_keep_trailing_newline(true);
        Ok(environment.render_str(&self.template, values)?)
    }
}

impl Parameter {
    fn parse(declared: &str) -> Result<Self> {
        let (head, _) = declared.split_once(": ").context("a parameter is `--! name = default: meaning`")?;
        let (name, default) = match head.split_once('=') {
            Some((name, default)) => (name.trim(), Some(default.trim().to_owned())),
            None => (head.trim(), None),
        };
        let (name, is_list) =
            name.strip_suffix(" list").map_or((name, false), |name| (name.trim_end(), true));
        Ok(Self { name: name.to_owned(), is_list, default })
    }

    fn value(&self, text: &str) -> Value {
        if self.is_list {
            text.split(',').map(str::trim).filter(|item| !item.is_empty()).collect()
        } else {
            Value::from(text)
        }
    }
}

fn read_value(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.strip_prefix(GIVEN)?.split_once('=')?;
    let name = name.trim();
    name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_').then(|| (name, value.trim()))
}

/// The `.sql` files in a folder, in order.
///
/// # Errors
/// When it cannot be read.
pub fn sql_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "sql") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts() -> Parts {
        let touch = "--! schema = public: where\n--! tables list: which\n-- Head.\n\
                     {% for table in tables %}\nt {{ schema }}.{{ table }};\n{% endfor %}\n";
        Parts(BTreeMap::from([("touch.sql".to_owned(), Part::parse(touch).expect("a part"))]))
    }

    #[test]
    fn what_stands_between_the_markers_is_written_anew() {
        let before =
            "a\n-- from common/touch.sql\n--   tables = users, jobs\nold\n-- end common/touch.sql\nb\n";
        let after = "a\n-- from common/touch.sql\n--   tables = users, jobs\n-- Head.\nt public.users;\n\
                     t public.jobs;\n-- end common/touch.sql\nb\n";
        assert_eq!(parts().renew(before).expect("fine"), after);
        assert_eq!(parts().renew(after).expect("fine"), after);
    }

    #[test]
    fn mistakes_are_named() {
        for (text, expected) in [
            ("-- from common/nothing.sql\n", "there is no common/nothing.sql"),
            ("-- from common/touch.sql\n--   tables = a\n", "`-- end common/touch.sql` is missing"),
            ("-- from common/touch.sql\n-- end common/touch.sql\n", "`--   tables = …` is missing"),
            ("-- from common/touch.sql\n--   colour = a\n-- end common/touch.sql\n", "no parameter `colour`"),
        ] {
            let error = format!("{:#}", parts().renew(text).expect_err(text));
            assert!(error.contains(expected), "{error}");
        }
    }
}
