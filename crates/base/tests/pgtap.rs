//! pgTAP files on a real database: what each prints, where it says it happened, and what psql would have done.

use std::path::Path;

use base::pgtap::{self, Directive, Problem, Report};
use pg::Client;
use testkit::TestDb;

/// A database with pgTAP, and a connection to it.
async fn connect() -> (TestDb, Client) {
    let database = TestDb::platform().await;
    let mut postgres = database.client("postgres").await;
    postgres.script("create extension pgtap with schema extensions").await.expect("pgTAP is installed");
    (database, postgres)
}

/// Runs `main.sql` of a folder with these files.
async fn run_in(postgres: &mut Client, files: &[(&str, &str)]) -> Report {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    pgtap::run(postgres, &folder.path().join("main.sql")).await.unwrap()
}

async fn run(files: &[(&str, &str)]) -> Report {
    let (_database, mut postgres) = connect().await;
    run_in(&mut postgres, files).await
}

/// Line and message of the statement a file died of.
#[track_caller]
fn died(report: &Report) -> (usize, &str) {
    match &report.problem {
        Some(Problem::Died { place, message, .. }) => (place.line, message),
        other => panic!("did not die: {other:?} {report:?}"),
    }
}

#[tokio::test]
async fn assertions_have_their_places_and_their_reasons() {
    let report = run(&[(
        "main.sql",
        "begin;\nselect plan(5);\n\nselect ok(true, 'fine');\nselect\n  is(1, 2, 'not # the same');\n\
         select todo('later', 1);\nselect ok(false, 'known');\nselect skip('no reason', 1);\n\
         select throws_ok('select nonsense', '42703', null, 'fails'), 'x' as more;\nselect * from finish();\nrollback;",
    )])
    .await;
    assert!(!report.passed());
    assert_eq!((report.planned, report.problem), (Some(5), None));
    let lines: Vec<usize> = report.tests.iter().map(|test| test.place.line).collect();
    assert_eq!(lines, [4, 5, 8, 9, 10]);
    let passed: Vec<bool> = report.tests.iter().map(pgtap::Test::passed).collect();
    assert_eq!(passed, [true, false, true, true, true]);
    let failed = &report.tests[1];
    assert_eq!(failed.description, "not # the same");
    assert!(failed.diagnostics.iter().any(|line| line.contains("have: 1")), "{failed:?}");
    assert!(failed.diagnostics.iter().any(|line| line.contains("want: 2")), "{failed:?}");
    assert_eq!(report.tests[2].directive, Some(Directive::Todo("later".into())));
    assert_eq!(report.tests[3].directive, Some(Directive::Skip("no reason".into())));
}

#[tokio::test]
async fn files_use_what_psql_has() {
    let report = run(&[
        (
            "main.sql",
            "\\set ON_ERROR_STOP 1\n\\set count 2\n\\set name 'it''s'\n\\unset QUIET\n\\pset format unaligned\n\\echo # hello\n\
             begin;\nselect plan(:count + 1);\n\\ir parts/one.sql\n\\i parts/one.sql\n\
             select 41 + 1 as answer, 'x' as other \\gset my_\nselect is(:my_answer, 42, :'name') \\g\n\
             select * from finish();\nrollback;\n\\q\nselect nonsense;",
        ),
        ("parts/one.sql", "\n\\ir two.sql\n"),
        // as seen from a folder above, where a runner started psql
        ("parts/two.sql", "\\i parts/three.sql\n"),
        ("parts/three.sql", "select ok(true, 'included')"),
    ])
    .await;
    assert!(report.passed(), "{report:?}");
    assert!(report.tests[0].place.file.ends_with("parts/three.sql"), "{:?}", report.tests[0].place);
    assert_eq!(report.tests[2].description, "it's");
}

#[tokio::test]
async fn a_file_that_dies_says_where_and_keeps_what_it_tested() {
    let report = run(&[(
        "main.sql",
        "begin;\nselect plan(3);\nselect ok(true, 'first');\nselect\n  1,\n  nonsense;\nselect ok(true, 'never');",
    )])
    .await;
    assert_eq!(died(&report), (6, "ERROR: column \"nonsense\" does not exist (42703)"));
    assert_eq!(report.tests.len(), 1);
    assert!(!report.passed());
}

#[tokio::test]
async fn what_is_wrong_with_a_file_is_said() {
    let (_database, mut postgres) = connect().await;
    for (text, expected) in [
        ("select 1;", Problem::NoTests),
        ("begin; select * from no_plan(); select ok(true); rollback;", Problem::NoPlan),
        (
            "begin; select plan(2); select ok(true); select * from finish(); rollback;",
            Problem::WrongCount { planned: 2, ran: 1 },
        ),
        (
            "begin; select plan(1); select ok(true); select ok(true); rollback;",
            Problem::WrongCount { planned: 1, ran: 2 },
        ),
        ("begin; select plan(2); select 'Bail out! enough';", Problem::BailedOut("enough".into())),
    ] {
        assert_eq!(run_in(&mut postgres, &[("main.sql", text)]).await.problem, Some(expected), "{text}");
    }
    for (text, line, word) in [
        ("\n\\connect other", 2, "\\connect"),
        ("select 1\n\\ir x.sql", 2, "middle of a statement"),
        ("\\ir main.sql", 1, "deep"),
        ("\\ir missing.sql", 1, "missing.sql"),
        ("\\i", 1, "names no file"),
        ("select 1 where false \\gset", 1, "one row"),
        ("create temp table t (); copy t from stdin;", 1, "COPY"),
        ("begin; select nonsense;", 1, "nonsense"),
    ] {
        let report = run_in(&mut postgres, &[("main.sql", text)]).await;
        let (at, message) = died(&report);
        assert!(at == line && message.contains(word), "{text}: {at} {message}");
    }
    let missing = pgtap::run(&mut postgres, Path::new("nowhere.sql")).await;
    assert!(missing.unwrap_err().to_string().contains("nowhere.sql"));
}

#[tokio::test]
async fn tests_in_functions_are_counted_and_their_subtests_are_not() {
    let report = run(&[(
        "main.sql",
        "begin;\ncreate schema checks;\ncreate function checks.test_a() returns setof text language sql as\n\
         $$select extensions.ok(true, 'inner')$$;\nselect * from runtests('checks'::name);\nrollback;",
    )])
    .await;
    assert!(report.passed(), "{report:?}");
    assert_eq!((report.planned, report.tests.len()), (Some(1), 1));
}
