//! Objects that are rarer, each group by itself: a schema has one of its forms, or none of them.

/// Groups of alternatives; each is a script of its own, so any can follow any other.
pub(super) const VARIANTS: &[&[&str]] = &[
    // keys and exclusions
    &[
        "",
        "create table app.x1 (id int primary key, r int4range, exclude using gist (r with &&))",
        "create table app.x1 (id int primary key, r int4range, exclude using gist (r with &&) where (id > 1), unique nulls not distinct (r))",
        "create table app.x1 (id int, r int4range, constraint x1_one unique (r) include (id) deferrable initially deferred)",
    ],
    &[
        "",
        "create table app.x2 (a int, b text, primary key (a, b)); create table app.x3 (a int, b text, foreign key (a, b) references app.x2 on delete set null (b))",
        "create table app.x2 (b text, a int, primary key (b, a)); create table app.x3 (a int, b text, constraint x3_a_b_fkey foreign key (b, a) references app.x2 match full on update cascade)",
        "create table app.x2 (a int primary key, b text unique); create table app.x3 (a int references app.x2 not null, b text); alter table app.x3 add foreign key (b) references app.x2 (b) not valid",
    ],
    &[
        "create table app.x4 (a int constraint small check (a < 10) no inherit, b text)",
        "create table app.x4 (a int, b text); alter table app.x4 add constraint small check (a < 10) not valid; comment on constraint small on app.x4 is 'x'",
        "create table app.x4 (a int, b text, constraint small check (a < 11 and b <> ''))",
    ],
    // what a column is besides its type
    &[
        "",
        "create table app.y1 (a text collate \"C\", b text compression pglz, c text not null default 'x' || 'y')",
        "create table app.y1 (a text, b text, c text); alter table app.y1 alter b set storage external, alter c set statistics 20, alter a set (n_distinct = 7)",
        "create table app.y1 (a text collate \"POSIX\", b text, d int generated always as identity (minvalue 0 start 3 cycle)) with (fillfactor = 60)",
    ],
    &[
        "",
        "create table app.y2 (a int, b int generated always as (a * 2) stored, c text generated always as ('a' || 'b') stored)",
        "create table app.y2 (a bigint, b bigint generated always as (a * 3) stored, c text)",
        "create table app.y2 (a int, b int, c text generated always as ('b') stored); create index y2_b on app.y2 (b) include (c)",
    ],
    // indexes of other kinds
    &[
        "",
        "create table app.y3 (a text[], b jsonb, c text); create index y3_a on app.y3 using gin (a); create index y3_b on app.y3 using gin (b jsonb_path_ops)",
        "create table app.y3 (a text[], b jsonb, c text); create index y3_b on app.y3 using gin (b); create unique index y3_a on app.y3 (lower(c) collate \"C\" text_pattern_ops) where c is not null",
        "create table app.y3 (c text, a text[]); create index y3_a on app.y3 using hash (c); create index y3_c on app.y3 (c desc, a) with (fillfactor = 50); comment on index app.y3_c is 'x'; cluster app.y3 using y3_c",
    ],
    // types of types
    &[
        "",
        "create domain app.z1 as int check (value > 0); create domain app.z2 as app.z1 default 3; create type app.z3 as (a app.z2, b text[]); create table app.z4 (z app.z3, y app.z3[], x app.z2)",
        "create domain app.z1 as int; create domain app.z2 as app.z1 not null; create type app.z3 as (b text[], a app.z2, c int); create table app.z4 (z app.z3)",
        "create domain app.z1 as text collate \"C\"; create type app.z3 as (a app.z1); comment on domain app.z1 is 'x'; comment on type app.z3 is 'y'; create table app.z4 (z app.z3, y app.z1[] default '{}')",
    ],
    &[
        "",
        "create type app.z5 as range (subtype = float8, subtype_diff = float8mi); create table app.z6 (a app.z5, b app.z5[])",
        "create type app.z5 as range (subtype = text, collation = \"C\", multirange_type_name = app.z5_many); create table app.z6 (a app.z5_many)",
        "create type app.z5 as enum ('a', 'b'); create table app.z6 (a app.z5 default 'b', b app.z5[] default '{a}')",
    ],
    // routines
    &[
        "",
        "create function app.h1(a int) returns int language sql as 'select 1'; create function app.h1(a text) returns text language sql as 'select a'",
        "create function app.h1(b int) returns int language sql strict parallel safe as 'select 1'; create function app.h1(a text, b text default 'x') returns text language sql as 'select a'",
        "create function app.h1(a int, variadic b int[] default '{}') returns setof int language sql rows 7 as 'select 1'; comment on function app.h1(int, int[]) is 'x'",
    ],
    &[
        "",
        "create table app.h2 (a int, b text); create function app.h3() returns bigint language sql begin atomic select count(*) from app.h2; end; create function app.h4() returns setof app.h2 language sql as 'table app.h2'",
        "create table app.h2 (a int, b text, c int); create function app.h3() returns bigint language sql begin atomic select sum(c) from app.h2; end; create view app.h5 as select app.h3() as h3",
        "create table app.h2 (b text); create function app.h4() returns table (b text, c int) language sql as 'select b, 1 from app.h2'; create procedure app.h3(inout a int, b text default 'x') language sql as 'select 1'",
    ],
    &[
        "",
        "create function app.k1(text, int) returns boolean language sql immutable as 'select true'; create operator app.=== (function = app.k1, leftarg = text, rightarg = int)",
        "create function app.k1(text, int) returns boolean language sql immutable as 'select false'; create operator app.=== (function = app.k1, leftarg = text, rightarg = int, restrict = eqsel)",
        "create function app.k1(text, bigint) returns boolean language sql immutable as 'select true'; create operator app.=== (function = app.k1, leftarg = text, rightarg = bigint); create table app.k2 (a text, check (a operator(app.===) 1::bigint))",
    ],
    &[
        "",
        "create type app.k3 as (a int); create function app.k4(app.k3) returns int language sql immutable as 'select 1'; create cast (app.k3 as int) with function app.k4(app.k3)",
        "create type app.k3 as (a int); create function app.k4(app.k3) returns int language sql immutable as 'select 2'; create cast (app.k3 as int) with function app.k4(app.k3) as assignment",
        "create type app.k3 as enum ('a'); create function app.k4(app.k3) returns int language sql immutable as 'select 2'",
    ],
    &[
        "",
        "create text search configuration app.k5 (copy = pg_catalog.simple)",
        "create text search dictionary app.k6 (template = pg_catalog.simple, stopwords = 'english'); create text search configuration app.k5 (copy = pg_catalog.english); alter text search configuration app.k5 alter mapping for asciiword with app.k6",
        "create text search configuration app.k5 (copy = pg_catalog.german); create table app.k7 (a text); create index k7_a on app.k7 using gin (to_tsvector('app.k5', a))",
    ],
    // triggers and rules
    &[
        "",
        "create table app.t5 (a int); create function app.t6() returns trigger language plpgsql as $$ begin return null; end $$; create constraint trigger t7 after insert on app.t5 deferrable for each row execute function app.t6()",
        "create table app.t5 (a int, b int); create function app.t6() returns trigger language plpgsql as $$ begin return null; end $$; create trigger t7 after update on app.t5 referencing old table as o new table as n for each statement execute function app.t6('x'); comment on trigger t7 on app.t5 is 'x'",
        "create table app.t5 (a int, b int); create function app.t6() returns trigger language plpgsql security definer as $$ begin return new; end $$; create trigger t7 before insert or update of a, b on app.t5 for each row when (new.a > 1) execute function app.t6(); alter table app.t5 enable always trigger t7",
        "create view app.t5 as select 1 as a, 2 as b; create function app.t6() returns trigger language plpgsql as $$ begin return new; end $$; create trigger t7 instead of insert on app.t5 for each row execute function app.t6(); alter view app.t5 alter a set default 3",
    ],
    &[
        "",
        "create table app.u1 (a int); create view app.u2 as select a from app.u1; create rule u3 as on insert to app.u2 do instead insert into app.u1 values (new.a)",
        "create table app.u1 (a int, b int); create view app.u2 with (security_barrier) as select a, b from app.u1 where a > 0 with cascaded check option; comment on view app.u2 is 'x'",
        "create table app.u1 (a bigint); create view app.u2 as with recursive r (n) as (values (1) union all select n + 1 from r where n < 3) select n, a from r, app.u1; create rule u3 as on update to app.u1 where old.a > 3 do also delete from app.u1",
    ],
    // who may do what
    &[
        "",
        "create table app.w1 (a int, b int); alter table app.w1 enable row level security, force row level security; create policy w2 on app.w1 as restrictive for update to authenticated using (a > 0) with check (b > 0)",
        "create table app.w1 (a int, b int); create policy w2 on app.w1 for insert with check (a = b); comment on policy w2 on app.w1 is 'x'; revoke all on app.w1 from authenticated; grant select (a), insert (a, b) on app.w1 to authenticated",
        "create table app.w1 (a int, b bigint); alter table app.w1 enable row level security; create policy w2 on app.w1 using (exists (select from app.w1 other where other.a = w1.b)); grant select on app.w1 to anon with grant option",
    ],
    &[
        "",
        "alter default privileges in schema app grant usage on sequences to anon; create sequence app.w3; grant all on sequence app.w3 to authenticated",
        "alter default privileges in schema app revoke execute on functions from public, anon; create function app.w3() returns int language sql as 'select 1'; grant execute on function app.w3() to anon",
        "alter default privileges revoke execute on functions from public; create sequence app.w3 as smallint increment -2 maxvalue -1 minvalue -100 cycle; revoke all on sequence app.w3 from service_role; comment on sequence app.w3 is 'x'",
    ],
    // partitions of partitions
    &[
        "",
        "create table app.p2 (id int, at date not null, k text) partition by range (at); create table app.p3 partition of app.p2 for values from ('2025-01-01') to ('2026-01-01') partition by list (k); create table app.p4 partition of app.p3 for values in ('a', null); create table app.p5 partition of app.p3 default",
        "create table app.p2 (id int, at date not null, k text, primary key (id, at)) partition by range (at); create table app.p3 partition of app.p2 for values from ('2025-01-01') to ('2027-01-01'); create index p3_own on app.p3 (k); create policy p6 on app.p3 using (id > 0)",
        "create table app.p2 (id int primary key, k text default 'x') partition by hash (id); create table app.p3 partition of app.p2 for values with (modulus 2, remainder 0); create table app.p4 partition of app.p2 for values with (modulus 2, remainder 1); alter table app.p3 alter k set default 'y'; create unique index p2_more on app.p2 (id, k)",
    ],
    &[
        "",
        "create table app.n1 (a int, b int default 1, check (a > 0)); create table app.n2 (c int); create table app.n3 (d int) inherits (app.n1, app.n2)",
        "create table app.n1 (a int not null, b int); create table app.n2 (c int default 2, check (c > 0)); create table app.n3 (g text) inherits (app.n1, app.n2); alter table app.n3 alter c set default 5",
        "create table app.n1 (a bigint, e text); create table app.n2 (c text); create table app.n3 (d int default 3) inherits (app.n1, app.n2)",
    ],
    &[
        "",
        "create table app.m2 (a int primary key, b text); create publication app_changes for table app.m2 where (a > 1)",
        "create table app.m2 (a int primary key, b text); create publication app_changes for table app.m2 (a) with (publish_via_partition_root = true); comment on publication app_changes is 'x'",
        "create table app.m2 (a bigint primary key); create materialized view app.m3 as select a, a + 1 as b from app.m2; create unique index m3_a on app.m3 (a); create view app.m4 as select b from app.m3; comment on materialized view app.m3 is 'x'",
        "create unlogged table app.m2 (a int primary key, b text); create statistics app.m5 (mcv, dependencies) on a, b from app.m2; create statistics app.m6 on (a + 1), lower(b) from app.m2",
    ],
];
