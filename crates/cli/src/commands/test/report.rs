//! What test files came to, for people, programs and build servers. Pure.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use base::pgtap::{Directive, Problem, Report, Test};
use serde_json::json;

use crate::output::count;

/// Who reads the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// For people
    Text,
    /// For programs
    Json,
    /// One TAP stream of all files
    Tap,
    /// JUnit's XML, for build servers
    Junit,
}

/// A file that was run.
#[derive(Debug, Clone)]
pub(crate) struct FileRun {
    pub(crate) file: PathBuf,
    pub(crate) report: Report,
    pub(crate) took: Duration,
}

impl FileRun {
    pub(crate) fn passed(&self) -> bool {
        self.report.passed()
    }

    fn failed(&self) -> impl Iterator<Item = &Test> {
        self.report.tests.iter().filter(|test| !test.passed())
    }
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Totals {
    tests: usize,
    passed: usize,
    failed: usize,
    skipped: usize,
    todo: usize,
}

impl Totals {
    fn of<'a>(runs: impl IntoIterator<Item = &'a FileRun>) -> Self {
        let mut totals = Self::default();
        for test in runs.into_iter().flat_map(|run| &run.report.tests) {
            totals.tests += 1;
            match (&test.directive, test.ok) {
                (Some(Directive::Skip(_)), _) => totals.skipped += 1,
                (Some(Directive::Todo(_)), _) => totals.todo += 1,
                (None, true) => totals.passed += 1,
                (None, false) => totals.failed += 1,
            }
        }
        totals
    }
}

impl Format {
    pub(crate) fn print(self, runs: &[FileRun], took: Duration) -> String {
        match self {
            Self::Text => text(runs, took),
            Self::Json => json(runs),
            Self::Tap => tap(runs),
            Self::Junit => junit(runs, took),
        }
    }
}

fn text(runs: &[FileRun], took: Duration) -> String {
    let width =
        runs.iter().map(|run| run.file.display().to_string().chars().count()).max().unwrap_or_default();
    let mut text = String::new();
    for run in runs {
        let mark = if run.passed() { '✓' } else { '✗' };
        let name = run.file.display().to_string();
        let seconds = run.took.as_secs_f32();
        let _ = writeln!(text, "  {mark} {name:width$}  {} ({seconds:.1}s)", summary(run));
    }
    for run in runs.iter().filter(|run| !run.passed()) {
        for test in run.failed() {
            let _ = write!(text, "\n{}\n  not ok {}", test.place, test.number);
            let _ = writeln!(
                text,
                "{}{}",
                if test.description.is_empty() { "" } else { " - " },
                test.description
            );
            for line in test.diagnostics.iter().filter(|line| !line.starts_with("Failed test")) {
                let _ = writeln!(text, "    {}", line.trim_start());
            }
        }
        match &run.report.problem {
            Some(Problem::Died { place, message, more }) => {
                let _ = writeln!(text, "\n{place}\n  {message}");
                more.iter().flat_map(|line| line.lines()).for_each(|line| {
                    let _ = writeln!(text, "    {line}");
                });
            }
            Some(problem) => {
                let _ = writeln!(text, "\n{}\n  {problem}", run.file.display());
            }
            None => {}
        }
    }
    let totals = Totals::of(runs);
    let _ = write!(
        text,
        "\n{} in {}: {} passed",
        count(totals.tests, "test"),
        count(runs.len(), "file"),
        totals.passed
    );
    for (number, word) in [(totals.failed, "failed"), (totals.skipped, "skipped"), (totals.todo, "to do")] {
        if number > 0 {
            let _ = write!(text, ", {number} {word}");
        }
    }
    let broken = runs.iter().filter(|run| run.report.problem.is_some()).count();
    if broken > 0 {
        let _ =
            write!(text, "; {broken} {} not end well", if broken == 1 { "file did" } else { "files did" });
    }
    let _ = writeln!(text, " ({:.1}s)", took.as_secs_f32());
    text
}

/// The end of a file's line.
fn summary(run: &FileRun) -> String {
    let totals = Totals::of([run]);
    let mut text = match &run.report.skipped {
        Some(reason) if totals.tests == 0 => format!("skipped: {reason}"),
        _ => format!("{} tests", totals.tests),
    };
    if totals.failed > 0 {
        let _ = write!(text, ", {} failed", totals.failed);
    }
    match &run.report.problem {
        Some(Problem::Died { .. }) => {
            let planned = run.report.planned.map(|planned| format!(" of {planned}")).unwrap_or_default();
            let _ = write!(text, "{planned}, then it died");
        }
        Some(Problem::BailedOut(_)) => text.push_str(", then it bailed out"),
        Some(Problem::WrongCount { planned, .. }) => {
            let _ = write!(text, " of {planned} planned");
        }
        Some(Problem::NoPlan) => text.push_str(", no plan"),
        Some(Problem::NoTests) | None => {}
    }
    text
}

fn json(runs: &[FileRun]) -> String {
    let files: Vec<_> = runs
        .iter()
        .map(|run| {
            let tests: Vec<_> = run
                .report
                .tests
                .iter()
                .map(|test| {
                    let (directive, reason) = match &test.directive {
                        Some(Directive::Todo(reason)) => (Some("todo"), Some(reason)),
                        Some(Directive::Skip(reason)) => (Some("skip"), Some(reason)),
                        None => (None, None),
                    };
                    json!({
                        "number": test.number, "ok": test.ok, "description": test.description,
                        "file": test.place.file, "line": test.place.line,
                        "directive": directive, "reason": reason, "diagnostics": test.diagnostics,
                    })
                })
                .collect();
            json!({
                "file": run.file, "passed": run.passed(), "planned": run.report.planned,
                "problem": run.report.problem.as_ref().map(ToString::to_string),
                "seconds": run.took.as_secs_f64(), "tests": tests,
            })
        })
        .collect();
    let totals = Totals::of(runs);
    let result = json!({
        "passed": runs.iter().all(FileRun::passed),
        "totals": {
            "files": runs.len(), "tests": totals.tests, "passed": totals.passed, "failed": totals.failed,
            "skipped": totals.skipped, "todo": totals.todo,
        },
        "files": files,
    });
    format!("{result:#}\n")
}

/// One stream, numbered anew; what is wrong with a file as a whole is a test that fails.
fn tap(runs: &[FileRun]) -> String {
    let mut lines = vec!["TAP version 13".to_owned()];
    let mut number = 0;
    for run in runs {
        lines.push(format!("# {}", run.file.display()));
        for test in &run.report.tests {
            number += 1;
            let directive = match &test.directive {
                Some(Directive::Todo(reason)) => format!(" # TODO {reason}"),
                Some(Directive::Skip(reason)) => format!(" # SKIP {reason}"),
                None => String::new(),
            };
            let ok = if test.ok { "ok" } else { "not ok" };
            lines.push(format!("{ok} {number} - {}{directive}", test.description));
            if !test.passed() {
                lines.push(format!("# at {}", test.place));
            }
            lines.extend(test.diagnostics.iter().map(|line| format!("# {line}")));
        }
        if let Some(problem) = &run.report.problem {
            number += 1;
            let problem = problem.to_string();
            lines.push(format!("not ok {number} - {}", run.file.display()));
            lines.extend(problem.lines().map(|line| format!("# {line}")));
        }
    }
    lines.push(format!("1..{number}\n"));
    lines.join("\n")
}

fn junit(runs: &[FileRun], took: Duration) -> String {
    let totals = Totals::of(runs);
    let errors = runs.iter().filter(|run| run.report.problem.is_some()).count();
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites tests=\"{}\" failures=\"{}\" errors=\"{errors}\" time=\"{:.3}\">\n",
        totals.tests,
        totals.failed,
        took.as_secs_f64()
    );
    for run in runs {
        let totals = Totals::of([run]);
        let name = escaped(&run.file.display().to_string());
        let _ = writeln!(
            xml,
            "  <testsuite name=\"{name}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"{:.3}\">",
            totals.tests,
            totals.failed,
            usize::from(run.report.problem.is_some()),
            totals.skipped + totals.todo,
            run.took.as_secs_f64()
        );
        for test in &run.report.tests {
            xml.push_str(&junit_case(test, &name));
        }
        if let Some(problem) = &run.report.problem {
            let problem = escaped(&problem.to_string());
            let _ = writeln!(
                xml,
                "    <testcase classname=\"{name}\" name=\"the file as a whole\"><error message=\"{problem}\"/></testcase>"
            );
        }
        xml.push_str("  </testsuite>\n");
    }
    xml.push_str("</testsuites>\n");
    xml
}

fn junit_case(test: &Test, class: &str) -> String {
    let name = escaped(&format!("{} {}", test.number, test.description));
    let file = escaped(&test.place.file.display().to_string());
    let head = format!(
        "    <testcase classname=\"{class}\" name=\"{}\" file=\"{file}\" line=\"{}\"",
        name.trim_end(),
        test.place.line
    );
    match &test.directive {
        Some(Directive::Skip(reason) | Directive::Todo(reason)) => {
            format!("{head}><skipped message=\"{}\"/></testcase>\n", escaped(reason))
        }
        None if test.ok => format!("{head}/>\n"),
        None => {
            let said = escaped(&test.diagnostics.join("\n"));
            format!("{head}><failure message=\"{name}\">{said}</failure></testcase>\n")
        }
    }
}

/// As XML needs it, without what XML cannot hold.
fn escaped(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .map(|c| match c {
            '&' => "&amp;".to_owned(),
            '<' => "&lt;".to_owned(),
            '>' => "&gt;".to_owned(),
            '"' => "&quot;".to_owned(),
            c => c.to_string(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use base::pgtap::Place;

    use super::*;

    fn runs() -> Vec<FileRun> {
        let test = |number, ok, description: &str, directive, diagnostics: &[&str]| Test {
            number,
            ok,
            description: description.to_owned(),
            directive,
            place: Place { file: "tests/a.sql".into(), line: 10 + number },
            diagnostics: diagnostics.iter().map(|line| (*line).to_owned()).collect(),
        };
        let tests = vec![
            test(1, true, "fine", None, &[]),
            test(
                2,
                false,
                "1 < 2 & \"so\"",
                None,
                &["Failed test 2: \"x\"", "        have: 1", "        want: 2"],
            ),
            test(3, false, "known", Some(Directive::Todo("later".into())), &[]),
            test(4, true, "", Some(Directive::Skip("no net".into())), &[]),
        ];
        let died = Problem::Died {
            place: Place { file: "tests/b.sql".into(), line: 3 },
            message: "ERROR: no (42703)".into(),
            more: vec!["hint: yes".into()],
        };
        vec![
            FileRun {
                file: "tests/a.sql".into(),
                report: Report { planned: Some(4), tests, ..Report::default() },
                took: Duration::from_millis(120),
            },
            FileRun {
                file: "tests/b.sql".into(),
                report: Report { planned: Some(2), problem: Some(died), ..Report::default() },
                took: Duration::ZERO,
            },
        ]
    }

    #[test]
    fn people_see_what_failed_and_where() {
        assert_eq!(
            text(&runs(), Duration::from_secs(1)),
            "  ✗ tests/a.sql  4 tests, 1 failed (0.1s)\n  ✗ tests/b.sql  0 tests of 2, then it died (0.0s)\n\n\
             tests/a.sql:12\n  not ok 2 - 1 < 2 & \"so\"\n    have: 1\n    want: 2\n\n\
             tests/b.sql:3\n  ERROR: no (42703)\n    hint: yes\n\n\
             4 tests in 2 files: 1 passed, 1 failed, 1 skipped, 1 to do; 1 file did not end well (1.0s)\n"
        );
    }

    #[test]
    fn programs_get_all_of_it() {
        let tap = tap(&runs());
        assert!(tap.starts_with("TAP version 13\n# tests/a.sql\nok 1 - fine\nnot ok 2 - 1 < 2"), "{tap}");
        assert!(tap.contains(
            "not ok 3 - known # TODO later\nok 4 -  # SKIP no net\n# tests/b.sql\nnot ok 5 - tests/b.sql\n"
        ));
        assert!(tap.ends_with("\n1..5\n"));
        let json: serde_json::Value = serde_json::from_str(&json(&runs())).unwrap();
        assert_eq!(json["totals"]["failed"], 1);
        assert_eq!(json["files"][0]["tests"][1]["line"], 12);
        assert_eq!(json["files"][1]["problem"], "tests/b.sql:3: ERROR: no (42703)");
        let xml = junit(&runs(), Duration::from_secs(1));
        assert!(xml.contains("<testsuites tests=\"4\" failures=\"1\" errors=\"1\" time=\"1.000\">"), "{xml}");
        assert!(xml.contains("name=\"2 1 &lt; 2 &amp; &quot;so&quot;\""), "{xml}");
    }
}
