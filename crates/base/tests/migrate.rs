//! Applying a project's migrations and seeds to a database with the platform in it.

use std::path::Path;

use base::migrate::{self, Error, Event, Project};
use pg::Client;
use testkit::TestDb;

/// A project in a temporary folder.
struct Files(tempfile::TempDir);

impl Files {
    fn new(files: &[(&str, &str)]) -> Self {
        let this = Self(tempfile::tempdir().unwrap());
        for (path, text) in files {
            this.write(path, text);
        }
        this
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.0.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn remove(&self, path: &str) {
        std::fs::remove_file(self.0.path().join(path)).unwrap();
    }

    fn read(&self) -> Project {
        Project::read(self.0.path()).unwrap()
    }
}

async fn up(client: &mut Client, files: &Files) -> Result<Vec<String>, Error> {
    migrate::up(client, &files.read(), false, &mut |_| ()).await
}

async fn count(client: &mut Client, table: &str) -> i64 {
    client.query(&format!("select count(*) from {table}"), &[]).await.unwrap()[0].get(0).unwrap()
}

#[tokio::test]
async fn migrations_are_applied_once_in_order_and_recorded_as_the_official_cli_does() {
    let database = TestDb::platform().await;
    let mut postgres = database.client("postgres").await;
    let files = Files::new(&[
        (
            "migrations/20260101000001_tables.sql",
            "-- first\ncreate table notes (id int);\n\ninsert into notes values (1);",
        ),
        (
            "migrations/20260101000002_functions.sql",
            "create function f() returns int language sql begin atomic select 1; select 2; end;",
        ),
    ]);
    let mut events = Vec::new();
    let applied = migrate::up(&mut postgres, &files.read(), false, &mut |event| {
        if let Event::Applying { file, number, total } = event {
            events.push(format!("{number}/{total} {file}"));
        }
    })
    .await
    .unwrap();
    assert_eq!(applied.len(), 2);
    assert_eq!(
        events,
        [
            "1/2 supabase/migrations/20260101000001_tables.sql",
            "2/2 supabase/migrations/20260101000002_functions.sql"
        ]
    );
    let rows = postgres
        .query(
            "select version, name, statements from supabase_migrations.schema_migrations order by version",
            &[],
        )
        .await
        .unwrap();
    assert_eq!(rows[0].get::<String>(0).unwrap(), "20260101000001");
    assert_eq!(rows[0].get::<String>(1).unwrap(), "tables");
    assert_eq!(
        rows[0].get::<Vec<String>>(2).unwrap(),
        ["-- first\ncreate table notes (id int)", "insert into notes values (1)"]
    );
    assert!(up(&mut postgres, &files).await.unwrap().is_empty());
    assert_eq!(count(&mut postgres, "notes").await, 1);
}

#[tokio::test]
async fn a_failing_migration_leaves_nothing_and_says_where() {
    let database = TestDb::platform().await;
    let mut postgres = database.client("postgres").await;
    let files = Files::new(&[
        ("migrations/1_good.sql", "create table good ()"),
        (
            "migrations/2_bad.sql",
            "create table half ();\n\n-- ünï\ninsert into half\n  values (nö_such_column);",
        ),
    ]);
    let Err(Error::Statement(error)) = up(&mut postgres, &files).await else { panic!("no statement error") };
    assert_eq!((&*error.file, error.line, error.column), ("supabase/migrations/2_bad.sql", 5, 11));
    assert_eq!(error.number, Some(2));
    assert_eq!(error.line_text, "  values (nö_such_column);");
    assert_eq!(error.db.code, "42703");
    assert!(
        error.to_string().starts_with("supabase/migrations/2_bad.sql:5:11: column \"nö_such_column\""),
        "{error}"
    );
    // the file before stays, this one is gone with all it did
    assert_eq!(count(&mut postgres, "good").await, 0);
    assert_eq!(count(&mut postgres, "supabase_migrations.schema_migrations").await, 1);
    let half = postgres.query("select to_regclass('half') is null", &[]).await.unwrap();
    assert!(half[0].get::<bool>(0).unwrap());

    files.write("migrations/2_bad.sql", "create table half ()");
    assert_eq!(up(&mut postgres, &files).await.unwrap(), ["supabase/migrations/2_bad.sql"]);
}

#[tokio::test]
async fn a_constraint_that_fails_at_the_commit_undoes_the_file() {
    let database = TestDb::platform().await;
    let mut postgres = database.client("postgres").await;
    let files = Files::new(&[(
        "migrations/1_late.sql",
        "create table a (id int primary key, other int references a deferrable initially deferred);
         insert into a values (1, 2);",
    )]);
    let Err(Error::Statement(error)) = up(&mut postgres, &files).await else { panic!("no statement error") };
    assert_eq!((error.number, &*error.db.code), (None, "23503"));
    assert_eq!(count(&mut postgres, "supabase_migrations.schema_migrations").await, 0);
}

#[tokio::test]
async fn a_file_with_its_own_begin_and_commit_is_still_one_transaction() {
    let database = TestDb::platform().await;
    let mut postgres = database.client("postgres").await;
    let files = Files::new(&[("migrations/1_own.sql", "begin;\ncreate table t ();\ncommit;\nselect 1 / 0;")]);
    let Err(Error::Statement(error)) = up(&mut postgres, &files).await else { panic!("no statement error") };
    assert_eq!((error.line, error.number), (4, Some(4)));
    let gone = postgres.query("select to_regclass('t') is null", &[]).await.unwrap();
    assert!(gone[0].get::<bool>(0).unwrap());
}

#[tokio::test]
async fn tables_are_locked_and_savepoints_set_in_the_transaction_of_the_file() {
    let database = TestDb::platform().await;
    let mut postgres = database.client("postgres").await;
    let locked = "set lock_timeout to '5s';\nbegin;\ncreate table t (id int);\nlock table t in access exclusive mode;\n\
                  savepoint s; insert into t values (1); rollback to s; insert into t values (2);\ncommit;";
    let files = Files::new(&[("migrations/1_lock.sql", locked)]);
    up(&mut postgres, &files).await.unwrap();
    assert_eq!(count(&mut postgres, "t").await, 1);
    files.write("migrations/2_broken.sql", "create table half ();\nlock table half;\nlock table nowhere;");
    let error = up(&mut postgres, &files).await.unwrap_err().to_string();
    assert!(error.contains("2_broken.sql:3:1: relation \"nowhere\" does not exist"), "{error}");
    // the session is of use again, and nothing was kept
    assert_eq!(count(&mut postgres, "pg_class where relname = 'half'").await, 0);
    assert_eq!(count(&mut postgres, "supabase_migrations.schema_migrations").await, 1);
}

#[tokio::test]
async fn an_index_is_built_concurrently_between_transactions() {
    let database = TestDb::platform().await;
    let mut postgres = database.client("postgres").await;
    let files = Files::new(&[
        ("migrations/1_only.sql", "create table t (a int); insert into t values (1);"),
        ("migrations/2_alone.sql", "-- by itself\ncreate index concurrently i on t (a);"),
        (
            "migrations/3_between.sql",
            "set role postgres;\ncreate table u (a int);\ncreate unique index concurrently j on u (a);\nvacuum u;
             alter table u add column b int;\ndrop index concurrently i;",
        ),
    ]);
    assert_eq!(up(&mut postgres, &files).await.unwrap().len(), 3);
    let valid = "select string_agg(indexrelid::regclass::text, ' ') from pg_index where indisvalid and indrelid in ('t'::regclass, 'u'::regclass)";
    assert_eq!(postgres.query(valid, &[]).await.unwrap()[0].get::<String>(0).unwrap(), "j");

    files.write(
        "migrations/4_fails.sql",
        "insert into t values (1);\ncreate unique index concurrently k on t (a);\nselect 1;",
    );
    let Err(Error::Statement(error)) = up(&mut postgres, &files).await else { panic!("no statement error") };
    assert_eq!((error.line, error.number, error.is_kept_before), (2, Some(2), true));
    assert_eq!(count(&mut postgres, "t").await, 2, "Postgres wanted a commit before it");
    assert_eq!(count(&mut postgres, "supabase_migrations.schema_migrations").await, 3);
}

#[tokio::test]
async fn a_new_value_of_an_enum_is_used_after_the_commit_of_the_file() {
    let database = TestDb::platform().await;
    let mut postgres = database.client("postgres").await;
    let files = Files::new(&[
        ("migrations/1_made.sql", "create type mood as enum ('sad'); create table t (mood mood);"),
        (
            "migrations/2_grows.sql",
            "begin;\nalter type mood add value if not exists 'happy';\ncommit;\nbegin;\ninsert into t values ('happy');\ncommit;",
        ),
    ]);
    assert_eq!(up(&mut postgres, &files).await.unwrap().len(), 2);
    assert_eq!(count(&mut postgres, "t where mood = 'happy'").await, 1);
}

#[tokio::test]
async fn a_role_taken_for_a_transaction_of_the_file_ends_with_it() {
    let database = TestDb::platform().await;
    let mut postgres = database.client("postgres").await;
    let files = Files::new(&[(
        "migrations/1_acts.sql",
        "begin;\nselect set_config('role', 'authenticated', true);\nend;\ncreate table made_by_postgres (id int);",
    )]);
    up(&mut postgres, &files).await.unwrap();
    let owner = "select tableowner from pg_tables where tablename = 'made_by_postgres'";
    assert_eq!(postgres.query(owner, &[]).await.unwrap()[0].get::<String>(0).unwrap(), "postgres");
}

#[tokio::test]
async fn roles_come_before_the_first_migration_once() {
    let (one, other) = (TestDb::platform().await, TestDb::platform().await);
    let role = format!("reader_{}", one.name());
    let files = Files::new(&[
        ("migrations/1_t.sql", &format!("create table t (id int); grant select on t to {role}")),
        ("roles.sql", &format!("create role {role};\ncreate table of_roles (id int);")),
    ]);
    let how = migrate::How { with_roles: true, ..migrate::How::default() };
    assert!(up(&mut one.client("postgres").await, &files).await.is_err(), "a push has none");
    for database in [&one, &other] {
        let mut postgres = database.client("postgres").await;
        for expected in [1, 0] {
            let applied = migrate::up_with(&mut postgres, &files.read(), how, &mut |_| ()).await.unwrap();
            assert_eq!(applied.len(), expected);
        }
        assert_eq!(count(&mut postgres, "of_roles").await, 0);
    }
    one.client("supabase_admin").await.script(&format!("drop owned by {role}")).await.unwrap();
    other
        .client("supabase_admin")
        .await
        .script(&format!("drop owned by {role}; drop role {role}"))
        .await
        .unwrap();
}

/// As the roles of a hosted project are exported, and as those who replicate a project want theirs.
#[tokio::test]
async fn roles_may_have_what_postgres_has() {
    let database = TestDb::platform().await;
    let (exported, replicating) =
        (format!("exported_{}", database.name()), format!("replicating_{}", database.name()));
    let files = Files::new(&[
        (
            "roles.sql",
            &format!(
                "create role {exported};\nalter role {exported} with noinherit nocreaterole login nobypassrls;"
            ),
        ),
        (
            "migrations/1_role.sql",
            &format!(
                "do $$ begin create role {replicating} with replication bypassrls login password 'It''s'; end $$"
            ),
        ),
    ]);
    let how = migrate::How { with_roles: true, ..migrate::How::default() };
    let mut postgres = database.client("postgres").await;
    migrate::up_with(&mut postgres, &files.read(), how, &mut |_| ()).await.unwrap();
    let attributes = format!(
        "select string_agg(concat_ws(' ', rolinherit, rolcanlogin, rolbypassrls, rolreplication), ', ' order by rolname)
         from pg_roles where rolname in ('{exported}', '{replicating}')"
    );
    assert_eq!(postgres.query(&attributes, &[]).await.unwrap()[0].text(0), Some("f t f f, t t t t"));

    for (role, attribute) in [("supabase_auth_admin", "bypassrls"), ("supabase_admin", "nobypassrls")] {
        files.write("migrations/2_platform.sql", &format!("alter role {role} {attribute}"));
        let error = up(&mut postgres, &files).await.unwrap_err();
        assert!(error.to_string().contains("42501"), "{error}");
    }
    let injected = format!("select ferrobase.set_role_attribute('{exported}', 'bypassrls superuser')");
    assert!(postgres.script(&injected).await.is_err());
    postgres.script(&format!("drop role {exported}, {replicating}")).await.unwrap();
}

#[tokio::test]
async fn what_a_newer_postgres_may_know_is_told() {
    let database = TestDb::platform().await;
    let mut postgres = database.client("postgres").await;
    for (major, statement, expected) in [
        (99, "create table t (id int) with nonsense", true),
        (99, "select 1 / 0", false),
        (15, "create table t (id int) with nonsense", false),
    ] {
        let files = Files::new(&[("migrations/1_t.sql", statement)]);
        files.write("config.toml", &format!("[db]\nmajor_version = {major}\n"));
        let error = up(&mut postgres, &files).await.unwrap_err();
        let migrate::Error::Statement(failed) = error else { panic!("{error}") };
        let hint = failed.db.hint.unwrap_or_default();
        assert_eq!(hint.contains("written for PostgreSQL 99 and this is 1"), expected, "{statement}: {hint}");
    }
}

#[tokio::test]
async fn a_project_that_exposes_nothing_by_itself_grants_what_it_makes() {
    let (open, closed) = (TestDb::platform().await, TestDb::platform().await);
    let files = Files::new(&[("migrations/1_t.sql", "create table t (id int)")]);
    let how = migrate::How { with_roles: true, ..migrate::How::default() };
    for (database, value, expected) in [(&open, "true", "true"), (&closed, "false", "false")] {
        files.write("config.toml", &format!("[api]\nauto_expose_new_tables = {value}\n"));
        let mut postgres = database.client("postgres").await;
        migrate::up_with(&mut postgres, &files.read(), how, &mut |_| ()).await.unwrap();
        let granted = "select has_table_privilege('anon', 't', 'select')::text";
        assert_eq!(postgres.query(granted, &[]).await.unwrap()[0].text(0), Some(expected));
    }
}

#[tokio::test]
async fn a_publication_of_all_tables_is_made_and_dropped_for_postgres() {
    let database = TestDb::platform().await;
    let mut postgres = database.client("postgres").await;
    let files = Files::new(&[(
        "migrations/1_made.sql",
        "create publication one for all tables with (publish = 'insert');
         do $$ begin
           if not exists (select from pg_publication where pubname = 'two') then create publication two for all tables; end if;
         end $$;
         create table t (id int primary key); create publication three for table t;",
    )]);
    up(&mut postgres, &files).await.unwrap();
    let all = "select string_agg(pubname || puballtables::int || pubupdate::int, ' ' order by pubname) from pg_publication where pubname in ('one', 'two', 'three')";
    assert_eq!(postgres.query(all, &[]).await.unwrap()[0].text(0), Some("one10 three01 two11"));
    files.write(
        "migrations/2_dropped.sql",
        "drop publication if exists one, four; drop publication two, three",
    );
    up(&mut postgres, &files).await.unwrap();
    assert_eq!(postgres.query(all, &[]).await.unwrap()[0].text(0), None);
    files.write("migrations/3_none.sql", "drop publication one");
    let Err(Error::Statement(error)) = up(&mut postgres, &files).await else { panic!("no statement error") };
    assert_eq!(error.db.code, "42704");
}

#[tokio::test]
async fn what_one_file_sets_is_not_felt_by_the_next() {
    let database = TestDb::platform().await;
    let mut postgres = database.client("postgres").await;
    let files = Files::new(&[
        ("migrations/1_sets.sql", "set search_path = ''; set role anon; set statement_timeout = 1"),
        ("migrations/2_uses.sql", "create table here (); select pg_sleep(0.01); select uuid_generate_v4()"),
    ]);
    assert_eq!(up(&mut postgres, &files).await.unwrap().len(), 2);
    let here = postgres.query("select to_regclass('public.here') is not null", &[]).await.unwrap();
    assert!(here[0].get::<bool>(0).unwrap());
}

#[tokio::test]
async fn nothing_is_run_when_a_file_has_what_no_migration_may_have() {
    let database = TestDb::platform().await;
    let mut postgres = database.client("postgres").await;
    for (sql, place, word) in [
        ("select 1;\n\\connect other", ":2:1: ", "psql"),
        ("begin;\n  create index concurrently i on t (a);\nend;", ":2:3: ", "transaction"),
        ("select 1;\n  create database other;", ":2:3: ", "transaction"),
        ("copy t from stdin;\n1\n\\.\n", ":1:1: ", "insert"),
        ("rollback;", ":1:1: ", "whole"),
    ] {
        let files =
            Files::new(&[("migrations/1_good.sql", "create table good ()"), ("migrations/2_bad.sql", sql)]);
        let error = up(&mut postgres, &files).await.unwrap_err();
        assert!(matches!(error, Error::Unsuitable { .. }), "{error}");
        assert!(error.to_string().contains(place) && error.to_string().contains(word), "{error}");
        let good = postgres.query("select to_regclass('good') is null", &[]).await.unwrap();
        assert!(good[0].get::<bool>(0).unwrap());
    }
}

#[tokio::test]
async fn a_history_that_does_not_fit_the_files_is_explained() {
    let database = TestDb::platform().await;
    let mut postgres = database.client("postgres").await;
    let files = Files::new(&[("migrations/2_b.sql", "select 2"), ("migrations/3_c.sql", "select 3")]);
    up(&mut postgres, &files).await.unwrap();

    files.write("migrations/1_a.sql", "select 1");
    let error = up(&mut postgres, &files).await.unwrap_err();
    assert!(matches!(&error, Error::OutOfOrder { newest, .. } if newest == "3"), "{error}");
    let applied = migrate::up(&mut postgres, &files.read(), true, &mut |_| ()).await.unwrap();
    assert_eq!(applied, ["supabase/migrations/1_a.sql"]);

    files.write("migrations/2_b.sql", "select 22");
    let mut edited = Vec::new();
    migrate::up(&mut postgres, &files.read(), false, &mut |event| {
        if let Event::Edited { file } = event {
            edited.push(file.to_owned());
        }
    })
    .await
    .unwrap();
    assert_eq!(edited, ["supabase/migrations/2_b.sql"]);

    files.remove("migrations/2_b.sql");
    let error = up(&mut postgres, &files).await.unwrap_err();
    assert!(matches!(&error, Error::MissingLocally { versions } if *versions == ["2"]), "{error}");
    let listed = migrate::list(&mut postgres, &files.read()).await.unwrap();
    let listed: Vec<_> = listed.iter().map(|item| (&*item.version, item.local, item.applied)).collect();
    assert_eq!(listed, [("1", true, true), ("2", false, true), ("3", true, true)]);
}

#[tokio::test]
async fn listing_changes_nothing() {
    let database = TestDb::platform().await;
    let mut postgres = database.client("postgres").await;
    let files = Files::new(&[("migrations/1_a.sql", "select 1")]);
    let listed = migrate::list(&mut postgres, &files.read()).await.unwrap();
    assert!(listed.len() == 1 && listed[0].local && !listed[0].applied);
    let schema = postgres.query("select to_regnamespace('supabase_migrations') is null", &[]).await.unwrap();
    assert!(schema[0].get::<bool>(0).unwrap());
}

#[tokio::test]
async fn seeds_are_put_in_once_and_whole() {
    let database = TestDb::platform().await;
    let mut postgres = database.client("postgres").await;
    let files = Files::new(&[
        ("migrations/1_t.sql", "create table t (id int)"),
        ("seed.sql", "insert into t values (1); insert into t values ('x');"),
    ]);
    assert!(!migrate::is_up_to_date(&mut postgres, &files.read()).await.unwrap());
    up(&mut postgres, &files).await.unwrap();
    let error = migrate::seed(&mut postgres, &files.read(), &mut |_| ()).await.unwrap_err();
    assert!(error.to_string().starts_with("supabase/seed.sql:1:"), "{error}");
    assert!(!migrate::is_up_to_date(&mut postgres, &files.read()).await.unwrap());
    assert_eq!(count(&mut postgres, "t").await, 0);

    files.write("seed.sql", "insert into t values (1)");
    assert_eq!(
        migrate::seed(&mut postgres, &files.read(), &mut |_| ()).await.unwrap(),
        ["supabase/seed.sql"]
    );
    assert!(migrate::seed(&mut postgres, &files.read(), &mut |_| ()).await.unwrap().is_empty());
    files.write("seed.sql", "insert into t values (2)");
    assert!(migrate::is_up_to_date(&mut postgres, &files.read()).await.unwrap());
    assert!(migrate::seed(&mut postgres, &files.read(), &mut |_| ()).await.unwrap().is_empty());
    assert_eq!(count(&mut postgres, "t").await, 1);
    assert_eq!(count(&mut postgres, "supabase_migrations.seed_files").await, 1);
}

#[tokio::test]
async fn two_at_once_apply_each_file_once() {
    let database = TestDb::platform().await;
    let files = Files::new(&[
        ("migrations/1_t.sql", "create table t (id int)"),
        ("migrations/2_u.sql", "create table u ()"),
    ]);
    let (mut one, mut two) = (database.client("postgres").await, database.client("postgres").await);
    let (one, two) = tokio::join!(up(&mut one, &files), up(&mut two, &files));
    assert_eq!(one.unwrap().len() + two.unwrap().len(), 2);
}

#[tokio::test]
async fn a_file_of_many_statements_is_one_flight() {
    let database = TestDb::platform().await;
    let mut postgres = database.client("postgres").await;
    let inserts: String = "insert into t values (1) returning id;\n".repeat(5000);
    let files = Files::new(&[("migrations/1_t.sql", &format!("create table t (id int);\n{inserts}"))]);
    up(&mut postgres, &files).await.unwrap();
    assert_eq!(count(&mut postgres, "t").await, 5000);
}

#[tokio::test]
async fn a_template_holds_a_project() {
    let files = Files::new(&[
        ("migrations/1_t.sql", "create table t (id int)"),
        ("seed.sql", "insert into t values (1)"),
    ]);
    let folder: &Path = files.0.path();
    let (first, second) = (TestDb::project(folder).await, TestDb::project(folder).await);
    first.client("postgres").await.script("delete from t").await.unwrap();
    assert_eq!(count(&mut second.client("postgres").await, "t").await, 1);
}
