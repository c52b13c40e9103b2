//! `ferrobase test …` on a project: its pgTAP files and its access matrix.

use std::fs;
use std::process::Output;

use crate::harness::Project;

/// Both streams, for messages of failed assertions.
fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[track_caller]
fn succeeds(project: &Project, arguments: &[&str]) -> String {
    let output = project.output(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", said(&output));
    said(&output)
}

#[track_caller]
fn fails(project: &Project, arguments: &[&str]) -> String {
    let output = project.output(arguments);
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {}", said(&output));
    said(&output)
}

#[test]
fn pgtap_files_run_each_in_a_database_of_its_own() {
    let project = Project::new();
    let tests = project.path().join("supabase/tests");
    assert!(fails(&project, &["test", "db"]).contains("ferrobase test new"));
    assert!(succeeds(&project, &["test", "new", "database/notes"]).contains("database/notes.test.sql"));
    assert!(fails(&project, &["test", "new", "database/notes"]).contains("exists already"));
    assert!(fails(&project, &["test", "new", "../outside"]).contains("no name"));
    fs::write(
        tests.join("000-helpers.sql"),
        "create function public.answer() returns int language sql as 'select 42'",
    )
    .unwrap();
    // both leave a row behind on purpose: neither sees the other's
    for name in ["a.sql", "b.sql"] {
        let sql = "select plan(2);\ninsert into notes (body) values ('mine');\n\
                   select is(count(*), 1::bigint, 'one row') from notes;\nselect is(answer(), 42, 'prepared');\n\
                   select * from finish();";
        fs::write(tests.join(name), sql).unwrap();
    }
    let text = succeeds(&project, &["test", "db", "--jobs", "2"]);
    assert!(text.contains("5 tests in 4 files: 5 passed"), "{text}");

    fs::write(
        tests.join("c.sql"),
        "begin;\nselect plan(2);\nselect is(1, 2, 'one is two');\nselect nonsense;\n",
    )
    .unwrap();
    let text = fails(&project, &["test", "db"]);
    assert!(text.contains("c.sql:3\n  not ok 1 - one is two\n    have: 1\n    want: 2\n"), "{text}");
    assert!(text.contains("c.sql:4\n  ERROR: column \"nonsense\" does not exist (42703)"), "{text}");
    assert!(text.contains("error: 1 of 5 test files failed"), "{text}");
    let output = project.output(&["test", "db", "--filter", "c.sql", "-o", "json"]);
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((output.status.code(), &json["totals"]["failed"]), (Some(1), &1.into()));
    assert!(fails(&project, &["test", "db", "--filter", "nothing"]).contains("no test file"));
}

#[test]
fn an_access_matrix_is_committed_and_a_door_that_opens_is_named() {
    let project = Project::new();
    // an empty list means public
    fs::write(project.path().join("supabase/config.toml"), "[api]\nschemas = []\n").unwrap();
    assert!(fails(&project, &["test", "access"]).contains("--update"));
    succeeds(&project, &["test", "access", "--update"]);
    let file = project.path().join("supabase/tests/access.snap");
    let written = fs::read_to_string(&file).unwrap();
    assert!(
        written.contains("public.notes\n  anon          select; insert; update; delete; truncate\n"),
        "{written}"
    );

    // truncate is open to everybody, which is a hole until somebody answers for it
    let text = fails(&project, &["test", "access"]);
    assert!(text.contains("anon may truncate public.notes"), "{text}");
    let close = "revoke truncate on public.notes from anon, authenticated;";
    fs::write(project.path().join("supabase/migrations/00002_close.sql"), close).unwrap();
    assert!(fails(&project, &["test", "access"]).contains("anon may no longer TRUNCATE public.notes"));
}
