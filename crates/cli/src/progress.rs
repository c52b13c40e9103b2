//! What a person sees while the command line works: one line a step, a spinner on a terminal, plain lines elsewhere.
//!
//! Everything goes to standard error: standard output is for results. Colours are for terminals, and not for people who
//! set `NO_COLOR`.

use std::borrow::Cow;
use std::io::IsTerminal as _;
use std::time::{Duration, Instant};

use console::style;
use indicatif::{ProgressBar, ProgressStyle};

/// One step of longer work, from its start to [`Step::done`].
#[derive(Debug)]
pub(crate) struct Step {
    what: Cow<'static, str>,
    began: Instant,
    spinner: Option<ProgressBar>,
}

impl Step {
    /// Begins a step, worded as what is being done (`Starting PostgreSQL 15.18`).
    pub(crate) fn begin(what: impl Into<Cow<'static, str>>) -> Self {
        let what = what.into();
        let spinner = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new_spinner()
                .with_style(
                    ProgressStyle::with_template("  {spinner:.cyan} {msg}")
                        .unwrap_or_else(|_error| ProgressStyle::default_spinner()),
                )
                .with_message(format!("{what} …"));
            bar.enable_steady_tick(Duration::from_millis(80));
            bar
        });
        Self { what, began: Instant::now(), spinner }
    }

    /// Says more about where the step is.
    pub(crate) fn detail(&self, detail: &str) {
        if let Some(spinner) = &self.spinner {
            spinner.set_message(format!("{} … {detail}", self.what));
        }
    }

    /// Says something that must not be overlooked, and goes on.
    pub(crate) fn warn(&self, warning: &str) {
        match &self.spinner {
            Some(spinner) => spinner.println(warning_line(warning)),
            None => warn(warning),
        }
    }

    /// Ends the step well and says what came of it.
    pub(crate) fn done_as(self, result: &str) {
        let took = self.began.elapsed().as_secs_f32();
        match &self.spinner {
            Some(spinner) => {
                spinner.finish_and_clear();
                let (tick, took) = (style("✓").green(), style(format!("{took:.1}s")).dim());
                eprintln!("  {} {result} {}", tick.for_stderr(), took.for_stderr());
            }
            None => eprintln!("  ✓ {result} ({took:.1}s)"),
        }
    }
}

impl Drop for Step {
    /// A step that ends without a word failed: the error is printed by whoever gets it.
    fn drop(&mut self) {
        if let Some(spinner) = &self.spinner {
            spinner.finish_and_clear();
        }
    }
}

/// Says something that must not be overlooked, outside any step.
pub(crate) fn warn(warning: &str) {
    eprintln!("{}", warning_line(warning));
}

fn warning_line(warning: &str) -> String {
    format!("  {} {warning}", style("!").for_stderr().yellow())
}

/// Prints a failure with its causes, and nothing twice. A failing statement is shown with a caret below the place.
pub(crate) fn error(error: &anyhow::Error) {
    eprintln!("{} {error}", style("error:").for_stderr().red());
    let mut said = error.to_string();
    for cause in error.chain().skip(1) {
        let text = cause.to_string();
        if !said.contains(&text) {
            eprintln!("  caused by: {text}");
            said.push_str(&text);
        }
    }
    if let Some(base::migrate::Error::Statement(failed)) = error.downcast_ref() {
        eprint!("{}", excerpt(failed));
    }
}

/// The line at fault with a caret, then what else the server said.
fn excerpt(failed: &base::migrate::StatementError) -> String {
    let number = failed.line.to_string();
    let gutter = " ".repeat(number.len());
    let (line, column) = cropped(&failed.line_text, failed.column);
    // a tab before the place is as wide below it
    let before = line.chars().take(column.saturating_sub(1));
    let caret: String = before.map(|letter| if letter == '\t' { '\t' } else { ' ' }).collect();
    let mut text = format!("{gutter} |\n{number} | {line}\n{gutter} | {caret}^\n");
    let said = [
        ("detail", failed.db.detail.as_deref()),
        ("hint", failed.db.hint.as_deref()),
        ("in", failed.db.where_.as_deref()),
    ];
    for (name, value) in said {
        if let Some(value) = value {
            text.push_str(name);
            text.push_str(": ");
            text.push_str(value);
            text.push('\n');
        }
    }
    if let Some(number) = failed.number {
        text.push_str("This is statement ");
        text.push_str(&number.to_string());
        text.push_str(if failed.is_kept_before {
            " of the file. What stands before it is done, because Postgres wants a commit there; undo it by hand, or with \
             `ferrobase db reset`, before you run the command again.\n"
        } else {
            " of the file. Nothing of the file was kept; mend it and run the command again.\n"
        });
    }
    text
}

/// What is around a place of a long line, and the column it has there: generated seeds have lines of kilobytes.
fn cropped(line: &str, column: usize) -> (String, usize) {
    const BEFORE: usize = 60;
    const LENGTH: usize = 120;
    let length = line.chars().count();
    if length <= LENGTH {
        return (line.to_owned(), column);
    }
    let begin = column.saturating_sub(1 + BEFORE).min(length - LENGTH);
    let mut text: String = line.chars().skip(begin).take(LENGTH).collect();
    if begin > 0 {
        text.insert(0, '…');
    }
    if begin + LENGTH < length {
        text.push('…');
    }
    (text, column - begin + usize::from(begin > 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_long_line_what_is_around_the_place_is_shown() {
        let long = format!("{}x{}", "a".repeat(500), "b".repeat(500));
        for (line, column, letter) in [
            ("short", 3, 'o'),
            (long.as_str(), 501, 'x'),
            (long.as_str(), 1, 'a'),
            (long.as_str(), 1001, 'b'),
            ("ä".repeat(300).as_str(), 200, 'ä'),
        ] {
            let (text, at) = cropped(line, column);
            assert_eq!(text.chars().nth(at - 1), Some(letter), "{column}: {text}");
            assert!(text.chars().count() <= 122, "{text}");
        }
        assert_eq!(cropped(&long, 501).0.matches('…').count(), 2);
        // an error at the end of the input stands behind the last letter
        assert_eq!(cropped(&long, 1002).1, 122);
    }

    #[test]
    fn the_caret_stands_below_the_place() {
        let db =
            Box::new(pg::DbError { position: Some(9), hint: Some("try b".into()), ..pg::DbError::default() });
        let failed = base::migrate::locate("x.sql", "select\n\ta;", 0, db);
        assert_eq!(excerpt(&failed), "  |\n2 | \ta;\n  | \t^\nhint: try b\n");
    }
}
