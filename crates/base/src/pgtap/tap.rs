//! TAP, line by line, as pgTAP prints it. Pure.

use super::{Directive, Place, Problem, Report, Test};

/// What one line says.
#[derive(Debug, PartialEq, Eq)]
enum Line<'a> {
    Plan { count: usize, skip: Option<&'a str> },
    Test { ok: bool, number: Option<usize>, description: &'a str, directive: Option<Directive> },
    BailOut(&'a str),
    Diagnostic(&'a str),
    Other,
}

/// Adds a line to the report of its file.
pub(super) fn read(report: &mut Report, line: &str, place: &Place) {
    match parse(line) {
        Line::Plan { count, skip } => {
            report.planned = Some(count);
            report.skipped = skip.map(str::to_owned);
        }
        Line::Test { ok, number, description, directive } => report.tests.push(Test {
            number: number.unwrap_or(report.tests.len() + 1),
            ok,
            description: description.to_owned(),
            directive,
            place: place.clone(),
            diagnostics: Vec::new(),
        }),
        Line::BailOut(reason) => report.problem = Some(Problem::BailedOut(reason.to_owned())),
        Line::Diagnostic(text) => {
            // pgTAP's summary at the end, which we say ourselves
            let is_summary = text.starts_with("Looks like you");
            match report.tests.last_mut() {
                Some(test) if !is_summary => test.diagnostics.push(text.to_owned()),
                _ => {}
            }
        }
        Line::Other if line.trim().is_empty() => {}
        // subtests are indented: they explain the test that follows
        Line::Other => report.other.push(line.to_owned()),
    }
}

/// What is wrong with a file that has ended, as far as its plan tells.
pub(super) fn finish(report: &mut Report) {
    if report.problem.is_some() {
        return;
    }
    let ran = report.tests.len();
    report.problem = match report.planned {
        None if ran == 0 => Some(Problem::NoTests),
        None => Some(Problem::NoPlan),
        Some(planned) if planned != ran => Some(Problem::WrongCount { planned, ran }),
        Some(_) => None,
    };
}

fn parse(line: &str) -> Line<'_> {
    if let Some(rest) = line.strip_prefix("1..") {
        let (count, after) = rest.split_once(' ').unwrap_or((rest, ""));
        if let Ok(count) = count.trim().parse() {
            let after = after.trim_start_matches(['#', ' ']);
            let skip = strip_word(after, "skip");
            return Line::Plan { count, skip };
        }
    }
    for (prefix, ok) in [("not ok", false), ("ok", true)] {
        if let Some(rest) = line.strip_prefix(prefix).filter(|rest| rest.is_empty() || rest.starts_with(' '))
        {
            return test(ok, rest.trim());
        }
    }
    if let Some(reason) = line.strip_prefix("Bail out!") {
        return Line::BailOut(reason.trim());
    }
    if let Some(text) = line.strip_prefix('#') {
        return Line::Diagnostic(text.strip_prefix(' ').unwrap_or(text));
    }
    Line::Other
}

fn test(ok: bool, rest: &str) -> Line<'_> {
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (number, rest) = rest.split_at(digits);
    let (text, comment) = split_directive(rest);
    let directive = comment.and_then(|comment| {
        let comment = comment.trim();
        let todo = strip_word(comment, "todo").map(|reason| Directive::Todo(reason.to_owned()));
        todo.or_else(|| strip_word(comment, "skip").map(|reason| Directive::Skip(reason.to_owned())))
    });
    let text = if directive.is_some() { text } else { rest };
    let text = text.trim();
    let description = text.strip_prefix("- ").unwrap_or(text).trim();
    Line::Test { ok, number: number.parse().ok(), description, directive }
}

/// At the last `#` that is not escaped.
fn split_directive(text: &str) -> (&str, Option<&str>) {
    let at = text
        .rmatch_indices('#')
        .map(|(at, _)| at)
        .find(|at| !text.get(..*at).is_some_and(|before| before.ends_with('\\')));
    match at {
        Some(at) => (text.get(..at).unwrap_or_default(), text.get(at + 1..)),
        None => (text, None),
    }
}

/// What follows a word, in any case.
fn strip_word<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let head = text.get(..word.len())?;
    let rest = text.get(word.len()..)?;
    let ends = !rest.starts_with(|next: char| next.is_alphanumeric());
    (head.eq_ignore_ascii_case(word) && ends).then(|| rest.trim_start_matches([':', ' ']).trim())
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn read_all(text: &str) -> Report {
        let mut report = Report::default();
        let place = Place { file: PathBuf::from("t.sql"), line: 1 };
        text.lines().for_each(|line| read(&mut report, line, &place));
        finish(&mut report);
        report
    }

    #[test]
    fn lines_mean_what_tap_says() {
        let test = |ok, number, description, directive| Line::Test { ok, number, description, directive };
        for (line, expected) in [
            ("1..3", Line::Plan { count: 3, skip: None }),
            ("1..0 # SKIP not here", Line::Plan { count: 0, skip: Some("not here") }),
            ("ok 1 - it works", test(true, Some(1), "it works", None)),
            ("ok 1", test(true, Some(1), "", None)),
            ("not ok 2 - no # of rows", test(false, Some(2), "no # of rows", None)),
            ("not ok 3 - x # TODO later", test(false, Some(3), "x", Some(Directive::Todo("later".into())))),
            ("ok 4 # SKIP no net", test(true, Some(4), "", Some(Directive::Skip("no net".into())))),
            ("ok 4 - a \\# TODO b", test(true, Some(4), "a \\# TODO b", None)),
            ("ok", test(true, None, "", None)),
            ("okay", Line::Other),
            ("Bail out!  no database", Line::BailOut("no database")),
            ("# Failed test 1", Line::Diagnostic("Failed test 1")),
            ("    ok 1 - in a subtest", Line::Other),
        ] {
            assert_eq!(parse(line), expected, "{line}");
        }
    }

    #[test]
    fn files_pass_or_say_what_is_wrong() {
        for (text, passed, problem) in [
            ("1..1\nok 1", true, None),
            ("ok 1\n1..1", true, None),
            ("1..1\nnot ok 1 - x\n# have: 1\n# want: 2", false, None),
            ("1..1\nnot ok 1 # TODO x", true, None),
            (
                "1..2\nok 1\n# Looks like you planned 2 tests but ran 1",
                false,
                Some(Problem::WrongCount { planned: 2, ran: 1 }),
            ),
            ("ok 1", false, Some(Problem::NoPlan)),
            ("", false, Some(Problem::NoTests)),
            ("hello", false, Some(Problem::NoTests)),
            ("1..0 # skip all", true, None),
            ("1..2\nok 1\nBail out! gone", false, Some(Problem::BailedOut("gone".into()))),
        ] {
            let report = read_all(text);
            assert_eq!((report.passed(), report.problem), (passed, problem), "{text}");
        }
        let failed =
            read_all("1..1\nnot ok 1 - x\n# have: 1\n# want: 2\n# Looks like you failed 1 test of 1");
        assert_eq!(failed.tests[0].diagnostics, ["have: 1", "want: 2"]);
    }
}
