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
analyze public.items;
