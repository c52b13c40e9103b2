//! `gen` and `inspect`, run on a database of their own.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Output, Stdio};

use base::identity::{Verifier, VerifyingKey};
use serde_json::Value;
use testkit::TestDb;

fn ferrobase(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ferrobase"));
    command.args(arguments).env_remove("DATABASE_URL").stdin(Stdio::null());
    command
}

fn succeed(arguments: &[&str]) -> Output {
    let output = ferrobase(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

fn printed(arguments: &[&str]) -> String {
    String::from_utf8(succeed(arguments).stdout).unwrap()
}

#[tokio::test]
async fn types_are_printed_in_every_language() {
    let database = TestDb::platform().await;
    let url = database.url("postgres");
    let sql = "create table public.notes (id int primary key, body text)";
    database.client("postgres").await.script(sql).await.unwrap();
    for (arguments, expected) in [
        (&["gen", "types"] as &[&str], "      notes: {\n        Row: {\n          body: string | null\n"),
        (&["gen", "types", "typescript", "--dialect", "pg-meta"], "        }\n        Insert: {\n"),
        (&["gen", "types", "--lang", "go"], "type PublicNotesSelect struct {\n"),
        (&["gen", "types", "python", "-s", "public"], "class PublicNotes(BaseModel):\n"),
        (&["gen", "types", "rust", "--schema=public,auth"], "pub struct NotesInsert {\n"),
    ] {
        let types = printed(&[arguments, &["--db-url", &url]].concat());
        assert!(types.contains(expected), "{arguments:?}: {types}");
    }
}

#[tokio::test]
async fn a_watched_file_follows_the_schema() {
    let database = TestDb::platform().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("new/types.ts");
    let path = file.to_str().unwrap();
    let mut watching =
        ferrobase(&["gen", "types", "--watch", "-f", path, "--db-url", &database.url("postgres")])
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
    let mut said = BufReader::new(watching.stderr.take().unwrap()).lines();
    let mut next = || said.next().unwrap().unwrap();
    assert!(next().contains("Wrote"));
    assert!(next().contains("Watching"));
    let mut client = database.client("postgres").await;
    for table in ["first", "second"] {
        client.script(&format!("create table public.{table} (id int)")).await.unwrap();
        assert!(next().contains("Wrote"));
        assert!(std::fs::read_to_string(&file).unwrap().contains(&format!("{table}: {{")));
    }
    watching.kill().unwrap();
    watching.wait().unwrap();
}

#[tokio::test]
async fn a_file_that_is_right_is_left_alone() {
    let database = TestDb::platform().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("types.rs");
    let arguments =
        ["gen", "types", "rust", "-f", file.to_str().unwrap(), "--db-url", &database.url("postgres")];
    assert!(String::from_utf8(succeed(&arguments).stderr).unwrap().contains("Wrote"));
    assert!(succeed(&arguments).stderr.is_empty());
}

#[tokio::test]
async fn every_report_is_printed_and_written() {
    let database = TestDb::platform().await;
    let url = database.url("supabase_admin");
    let sql =
        "create table public.notes (id int primary key, body text); insert into public.notes values (1)";
    database.client("supabase_admin").await.script(sql).await.unwrap();
    let tables: Value =
        serde_json::from_str(&printed(&["inspect", "db", "table-sizes", "-o", "json", "--db-url", &url]))
            .unwrap();
    assert_eq!(tables[0]["name"], "public.notes");
    assert_eq!(tables.as_array().unwrap().len(), 1, "the platform's own are left out: {tables}");
    let indexes = printed(&["inspect", "db", "index-stats", "--output", "csv", "--db-url", &url]);
    assert!(indexes.starts_with("name,table,columns,size,"), "{indexes}");
    assert!(printed(&["inspect", "db", "role-stats", "--db-url", &url]).contains(" supabase_auth_admin "));
    for report in
        ["bloat", "blocking", "collation-drift", "locks", "long-running-queries", "replication-slots"]
    {
        printed(&["inspect", "db", report, "--db-url", &url]);
    }
    for report in ["db-stats", "traffic-profile", "toast-sizes", "vacuum-stats", "xid-age"] {
        assert!(printed(&["inspect", "db", report, "--db-url", &url]).contains('│'), "{report}");
    }
}

#[tokio::test]
async fn a_report_that_cannot_be_made_says_what_is_missing() {
    let database = TestDb::platform().await;
    let mut client = database.client("supabase_admin").await;
    client.script("drop extension if exists pg_stat_statements cascade").await.unwrap();
    let url = database.url("supabase_admin");
    let output = ferrobase(&["inspect", "db", "outliers", "--db-url", &url]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("create extension pg_stat_statements"));
}

#[test]
fn keys_and_tokens_are_made() {
    let key: Value = serde_json::from_str(&printed(&["gen", "signing-key"])).unwrap();
    assert_eq!((&key["kty"], &key["alg"]), (&"EC".into(), &"ES256".into()));
    let rsa: Value = serde_json::from_str(&printed(&["gen", "signing-key", "--algorithm", "RS256"])).unwrap();
    assert_eq!((&rsa["kty"], &rsa["alg"]), (&"RSA".into(), &"RS256".into()));
    let project = tempfile::tempdir().unwrap();
    let supabase = project.path().join("supabase");
    std::fs::create_dir(&supabase).unwrap();
    let folder = project.path().to_str().unwrap();
    std::fs::write(supabase.join("config.toml"), "[auth]\nsigning_keys_path = \"./keys.json\"\n").unwrap();
    let signed_with = |keys: &[&Value]| {
        std::fs::write(supabase.join("keys.json"), serde_json::to_string(keys).unwrap()).unwrap();
        printed(&["gen", "bearer-jwt", "--role", "anon", "--project", folder])
    };
    let verifies = |token: &str, key: &Value| {
        let verifier = Verifier::new(vec![VerifyingKey::from_jwk(key).unwrap()]);
        verifier.verify(token.trim(), chrono::Utc::now()).is_ok()
    };
    for (first, second) in [(&rsa, &key), (&key, &rsa)] {
        let token = signed_with(&[first, second]);
        assert!(verifies(&token, first) && !verifies(&token, second), "the first key signs");
    }
    std::fs::remove_file(supabase.join("config.toml")).unwrap();
    let token = printed(&["gen", "bearer-jwt", "--role", "anon", "--valid-for", "1h", "--project", folder]);
    assert_eq!(token.trim().split('.').count(), 3, "{token}");
    let refused = ferrobase(&["gen", "bearer-jwt", "--role", "anon", "--payload", "[]", "--project", folder]);
    assert_eq!({ refused }.status().unwrap().code(), Some(1));
}

/// As with `| head -1`: no panic, and the exit code is that of the work.
#[tokio::test]
async fn a_reader_that_has_seen_enough_is_no_failure() {
    let database = TestDb::platform().await;
    let url = database.url("postgres");
    for arguments in [
        &["gen", "types", "--schema", "public,auth,storage", "--db-url", &url] as &[&str],
        &["db", "query", "select generate_series(1, 100000)", "--db-url", &url],
        &["db", "dump", "--db-url", &url],
        &["inspect", "db", "role-stats", "--db-url", &url],
        &["gen", "signing-key"],
        &["completions", "bash"],
        &["--help"],
        &["db", "--help"],
    ] {
        let mut running = ferrobase(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(running.stdout.take());
        let output = running.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && !said.contains("panicked"), "{arguments:?}: {said}");
    }
    let mut running = ferrobase(&["db", "query", "select nothing", "--db-url", &url])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop((running.stdout.take(), running.stderr.take()));
    assert_eq!(running.wait().unwrap().code(), Some(1));
}
