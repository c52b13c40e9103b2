//! `db diff`, `db pull`, `db dump` and `migration squash` on a project that is served.

use serde_json::Value;

use crate::harness::Project;

struct Served {
    project: Project,
    url: String,
    _server: crate::harness::Server,
}

impl Served {
    fn start() -> Self {
        let project = Project::new();
        let server = project.start();
        let card = std::fs::read(project.state().join("server.json")).unwrap();
        let card: Value = serde_json::from_slice(&card).unwrap();
        let url = card["db_url"].as_str().unwrap().to_owned();
        Self { project, url, _server: server }
    }

    fn sql(&self, sql: &str) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut client = pg::Client::connect(&self.url.parse().unwrap()).await.unwrap();
            client.script(sql).await.unwrap();
        });
    }

    /// What a command prints and says.
    fn run(&self, arguments: &[&str]) -> (String, String) {
        let output = self.project.output(arguments);
        let (printed, said) =
            (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
        assert!(output.status.success(), "{arguments:?}: {said}");
        (printed, said)
    }

    fn fail(&self, arguments: &[&str]) -> String {
        let output = self.project.output(arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        String::from_utf8(output.stderr).unwrap()
    }

    fn migrations(&self) -> Vec<String> {
        let folder = self.project.path().join("supabase/migrations");
        let mut names: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|file| file.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    fn assert_same(&self) {
        let (printed, said) = self.run(&["db", "diff"]);
        assert_eq!(printed, "", "{said}");
        assert!(said.contains("No schema changes found"), "{said}");
    }
}

#[test]
fn what_was_made_by_hand_becomes_a_migration_and_many_become_one() {
    let served = Served::start();
    served.assert_same();

    served.sql(
        "create type mood as enum ('ok'); create table tags (id int primary key, mood mood, note bigint references notes);
         alter table tags enable row level security; create policy p on tags to anon using (true);
         alter publication supabase_realtime add table tags; create policy files on storage.objects using (true);
         create function hello() returns trigger language plpgsql as $$ begin return new; end $$;
         create trigger greet after insert on auth.users for each row execute function hello();
         alter table notes drop column body;
         create domain few as int check (value between 1 and 5 and value <> 3);
         create table drifts (n few, s varchar(9) check (s in ('a', 'b')), check (n between 1 and 5 and s is not null));
         create index on drifts (n) where n between 1 and 3 and s in ('a', 'b');
         create view drifting as select * from drifts where n between 1 and 4 and s in ('a', 'b');
         create policy those on drifts using (n between 1 and 4 and s = 'a');
         create function near(n int) returns bool immutable return n between 1 and 4 and n <> 3;
         alter table drifts add size int, add quiet bool default (1 between 0 and 2 and near(1)),
           add loud bool generated always as (n between 1 and 4 and s in ('a', 'b')) stored;
         create trigger greet before update on drifts for each row when (new.n between 1 and 4 and new.s in ('a', 'b'))
           execute function hello();
         create rule quietly as on delete to drifts where old.n between 1 and 4 and old.s in ('a', 'b') do nothing;
         create statistics drifting_together on (n between 1 and 4 and s in ('a', 'b')), (n + 1) from drifts;
         create publication few for table drifts where (size between 1 and 4 and size <> 3)",
    );
    let (printed, said) = served.run(&["db", "diff"]);
    for expected in [
        "create table \"public\".\"tags\" (",
        "create policy \"p\"\non \"public\".\"tags\"",
        "alter publication \"supabase_realtime\" add table only \"public\".\"tags\";",
        "create policy \"files\"\non \"storage\".\"objects\"",
        "CREATE TRIGGER greet AFTER INSERT ON auth.users",
        "alter table \"public\".\"notes\" drop column \"body\";",
    ] {
        assert!(printed.contains(expected), "{expected}: {printed}");
    }
    assert!(!printed.contains("grant") && !printed.contains("revoke"), "{printed}");
    assert!(said.contains("Found drops") && said.contains(r#"column "public"."notes"."body""#), "{said}");

    // the other way round, and into a file
    let file = served.project.path().join("back.sql");
    served.run(&["db", "diff", "--from", "local", "--to", "migrations", "-o", file.to_str().unwrap()]);
    let back = std::fs::read_to_string(&file).unwrap();
    assert!(back.contains("drop table \"public\".\"tags\";"), "{back}");
    let (printed, _) = served.run(&["db", "diff", "--from", &served.url, "--to", "local"]);
    assert_eq!(printed, "");

    let (_, said) = served.run(&["db", "pull", "by_hand"]);
    assert!(said.contains("_by_hand.sql") && said.contains("Recorded as applied"), "{said}");
    served.assert_same();
    let (printed, _) = served.run(&["db", "diff", "--schema", "nowhere"]);
    assert_eq!(printed, "");

    let (_, said) = served.run(&["migration", "squash"]);
    assert!(said.contains("Squashed 2 migrations"), "{said}");
    assert_eq!(served.migrations().len(), 1);
    served.assert_same();
    assert!(served.fail(&["migration", "squash"]).contains("nothing to squash"));
    assert!(served.fail(&["migration", "squash", "--version", "7"]).contains("migration list"));

    // a name that is free in the database is not in the history: pulling needs both to agree
    std::fs::write(
        served.project.path().join("supabase/migrations/99990101000000_x.sql"),
        "create table x ()",
    )
    .unwrap();
    assert!(served.fail(&["db", "pull"]).contains("does not have these migrations yet: 99990101000000"));
    std::fs::write(
        served.project.path().join("supabase/migrations/99990101000000_x.sql"),
        "create tabel x ()",
    )
    .unwrap();
    let said = served.fail(&["db", "diff"]);
    assert!(said.contains("99990101000000_x.sql") && said.contains("tabel"), "{said}");
}

#[test]
fn a_dump_makes_the_same_database() {
    let served = Served::start();
    served.sql(
        "create schema app; create table app.kinds (id int primary key, name text); create table app.a_things (
           id bigint generated always as identity primary key, kind int references app.kinds, doubled int generated always as (kind * 2) stored, note text, raw bytea);
         insert into app.kinds values (1, 'it''s'), (2, null);
         insert into app.a_things (kind, note, raw) values (1, E'tab\\tline\\nback\\\\slash', '\\x00ff'), (2, '', null);
         create role reporter nologin; grant reporter to postgres; alter role reporter set statement_timeout = '5s'; grant usage on schema app to reporter;
         revoke all on notes from anon; revoke usage on schema public from anon; insert into notes (body) values ('x');
         create table app.log (what text);
         create function app.note() returns trigger language plpgsql as $$ begin insert into app.log values (tg_op); return new; end $$;
         create trigger note after insert on app.kinds for each row execute function app.note();
         create table app.one (id int primary key, other int);
         create table app.other (id int primary key, one int references app.one);
         alter table app.one add foreign key (other) references app.other;
         insert into app.one values (1, null); insert into app.other values (1, 1); update app.one set other = 1",
    );
    let (schema, _) = served.run(&["db", "dump"]);
    let (data, said) = served.run(&["db", "dump", "--data-only", "-x", "public.notes"]);
    assert!(said.contains("app.one, app.other"), "{said}");
    let (copy, _) = served.run(&["db", "dump", "--data-only", "--use-copy", "--schema", "app"]);
    let (roles, _) = served.run(&["db", "dump", "--role-only"]);
    assert!(roles.contains("create role \"reporter\";\n"), "{roles}");
    assert!(roles.contains("grant \"reporter\" to \"postgres\";\n"), "{roles}");
    assert!(roles.contains("alter role \"reporter\" set \"statement_timeout\" to '5s';"), "{roles}");
    assert!(schema.contains("revoke all on schema \"public\" from \"anon\";"), "{schema}");
    assert!(!schema.contains("schema if not exists \"public\""), "it is there: {schema}");
    assert!(schema.contains("revoke all on table \"public\".\"notes\" from \"anon\";"), "{schema}");
    assert!(schema.contains("grant usage on schema \"app\" to \"reporter\";"), "{schema}");
    assert!(!data.contains("\"notes\""), "{data}");
    assert!(copy.contains("copy \"app\".\"a_things\" (\"id\", \"kind\", \"note\", \"raw\") from stdin;\n1\t1\ttab\\tline\\nback\\\\slash\t\\\\x00ff\n"), "{copy}");
    // the same project in another cluster, made of nothing but the dumps
    let other = Served::start();
    other.sql("drop table notes; drop function nap; drop function napping");
    other.sql(&roles);
    other.sql(&schema);
    other.sql(&data);
    let (again, _) = other.run(&["db", "dump"]);
    assert_eq!(again, schema);
    let (rows, _) = other.run(&["db", "dump", "--data-only", "-x", "public.notes,auth.users"]);
    assert_eq!(rows.replace("public", ""), data.replace("public", ""));
    other.sql("insert into app.a_things (kind) values (1)");

    let refused = served.fail(&["db", "dump", "--db-url", "postgres://postgres@127.0.0.1:1/postgres"]);
    assert!(refused.contains("can't connect"), "{refused}");
}

#[test]
fn migrations_are_compared_with_a_declared_schema() {
    let project = Project::new();
    let folder = project.path().join("supabase/schemas");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("10_tags.sql"), "create table public.tags (id int primary key);").unwrap();
    std::fs::write(folder.join("20_more.sql"), "create table public.more (tag int references public.tags);")
        .unwrap();
    let output = project.output(&["db", "diff", "-f", "declared"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && said.contains("2 declared schema files"), "{said}");
    let migrations = project.path().join("supabase/migrations");
    let written = std::fs::read_dir(migrations)
        .unwrap()
        .map(|file| file.unwrap().path())
        .find(|path| path.to_string_lossy().contains("declared"))
        .unwrap();
    let sql = std::fs::read_to_string(written).unwrap();
    assert!(
        sql.contains("drop table \"public\".\"notes\";") && sql.contains("create table \"public\".\"more\""),
        "{sql}"
    );
    let output = project.output(&["db", "diff"]);
    assert!(String::from_utf8(output.stderr).unwrap().contains("No schema changes found"));

    // what the database has can be what is declared
    let output = project.output(&["db", "pull", "--declarative"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && said.contains("supabase/schemas/10_tags.sql"), "{said}");
    std::fs::remove_dir_all(&folder).unwrap();
    for arguments in [
        &["migration", "up"] as &[&str],
        &["db", "pull", "--declarative"],
        &["db", "diff", "--from", "declared", "--to", "local"],
    ] {
        let output = project.output(arguments);
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success() && output.stdout.is_empty(), "{arguments:?}: {said}");
    }
    let declared = std::fs::read_to_string(folder.join("schema.sql")).unwrap();
    assert!(declared.contains("create table \"public\".\"more\""), "{declared}");
}
