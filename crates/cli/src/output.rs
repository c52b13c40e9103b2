//! How results are printed: for people or for programs. Standard output is for results only.
//!
//! A reader that has seen enough (`| head`) is no failure: what is left is not printed, the work goes on to its end, and
//! the exit code is that of the work. The standard library's macros would panic instead, so the two below stand before
//! them, and results go through [`print`].

use std::fmt::Write as _;
use std::io::Write as _;

use anyhow::Context as _;
use serde::Serialize;

/// The `--output` option, for commands whose result a program may want.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct OutputOptions {
    /// How to print the result
    #[arg(short, long, value_enum, default_value = "text")]
    pub output: Output,
}

/// Who reads the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Output {
    /// For people
    Text,
    /// For programs
    Json,
}

impl Output {
    /// Prints `result` as JSON, or what `text` makes of it.
    pub(crate) fn print<T: Serialize>(
        self,
        result: &T,
        text: impl FnOnce(&T) -> String,
    ) -> anyhow::Result<()> {
        match self {
            Self::Json => print(&format!("{}\n", serde_json::to_string_pretty(result)?)),
            Self::Text => print(&text(result)),
        }
    }
}

/// The standard library's `eprint!`, but for the panic when nobody listens.
macro_rules! eprint {
    ($($said:tt)*) => { $crate::output::say(format_args!($($said)*)) };
}

/// The standard library's `eprintln!`, but for the panic when nobody listens.
macro_rules! eprintln {
    ($($said:tt)*) => { $crate::output::say(format_args!("{}\n", format_args!($($said)*))) };
}

/// What is said while the work goes on, on standard error. The text is made before standard error is locked: making it
/// may take until the end of the program.
pub(crate) fn say(said: std::fmt::Arguments<'_>) {
    let _nobody_listens = std::io::stderr().lock().write_fmt(said);
}

/// `1 key`, `2 keys`.
pub(crate) fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// Writes a result to standard output, unless whoever reads it has seen enough.
pub(crate) fn print(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written.context("the result can't be written to standard output")?),
    }
}

/// A table with aligned columns: a head, a line below it, the rows.
#[derive(Debug, Default)]
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these column names.
    pub(crate) fn new(head: &[&str]) -> Self {
        Self { rows: vec![head.iter().map(|name| (*name).to_owned()).collect()] }
    }

    pub(crate) fn push(&mut self, row: Vec<String>) {
        self.rows.push(row);
    }

    /// The text, ending in a line break.
    pub(crate) fn render(&self) -> String {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or_default();
        let width = |column: usize| {
            self.rows
                .iter()
                .filter_map(|row| row.get(column))
                .map(|cell| cell.chars().count())
                .max()
                .unwrap_or_default()
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        let mut text = String::new();
        for (number, row) in self.rows.iter().enumerate() {
            let mut line = String::new();
            for (cell, width) in row.iter().zip(&widths) {
                let _infallible = write!(line, " {cell:<width$} │");
            }
            text.push_str(line.trim_end_matches('│').trim_end());
            text.push('\n');
            if number == 0 {
                let rules: Vec<String> = widths.iter().map(|width| "─".repeat(width + 2)).collect();
                text.push_str(&rules.join("┼"));
                text.push('\n');
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned() {
        let mut table = Table::new(&["id", "name"]);
        table.push(vec!["1".into(), "Grüße".into()]);
        table.push(vec!["22".into(), "x".into()]);
        assert_eq!(table.render(), " id │ name\n────┼───────\n 1  │ Grüße\n 22 │ x\n");
    }
}
