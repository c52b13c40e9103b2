-- What reaches where: two people with the same rows, each verb tried by both, by a disabled account and by nobody; then
-- values that make no sense, for whoever writes them.
begin;
create extension if not exists pgtap with schema extensions;
select * from no_plan();

insert into auth.users (id, email)
select ('00000000-0000-0000-0000-00000000000' || person)::uuid, person || '@test.com' from unnest('{a,b,d}'::text[]) as person;
create function public.id(person text) returns uuid language sql immutable as $$select ('00000000-0000-0000-0000-00000000000' || person)::uuid$$;
create function public.row_of(person text, n text) returns uuid language sql immutable as $$select ('00000000-0000-0000-0000-0000000000' || person || n)::uuid$$;
grant execute on function public.id(text), public.row_of(text, text) to public;
insert into public.heroes (id, owner_id, name, description, audience, compiled_prompt, reference_key)
select public.row_of(person, '1'), public.id(person), 'Hero', 'd', 'children', 'p', public.id(person) || '/hero.png' from unnest('{a,b,d}'::text[]) as person;
insert into public.projects (id, owner_id, name, page_count, audience, style_preset)
select public.row_of(person, '2'), public.id(person), 'Book', 3, 'toddler', 'kawaii' from unnest('{a,b,d}'::text[]) as person;
insert into public.pages (id, project_id, sort_order) select public.row_of(person, '3'), public.row_of(person, '2'), 1 from unnest('{a,b,d}'::text[]) as person;
insert into public.page_versions (page_id, asset_key, compiled_prompt) select public.row_of(person, '3'), 'k', 'p' from unnest('{a,b,d}'::text[]) as person;
insert into public.jobs (id, owner_id, project_id, type) select public.row_of(person, '4'), public.id(person), public.row_of(person, '2'), 'export' from unnest('{a,b,d}'::text[]) as person;
insert into public.assets (owner_id, type, r2_key, size_bytes) select public.id(person), 'page', public.id(person) || '/1', 100 from unnest('{a,b,d}'::text[]) as person;
update public.profiles set disabled_at = now() where owner_id = public.id('d');

-- from common/attempt.sql
-- For tests: how many rows a statement reaches when somebody runs it, or the code of its refusal. Whatever it did is
-- undone. Attacks that name no row show a policy that lets through too much: they reach more than the own rows.
create function pg_temp.attempt(role text, person uuid, statement text)
returns text
language plpgsql
as $$
declare
    reached bigint;
begin
    perform set_config('request.jwt.claims', jsonb_strip_nulls(jsonb_build_object('role', role, 'sub', person))::text, true),
        set_config('role', role, true);
    execute statement;
    get diagnostics reached = row_count;
    -- deferred constraints are part of the answer
    set constraints all immediate;
    raise exception using errcode = 'ZZ000', message = reached;
exception
    when sqlstate 'ZZ000' then return sqlerrm;
    when others then return sqlstate;
end;
$$;
-- end common/attempt.sql
create function pg_temp.attempt(person text, statement text) returns text language sql as $$
    select pg_temp.attempt(case person when 'anon' then 'anon' when 'service' then 'service_role' else 'authenticated' end,
        case when length(person) = 1 then public.id(person) end, statement)
$$;

-- Nothing in these names a row: whoever could reach the other person's would reach more than one.
select is(format('%s %s %s', pg_temp.attempt('a', statement), pg_temp.attempt('d', statement), pg_temp.attempt('anon', statement)), reached,
    'S3-2 S3-R1 an own row, and nobody else''s: ' || statement)
from (values
    ('update public.heroes set name = ''x''', '1 0 42501'), ('update public.projects set name = ''x''', '1 0 42501'),
    ('update public.pages set scene_brief = ''x''', '1 0 42501'), ('delete from public.pages', '1 0 42501'),
    ('select id from public.heroes', '1 1 42501'), ('select id from public.projects', '1 1 42501'), ('select id from public.pages', '1 1 42501'),
    ('select id from public.page_versions', '1 1 42501'), ('select id from public.jobs', '1 1 42501'), ('select id from public.assets', '1 1 42501'),
    ('select id from public.profiles', '1 1 42501'), ('select id from public.blot_transactions', '1 1 42501')) as expected (statement, reached);
select is(pg_temp.attempt(person, statement), '42501', person || ' makes nothing in another one''s name, or when disabled: ' || left(statement, 40))
from unnest('{b,d}'::text[]) as person, unnest(array[
    'insert into public.heroes (owner_id, name, description, audience, compiled_prompt, reference_key) values (public.id(''%s''), ''H'', ''d'', ''children'', ''p'', public.id(''%1$s'') || ''/x.png'')',
    'insert into public.projects (owner_id, name, page_count, audience, style_preset) values (public.id(''%1$s''), ''B'', 3, ''toddler'', ''kawaii'')',
    'insert into public.pages (project_id, sort_order) values (public.row_of(''%1$s'', ''2''), 2)']) as template,
    format(template, case person when 'b' then 'a' else 'd' end) as statement;

-- values that make no sense
select is(pg_temp.attempt('a', format('insert into public.projects (owner_id, name, page_count, audience, style_preset) values (public.id(''a''), ''B'', %s, %L, %L)',
    pages, audience, style)), '23514', format('S3-18 no such book: %s pages for %s in %s', pages, audience, style))
from (values (0, 'toddler', 'kawaii'), (-1, 'toddler', 'kawaii'), (100000, 'toddler', 'kawaii'), (3, 'pets', 'kawaii'), (3, '', 'kawaii'), (3, 'toddler', 'oil'))
    as books (pages, audience, style);
select throws_ok($$insert into public.projects (owner_id, name, page_count, audience, style_preset) values (public.id('a'), 'B', 3, 'pets', 'kawaii')$$,
    '23514', 'there is no audience ''pets''', 'S3-18 and says what is wrong');
select is(pg_temp.attempt('service', format('update public.%I set %I = %L', tab, col, key)), '23514', format('S3-11 no name in storage: %s %s %s', tab, col, left(quote_literal(key), 20)))
from (values ('heroes', 'reference_key'), ('heroes', 'thumbnail_key'), ('projects', 'style_anchor_key')) as columns (tab, col),
    unnest(array['', '/', 'a/../b', './a', 'a//b', 'a/', 'a\b', 'a' || chr(10), repeat('ä', 513)]) as key;
set local role service_role;
select throws_ok(call, '23514', null, 'S3-6 an id is not empty: ' || call)
from unnest(array[
    $$select public.add_pack_blots('00000000-0000-0000-0000-00000000000a', 5, 'boost', '')$$,
    $$select public.add_upgrade_blots('00000000-0000-0000-0000-00000000000a', 5, '')$$,
    $$select public.reset_subscription_blots('00000000-0000-0000-0000-00000000000a', 5, '')$$,
    $$select public.add_pack_blots('00000000-0000-0000-0000-00000000000a', 5, 'boost', repeat('x', 256))$$]) as call;
select is((select blots + pack_blots from public.profiles where owner_id = '00000000-0000-0000-0000-00000000000a'), 75, 'S3-6 and nothing is given');
reset role;

select * from finish();
rollback;
