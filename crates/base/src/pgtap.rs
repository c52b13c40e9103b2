//! Running pgTAP files: what `psql` and `pg_prove` do for them, and the place of each assertion in the file besides.
//!
//! A file runs on one connection, statement by statement, with the commands of psql that test files use; what it prints
//! is read as TAP. Must not know where databases come from, nor print anything.

mod psql;
mod run;
mod tap;

use std::path::{Path, PathBuf};

pub use run::run;

/// Where something stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file, as it was named.
    pub file: PathBuf,
    /// Its line, from 1.
    pub line: usize,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.file.display(), self.line)
    }
}

/// What a file came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// How many tests were planned.
    pub planned: Option<usize>,
    /// Why the whole file was skipped, if it said so.
    pub skipped: Option<String>,
    /// The tests that ran, in order.
    pub tests: Vec<Test>,
    /// What is wrong besides tests that failed.
    pub problem: Option<Problem>,
    /// Lines it printed that are no TAP.
    pub other: Vec<String>,
}

impl Report {
    /// Whether nothing is wrong with it.
    pub fn passed(&self) -> bool {
        self.problem.is_none() && self.tests.iter().all(Test::passed)
    }
}

/// One assertion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Test {
    /// Its number in the file.
    pub number: usize,
    /// Whether it said `ok`.
    pub ok: bool,
    /// What it is about.
    pub description: String,
    /// Whether it counts.
    pub directive: Option<Directive>,
    /// The statement that made it.
    pub place: Place,
    /// What it said about its failure, without the leading `#`.
    pub diagnostics: Vec<String>,
}

impl Test {
    /// Whether it is no reason to fail.
    pub fn passed(&self) -> bool {
        self.ok || self.directive.is_some()
    }
}

/// What makes a test not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Directive {
    /// Known to fail, and why.
    Todo(String),
    /// Was not run, and why.
    Skip(String),
}

/// What is wrong with a file as a whole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// A statement failed; what follows it did not run.
    #[error("{place}: {message}")]
    Died {
        /// The statement.
        place: Place,
        /// What the server, or the reader of the file, said.
        message: String,
        /// Detail and hint of the server.
        more: Vec<String>,
    },
    /// It gave up.
    #[error("bailed out: {0}")]
    BailedOut(String),
    /// It tested something and never said how much it would.
    #[error("there is no plan: begin with `select plan(…)`, or end with `select * from finish()`")]
    NoPlan,
    /// More or fewer tests ran than planned.
    #[error("{planned} tests were planned, {ran} ran")]
    WrongCount {
        /// `plan(…)`.
        planned: usize,
        /// Those that did.
        ran: usize,
    },
    /// It tested nothing.
    #[error("it tests nothing: there is no plan and no assertion")]
    NoTests,
}

/// A file that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("can't read {}: {source}", .file.display())]
pub struct Error {
    /// Which.
    pub file: PathBuf,
    /// Why.
    #[source]
    pub source: std::io::Error,
}

/// The test files below these files and folders: `*.sql` and `*.pg`, in the order of their paths.
///
/// # Errors
/// When a folder cannot be read, or a file does not exist.
pub fn find(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Error> {
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            walk(path, &mut found)?;
        } else {
            std::fs::metadata(path).map_err(|source| Error { file: path.clone(), source })?;
            found.push(path.clone());
        }
    }
    found.sort();
    found.dedup();
    Ok(found)
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), Error> {
    let wrong = |source| Error { file: folder.to_owned(), source };
    for entry in std::fs::read_dir(folder).map_err(wrong)? {
        let path = entry.map_err(wrong)?.path();
        let is_test = path.extension().is_some_and(|extension| extension == "sql" || extension == "pg");
        if path.is_dir() {
            walk(&path, found)?;
        } else if is_test {
            found.push(path);
        }
    }
    Ok(())
}

/// Whether a file prepares the others, by its name: `000-setup.sql`, `00_helpers.sql`. Such files are often written to
/// leave something behind (helpers, extensions), so they run first and the others see what they left.
pub fn is_setup(file: &Path) -> bool {
    let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let zeros = name.len() - name.trim_start_matches('0').len();
    zeros >= 2 && !name.get(zeros..).unwrap_or_default().starts_with(|next: char| next.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_prepare_others_are_known_by_their_zeros() {
        for (name, expected) in [
            ("000-setup.sql", true),
            ("00_helpers.sql", true),
            ("001_x.sql", false),
            ("01_x.sql", false),
            ("0.sql", false),
        ] {
            assert_eq!(is_setup(Path::new(name)), expected, "{name}");
        }
    }
}
