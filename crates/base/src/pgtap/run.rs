//! Running a file: statements go to the server, commands of psql are done here, what is printed is read as TAP.

use std::path::{Path, PathBuf};

use pg::{Client, DbError, Said, Session};

use super::psql::{self, Step, Variables};
use super::{Error, Place, Problem, Report, tap};
use crate::migrate::statements::position;

/// How deep files may include others.
const DEEPEST: usize = 16;

/// Commands of psql that only change how it prints.
const DISPLAY: &[&str] =
    &["a", "C", "encoding", "f", "H", "pset", "t", "T", "timing", "x", "unset", "errverbose", "conninfo"];

/// Runs a test file on this connection, to its end or to its first error.
///
/// # Errors
/// When the file cannot be read. Everything else is part of the report.
pub async fn run(client: &mut Client, file: &Path) -> Result<Report, Error> {
    let text = std::fs::read_to_string(file).map_err(|source| Error { file: file.to_owned(), source })?;
    let mut report = Report::default();
    match client.session().await {
        Ok(mut session) => {
            let mut run = Run { session: &mut session, variables: Variables::default(), report: &mut report };
            let mut files = vec![Open { file: file.to_owned(), text, at: 0 }];
            if let Err(problem) = run.files(&mut files).await {
                report.problem = report.problem.or(Some(problem));
            }
        }
        Err(error) => {
            let place = Place { file: file.to_owned(), line: 1 };
            report.problem = Some(Problem::Died { place, message: error.to_string(), more: Vec::new() });
        }
    }
    tap::finish(&mut report);
    Ok(report)
}

/// A file that is being read.
struct Open {
    file: PathBuf,
    text: String,
    at: usize,
}

impl Open {
    fn place(&self, byte: usize) -> Place {
        Place { file: self.file.clone(), line: position(&self.text, byte).0 }
    }
}

struct Run<'r, 's, 'c> {
    session: &'s mut Session<'c>,
    variables: Variables,
    report: &'r mut Report,
}

/// What to do after a command.
enum Next {
    GoOn,
    Include(PathBuf),
    End,
}

impl Run<'_, '_, '_> {
    /// The innermost file is read until it includes another or ends.
    async fn files(&mut self, files: &mut Vec<Open>) -> Result<(), Problem> {
        while let Some(open) = files.last_mut() {
            let Some((step, after)) = psql::next(&open.text, open.at) else {
                files.pop();
                continue;
            };
            open.at = after;
            match step {
                Step::Statement { text, start } => {
                    let place = open.place(start);
                    let text = self.variables.fill(text);
                    self.statement(&text, &place).await?;
                }
                Step::Command { word, arguments, pending, start } => {
                    let place = open.place(start);
                    let (word, arguments, pending) =
                        (word.to_owned(), arguments.to_owned(), pending.to_owned());
                    match self.command(&word, &arguments, &pending, &place).await? {
                        Next::GoOn => {}
                        Next::End => return Ok(()),
                        Next::Include(path) => files.push(include(path, files.len(), &place)?),
                    }
                }
            }
            if self.report.problem.is_some() {
                return Ok(());
            }
        }
        Ok(())
    }

    async fn statement(&mut self, text: &str, place: &Place) -> Result<Said, Problem> {
        let said = self.session.say(text).await.map_err(|error| died(place, error.to_string()))?;
        for row in said.results.iter().flat_map(|result| &result.rows) {
            let cells: Vec<&str> = (0..row.len()).map(|cell| row.text(cell).unwrap_or_default()).collect();
            for line in cells.join("|").lines() {
                tap::read(self.report, line, place);
            }
        }
        match &said.error {
            Some(error) => Err(Self::failed(error, text, place)),
            None => Ok(said),
        }
    }

    /// Errors are placed where the server points in the statement.
    fn failed(error: &DbError, text: &str, place: &Place) -> Problem {
        let offset = error.position.and_then(|position| usize::try_from(position).ok()).unwrap_or(1);
        let before = text.chars().take(offset.saturating_sub(1)).filter(|c| *c == '\n').count();
        let place = Place { file: place.file.clone(), line: place.line + before };
        let message = format!("{}: {} ({})", error.severity, error.message, error.code);
        let more = [("detail", &error.detail), ("hint", &error.hint), ("where", &error.where_)];
        let more = more
            .into_iter()
            .filter_map(|(name, text)| text.as_ref().map(|text| format!("{name}: {text}")))
            .chain((error.code == "25P02").then(|| {
                "hint: an earlier statement of this transaction failed; a test of an error needs throws_ok()".to_owned()
            }))
            .collect();
        Problem::Died { place, message, more }
    }

    async fn command(
        &mut self,
        word: &str,
        arguments: &str,
        pending: &str,
        place: &Place,
    ) -> Result<Next, Problem> {
        if !pending.is_empty() && !matches!(word, "g" | "gset") {
            return Err(died(place, format!("`\\{word}` in the middle of a statement is not understood")));
        }
        let words = self.variables.words(arguments);
        match word {
            "set" => self.variables.set(arguments),
            "unset" => {
                if let Some(name) = words.into_iter().next() {
                    self.variables.put(name, None);
                }
            }
            "echo" | "qecho" => {
                for line in words.join(" ").lines() {
                    tap::read(self.report, line, place);
                }
            }
            "warn" => {}
            "q" | "quit" => return Ok(Next::End),
            "i" | "include" | "ir" | "include_relative" => {
                let name = words.first().ok_or_else(|| died(place, format!("`\\{word}` names no file")))?;
                let beside = place.file.parent().map(|folder| folder.join(name)).unwrap_or_default();
                // psql takes `\i` from where it was started; test runners start it in one of the folders above
                let is_relative = word.ends_with('r') || word.ends_with("relative");
                let mut above = place.file.ancestors().skip(1).map(|folder| folder.join(name));
                let found = if is_relative { Some(beside) } else { above.find(|path| path.is_file()) };
                let path = found.unwrap_or_else(|| PathBuf::from(name));
                return Ok(Next::Include(path));
            }
            "g" => {
                let text = self.variables.fill(pending);
                self.statement(&text, place).await?;
            }
            "gset" => {
                let text = self.variables.fill(pending);
                self.gset(&text, words.first().map(String::as_str).unwrap_or_default(), place).await?;
            }
            word if DISPLAY.contains(&word) => {}
            _ => {
                return Err(died(
                    place,
                    format!(
                        "psql's `\\{word}` is not understood here; of psql there are \\set, \\unset, \\echo, \\i, \\ir, \\g, \\gset and \\q"
                    ),
                ));
            }
        }
        Ok(Next::GoOn)
    }

    /// The columns of the one row become variables.
    async fn gset(&mut self, text: &str, prefix: &str, place: &Place) -> Result<(), Problem> {
        let said = self.session.say(text).await.map_err(|error| died(place, error.to_string()))?;
        if let Some(error) = &said.error {
            return Err(Self::failed(error, text, place));
        }
        let result = said.results.last();
        let rows = result.map(|result| result.rows.as_slice()).unwrap_or_default();
        let ([row], Some(columns)) = (rows, result.and_then(|result| result.columns.clone())) else {
            return Err(died(place, format!("`\\gset` needs one row, there are {}", rows.len())));
        };
        for (index, column) in columns.iter().enumerate() {
            self.variables.put(format!("{prefix}{column}"), row.text(index).map(str::to_owned));
        }
        Ok(())
    }
}

fn include(path: PathBuf, depth: usize, place: &Place) -> Result<Open, Problem> {
    if depth >= DEEPEST {
        return Err(died(place, format!("files include one another more than {DEEPEST} deep")));
    }
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(Open { file: path, text, at: 0 }),
        Err(error) => Err(died(place, format!("can't read {}: {error}", path.display()))),
    }
}

fn died(place: &Place, message: String) -> Problem {
    Problem::Died { place: place.clone(), message, more: Vec::new() }
}
