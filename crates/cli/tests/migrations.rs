//! Migrations on a database that is given by URL: what is said when they cannot be applied, and the way out.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use testkit::TestDb;

use crate::harness::Project;

/// A project and a database that is not its own.
struct Setting {
    folder: tempfile::TempDir,
    database: TestDb,
    runtime: tokio::runtime::Runtime,
}

impl Setting {
    fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let database = runtime.block_on(TestDb::platform());
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("supabase/migrations")).unwrap();
        Self { folder, database, runtime }
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        std::fs::write(self.folder.path().join("supabase/migrations").join(name), text).unwrap();
    }

    fn remove(&self, name: &str) {
        std::fs::remove_file(self.folder.path().join("supabase/migrations").join(name)).unwrap();
    }

    fn run(&self, arguments: &[&str]) -> Output {
        ferrobase(self.folder.path(), arguments, &self.database.url("postgres"))
    }

    /// What it says on standard error, and that it fails.
    fn refused(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(1), "{}", said(&output));
        said(&output)
    }

    fn accepted(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{}", said(&output));
        said(&output)
    }

    fn value(&self, sql: &str) -> Option<String> {
        self.runtime.block_on(async {
            let mut client = self.database.client("postgres").await;
            client.query(sql, &[]).await.unwrap().first().and_then(|row| row.get(0).unwrap())
        })
    }

    fn history(&self) -> Option<String> {
        self.value(
            "select string_agg(version, ' ' order by version) from supabase_migrations.schema_migrations",
        )
    }
}

fn ferrobase(folder: &Path, arguments: &[&str], url: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ferrobase"))
        .args(arguments)
        .args(["--db-url", url])
        .current_dir(folder)
        .env_remove("DATABASE_URL")
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

/// Standard error without the times it took.
fn said(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    text.lines()
        .map(|line| match line.rfind(" (").filter(|_| line.ends_with("s)")) {
            Some(time) => &line[..time],
            None => line,
        })
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn a_failing_migration_is_shown_with_its_place_and_leaves_nothing() {
    let setting = Setting::new();
    setting.write("001_notes.sql", "create table notes (id int primary key, body text);");
    setting.write(
        "002_tags.sql",
        "-- tags of notes\ncreate table tags (note int);\n\nalter table tags\n\tadd constraint of_note foreign key (nota) references notes;\n",
    );
    insta::assert_snapshot!(setting.refused(&["db", "push"]));
    assert_eq!(setting.history().as_deref(), Some("001"));
    assert_eq!(setting.value("select to_regclass('tags')::text"), None, "rolled back whole");

    setting.write(
        "002_tags.sql",
        "create table tags (note int references notes);\ninsert into tags values (7);",
    );
    insta::assert_snapshot!("a_failing_row", setting.refused(&["migration", "up"]));
    setting.write("002_tags.sql", "create table tags (note int references notes);");
    setting.accepted(&["db", "push"]);
    assert_eq!(setting.history().as_deref(), Some("001 002"));
}

#[test]
fn what_cannot_be_a_migration_is_told_before_anything_runs() {
    let setting = Setting::new();
    setting.write("001_fine.sql", "create table fine ();");
    let mut said = String::new();
    for (file, text) in [
        ("002_psql.sql", &b"select 1;\n\\connect other\n"[..]),
        ("002_copy.sql", b"copy fine from stdin;\n1\n\\.\n"),
        ("002_database.sql", b"create database other;"),
        ("002_system.sql", b"alter system set fsync = off;"),
        ("002_rollback.sql", b"create table x ();\nrollback;"),
        ("002_bytes.sql", b"select '\xe9';"),
        ("002_nul.sql", b"select 1;\nselect '\0';"),
        ("001_twice.sql", b"select 1;"),
    ] {
        setting.write(file, text);
        said.push_str(&setting.refused(&["db", "push"]));
        said.push('\n');
        setting.remove(file);
    }
    insta::assert_snapshot!(said);
    assert_eq!(setting.value("select to_regclass('fine')::text"), None, "nothing was run");
}

#[test]
fn history_and_files_that_do_not_fit_are_told_with_the_way_out() {
    let setting = Setting::new();
    setting.write("001_a.sql", "create table a ();");
    setting.write("003_c.sql", "create table c ();");
    setting.accepted(&["db", "push"]);

    setting.write("002_b.sql", "create table b ();");
    insta::assert_snapshot!("out_of_order", setting.refused(&["db", "push"]));
    let dry = setting.accepted(&["db", "push", "--dry-run", "--include-all"]);
    assert!(dry.contains("supabase/migrations/002_b.sql"), "{dry}");
    assert_eq!(setting.value("select to_regclass('b')::text"), None, "a dry run changes nothing");
    setting.accepted(&["migration", "up", "--include-all"]);

    setting.write("001_a.sql", "create table a (id int);");
    let edited = setting.accepted(&["migration", "up"]);
    assert!(edited.contains("001_a.sql was changed after it was applied"), "{edited}");
    let listed = setting.run(&["migration", "list"]);
    insta::assert_snapshot!("listed", String::from_utf8_lossy(&listed.stdout));

    setting.remove("003_c.sql");
    insta::assert_snapshot!("no_file", setting.refused(&["migration", "up"]));
    setting.accepted(&["migration", "fetch", "--force"]);
    let fetched =
        std::fs::read_to_string(setting.folder.path().join("supabase/migrations/003_c.sql")).unwrap();
    assert_eq!(fetched, "create table c ();\n\n");
    setting.accepted(&["migration", "repair", "--status", "reverted", "003"]);
    assert_eq!(setting.history().as_deref(), Some("001 002"));
    setting.accepted(&["migration", "repair", "--status", "applied", "003"]);
    let unknown = setting.refused(&["migration", "repair", "--status", "applied", "009"]);
    assert!(unknown.contains("migration fetch"), "{unknown}");
    assert_eq!(setting.history().as_deref(), Some("001 002 003"));
}

#[test]
fn going_back_on_a_server_that_is_given_undoes_everything_and_applies_again() {
    let setting = Setting::new();
    setting.write("001_a.sql", "create schema own; create table own.a (); create table notes (id int); create type mood as enum ('ok');");
    setting.write("002_b.sql", "create function f() returns trigger language plpgsql as 'begin return new; end'; create trigger t after insert on auth.users for each row execute function f(); create policy p on storage.objects using (true);");
    std::fs::write(setting.folder.path().join("supabase/seed.sql"), "insert into notes values (1);").unwrap();
    setting.accepted(&["db", "push", "--include-seed"]);
    assert_eq!(setting.value("select count(*)::text from notes").as_deref(), Some("1"));
    let unknown = setting.refused(&["db", "reset", "--version", "009"]);
    assert!(unknown.contains("migration list"), "{unknown}");
    let too_many = setting.refused(&["db", "reset", "--last", "3"]);
    assert!(too_many.contains("only 2 migrations"), "{too_many}");

    setting.accepted(&["migration", "down"]);
    assert_eq!(setting.history().as_deref(), Some("001"));
    let left = "select (select count(*) from pg_trigger where tgname = 't') + (select count(*) from pg_policy where polname = 'p')";
    assert_eq!(setting.value(&format!("select ({left})::text")).as_deref(), Some("0"));
    setting.accepted(&["db", "reset", "--no-seed"]);
    assert_eq!(setting.history().as_deref(), Some("001 002"));
    assert_eq!(setting.value("select count(*)::text from notes").as_deref(), Some("0"), "no seed was wanted");
}

#[test]
fn a_database_that_is_not_local_is_asked_for_and_one_that_is_not_there_is_told() {
    let setting = Setting::new();
    setting.write("001_a.sql", "create table a ();");
    let folder = setting.folder.path();
    // TEST-NET-1: nobody has that address
    let away = "postgresql://postgres@192.0.2.1:5432/postgres?connect_timeout=1";
    let refused = ferrobase(folder, &["db", "reset"], away);
    assert!(said(&refused).contains("--yes"), "{}", said(&refused));
    let unreachable = ferrobase(folder, &["migration", "list"], "postgresql://postgres@127.0.0.1:1/postgres");
    assert_eq!(unreachable.status.code(), Some(1));
    insta::assert_snapshot!("unreachable", said(&unreachable));
    let no_url = ferrobase(folder, &["migration", "list"], "mysql://x");
    assert!(said(&no_url).contains("postgres://"), "{}", said(&no_url));
}

#[test]
fn queries_are_answered_for_people_and_programs_as_anybody() {
    let setting = Setting::new();
    setting.write(
        "001_a.sql",
        "create table notes (id int, owner uuid); alter table notes enable row level security;
         create policy mine on notes to authenticated using (owner = (select auth.uid()));
         insert into notes values (1, '11111111-1111-1111-1111-111111111111'), (2, null);",
    );
    setting.accepted(&["db", "push"]);
    let out = |arguments: &[&str]| {
        let output = setting.run(arguments);
        assert!(output.status.success(), "{}", said(&output));
        String::from_utf8(output.stdout).unwrap()
    };
    assert_eq!(
        out(&["db", "query", "select id, owner from notes order by id", "-o", "csv"]),
        "id,owner\n1,11111111-1111-1111-1111-111111111111\n2,\n"
    );
    let json: serde_json::Value = serde_json::from_str(&out(&[
        "db",
        "query",
        "select id, owner is null as free from notes order by id",
        "-o",
        "json",
    ]))
    .unwrap();
    assert_eq!(json, serde_json::json!([{"id": 1, "free": false}, {"id": 2, "free": true}]));
    let claims = r#"{"sub":"11111111-1111-1111-1111-111111111111","x":"a;b'c"}"#;
    let mine = out(&["db", "query", "table notes", "--as", "authenticated", "--claims", claims, "-o", "csv"]);
    assert_eq!(mine.lines().count(), 2, "{mine}");
    assert_eq!(out(&["db", "query", "table notes", "--as", "anon", "-o", "csv"]).lines().count(), 1);
    insta::assert_snapshot!("query", out(&["db", "query", "select 1 as a, 'ü' as b; create table made ()"]));
    let wrong = setting.refused(&["db", "query", "select *\nfrom note", "--as", "anon"]);
    insta::assert_snapshot!("wrong_query", wrong);
    assert!(setting.refused(&["db", "query", "drop table notes", "--read-only"]).contains("25006"));
    // the server says which value is wrong, and not where
    let third =
        setting.refused(&["db", "query", "select 1;\ntable notes;\n  select 1 / id - 1 / 0 from notes"]);
    assert!(third.contains("the query:3:3: division by zero"), "{third}");
    assert!(setting.refused(&["db", "query", "begin; table notes"]).contains("transaction"));
}

#[test]
fn lint_finds_what_it_promises_and_nothing_in_a_clean_project() {
    let setting = Setting::new();
    setting.write(
        "001_a.sql",
        "create table notes (id int primary key, owner uuid references auth.users);
         alter table notes enable row level security;
         create policy mine on notes using (owner = auth.uid());
         create table open (id int);
         create function rights() returns int language sql security definer as 'select 1';
         set check_function_bodies = off;
         create function broken() returns int language sql as 'select nothing from nowhere';
         create view everything as select * from notes;",
    );
    setting.accepted(&["db", "push"]);
    let output = setting.run(&["db", "lint"]);
    assert!(output.status.success(), "findings fail only when asked");
    insta::assert_snapshot!("lint", String::from_utf8_lossy(&output.stdout));
    assert_eq!(setting.run(&["db", "lint", "--fail-on", "error"]).status.code(), Some(1));
    let errors = setting.run(&["db", "lint", "--level", "error", "-o", "json"]);
    let errors: serde_json::Value = serde_json::from_slice(&errors.stdout).unwrap();
    assert_eq!(errors.as_array().unwrap().len(), 2, "{errors}");

    setting.write(
        "001_a.sql",
        "create table notes (id int primary key, tenant int, unique (id, tenant));
         create table pages (note int, tenant int, foreign key (note, tenant) references notes (id, tenant));
         create index on pages (note);
         alter table notes enable row level security;
         alter table pages enable row level security;
         create function counted() returns trigger language plpgsql set search_path = '' as $$
         begin perform count(*) from made; return null; end $$;
         create trigger counted after insert on notes referencing new table as made for each statement
             execute function counted();",
    );
    setting.accepted(&["db", "reset"]);
    assert_eq!(String::from_utf8_lossy(&setting.run(&["db", "lint"]).stdout), "");
}

/// A project that cannot be read is no missing one, also where a URL names the database.
#[test]
fn a_broken_configuration_is_told_beside_a_url() {
    let project = Project::new();
    std::fs::write(project.path().join("supabase/config.toml"), "[api\n").unwrap();
    let output = project.output(&["db", "push", "--db-url", "postgresql://127.0.0.1:1/postgres"]);
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && error.contains("config.toml"), "{error}");
}
