-- one of each kind of object, with names that need quotes here and there
create schema app;
comment on schema app is 'the application''s';
grant usage on schema app to anon;
alter default privileges in schema app grant select on tables to authenticated;
alter default privileges in schema public revoke insert on tables from anon;
create extension if not exists citext with schema extensions;
create extension if not exists btree_gist with schema extensions;

create type app.mood as enum ('sad', 'it''s ok', 'happy');
comment on type app.mood is 'how one feels';
create type app.address as (street text collate "C", number int, "ZIP code" varchar(10));
create domain app.email as extensions.citext default 'a@b' not null check (value ~ '@'::extensions.citext);
create domain app.short as text collate "C" constraint short_enough check (length(value) < 10);
create type app.span as range (subtype = float8, subtype_diff = pg_catalog.float8mi);
revoke usage on type app.mood from public;
create collation app.german (provider = icu, locale = 'de-DE');

create sequence app.numbers as integer increment by 5 minvalue 10 maxvalue 1000 start with 15 cache 3 cycle;
grant usage on sequence app.numbers to anon;

create function app.double(n int) returns int language sql immutable strict parallel safe cost 7
  as $$ select n * 2 $$;
comment on function app.double(int) is 'twice';
revoke execute on function app.double(int) from public;
grant execute on function app.double(int) to authenticated with grant option;

create table app."Person" (
  id bigint generated always as identity (start with 100 increment by 10) primary key,
  serial_number serial,
  email app.email,
  mood app.mood default 'happy',
  home app.address,
  "order" int default nextval('app.numbers'),
  doubled int generated always as (app.double(2)) stored,
  body text compression pglz,
  name text collate app.german not null default 'no''name\n',
  tags text[] default '{}',
  during tstzrange,
  price numeric(10,2) check (price > 0) no inherit,
  constraint "name is short" check (length(name) < 100),
  unique nulls not distinct (email, mood),
  exclude using gist (id with =, during with &&) where (price > 1)
) with (fillfactor = 70, autovacuum_enabled = false, toast.autovacuum_enabled = false);
alter table app."Person" alter column body set storage external;
alter table app."Person" alter column name set statistics 500;
alter table app."Person" alter column tags set (n_distinct = 5);
comment on table app."Person" is 'people';
comment on column app."Person"."order" is 'column with a keyword for a name';
comment on constraint "name is short" on app."Person" is 'why';
grant select (id, name), update (name) on app."Person" to anon;
revoke all on app."Person" from authenticated;
grant select, insert on app."Person" to authenticated;
alter table app."Person" enable row level security;
alter table app."Person" force row level security;
alter table app."Person" replica identity full;
create index "Person_lower" on app."Person" (lower(name) text_pattern_ops desc nulls last) include (mood) where price > 2;
create unique index person_doubled on app."Person" (app.double("order"));
alter index app.person_doubled alter column 1 set statistics 77;
comment on index app."Person_lower" is 'for searching';
create statistics app.person_stats (ndistinct, mcv) on mood, price from app."Person";

create policy "own rows" on app."Person" for all to authenticated using (id = 1) with check (name <> 'x');
create policy strict on app."Person" as restrictive for select to anon, authenticated using (mood = 'happy');
comment on policy strict on app."Person" is 'restrictive';

create table app.job (
  id uuid primary key default gen_random_uuid(),
  person bigint references app."Person" on delete cascade on update set null deferrable initially deferred,
  parent uuid references app.job (id) on delete set null,
  kind text not null unique,
  constraint later check (kind <> '') not valid
);
alter table app.job add constraint not_checked foreign key (person) references app."Person" not valid;
alter table app.job replica identity using index job_kind_key;
cluster app.job using job_pkey;
-- a circle
create table app.a (id int primary key, b int);
create table app.b (id int primary key, a int references app.a);
alter table app.a add foreign key (b) references app.b;

create function app.describe(p app."Person") returns text language sql stable as $$ select p.name $$;
create table app.described (id int, about text);
create function app.label() returns text language plpgsql as $$ begin return (select max(about) from app.described); end $$;
alter table app.described alter column about set default app.label();
create function app.atomic() returns bigint language sql begin atomic select count(*) from app.job; end;
create procedure app.work(inout n int, variadic rest int[] default '{}') language plpgsql
  set search_path = '' as $$ begin n := n + 1; end $$;
create function app.rows(out id int, out label text) returns setof record language sql rows 5
  as $$ select 1, 'a' $$;
create function app.table_of() returns table (id bigint, name text) security definer language sql
  as $$ select 1::bigint, 'a' $$;
create aggregate app.total (int) (sfunc = int4pl, stype = int, initcond = '0', parallel = safe);
create function app.add_text(text, int) returns text language sql immutable as $$ select $1 || $2 $$;
create operator app.|+| (function = app.add_text, leftarg = text, rightarg = int);
create text search dictionary app.simple_german (template = pg_catalog.simple, stopwords = 'german');
create text search configuration app.search (copy = pg_catalog.german);
alter text search configuration app.search alter mapping for asciiword with app.simple_german, simple;

create view app.people with (security_invoker = true, security_barrier = true) as
  select id, name, mood from app."Person" where price > 3 with local check option;
comment on view app.people is 'some';
comment on column app.people.name is 'of a view';
grant select (name) on app.people to anon;
alter view app.people alter column name set default 'from the view';
create view app.people_jobs as select p.id, count(*) as jobs from app.people p join app.job j on j.person = p.id group by p.id;
create materialized view app.totals with (fillfactor = 80) as select mood, count(*) from app.people group by mood;
create unique index totals_mood on app.totals (mood);
create function app.all_people() returns setof app.people language sql as $$ select * from app.people $$;
create view app.from_function as select * from app.all_people();
create recursive view app.numbers_to_ten (n) as values (1) union all select n + 1 from numbers_to_ten where n < 10;
create rule no_delete as on delete to app.described do instead nothing;
create rule add_person as on insert to app.people_jobs do instead (insert into app.described values (new.id));

create function app.touch() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger touch before insert or update of name on app."Person"
  for each row when (new.name is not null) execute function app.touch('a', 'b');
create constraint trigger afterwards after insert on app.job deferrable initially deferred
  for each row execute function app.touch();
create trigger noted after insert on app.job referencing new table as made for each statement execute function app.touch();
create trigger instead instead of update on app.people for each row execute function app.touch();
alter table app.job disable trigger noted;
alter table app."Person" enable always trigger touch;
comment on trigger touch on app."Person" is 'touched';
create trigger on_user after insert on auth.users for each row execute function app.touch();
create policy "own files" on storage.objects for select to authenticated using (bucket_id = 'a');

create table app.event (id bigint not null, at timestamptz not null, kind text default 'x', note text, check (id > 0))
  partition by range (at);
create table app.event_2025 partition of app.event for values from ('2025-01-01') to ('2026-01-01');
create table app.event_2026 (note text, id bigint not null, at timestamptz not null, kind text, constraint event_id_check check (id > 0)) partition by list (kind);
alter table app.event attach partition app.event_2026 for values from ('2026-01-01') to ('2027-01-01');
create table app.event_2026_a partition of app.event_2026 (note default 'own', constraint own check (note <> '')) for values in ('a', 'b');
create table app.event_rest partition of app.event default;
create index event_kind on app.event (kind);
alter table app.event add primary key (id, at, kind);
alter table app.event add foreign key (id) references app.a (id);
create trigger touched after insert on app.event for each row execute function app.touch();
create index event_2025_own on app.event_2025 (note);
create table app.refers (id bigint, at timestamptz, kind text, foreign key (id, at, kind) references app.event);

create table app.animal (id int primary key, name text not null default 'a', check (name <> ''));
create table app.cat (lives int default 9, name text default 'cat') inherits (app.animal);
create unlogged table app.scratch (id int);

create publication changes with (publish = 'insert, update');
alter publication changes add table app.job (id, kind) where (kind <> 'x'), app.event;
alter publication supabase_realtime add table app.job;
comment on publication changes is 'ours';
