-- What the load runs on: a public table that everybody reads, under row level security.
create table public.items (
  id integer primary key,
  name text not null,
  price numeric(10, 2) not null,
  tags text[] not null,
  created_at timestamptz not null
);

insert into public.items
select n, 'item ' || n, n / 100.0, array['a', 'b', 'c'], timestamptz '2026-01-01' + n * interval '1 minute'
from generate_series(1, 10000) n;

alter table public.items enable row level security;
create policy "everybody reads" on public.items for select to anon, authenticated using (true);

-- Twenty rows for each of five hundred people, who see their own only.
create table public.notes (
  id integer primary key,
  owner uuid not null,
  title text not null,
  done boolean not null,
  created_at timestamptz not null
);
create index on public.notes (owner);

insert into public.notes
select n, ('00000000-0000-4000-8000-' || lpad((n % 500)::text, 12, '0'))::uuid, 'note ' || n, n % 3 = 0,
       timestamptz '2026-01-01' + n * interval '1 minute'
from generate_series(1, 10000) n;

alter table public.notes enable row level security;
create policy "people read their own" on public.notes for select to authenticated using (owner = (select auth.uid()));

-- What everybody may add to and nobody reads.
create table public.events (
  id bigint generated always as identity primary key,
  kind text not null,
  value integer not null,
  created_at timestamptz not null default now()
);
alter table public.events enable row level security;
create policy "everybody adds" on public.events for insert to anon, authenticated with check (value >= 0);

create function public.add(a integer, b integer) returns integer language sql immutable as 'select a + b';

-- A thousand rows of ten kilobytes.
create table public.documents (id integer primary key, content text not null);
insert into public.documents select n, repeat('ferrobase ', 1024) from generate_series(1, 1000) n;
alter table public.documents enable row level security;
create policy "everybody reads" on public.documents for select to anon, authenticated using (true);

analyze;
