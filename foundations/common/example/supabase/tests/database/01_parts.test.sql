-- The common parts at work. What saas uses is tested there as well.
begin;
create extension if not exists pgtap with schema extensions;
select plan(86);

insert into auth.users (id, email) values
    ('00000000-0000-0000-0000-00000000000a', 'a@test.com'), ('00000000-0000-0000-0000-00000000000b', 'b@test.com');

-- attempt
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
select is(pg_temp.attempt('postgres', null, 'delete from public.people'), '2', 'attempt says how many rows are reached');
select is((select count(*) from public.people), 2::bigint, 'and undoes it');
select is(pg_temp.attempt('anon', null, 'delete from public.people'), '42501', 'or why not');
select is(pg_temp.attempt('authenticated', '00000000-0000-0000-0000-00000000000a', 'select where auth.uid()::text not like ''%a'''), '0', 'as whoever is named');

-- account
select is((select count(*) from public.people), 2::bigint, 'a sign-up is mirrored');
update auth.users set email = 'c@test.com' where id = '00000000-0000-0000-0000-00000000000a';
select is((select email from public.people where id = '00000000-0000-0000-0000-00000000000a'), 'c@test.com', 'and its new address');

-- from common/touched.sql
--   function = touch
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
where t.tgfoid = 'public.touch'::regproc and t.tgparentid = 0;
select is_empty('select tab from touched where stale > 0', 'a change of a row is a change of its updated_at');
select cmp_ok((select count(*) from touched where rows > 0), '>', 0::bigint, 'of some rows at least');
rollback to savepoint touched;
-- end common/touched.sql

-- meter
set local role service_role;
select results_eq($$select used, remaining, repeated from public.consume('00000000-0000-0000-0000-00000000000a', 'credits', 4, 'k1')$$,
    $$values (4::bigint, 6::bigint, false)$$, 'a consumption');
select results_eq($$select used, remaining, repeated from public.consume('00000000-0000-0000-0000-00000000000a', 'credits', 4, 'k1')$$,
    $$values (4::bigint, 6::bigint, true)$$, 'the same once more happens once');
select throws_ok($$select public.consume('00000000-0000-0000-0000-00000000000a', 'credits', 5, 'k1')$$, 'PT409', null, 'a key stands for one thing');
select throws_ok($$select public.consume('00000000-0000-0000-0000-00000000000a', 'credits', 7)$$, 'PT402', null, 'beyond the limit');
select lives_ok($$select public.consume('00000000-0000-0000-0000-00000000000a', 'credits', 6)$$, 'up to the limit');
select throws_ok($$select public.consume('00000000-0000-0000-0000-00000000000b', 'credits', 11)$$, 'PT402', null, 'beyond the limit at once');
select results_eq($$select used, remaining from public.consume('00000000-0000-0000-0000-00000000000b', 'calls', 1000000)$$,
    $$values (1000000::bigint, null::bigint)$$, 'null is unlimited');
select throws_ok($$select public.consume('00000000-0000-0000-0000-00000000000b', 'gold')$$, 'PT402', null, 'no row is nothing');
select throws_ok(format($$select public.consume('00000000-0000-0000-0000-00000000000b', 'credits', %s)$$, amount), '22023', null, 'no amount: ' || amount)
from unnest(array['0', '-1', '''NaN''', '''Infinity''', '0.5', 'null', '1e16']) as amount;
select throws_ok($$select public.consume('00000000-0000-0000-0000-00000000000b', 'credits', 'many')$$, '22P02', null, 'no number');

create temporary table entry as select id from public.ledger where idempotency_key = 'k1';
grant select on entry to service_role;
select results_eq($$select refunded, used from public.give_back('00000000-0000-0000-0000-00000000000a', (select id from entry), 1, 'r1')$$,
    $$values (1::bigint, 9::bigint)$$, 'a part is given back');
select results_eq($$select refunded, used, repeated from public.give_back('00000000-0000-0000-0000-00000000000a', (select id from entry), 1, 'r1')$$,
    $$values (1::bigint, 9::bigint, true)$$, 'once');
select throws_ok($$select public.give_back('00000000-0000-0000-0000-00000000000a', (select id from entry), 4)$$, 'PT409', null, 'no more than the rest');
select results_eq($$select refunded, used from public.give_back('00000000-0000-0000-0000-00000000000a', (select id from entry))$$,
    $$values (3::bigint, 6::bigint)$$, 'the rest is given back');
select throws_ok($$select public.give_back('00000000-0000-0000-0000-00000000000a', (select id from entry))$$, 'PT409', null, 'and no more');
select throws_ok($$select public.give_back('00000000-0000-0000-0000-00000000000b', (select id from entry))$$, 'PT404', null, 'nor to somebody else');
select throws_ok($$select public.give_back('00000000-0000-0000-0000-00000000000a', 0)$$, 'PT404', null, 'an unknown entry');
select throws_ok($$select public.give_back('00000000-0000-0000-0000-00000000000a', (select id from entry), 'NaN')$$, '22023', null, 'not a number of credits');
select is(public.reset_counter('00000000-0000-0000-0000-00000000000a', 'credits'), 6::bigint, 'a reset');
select is(public.reset_counter('00000000-0000-0000-0000-00000000000a', 'credits'), 0::bigint, 'twice is once');
select results_eq($$select refunded, used from public.give_back('00000000-0000-0000-0000-00000000000a',
        (select max(id) from public.ledger where kind = 'consume' and metric = 'credits'))$$,
    $$values (6::bigint, 0::bigint)$$, 'a refund after the reset does not go below 0');
select is(public.correct_counter('00000000-0000-0000-0000-00000000000a', 'credits', 12), 12::bigint, 'a correction upwards');
select is(public.correct_counter('00000000-0000-0000-0000-00000000000a', 'credits', -2, 'c1'), 10::bigint, 'and downwards');
select is(public.correct_counter('00000000-0000-0000-0000-00000000000a', 'credits', -2, 'c1'), 10::bigint, 'once');
select throws_ok($$select public.correct_counter('00000000-0000-0000-0000-00000000000a', 'credits', -11)$$, '22023', null, 'not below 0');
reset role;
select is_empty($$select * from public.counters as c where count <> (
    select sum(delta) from public.ledger as l
    where l.user_id = c.user_id and l.metric = c.metric and l.window_start = c.window_start)$$, 'every counter is the sum of its ledger');
select throws_ok($$update public.ledger set delta = 0$$, '42501', 'ledger is append-only', 'the ledger does not change');
select throws_ok($$delete from public.ledger$$, '42501', null, 'nor go');
select throws_ok($$truncate public.ledger$$, '42501', null, 'nor go at once');

-- jobs
select public.reset_counter('00000000-0000-0000-0000-00000000000a', 'credits');
insert into public.jobs (id, user_id, credits_reserved) values
    ('00000000-0000-0000-0000-0000000000f1', '00000000-0000-0000-0000-00000000000a', 6),
    ('00000000-0000-0000-0000-0000000000f2', '00000000-0000-0000-0000-00000000000a', 4);
create function pg_temp.credits() returns bigint language sql as $$
    select count from public.counters where user_id = '00000000-0000-0000-0000-00000000000a' and metric = 'credits'
$$;
select is(pg_temp.credits(), 10::bigint, 'jobs reserve what they cost');
select throws_ok($$insert into public.jobs (user_id, credits_reserved) values ('00000000-0000-0000-0000-00000000000a', 1)$$,
    'PT402', null, 'no job that cannot be paid for');
select throws_ok($$insert into public.jobs (user_id, credits_reserved) values ('00000000-0000-0000-0000-00000000000a', -1)$$,
    '23514', null, 'no job at a negative price');
select throws_ok($$update public.jobs set credits_reserved = 100$$, 'PT409', null, 'the reservation does not change');
select throws_ok($$update public.jobs set status = 'completed' where id = '00000000-0000-0000-0000-0000000000f1'$$, 'PT409', null, 'a job begins before it ends');
update public.jobs set status = 'processing', credits_spent = 2 where id = '00000000-0000-0000-0000-0000000000f1';
select throws_ok($$update public.jobs set credits_spent = 7 where id = '00000000-0000-0000-0000-0000000000f1'$$, '23514', null, 'spends no more than it reserved');
update public.jobs set status = 'completed' where id = '00000000-0000-0000-0000-0000000000f1';
select is(pg_temp.credits(), 6::bigint, 'a completed job gives back what it did not spend');
update public.jobs set status = 'completed' where id = '00000000-0000-0000-0000-0000000000f1';
select is(pg_temp.credits(), 6::bigint, 'once');
update public.jobs set status = 'cancelled' where id = '00000000-0000-0000-0000-0000000000f2';
select is(pg_temp.credits(), 2::bigint, 'a cancelled job gives back all');
select throws_ok($$update public.jobs set status = 'processing' where id = '00000000-0000-0000-0000-0000000000f2'$$, 'PT409', null, 'finished is final');

-- files
insert into public.files (user_id, bytes) values ('00000000-0000-0000-0000-00000000000a', 600), ('00000000-0000-0000-0000-00000000000b', 900);
select throws_ok($$insert into public.files (user_id, bytes) values ('00000000-0000-0000-0000-00000000000a', 401)$$, 'PT402', null, 'no more bytes than allowed');
select throws_ok($$update public.files set bytes = bytes + 401 where bytes = 600$$, 'PT402', null, 'nor by a change');
select throws_ok($$update public.files set user_id = '00000000-0000-0000-0000-00000000000b' where bytes = 600$$, 'PT402', null, 'nor by a gift');
select throws_ok($$insert into public.files (user_id, bytes) values ('00000000-0000-0000-0000-00000000000a', -1)$$, '23514', null, 'no negative size');
update public.files set bytes = 500 where bytes = 600;
delete from public.files where bytes = 900;
select results_eq($$select storage_used from public.people order by id$$, $$values (500::bigint), (0::bigint)$$, 'sums follow changes and deletions');

-- storage
set local role authenticated;
set local request.jwt.claims = '{"sub": "00000000-0000-0000-0000-00000000000a", "role": "authenticated"}';
select lives_ok($$insert into storage.objects (bucket_id, name) values ('drafts', '00000000-0000-0000-0000-00000000000a/x.png')$$, 'an own file');
select throws_ok(format('insert into storage.objects (bucket_id, name) values (''drafts'', %L)', name), '42501', null, 'no file: ' || left(name, 60))
from unnest(array['00000000-0000-0000-0000-00000000000b/x.png', '00000000-0000-0000-0000-00000000000a/../00000000-0000-0000-0000-00000000000b/x.png',
    '00000000-0000-0000-0000-00000000000a/./x.png', '00000000-0000-0000-0000-00000000000a//x.png', '00000000-0000-0000-0000-00000000000a/x\y.png',
    '00000000-0000-0000-0000-00000000000a/' || chr(7), '00000000-0000-0000-0000-00000000000a' || repeat('/a', 11),
    '00000000-0000-0000-0000-00000000000a/' || repeat('x', 1000)]) as name;
reset role;
delete from auth.users where id = '00000000-0000-0000-0000-00000000000a';
set local role service_role;
select results_eq($$select bucket_id, name from public.files_to_purge()$$,
    $$values ('drafts', '00000000-0000-0000-0000-00000000000a/x.png')$$, 'a deleted account leaves its files to be purged');
select is(public.finish_storage_purges(), 0::bigint, 'and they are not forgotten while they are there');
reset role;
select is_empty($$select from public.ledger where user_id = '00000000-0000-0000-0000-00000000000a'$$, 'the ledger goes with the account');

-- organisations
insert into auth.users (id) values ('00000000-0000-0000-0000-00000000000c');
insert into public.orgs (id, owner_id) values ('00000000-0000-0000-0000-0000000000e1', '00000000-0000-0000-0000-00000000000b'),
    ('00000000-0000-0000-0000-0000000000e2', '00000000-0000-0000-0000-00000000000c');
insert into public.org_members values ('00000000-0000-0000-0000-0000000000e1', '00000000-0000-0000-0000-00000000000c', 'viewer');
set local role authenticated;
set local request.jwt.claims = '{"sub": "00000000-0000-0000-0000-00000000000b", "role": "authenticated"}';
select is((select count(*) from public.org_members), 2::bigint, 'a member sees the members of the own organisations, without recursion');
reset role;
set constraints all immediate;
select throws_ok($$delete from public.org_members where role = 'owner'$$, 'PT409', null, 'the last owner stays');
update public.people set suspended = true where id = '00000000-0000-0000-0000-00000000000b';
set local role authenticated;
select is_empty($$select from public.org_members$$, 'who is suspended is a member of nothing');
reset role;
select lives_ok($$delete from public.orgs$$, 'an organisation goes with its owners');

-- refuse_row
select throws_ok(format($$insert into public.counters (user_id, metric, count, window_start, window_end)
    values ('00000000-0000-0000-0000-00000000000c', 'x', %s, now(), %s)$$, count, until), '23514',
    format('new row for relation "counters" violates check constraint "counters_%s_check"', rule), 'a row that breaks the rule about ' || rule)
from (values ('-1', '''infinity''', 'count'), ('0', 'now()', 'window')) as broken (count, until, rule);
create function pg_temp.broken() returns text language plpgsql as $$
declare
    relation text;
    rule text;
begin
    perform private.counters_holds(-1, now(), 'infinity');
exception when check_violation then
    get stacked diagnostics relation = table_name, rule = constraint_name;
    return relation || ' ' || rule;
end;
$$;
select is(pg_temp.broken(), 'counters counters_count_check', 'it is named to programs, too');
select ok(private.counters_holds(null, null, null), 'about nothing there is no rule');

-- notes
insert into public.notes (person_id, text) values ('00000000-0000-0000-0000-00000000000c', 'n');
select throws_ok($$update public.notes set text = 'm'$$, '42501', 'notes is append-only', 'a note does not change');
select lives_ok($$delete from auth.users$$, 'but lets its author go');
select is(private.stripe_time(object, 'at'), moment, 'stripe_time: ' || object::text)
from (values ('{"at": 1750000000}'::jsonb, '2025-06-15 15:06:40+00'::timestamptz), ('{"at": 1e300}', null), ('{"at": -1}', null),
    ('{"at": "1750000000"}', null), ('{"at": null}', null), ('{}', null)) as t (object, moment);

select * from finish();
rollback;
