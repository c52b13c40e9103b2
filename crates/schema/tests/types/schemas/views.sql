-- schemas: public
-- which columns of a view can be null, and what can be written through it
create table public.accounts (id int primary key, name text not null, note text, made timestamptz not null default now());
create table public.orders (id int primary key, account_id int not null references public.accounts, total numeric not null, paid boolean);
create domain public.sure as int not null;
create table public.sureties (id public.sure, maybe int);
create view public.simple as select * from public.accounts;
create view public.some_columns as select id, upper(name) as shouted, name, note from public.accounts;
create view public.inner_joined as
  select a.id, a.name, o.total, o.paid from public.accounts a join public.orders o on o.account_id = a.id;
create view public.left_joined as
  select a.id, a.name, o.id as order_id, o.total from public.accounts a left join public.orders o on o.account_id = a.id;
create view public.right_joined as
  select a.id, a.name, o.id as order_id from public.accounts a right join public.orders o on o.account_id = a.id;
create view public.full_joined as
  select a.id, o.id as order_id from public.accounts a full join public.orders o on o.account_id = a.id;
create view public.joined_using as select * from public.accounts a join public.orders o using (id);
create view public.left_using as select id, a.name, o.total from public.accounts a left join public.orders o using (id);
create view public.nested as
  select a.id, b.order_id, c.name as third from public.accounts a
  left join (select o.id as order_id, o.account_id from public.orders o join public.accounts x on x.id = o.account_id) b
    on b.account_id = a.id
  join public.accounts c on c.id = a.id;
create view public.subquery as select s.id, s.name, s.note from (select id, name, note from public.accounts where note is not null) s;
create view public.united as select id, name from public.accounts union all select id, null from public.orders;
create view public.grouped as select name, count(*) as number, max(made) as newest from public.accounts group by name;
create view public.grouping_sets as select name, id, count(*) from public.accounts group by grouping sets ((name), (id));
create view public.with_queries as
  with a as (select id, name, note from public.accounts), b as (select a.id, a.name from a)
  select b.id, b.name, a.note from b join a on a.id = b.id;
create view public.recursive_one as
  with recursive t(id) as (select id from public.accounts union all select t.id from t) select id from t;
create view public.over_view as select id, name, note from public.some_columns;
create view public.over_left as select id, order_id from public.left_joined;
create view public.functional as select a.id, g.n from public.accounts a cross join generate_series(1, 3) g(n);
create view public.lateral_one as
  select a.id, l.total from public.accounts a cross join lateral (select o.total from public.orders o where o.account_id = a.id limit 1) l;
create view public.constants as select 1 as one, 'x'::text as letter, null::int as nothing, 'a' || 'b' as joined;
create view public.sure_view as select id, maybe from public.sureties;
create view public.promised as select id, note, coalesce(note, '') as certain from public.accounts;
comment on column public.promised.certain is 'Never null.
@notNull';
comment on column public.promised.note is 'mentions @notNull in passing';
create view public.insert_only as select name, note from public.accounts limit 1;
create function public.write() returns trigger language plpgsql as 'begin return new; end';
create trigger write instead of insert on public.insert_only for each row execute function public.write();
create view public.update_only as select name, count(*) as many from public.accounts group by name;
create trigger write instead of update on public.update_only for each row execute function public.write();
create view public.delete_only as select name, 1 as one from public.accounts group by name;
create trigger write instead of delete on public.delete_only for each row execute function public.write();
create view public.ruled as select distinct name from public.accounts;
create rule ruled_insert as on insert to public.ruled do instead insert into public.accounts (id, name) values (1, new.name);
create view public.conditionally_ruled as select distinct name from public.accounts;
create rule conditional as on insert to public.conditionally_ruled where new.name = 'x' do instead nothing;
create materialized view public.cached as
  select a.id, a.name, sum(o.total) as total from public.accounts a left join public.orders o on o.account_id = a.id group by a.id, a.name;
create materialized view public.cached_simple as select id, name from public.accounts;
create view public.windowed as select id, row_number() over (order by id) as position from public.accounts;
create view public.case_view as select id, case when paid then total end as paid_total, total from public.orders;
create view public.values_view as select * from (values (1, 'a'), (2, null)) v (number, letter);
create view public.jsonb_view as select id, jsonb_build_object('a', 1) as data from public.accounts;
create view public.distinct_on as select distinct on (account_id) account_id, id, total from public.orders order by account_id, id;
create view public.semi as select id, name from public.accounts a where exists (select from public.orders o where o.account_id = a.id);
create view public."ünï cöde {view} (odd)" as select id as "a {b} (c) ""d""", name as "e:f \g" from public.accounts;
create view public.over_odd as select "a {b} (c) ""d""" as id, "e:f \g" as name from public."ünï cöde {view} (odd)";
