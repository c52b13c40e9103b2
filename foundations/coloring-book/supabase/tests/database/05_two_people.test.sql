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
-- from common/touched.sql
--   function = update_updated_at
-- For tests: each row whose `updated_at` is set to the past has it now. Whatever it did is undone; tables without rows
-- say nothing. Two tests.
create function pg_temp.touches(tab regclass)
returns table (rows bigint, stale bigint)
language plpgsql
as $$
begin
    execute format('update %s set updated_at = %L', tab, '2000-01-01');
    execute format('select count(*), count(*) filter (where updated_at <> now()) from %s', tab) into rows, stale;
    return next;
end;
$$;
savepoint touched;
create temporary table touched as
select t.tgrelid::regclass as tab, (pg_temp.touches(t.tgrelid)).* from pg_trigger as t
where t.tgfoid = 'public.update_updated_at'::regproc and t.tgparentid = 0;
select is_empty('select tab from touched where stale > 0', 'a change of a row is a change of its updated_at');
select cmp_ok((select count(*) from touched where rows > 0), '>', 0::bigint, 'of some rows at least');
rollback to savepoint touched;
-- end common/touched.sql

-- values that make no sense
select is(pg_temp.attempt('a', format('insert into public.projects (owner_id, name, page_count, audience, style_preset) values (public.id(''a''), ''B'', %s, %L, %L)',
    pages, audience, style)), '23514', format('S3-18 no such book: %s pages for %s in %s', pages, audience, style))
from (values (0, 'toddler', 'kawaii'), (-1, 'toddler', 'kawaii'), (100000, 'toddler', 'kawaii'), (3, 'pets', 'kawaii'), (3, '', 'kawaii'), (3, 'toddler', 'oil'))
    as books (pages, audience, style);
select throws_ok($$insert into public.projects (owner_id, name, page_count, audience, style_preset) values (public.id('a'), 'B', 3, 'pets', 'kawaii')$$,
    '23514', 'there is no audience ''pets''', 'S3-18 and says what is wrong');
select throws_ok(format($$update public.heroes set deleted_at = case when %L then now() end where owner_id = public.id('b');
    update public.projects set hero_id = public.row_of('b', '1') where owner_id = public.id('a')$$, gone), '23503',
    'insert or update on table "projects" violates foreign key constraint "projects_hero_id_fkey"', 'S3-18 nobody learns whether another one''s hero is deleted')
from unnest('{false,true}'::boolean[]) as gone;
select is(pg_temp.attempt('service', format('update public.%I set %I = %L', tab, col, key)), '23514', format('S3-11 no name in storage: %s %s %s', tab, col, left(quote_literal(key), 20)))
from (values ('heroes', 'reference_key'), ('heroes', 'thumbnail_key'), ('projects', 'style_anchor_key')) as columns (tab, col),
    unnest(array['', '/', 'a/../b', './a', 'a//b', 'a/', 'a\b', 'a' || chr(10), repeat('ä', 513)]) as key;
select is(pg_temp.attempt('service', format('insert into public.page_versions (page_id, compiled_prompt, asset_key, %I) values (public.row_of(''a'', ''3''), ''p'', ''k'', %L)', col, key)),
    '23514', format('S3-11 no name in storage: %s %s', col, left(quote_literal(key), 20)))
from unnest(array['thumbnail_key', 'edit_mask_key']) as col, unnest(array['', 'a/../b', repeat('ä', 513)]) as key;
select is(pg_temp.attempt('service', format('insert into public.page_versions (page_id, compiled_prompt, asset_key) values (public.row_of(''a'', ''3''), ''p'', %L)', key)),
    '23514', format('S3-11 no name in storage: asset_key %s', left(quote_literal(key), 20)))
from unnest(array['', 'a/../b', repeat('ä', 513)]) as key;
select is(pg_temp.attempt('service', 'insert into public.page_versions (page_id, compiled_prompt, asset_key, thumbnail_key, edit_mask_key)
    values (public.row_of(''a'', ''3''), ''p'', ''k'', ''t'', ''m'')'), '1', 'S3-11 and such names are');
select is(pg_temp.attempt('service', 'insert into public.pages (project_id, sort_order, current_version) values (public.row_of(''a'', ''2''), 2, 0)'), '23514',
    'S3-18 versions are counted from 1');
insert into public.job_items (job_id, page_id) select public.row_of('a', '4'), public.row_of('a', '3');
select is(pg_temp.attempt('service', format('update public.%I set %s', tab, change)), '23514', format('S3-18 no such value: %s: %s', tab, change))
from (values
    ('assets', 'r2_key = ''nonsense'''), ('assets', 'size_bytes = -1'), ('assets', 'type = ''nonsense'''),
    ('heroes', 'audience = ''nonsense'''), ('heroes', 'description = repeat(''x'',100000)'), ('heroes', 'name = '''''),
    ('heroes', 'reference_key = ''../../x'''), ('heroes', 'style_preset = ''nonsense'''), ('heroes', 'thumbnail_key = ''../../x'''),
    ('heroes', 'times_used = -1'), ('job_items', 'asset_key = ''../../x'''), ('job_items', 'retry_count = -1'),
    ('jobs', 'blots_refunded = -1'), ('jobs', 'blots_reserved = -1'), ('jobs', 'blots_spent = -1'),
    ('jobs', 'completed_items = -1'), ('jobs', 'failed_items = -1'), ('jobs', 'total_items = -1'),
    ('pages', 'page_type = ''nonsense'''), ('pages', 'scene_brief = repeat(''x'',100000)'), ('pages', 'sort_order = -1'),
    ('profiles', 'billing_interval = ''nonsense'''), ('profiles', 'blots = -1'), ('profiles', 'commercial_projects_used = -1'),
    ('profiles', 'pack_blots = -1'), ('profiles', 'plan = ''nonsense'''), ('profiles', 'plan_blots = -1'),
    ('profiles', 'storage_limit_bytes = -1'), ('profiles', 'storage_used_bytes = -1'),
    ('projects', 'description = repeat(''x'',100000)'), ('projects', 'name = '''''), ('projects', 'status = ''nonsense'''),
    ('projects', 'style_anchor_key = ''../../x''')
) as changes (tab, change);
-- The rules of rows that count stand in one function each, and are named as CHECKs of their own would be.
select throws_ok(format('update public.profiles set %I = %L', col, value), '23514', format('new row for relation "profiles" violates check constraint "profiles_%s_check"', col),
    format('S3-18 the rule is named: %s %s', col, left(value, 3)))
from (values ('{plan_blots,blots,pack_blots,commercial_projects_used,storage_used_bytes,storage_limit_bytes}', '-1'),
    ('{stripe_customer_id,stripe_subscription_id}', ''), ('{stripe_customer_id,stripe_subscription_id}', repeat('x', 256))) as broken (cols, value),
    unnest(cols::text[]) as col;
select throws_ok(format('insert into public.blot_transactions (type, %I) values (''edit'', %L)', col, value), '23514',
    format('new row for relation "blot_transactions" violates check constraint "blot_transactions_%s_check"', col), format('S3-6 the rule is named: %s %s', col, left(value, 3)))
from unnest(array['stripe_session_id', 'stripe_invoice_id']) as col, unnest(array['', repeat('x', 256)]) as value;
select is(pg_temp.attempt('service', format('insert into public.blot_transactions (type) values (%L)', word)), '23514', 'S3-6 no such movement: ' || word)
from unnest(array['nonsense', '', 'edit,hero']) as word;
select lives_ok($$select private.require_room(1, 2147483646)$$, 'S3-4 what just fits');
select throws_ok($$select private.require_room(1, 2147483647)$$, '22023', 'no account holds 2147483648 Blots', 'S3-4 and what does not');
select ok(private.profiles_holds(0, 0, 0, 0, 'x', repeat('x', 255), 0, 0), 'S3-18 what just fits');
select ok(private.profiles_holds(0, 0, 0, 0, repeat('x', 255), 'x', 0, 0), 'S3-18 what just fits, the other way round');
select ok(private.profiles_holds(0, 0, 0, 0, null, null, 0, 0), 'S3-18 Stripe does not know everybody');
select ok(private.blot_transactions_holds('x', repeat('x', 255)) and private.blot_transactions_holds(repeat('x', 255), 'x')
    and private.blot_transactions_holds(null, null), 'S3-6 what just fits');
select throws_ok(format('insert into private.%s', addition), code, null, item || ' no such row: ' || addition)
from (values
    ('A3-234', 'job_costs select type, -1 from private.job_costs', '23514'), ('A3-234', 'job_costs select * from private.job_costs', '23505'),
    ('A3-253', 'blot_months select public.id(''a''), now(), null, -1', '23514'),
    ('S3-5', 'stripe_events (id, type, created_at, outcome) values (''evt_x'', ''x'', now(), ''guessed'')', '23514'),
    ('S3-11', 'storage_purges values (''x''), (''x'')', '23505')) as bad (item, addition, code);
select throws_ok(format('update public.assets set owner_id = public.id(''b''), r2_key = public.id(''b'') || ''/9'' where owner_id = public.id(''a'')'), 'PT409', null,
    'an asset keeps its owner');
select throws_ok($$update public.pages set project_id = public.row_of('b', '2') where project_id = public.row_of('a', '2')$$, 'PT409', null, 'a page keeps its project');
select throws_ok($$insert into public.pages (project_id, sort_order) select public.row_of('a', '2'), n from generate_series(2, 4) as n$$, '23514', null,
    'S3-18 a book has no more pages than it has');
select is(pg_temp.attempt('service', 'delete from public.assets'), '3', 'S3-11 the service unregisters what there is');
select is(pg_temp.attempt('a', 'insert into public.pages (project_id, sort_order) values (public.row_of(''a'', ''2''), 3)'), '1', 'S3-18 the last page of a book is one of it');
update public.profiles set storage_limit_bytes = 150;
select is(pg_temp.attempt('service', format('insert into public.assets (owner_id, type, r2_key, size_bytes) values (public.id(''a''), ''page'', public.id(''a'') || ''/2'', %s)', size)),
    answer, 'S3-12 to the last byte: ' || size)
from (values (50, '1'), (51, 'PT402')) as files (size, answer);
update public.profiles set storage_limit_bytes = default;
select throws_ok($$truncate public.page_versions$$, '42501', null, 'C25 versions are not emptied');
insert into public.blot_transactions (owner_id, type, subscription_delta, job_id) values (public.id('a'), 'edit', 0, public.row_of('a', '4'));
select throws_ok(change, '42501', 'blot_transactions is append-only', 'S3-7 not even the owner of the ledger: ' || change)
from unnest(array['update public.blot_transactions set subscription_delta = 1', 'update public.blot_transactions set owner_id = public.id(''b'')',
    'update public.blot_transactions set owner_id = null', 'update public.blot_transactions set job_id = null where job_id is not null', 'delete from public.blot_transactions']) as change;

set local role service_role;
select throws_ok(call, '23514', null, 'S3-6 an id is not empty: ' || call)
from unnest(array[
    $$select public.add_pack_blots('00000000-0000-0000-0000-00000000000a', 5, 'boost', '')$$,
    $$select public.add_upgrade_blots('00000000-0000-0000-0000-00000000000a', 5, '')$$,
    $$select public.reset_subscription_blots('00000000-0000-0000-0000-00000000000a', 5, '')$$,
    $$select public.add_pack_blots('00000000-0000-0000-0000-00000000000a', 5, 'boost', repeat('x', 256))$$]) as call;
select is((select blots + pack_blots from public.profiles where owner_id = '00000000-0000-0000-0000-00000000000a'), 75, 'S3-6 and nothing is given');
reset role;

-- a disabled account asks for nothing, and nobody ends what is not theirs
select is(pg_temp.attempt(person, call), code, format('%s: %s', person, call))
from (values
    ('d', 'select public.create_job(''export'', public.row_of(''d'', ''2''))', 'PT403'),
    ('a', 'select public.create_job(''export'', public.row_of(''b'', ''2''))', 'PT404'),
    ('a', 'select public.create_job(''generation'', public.row_of(''a'', ''2''), array[public.row_of(''b'', ''3'')])', 'PT404'),
    ('a', 'select public.cancel_job(public.row_of(''b'', ''4''))', 'PT404'), ('a', 'select public.cancel_job(null)', 'PT404'),
    ('service', 'select public.deduct_blots(public.id(''a''), 1, tx_job_id => public.row_of(''b'', ''4''))', 'PT404'),
    ('service', 'select public.refund_blots(public.id(''a''), 1, public.row_of(''a'', ''4''), ''r'')', 'PT409'),
    ('service', 'select public.finish_job(public.row_of(''a'', ''4''), ''completed'', -1)', '22023'),
    ('service', 'select public.finish_job(public.row_of(''a'', ''4''), ''completed'', 1)', 'PT409')) as calls (person, call, code);
select set_config('request.jwt.claims', jsonb_build_object('sub', public.id('a'))::text, true), set_config('role', 'authenticated', true);
select ok(not public.delete_hero(public.row_of('b', '1')), 'another one''s hero is not deleted');
select ok(not public.delete_project(public.row_of('b', '2')), 'nor is a project');
reset role;
insert into public.heroes (id, owner_id, name, description, audience, compiled_prompt, reference_key)
values (public.row_of('a', '7'), public.id('a'), 'Second', 'd', 'children', 'p', public.id('a') || '/second.png');
select set_config('role', 'authenticated', true);
select ok(public.delete_hero(public.row_of('a', '7')), 'an own one is');
reset role;
select is((select count(*) from public.heroes where deleted_at is not null), 1::bigint, 'and no other');

-- states of a job: each step that is none
create function pg_temp.step(old_status public.job_status, new_status public.job_status) returns text language plpgsql as $$
begin
    update public.jobs set status = 'processing' where id = public.row_of('a', '4') and old_status not in ('pending', 'cancelled');
    update public.jobs set status = old_status where id = public.row_of('a', '4');
    update public.jobs set status = new_status where id = public.row_of('a', '4');
    raise exception using errcode = 'ZZ000', message = (select case when completed_at is null then 'open' else 'ended' end from public.jobs where id = public.row_of('a', '4'));
exception
    when sqlstate 'ZZ000' then return sqlerrm;
    when sqlstate 'PT409' then return null;
end;
$$;
select is((select string_agg(format('%s>%s %s', a, b, pg_temp.step(a, b)), ', ' order by a, b)
        from unnest(enum_range(null::public.job_status)) as a, unnest(enum_range(null::public.job_status)) as b where a <> b and pg_temp.step(a, b) is not null),
    'pending>processing open, pending>failed ended, pending>cancelled ended, processing>completed ended, processing>failed ended, processing>cancelled ended',
    'C18 the steps that there are');

-- Blots of a job: spent, refunded, and the rest
savepoint blots;
select public.add_pack_blots(public.id('a'), 7, 'boost', 'cs_a');
select is(public.get_available_blots(public.id('a')), 82, 'both pools together');
select set_config('role', 'authenticated', true);
create temporary table made as select id from public.create_job('generation', public.row_of('a', '2'));
reset role;
select count(*) from public.claim_jobs(100);
select is((select pg_temp.attempt('service', format('select public.finish_job(%L, ''completed'', 6)', id)) from made), 'PT409', 'no job spends more than is reserved');
select public.refund_blots(public.id('a'), 2, id, 'half') from made;
select is((select pg_temp.attempt('service', format('select public.refund_blots(public.id(''a''), 4, %L, ''more'')', id)) from made), 'PT409', 'nor is more refunded');
select is((select pg_temp.attempt('service', format('select public.finish_job(%L, ''completed'', 4)', id)) from made), 'PT409', 'nor spent than is left');
select is((select pg_temp.attempt('service', format('select public.finish_job(%L, ''completed'', 3)', id)) from made), '1', 'all that is left may be');
savepoint unsaid;
select is(done.blots_spent, 3, 'and is, where nothing is said') from made, public.finish_job(made.id, 'completed') as done;
select is(public.get_available_blots(public.id('a')), 79, 'then nothing is given back');
rollback to savepoint unsaid;
savepoint early;
update public.jobs set blots_spent = 2 where id = (select id from made);
select is((select pg_temp.attempt('service', format('select public.refund_blots(public.id(''a''), 2, %L, ''spent'')', id)) from made), 'PT409', 'what is spent is not refunded');
delete from auth.users where id = public.id('a');
select is((select status::text from made, public.finish_job(made.id, 'failed', 0)), 'failed', 'C29 a job that is nobody''s ends, too');
rollback to savepoint early;
select is(done.blots_spent, 2, 'what is spent is said') from made, public.finish_job(made.id, 'completed', 2) as done;
select is(public.get_available_blots(public.id('a')), 80, 'and the rest is back');
rollback to savepoint blots;

-- the clock
update public.profiles set blots = 1, blots_reset_at = now() - interval '1 day', plan = case owner_id when public.id('b') then 'creator' else 'free' end,
    billing_interval = 'monthly';
select is(private.reset_due_blots(), 1, 'A3-231 a free month begins by itself, one that is paid begins with its invoice, a disabled one waits');
select results_eq('select blots from public.profiles order by owner_id', 'values (50), (1), (1)', 'A3-231 and the others stay');
update public.projects set deleted_at = now() - interval '29 days' where owner_id = public.id('a');
update public.heroes set deleted_at = now() - interval '29 days' where owner_id = public.id('a');
select is(private.purge_deleted(), 0, 'A3-240 what is deleted is kept for a month');
update public.projects set deleted_at = now() - interval '31 days' where owner_id = public.id('a');
update public.heroes set deleted_at = now() - interval '31 days' where owner_id = public.id('a');
insert into public.heroes (owner_id, name, description, audience, compiled_prompt, reference_key, deleted_at)
select public.id('a'), 'Third', 'd', 'children', 'p', public.id('a') || '/third.png', moment from unnest(array[now() - interval '1 day', null]) as moment;
insert into public.projects (owner_id, name, page_count, audience, style_preset, deleted_at)
select public.id('a'), 'Another', 3, 'toddler', 'kawaii', moment from unnest(array[now() - interval '1 day', null]) as moment;
select is(private.purge_deleted(), 3, 'A3-240 and no longer: a project and two heroes');
select results_eq('select owner_id, count(*) from (select owner_id from public.projects union all select owner_id from public.heroes) as kept group by 1 order by 1',
    $$values (public.id('a'), 4::bigint), (public.id('b'), 2), (public.id('d'), 2)$$, 'A3-240 the others'' stay, and the own ones that are there or went of late');

select * from finish();
rollback;
