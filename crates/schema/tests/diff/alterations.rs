//! From one schema to another, case by case.

use super::harness::migrate;

macro_rules! cases {
    ($($name:ident: $from:expr => $to:expr, $($expected:expr),*;)*) => {
        $(#[tokio::test(flavor = "multi_thread")]
        async fn $name() {
            let script = migrate($from, $to).await;
            $(assert!(script.contains($expected), "{script}");)*
        })*
    };
}

cases! {
    nothing_becomes_a_table: "" => "create table t (id int primary key, name text not null default 'x')",
        "create table \"public\".\"t\" (\n    \"id\" integer not null,\n    \"name\" text default 'x'::text not null\n);",
        "alter table \"public\".\"t\" add constraint \"t_pkey\" PRIMARY KEY (id);";
    a_table_goes: "create table t (id serial primary key); create policy p on t using (true)" => "", "drop table \"public\".\"t\";";
    columns_come_and_go: "create table t (a int, b int default 1)" => "create table t (b int default 2, c text not null default 'x')",
        "drop column \"a\"", "add column \"c\" text default 'x'::text not null", "set default 2";
    a_column_changes_its_type_below_views:
        "create table t (a int default 1 check (a > 0), b int); create index on t (a); create view v as select a from t; create view w as select a from v;
         create materialized view m as select a from w; create index on m (a); grant select on w to anon; create policy p on t using (a > 1)"
        => "create table t (a bigint default 1 check (a > 0), b int); create index on t (a); create view v as select a from t; create view w as select a from v;
         create materialized view m as select a from w; create index on m (a); grant select on w to anon; create policy p on t using (a > 1)",
        "set data type bigint using \"a\"::bigint";
    a_column_of_text_becomes_an_enum:
        "create table t (a text default 'x' not null check (a <> 'y')); insert into t values ('x')" => "create type e as enum ('x', 'z'); create table t (a e default 'x' not null)",
        "set data type public.e using \"a\"::public.e";
    keys_change_their_type_on_both_sides:
        "create table a (id int primary key); create table b (a int references a)" => "create table a (id uuid primary key); create table b (a uuid references a)", "drop constraint";
    an_enum_grows: "create type e as enum ('b', 'd'); create table t (a e)" => "create type e as enum ('a', 'b', 'c', 'd', 'e'); create table t (a e)",
        "add value 'a' before 'b'", "add value 'c' after 'b'", "add value 'e' after 'd'";
    an_enum_grows_and_is_used_at_once: "create type e as enum ('a'); create table t (a e default 'a')" => "create type e as enum ('a', 'b'); create table t (a e default 'b')",
        "rename to \"e__old_version_to_be_dropped\"", "drop type \"public\".\"e__old_version_to_be_dropped\"";
    an_enum_shrinks_below_everything:
        "create type e as enum ('a', 'b', 'c'); create table t (id int primary key, a e default 'a', l e[], check (a <> 'c')); create index on t (a) where a = 'a';
         create view v as select a from t where a <> 'b'; create function f(e) returns e language sql as $$ select $1 $$; create policy p on t using (a = 'a'); insert into t values (1, 'a', '{a,b}')"
        => "create type e as enum ('b', 'a'); create table t (id int primary key, a e default 'a', l e[], check (a <> 'b')); create index on t (a) where a = 'a';
         create view v as select a from t where a <> 'b'; create function f(e) returns e language sql as $$ select $1 $$; create policy p on t using (a = 'a')", "::text::";
    a_domain_changes: "create domain d as int check (value > 0); create table t (a d)" => "create domain d as int default 3 not null constraint big check (value > 10); create table t (a d)", "alter domain";
    a_domain_gets_another_base: "create domain d as int; create table t (a d)" => "create domain d as text; create table t (a d)", "rename to";
    a_composite_grows: "create type c as (a int); create table t (c c)" => "create type c as (a int, b text); create table t (c c)", "add attribute \"b\" text cascade";
    a_composite_changes: "create type c as (a int); create function f() returns c language sql as $$ select null::c $$" => "create type c as (a text, b int); create function f() returns c language sql as $$ select null::c $$", "drop function";
    a_type_becomes_one_of_another_kind: "create type e as enum ('1', '2'); create table t (a e, b e[])" => "create domain e as int; create table t (a e, b e[])", "rename to";
    types_change_in_a_schema_that_changes: "create schema s; create domain s.d as int; create domain s.e as s.d; create type s.c as (a s.e); create table t (c s.c)" =>
        "create schema s; comment on schema s is 'x'; create domain s.d as text; create type s.c as (a s.d); create table t (c s.c)", "rename to";
    types_made_of_types_change_below_columns: "create domain d as int; create type c as (a d, b text[]); create table t (c c, x d)" => "create domain d as text; create type c as (a d); create table t (c c, x d[])", "rename to";
    a_domain_inside_others_changes: "create domain d as int; create domain e as d; create type c as (a e); create table t (c c, x d[], y d)" => "create domain d as int check (value > 0); create domain e as d not null; create type c as (a e); create table t (c c, x d[], y d)", "rename to";
    a_type_whose_name_is_as_long_as_names_can_be: "create type a_type_whose_name_is_as_long_as_postgres_allows_it_to_be_it_is as enum ('a', 'b'); create table t (a a_type_whose_name_is_as_long_as_postgres_allows_it_to_be_it_is)" =>
        "create type a_type_whose_name_is_as_long_as_postgres_allows_it_to_be_it_is as enum ('b', 'a'); create table t (a a_type_whose_name_is_as_long_as_postgres_allows_it_to_be_it_is)", "rename to";
    a_function_changes_its_body: "create function f(a int) returns int language sql as $$ select 1 $$; revoke execute on function f(int) from anon; create view v as select f(1)" =>
        "create function f(a int) returns int language sql immutable as $$ select 2 $$; revoke execute on function f(int) from anon; create view v as select f(1)", "CREATE OR REPLACE FUNCTION public.f(a integer)";
    a_function_returns_something_else: "create function f() returns int language sql immutable as $$ select 1 $$; create table t (a text default f()::text); create view v as select f() as f; create table u (b text generated always as (md5(f()::text || 'a')) stored); create policy p on t using (f()::text = 'a')" =>
        "create function f() returns text language sql immutable as $$ select 'a' $$; create table t (a text default f()); create view v as select f() as f; create table u (b text generated always as (md5(f()::text || 'b')) stored); create policy p on t using (f() = 'a')", "drop function \"public\".\"f\"()";
    a_trigger_function_is_replaced: "create table t (a int); create function f() returns trigger language plpgsql as $$ begin return new; end $$; create trigger g before insert on t for each row execute function f()" =>
        "create table t (a int); create function f2() returns trigger language plpgsql as $$ begin return new; end $$; create trigger g before insert on t for each row execute function f2(); alter table t disable trigger g", "drop trigger", "drop function";
    a_view_gets_a_column: "create table t (a int, b int); create view v as select a from t; grant select on v to anon" => "create table t (a int, b int); create view v with (security_invoker = true) as select a, b from t; grant select on v to anon", "create or replace view \"public\".\"v\"", "set (security_invoker='true')";
    a_view_loses_a_column: "create table t (a int, b int); create view v as select a, b from t; create view w as select a from v; comment on column w.a is 'x'" => "create table t (a int); create view v as select a from t; create view w as select a from v; comment on column w.a is 'x'", "drop view";
    a_view_becomes_a_table: "create view v as select 1 as a" => "create table v (a int)", "drop view \"public\".\"v\"";
    serial_becomes_identity: "create table t (id serial primary key)" => "create table t (id int generated by default as identity primary key)", "drop default", "drop sequence";
    identity_becomes_serial: "create table t (id int generated always as identity primary key)" => "create table t (id serial primary key)", "drop identity", "owned by";
    identity_changes: "create table t (id int generated always as identity)" => "create table t (id bigint generated by default as identity (start 7 increment 3 cache 4))", "set generated by default", "set increment by 3";
    a_sequence_changes_hands: "create table t (id int, b int); create sequence s owned by t.id" => "create table t (id int, b int); create sequence s increment 2 owned by t.b", "owned by \"public\".\"t\".\"b\"";
    a_sequence_outlives_its_table: "create table t (id int); create sequence s owned by t.id" => "create sequence s", "owned by none";
    computed_columns: "create table t (a int, b int generated always as (a + 1) stored, c int generated always as (a) stored, d int)" => "create table t (a int, b int generated always as (a + 2) stored, c int, d int generated always as (a) stored)", "drop expression";
    constraints_change: "create table t (a int, b int, constraint d unique (b)); alter table t add constraint c check (a > 0) not valid" =>
        "create table t (a int, b int, constraint c check (a > 0), constraint d unique (b) deferrable)", "validate constraint";
    a_foreign_key_may_wait: "create table a (id int primary key); create table t (a int constraint f references a)" => "create table a (id int primary key); create table t (a int constraint f references a deferrable initially deferred)", "alter constraint \"f\" deferrable initially deferred";
    tables_in_a_circle_go: "create table a (id int primary key, b int); create table b (id int primary key, a int references a); alter table a add foreign key (b) references b;
         create policy p on a using (exists (select from b)); create policy q on b using (exists (select from a))" => "", "drop table \"public\".\"a\"", "drop constraint";
    tables_and_functions_in_a_circle: "" => "create function f(int) returns int language sql immutable as $$ select $1 $$; create table t (a int default f(1), b int generated always as (f(2)) stored); create function g(t) returns t language sql immutable as $$ select $1 $$; create table u (t t, x t default g(null))", "create table";
    a_default_calls_a_function_on_its_table: "create table t (a int); create function f(t) returns int language sql immutable as $$ select 1 $$; alter table t alter a set default f(null)" => "", "drop table";
    a_default_calls_a_function_on_its_own_table: "" => "create table t (a int); create function f(t) returns int language sql immutable as $$ select 1 $$; alter table t alter a set default f(null)", "set default";
    rights_change: "create table t (a int, b int); create function f() returns int language sql as 'select 1'; revoke all on function f() from public" => "create table t (a int, b int); revoke all on t from anon; grant select (a) on t to anon; revoke insert on t from authenticated; create function f() returns int language sql as 'select 1'; revoke all on function f() from anon",
        "grant select (\"a\") on table \"public\".\"t\" to \"anon\"", "revoke insert on table \"public\".\"t\" from \"authenticated\"", "grant all on function \"public\".\"f\"() to public";
    what_a_table_loses_its_columns_keep: "create table t (a int, b int); grant select (a), update (b) on t to anon" => "create table t (a int, b int); revoke all on t from anon; grant select (a), update (b) on t to anon",
        "revoke all on table \"public\".\"t\" from \"anon\"", "grant select (\"a\") on table \"public\".\"t\" to \"anon\"";
    default_privileges_change: "" => "alter default privileges in schema public revoke all on tables from anon, authenticated; alter default privileges revoke execute on functions from public; create table t (a int); create function f() returns int language sql as 'select 1'; create sequence s",
        "alter default privileges for role \"postgres\" in schema \"public\" revoke all on tables from \"anon\"";
    policies_change: "create table t (a int); create policy p on t using (a > 0) with check (a > 1); create policy q on t for select using (true)" => "create table t (a int); alter table t enable row level security; create policy p on t to anon using (a > 0) with check (a > 2); create policy q on t for update using (true)", "alter policy \"p\"", "drop policy \"q\"", "enable row level security";
    comments_change: "create table t (a int); comment on table t is 'x'; comment on column t.a is 'y'" => "create table t (a int); comment on column t.a is 'it''s'", "comment on table \"public\".\"t\" is null";
    publications_change: "create table t (a int, b int); create table u (a int); alter publication supabase_realtime add table t; create publication p for table t" => "create table t (a int); create table u (a int); alter publication supabase_realtime add table u; create publication p for table t (a) where (a > 1) with (publish = 'insert')", "alter publication \"supabase_realtime\" drop table \"public\".\"t\"";
    partitions_come_and_go:
        "create table p (id int, k text, primary key (id, k)) partition by list (k); create table p_a partition of p for values in ('a'); create table p_b partition of p for values in ('b'); create index on p (id); create index own on p_a (k); create table free (id int not null, k text not null)" =>
        "create table p (id int, k text, n int, primary key (id, k)) partition by list (k); create table p_a partition of p for values in ('a', 'x'); create table p_c partition of p for values in ('c'); create index on p (k); create table free (id int not null, k text not null, n int, primary key (id, k)); alter table p attach partition free default", "detach partition", "attach partition";
    a_partition_becomes_free: "create table p (id int primary key, check (id > 0)) partition by range (id); create table q partition of p for values from (1) to (10); create index i on p (id)" => "create table q (id int)", "drop table \"public\".\"p\"";
    a_table_becomes_partitioned: "create table p (id int primary key); create view v as select * from p" => "create table p (id int primary key) partition by range (id); create table q partition of p default; create view v as select * from p", "partition by";
    an_inherited_column_has_its_own_default: "" => "create table a (x int default 1); create table b (y int) inherits (a); alter table b alter x set default 2", "set default 2";
    inheritance_changes: "create table a (x int, check (x > 0)); create table b (y int) inherits (a)" => "create table a (x bigint, z text); create table b (y int) inherits (a); create table c () inherits (b)", "inherits (\"public\".\"b\")";
    options_change: "create table t (a text) with (fillfactor = 50)" => "create unlogged table t (a text) with (autovacuum_enabled = false); alter table t alter a set storage external; alter table t alter a set statistics 9; alter table t replica identity full", "set unlogged", "reset (fillfactor)";
    indexes_change: "create table t (a int not null, b int); create unique index i on t (a); alter table t replica identity using index i" => "create table t (a int not null, b int); create unique index i on t (a) include (b); alter table t replica identity using index i; cluster t using i", "drop index \"public\".\"i\"";
    names_move_between_kinds: "create table a (x int); create index b on a (x); create type c as enum ('x'); create sequence d" => "create table b (x int); create index a on b (x); create sequence c; create type d as (x int)", "drop";
    schemas_come_and_go: "create schema s; create table s.t (a int); create function s.f() returns trigger language plpgsql as $$ begin end $$; create trigger g after insert on auth.users for each row execute function s.f(); create policy p on storage.objects using (true)" => "create schema r; create table r.t (a int)", "drop schema \"s\"", "drop trigger \"g\" on \"auth\".\"users\"";
    extensions_come_and_go: "create extension citext with schema extensions; create table t (a extensions.citext)" => "create extension hstore with schema extensions; create table t (a text, h extensions.hstore)", "drop extension \"citext\"";
    rules_and_statistics_change: "create table t (a int, b int); create rule r as on delete to t do instead nothing; create statistics s on a, b from t" => "create table t (a int, b bigint); create rule r as on update to t do instead nothing; create statistics s (mcv) on a, b from t; alter statistics s set statistics 5", "drop rule";
    columns_of_a_view_have_rights: "create view v as select 1 as a" => "create view v as select 1 as a; comment on column v.a is 'x'; revoke all on v from anon; grant select (a) on v to anon", "comment on column";
    columns_of_a_view_lose_what_they_had: "create view v as select 1 as a; comment on column v.a is 'x'; grant update (a) on v to anon" => "create view v as select 1 as a", "comment on column \"public\".\"v\".\"a\" is null";
    not_null_goes_with_the_key: "create table t (id int primary key)" => "create table t (id int)", "drop not null";
    names_that_need_quotes: "" => "create schema \"My \"\"Schema\"; create table \"My \"\"Schema\".\"T.able\" (\"Col umn\" int primary key, \"select\" text default 'it''s\\n'); create view \"My \"\"Schema\".\"V\" as select \"Col umn\" from \"My \"\"Schema\".\"T.able\"; comment on table \"My \"\"Schema\".\"T.able\" is E'back\\\\slash\\n''quote'''; create function \"My \"\"Schema\".\"F\"(\"A b\" int) returns int language sql as $$ select 1 $$", "\"My \"\"Schema\".\"T.able\"";
}
