//! From one made-up schema to another: names come from small pools, so that two schemas have much in common and
//! differ in everything else.
//!
//! `FERROBASE_DIFF_CASES=1000` runs more than the usual few dozen, `FERROBASE_DIFF_SEED=7` only one.

use fastrand::Rng;

use super::harness::{Database, convert};
use super::oracle;
use super::variants::VARIANTS;

const USUAL_CASES: u64 = 24;
const AT_ONCE: u64 = 4;

#[tokio::test(flavor = "multi_thread")]
async fn any_schema_becomes_any_other() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let seeds = match number("FERROBASE_DIFF_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("FERROBASE_DIFF_CASES").unwrap_or(USUAL_CASES),
    };
    let tasks: Vec<_> = (0..AT_ONCE)
        .map(|lane| {
            let seeds = seeds.clone();
            tokio::spawn(async move {
                for seed in seeds.filter(|seed| seed % AT_ONCE == lane) {
                    case(seed).await;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}

async fn case(seed: u64) {
    let (from, to) = (schema(seed * 2), schema(seed * 2 + 1));
    // what a panic shows
    #[allow(clippy::print_stderr, reason = "which case it was")]
    {
        eprintln!("seed {seed}");
    }
    let (mut before, mut after) = (Database::with(&from).await, Database::with(&to).await);
    let script = convert(&mut before, &mut after).await;
    if seed.is_multiple_of(8) || std::env::var_os("FERROBASE_DIFF_CASES").is_some() {
        oracle::assert_same(&mut before, &mut after, &format!("seed {seed}\n{script}")).await;
    }
}

/// A column that was made: name and type.
type Made = (String, &'static str);

struct Schema {
    random: Rng,
    sql: String,
    /// Name, its columns, the type of `id`.
    tables: Vec<(String, Vec<Made>)>,
    enums: Vec<(&'static str, Vec<&'static str>)>,
    views: Vec<(String, Vec<Made>)>,
}

fn schema(seed: u64) -> String {
    let mut made = Schema {
        random: Rng::with_seed(seed),
        sql: String::new(),
        tables: Vec::new(),
        enums: Vec::new(),
        views: Vec::new(),
    };
    made.roots();
    made.types();
    made.functions();
    for name in ["t1", "t2", "public.t3", "t4"] {
        if made.chance(4, 5) {
            made.table(&qualify(name));
        }
    }
    made.partitions();
    made.inheritance();
    made.keys();
    made.indexes();
    made.views();
    made.behaviour();
    made.rights();
    made.publications();
    for variants in VARIANTS {
        let chosen = made.pick(variants);
        if !chosen.is_empty() {
            made.say(chosen);
        }
    }
    made.sql
}

fn qualify(name: &str) -> String {
    if name.contains('.') { name.to_owned() } else { format!("app.{name}") }
}

impl Schema {
    fn chance(&mut self, of: u32, all: u32) -> bool {
        self.random.u32(0..all) < of
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.random.usize(0..from.len())]
    }

    fn say(&mut self, sql: impl AsRef<str>) {
        self.sql += sql.as_ref();
        self.sql += ";\n";
    }

    fn maybe(&mut self, sql: &str) {
        if self.chance(1, 2) {
            self.say(sql);
        }
    }

    fn roots(&mut self) {
        self.say("create schema app");
        self.maybe("create schema other");
        self.maybe("grant usage on schema app to anon");
        self.maybe("comment on schema app is 'a schema'");
        self.maybe("alter default privileges in schema app grant select on tables to authenticated");
        self.maybe("alter default privileges in schema public revoke all on tables from anon");
        self.maybe("create extension citext with schema extensions");
        for name in ["q1", "q2"] {
            let increment = self.pick(&[1, 5, -1]);
            let kind = self.pick(&["int", "bigint"]);
            self.maybe(&format!("create sequence app.{name} as {kind} increment {increment}"));
        }
    }

    fn types(&mut self) {
        for name in ["app.e1", "public.e2"] {
            let mut labels: Vec<&'static str> =
                ["a", "b", "c", "d"].into_iter().filter(|_| self.chance(2, 3)).collect();
            labels.push("z");
            if self.chance(1, 4) {
                self.random.shuffle(&mut labels);
            }
            let list = labels.iter().map(|label| format!("'{label}'")).collect::<Vec<_>>().join(", ");
            self.say(format!("create type {name} as enum ({list})"));
            self.enums.push((name, labels));
        }
        let base = self.pick(&["int", "bigint"]);
        let rest =
            self.pick(&["", "not null", "default 3", "check (value > 0)", "constraint c check (value < 9)"]);
        self.say(format!("create domain app.d1 as {base} {rest}"));
        let attributes = self.pick(&["a int", "a int, b text", "b text, a int"]);
        self.say(format!("create type app.c1 as ({attributes})"));
        self.maybe("create type app.r1 as range (subtype = int)");
    }

    fn functions(&mut self) {
        let body = self.pick(&["n + 1", "n * 2"]);
        let result = self.pick(&["int", "int", "bigint"]);
        self.say(format!(
            "create function app.f1(n int) returns {result} language sql immutable as $$ select ({body})::{result} $$"
        ));
        let extra = self.pick(&["", "security definer", "set search_path = ''", "cost 5"]);
        let default = self.pick(&["", " default 1"]);
        self.say(format!(
            "create function public.f2(a int{default}) returns text language plpgsql stable {extra} as $$ begin return a::text; end $$"
        ));
        let body = self.pick(&["return new;", "return null;"]);
        self.say(format!(
            "create function app.g1() returns trigger language plpgsql as $$ begin {body} end $$"
        ));
        let kind = self.pick(&["app.e1", "public.e2"]);
        self.maybe(&format!(
            "create function app.f3(x {kind}) returns {kind} language sql as $$ select x $$"
        ));
        self.maybe("create procedure app.p1(inout n int) language sql as $$ select n $$");
        self.maybe("create aggregate app.sum1 (int) (sfunc = int4pl, stype = int, initcond = '0')");
        self.maybe("comment on function app.f1(int) is 'a function'");
        self.maybe("revoke execute on function app.f1(int) from public");
        self.maybe("revoke all on function public.f2(int) from anon, public");
    }

    /// A default that fits the type.
    fn default(&mut self, kind: &str) -> String {
        let value = match kind {
            "int" | "bigint" | "numeric(10,2)" => self.pick(&["1", "app.f1(2)"]).to_owned(),
            "text" | "varchar(20)" => self.pick(&["'x'", "public.f2(1)", "E'it''s\\n'"]).to_owned(),
            "timestamptz" => "now()".to_owned(),
            "boolean" => self.pick(&["true", "false"]).to_owned(),
            "uuid" => "gen_random_uuid()".to_owned(),
            "jsonb" => "'{}'".to_owned(),
            "app.e1" | "public.e2" => {
                let labels =
                    self.enums.iter().find(|(name, _)| *name == kind).map(|(_, labels)| labels.clone());
                let label = self.pick(&labels.unwrap());
                format!("'{label}'")
            }
            _ => "null".to_owned(),
        };
        format!(" default {value}")
    }

    fn columns(&mut self) -> (Vec<String>, Vec<Made>) {
        const TYPES: &[&str] = &[
            "int",
            "bigint",
            "text",
            "varchar(20)",
            "numeric(10,2)",
            "timestamptz",
            "jsonb",
            "boolean",
            "uuid",
            "app.e1",
            "public.e2",
            "app.d1",
            "app.e1[]",
            "app.c1",
        ];
        let (mut lines, mut made) = (Vec::new(), Vec::new());
        for name in ["a", "b", "c", "\"D e\"", "f"] {
            if !self.chance(3, 4) {
                continue;
            }
            let kind = self.pick(TYPES);
            let mut line = format!("{name} {kind}");
            if self.chance(1, 3) {
                line += &self.default(kind);
            }
            if self.chance(1, 4) {
                line += " not null";
            }
            lines.push(line);
            made.push((name.to_owned(), kind));
        }
        let number =
            made.iter().find(|(_, kind)| matches!(*kind, "int" | "bigint")).map(|(name, _)| name.clone());
        if let Some(number) = number.filter(|_| self.chance(1, 3)) {
            let expression = self.pick(&["+ 1", "* 2", "+ app.f1(1)"]);
            lines.push(format!("g bigint generated always as ({number} {expression}) stored"));
        }
        self.random.shuffle(&mut lines);
        (lines, made)
    }

    fn table(&mut self, name: &str) {
        let (mut lines, mut made) = self.columns();
        let id = self.pick(&[
            "int primary key",
            "int generated always as identity primary key",
            "int generated by default as identity (start 5) primary key",
            "serial primary key",
            "bigserial primary key",
            "int not null",
            "int unique",
            "uuid default gen_random_uuid() primary key",
        ]);
        lines.insert(0, format!("id {id}"));
        for (column, kind) in made.clone() {
            let check = match kind {
                "int" | "bigint" | "numeric(10,2)" => format!("check ({column} > 0)"),
                "text" | "varchar(20)" => format!("constraint ck_{} check ({column} <> 'q')", lines.len()),
                _ if self.chance(1, 2) => format!("unique ({column})"),
                _ => continue,
            };
            if kind != "app.c1" && self.chance(1, 3) {
                lines.push(check);
            }
        }
        let options = self.pick(&["", "", " with (fillfactor = 80)", " with (autovacuum_enabled = false)"]);
        let unlogged = "";
        self.say(format!("create {unlogged}table {name} ({}){options}", lines.join(", ")));
        self.maybe(&format!("alter table {name} enable row level security"));
        self.maybe(&format!("comment on table {name} is 'a table'"));
        if let Some((column, _)) = made.first().cloned() {
            self.maybe(&format!("comment on column {name}.{column} is 'a column'"));
        }
        if self.chance(1, 5) {
            self.say(format!("alter table {name} replica identity full"));
        }
        made.insert(0, ("id".to_owned(), if id.starts_with("uuid") { "uuid" } else { "int" }));
        self.tables.push((name.to_owned(), made));
    }

    fn partitions(&mut self) {
        if !self.chance(2, 3) {
            return;
        }
        let key = self.pick(&["k", "k", "id"]);
        let extra = self.pick(&["", ", n text default 'x'", ", check (id > 0)"]);
        self.say(format!(
            "create table app.parts (id int not null, k int not null{extra}) partition by list ({key})"
        ));
        for (name, values) in [("parts_1", "in (1)"), ("parts_2", "in (2, 3)"), ("parts_rest", "default")] {
            if !self.chance(2, 3) {
                continue;
            }
            let bounds =
                if values == "default" { "default".to_owned() } else { format!("for values {values}") };
            self.say(format!("create table app.{name} partition of app.parts {bounds}"));
            self.maybe(&format!("create index on app.{name} (k)"));
        }
        self.maybe("alter table app.parts add primary key (id, k)");
        self.maybe("create index parts_k on app.parts (k)");
        self.maybe(
            "create trigger parts_touch after insert on app.parts for each row execute function app.g1()",
        );
    }

    fn inheritance(&mut self) {
        if self.chance(1, 3) {
            let kind = self.pick(&["int", "text"]);
            self.say(format!("create table app.base (x {kind}, y int default 1)"));
            let own = self.pick(&["z int", "z text default 'a'"]);
            self.say(format!("create table app.derived ({own}) inherits (app.base)"));
        }
    }

    fn keys(&mut self) {
        let tables = self.tables.clone();
        for (table, _) in &tables {
            let (other, columns) = &tables[self.random.usize(0..tables.len())];
            let kind = columns[0].1;
            if !self.sql.contains(&format!("create table {other} (id int primary key"))
                && !self.sql.contains(&format!("create table {other} (id uuid"))
            {
                continue;
            }
            if self.chance(2, 3) {
                let action = self.pick(&[
                    "",
                    "on delete cascade",
                    "on update set null",
                    "deferrable initially deferred",
                ]);
                self.say(format!(
                    "alter table {table} add column ref {kind} references {other} (id) {action}"
                ));
            }
        }
    }

    fn indexes(&mut self) {
        for (number, (table, columns)) in self.tables.clone().iter().enumerate() {
            for (column, kind) in columns.iter().filter(|(_, kind)| *kind != "app.c1" && *kind != "jsonb") {
                if self.chance(1, 4) {
                    let form = self.pick(&["", "desc", "nulls first"]);
                    let unique = self.pick(&["", "", "unique "]);
                    self.say(
                        format!("create {unique}index i{number}_{} on {table} ({column} {form})", kind.len())
                            .replace("create unique index", "create index"),
                    );
                    break;
                }
            }
            if let Some((column, _)) = columns.iter().find(|(_, kind)| *kind == "text") {
                self.maybe(&format!(
                    "create index l{number} on {table} (lower({column})) where {column} <> ''"
                ));
            }
            if columns.len() > 2 && columns[1].1 != "jsonb" && self.chance(1, 4) {
                self.say(format!(
                    "create statistics app.s{number} (ndistinct) on id, {} from {table}",
                    columns[1].0
                ));
            }
        }
    }

    fn views(&mut self) {
        for name in ["app.v1", "public.v2", "app.v3", "app.m1"] {
            let mut sources = self.tables.clone();
            sources.extend(self.views.clone());
            if sources.is_empty() || !self.chance(3, 4) {
                continue;
            }
            let (source, columns) = &sources[self.random.usize(0..sources.len())];
            let kept: Vec<Made> = columns.iter().filter(|_| self.random.bool()).cloned().collect();
            if kept.is_empty() {
                continue;
            }
            let list = kept.iter().map(|(column, _)| column.clone()).collect::<Vec<_>>().join(", ");
            let condition = self.pick(&["", " where true", " limit 3"]);
            if name == "app.m1" {
                self.say(format!(
                    "create materialized view {name} as select {list} from {source}{condition}"
                ));
                if let Some((column, _)) = kept.iter().find(|(_, kind)| *kind != "app.c1" && *kind != "jsonb")
                {
                    self.maybe(&format!("create index on {name} ({column})"));
                }
            } else {
                let options = self.pick(&["", " with (security_invoker = true)"]);
                self.say(format!("create view {name}{options} as select {list} from {source}{condition}"));
                self.maybe(&format!("comment on column {name}.{} is 'of a view'", kept[0].0));
                self.maybe(&format!("grant select on {name} to anon"));
                self.views.push((name.to_owned(), kept));
            }
        }
    }

    fn behaviour(&mut self) {
        for (table, columns) in self.tables.clone() {
            let when = self.pick(&["before insert", "after update", "before insert or delete"]);
            let (of, condition) = match columns.get(1) {
                Some((column, _)) if when == "after update" => {
                    (format!(" of {column}"), format!(" when (new.{column} is not null)"))
                }
                _ => (String::new(), String::new()),
            };
            if self.chance(1, 2) {
                self.say(format!(
                    "create trigger touch {when}{of} on {table} for each row{condition} execute function app.g1()"
                ));
                if self.chance(1, 4) {
                    self.say(format!("alter table {table} disable trigger touch"));
                }
            }
            for policy in ["p1", "\"P 2\""] {
                let role = self.pick(&["public", "anon", "authenticated, anon"]);
                let command = self.pick(&["all", "select", "delete"]);
                let condition = match columns.get(1) {
                    Some((column, _)) if self.random.bool() => format!("{column} is not null"),
                    _ => "app.f1(1) = 2".to_owned(),
                };
                self.maybe(&format!(
                    "create policy {policy} on {table} for {command} to {role} using ({condition})"
                ));
            }
            if self.chance(1, 6) {
                self.say(format!("create rule nothing as on delete to {table} do instead nothing"));
            }
        }
        self.maybe(
            "create trigger from_auth after insert on auth.users for each row execute function app.g1()",
        );
        self.maybe("create policy mine on storage.objects for select using (bucket_id = 'x')");
        if self.sql.contains("create sequence app.q1")
            && let Some((table, _)) =
                self.tables.first().filter(|(table, _)| table.starts_with("app.")).cloned()
        {
            self.maybe(&format!("alter sequence app.q1 owned by {table}.id"));
        }
    }

    fn rights(&mut self) {
        for (table, columns) in self.tables.clone() {
            let role = self.pick(&["anon", "authenticated", "service_role"]);
            let right = self.pick(&["select", "insert, update", "all"]);
            self.maybe(&format!("grant {right} on {table} to {role}"));
            let role = self.pick(&["anon", "authenticated"]);
            self.maybe(&format!("revoke insert, delete on {table} from {role}"));
            let column = &columns[self.random.usize(0..columns.len())].0;
            self.maybe(&format!("grant update ({column}) on {table} to anon"));
        }
        self.maybe("grant usage on type app.e1 to anon");
        self.maybe("revoke usage on type app.d1 from public");
    }

    fn publications(&mut self) {
        let publish = self.pick(&["insert", "insert, update"]);
        if self.chance(1, 2) {
            self.say(format!("create publication changes with (publish = '{publish}')"));
            for (table, _) in self.tables.clone() {
                let columns = self.pick(&["", " (id)"]);
                self.maybe(&format!("alter publication changes add table {table}{columns}"));
            }
        }
        if let Some((table, _)) = self.tables.last().cloned() {
            self.maybe(&format!("alter publication supabase_realtime add table {table}"));
        }
    }
}
