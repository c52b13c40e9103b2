-- Counting: quotas, windows, the ledger (S1-5, S1-7), and bad input.
begin;
create extension if not exists pgtap with schema extensions;
select plan(75);

insert into auth.users (id) values ('00000000-0000-0000-0000-00000000000a'), ('00000000-0000-0000-0000-00000000000b');
-- A paid plan whose period began on the 31st.
update public.subscriptions
set plan = 'pro', lemon_squeezy_id = 'ls_b', current_period_start = '2026-01-31 10:00+00', current_period_end = '2999-01-01'
where user_id = '00000000-0000-0000-0000-00000000000b';

set local role service_role;
select results_eq($$select used, remaining, repeated from public.increment_usage('00000000-0000-0000-0000-00000000000a', 'agent_runs')$$,
    $$values (1::bigint, 9::bigint, false)$$, 'S1-7 A1-065 one more by default');
select results_eq($$select used, remaining, repeated from public.increment_usage('00000000-0000-0000-0000-00000000000a', 'agent_runs', 4, 'run 1')$$,
    $$values (5::bigint, 5::bigint, false)$$, 'S1-7 or several');
select results_eq($$select used, remaining, repeated from public.increment_usage('00000000-0000-0000-0000-00000000000a', 'agent_runs', 4, 'run 1')$$,
    $$values (5::bigint, 5::bigint, true)$$, 'S1-7 the same call again counts once');
select throws_ok($$select public.increment_usage('00000000-0000-0000-0000-00000000000a', 'agent_runs', 3, 'run 1')$$, 'PT409', null,
    'S1-7 a key for another amount is refused');
select throws_ok($$select public.increment_usage('00000000-0000-0000-0000-00000000000a', 'api_calls', 4, 'run 1')$$, 'PT409', null,
    'S1-7 or for another metric');
select throws_ok($$select public.increment_usage('00000000-0000-0000-0000-00000000000a', 'agent_runs', 6)$$, 'PT402',
    'quota of agent_runs exceeded', 'S1-7 beyond the quota');
select lives_ok($$select public.increment_usage('00000000-0000-0000-0000-00000000000a', 'agent_runs', 5)$$, 'S1-7 up to it');
select throws_ok($$select public.increment_usage('00000000-0000-0000-0000-00000000000a', 'agent_runs')$$, 'PT402', null, 'S1-7 not one more');
select throws_ok($$select public.increment_usage('00000000-0000-0000-0000-00000000000a', 'api_calls', 101)$$, 'PT402', null, 'S1-7 nor all at once');
select is_empty($$select from public.usage_counters where metric = 'api_calls'$$, 'S1-7 a refused call leaves no counter');
select results_eq($$select used, remaining from public.increment_usage('00000000-0000-0000-0000-00000000000b', 'api_calls', 5000000000)$$,
    $$values (5000000000::bigint, null::bigint)$$, 'S1-5 null is unlimited, and more than two thousand million fit');

-- bad input
select throws_ok(format($$select public.increment_usage('00000000-0000-0000-0000-00000000000b', 'api_calls', %s)$$, amount), '22023', null,
    'S1-5 no amount: ' || amount)
from unnest(array['0', '-1', '1.5', '''NaN''', '''Infinity''', '9223372036854775807', 'null']) as amount;
select throws_ok($$select public.increment_usage('00000000-0000-0000-0000-00000000000b', 'api_calls', 1000000000000001)$$, '22023', null, 'S1-5 one more than fits');
select throws_ok($$select public.usage_window('month', '2026-01-31', 'infinity')$$, '22023', null, 'S1-5 no window is at the end of time');
select throws_ok($$select public.increment_usage('00000000-0000-0000-0000-00000000000b', 'api_calls', 'many')$$, '22P02', null, 'S1-5 no number');
select throws_ok($$select public.increment_usage('00000000-0000-0000-0000-00000000000b', 'apicalls ')$$, '22023', null, 'S1-5 an unknown metric');
select throws_ok($$select public.increment_usage('00000000-0000-0000-0000-00000000000b', null)$$, '22023', null, 'S1-5 no metric');
select throws_ok($$select public.increment_usage('00000000-0000-0000-0000-0000000000ff', 'api_calls')$$, 'PT404', null, 'S1-5 an unknown user');
select throws_ok($$select public.increment_usage(null, 'api_calls')$$, 'PT404', null, 'S1-5 no user');
select throws_ok(format(call, key), '22023', format('an idempotency key has 1 to 255 characters, not %s', length(key)), format('S1-7 no key: %s characters: %s', length(key), left(call, 30)))
from unnest(array['', repeat('x', 256)]) as key, unnest(array[
    $$select public.increment_usage('00000000-0000-0000-0000-00000000000b', 'api_calls', 1, %L)$$,
    $$select public.refund_usage('00000000-0000-0000-0000-00000000000b', (select max(id) from public.usage_ledger
        where user_id = '00000000-0000-0000-0000-00000000000b' and kind = 'consume'), 1, %L)$$,
    $$select public.correct_usage('00000000-0000-0000-0000-00000000000b', 'api_calls', 1, %L)$$]) as call;
select throws_ok($$select public.correct_usage('00000000-0000-0000-0000-00000000000b', 'api_calls', 0)$$, '22023', null, 'S1-5 a correction by nothing');
select throws_ok($$select public.correct_usage('00000000-0000-0000-0000-00000000000b', 'api_calls', 'NaN')$$, '22023', null, 'S1-5 or by no number');
select is((select count from public.usage_counters where user_id = '00000000-0000-0000-0000-00000000000b'), 5000000000, 'S1-5 and nothing changed');

-- what a metric without a row allows
insert into public.usage_metrics (metric, usage_window) values ('exports', 'day');
select throws_ok($$select public.increment_usage('00000000-0000-0000-0000-00000000000a', 'exports')$$, 'PT402', null, 'S1-7 no row is nothing');
select throws_ok($$select public.correct_usage('00000000-0000-0000-0000-00000000000a', 'exports', 1)$$, 'PT402', null, 'S1-7 nor is there anything to correct');
select throws_ok($$insert into public.plan_limits values ('nothing', 'free', 1)$$, '23503', null, 'S1-5 a limit is of a known metric');
select throws_ok($$insert into public.usage_metrics (metric, usage_window) values ('Exports ', 'day')$$, '23514', null, 'S1-5 a metric has a plain name');
select throws_ok($$insert into public.usage_metrics (metric, usage_window) values ('x', 'week')$$, '23514', null, 'S1-5 and a known window');
select throws_ok($$insert into public.plan_limits values ('exports', 'gold', 1)$$, '23514', null, 'S1-5 a limit is of a known plan');
select throws_ok($$insert into public.plan_limits values ('exports', 'free', -1)$$, '23514', null, 'S1-5 and not negative');

-- refunds
create temporary table entry as select id from public.usage_ledger where idempotency_key = 'run 1';
select results_eq($$select refunded, used, repeated from public.refund_usage('00000000-0000-0000-0000-00000000000a', (select id from entry), 1, 'back 1')$$,
    $$values (1::bigint, 9::bigint, false)$$, 'S1-7 a part is given back');
select results_eq($$select refunded, used, repeated from public.refund_usage('00000000-0000-0000-0000-00000000000a', (select id from entry), 1, 'back 1')$$,
    $$values (1::bigint, 9::bigint, true)$$, 'S1-7 once');
select throws_ok($$select public.refund_usage('00000000-0000-0000-0000-00000000000a', (select id from entry), 2, 'back 1')$$, 'PT409', null, 'S1-7 a key for another refund is refused');
select throws_ok($$select public.increment_usage('00000000-0000-0000-0000-00000000000a', 'agent_runs', 1, 'back 1')$$, 'PT409', null, 'S1-7 or for a consumption');
select results_eq($$select refunded, used from public.refund_usage('00000000-0000-0000-0000-00000000000a', (select id from entry))$$,
    $$values (3::bigint, 6::bigint)$$, 'S1-7 then the rest');
select throws_ok($$select public.refund_usage('00000000-0000-0000-0000-00000000000a', (select id from entry))$$, 'PT409', null, 'S1-7 and no more');
select throws_ok($$select public.refund_usage('00000000-0000-0000-0000-00000000000b', (select id from entry))$$, 'PT404', null, 'S1-7 nor to another user');
select throws_ok($$select public.refund_usage('00000000-0000-0000-0000-00000000000a', -1)$$, 'PT404', null, 'S1-7 nor of nothing');
select throws_ok(format($$select public.refund_usage('00000000-0000-0000-0000-00000000000a', (select min(id) from public.usage_ledger), %s)$$, amount), '22023', null,
    'S1-5 no amount to give back: ' || amount)
from unnest(array['0', '-1', '''NaN''', '''Infinity''']) as amount;

-- a level that goes up and down
select results_eq($$select used, resets_at from public.increment_usage('00000000-0000-0000-0000-00000000000a', 'storage_mb', 60)$$,
    $$values (60::bigint, null::timestamptz)$$, 'A1-065 a level has no end');
select is(public.correct_usage('00000000-0000-0000-0000-00000000000a', 'storage_mb', -50, 'deleted x'), 10::bigint, 'S1-7 a deleted file is taken off');
select is(public.correct_usage('00000000-0000-0000-0000-00000000000a', 'storage_mb', -50, 'deleted x'), 10::bigint, 'S1-7 once');
select throws_ok($$select public.correct_usage('00000000-0000-0000-0000-00000000000a', 'storage_mb', -11)$$, '22023', null, 'S1-5 never below 0');
select is(public.correct_usage('00000000-0000-0000-0000-00000000000a', 'storage_mb', -10), 0::bigint, 'S1-7 to nothing');
select is(public.correct_usage('00000000-0000-0000-0000-00000000000a', 'api_calls', 7), 7::bigint, 'S1-7 a correction may come first');
select is(public.reset_usage('00000000-0000-0000-0000-00000000000a', 'agent_runs'), 6::bigint, 'S1-7 a reset says what was there');
select is(public.reset_usage('00000000-0000-0000-0000-00000000000a', 'agent_runs'), 0::bigint, 'S1-7 and is safe to repeat');
reset role;
select is_empty($$select * from public.usage_counters as c where count <> (
        select sum(delta) from public.usage_ledger as l
        where l.user_id = c.user_id and l.metric = c.metric and l.window_start = c.window_start)$$,
    'S1-7 every counter is the sum of its ledger');

-- windows
set local timezone = 'Pacific/Kiritimati';
select results_eq($$select kind, w.* from (values ('day', '2026-03-29 23:30+00'::timestamptz), ('month', '2026-02-28 09:59+00'),
        ('month', '2026-02-28 10:00+00'), ('month', '2026-03-31 10:00+00'), ('month', '2025-12-31 09:00+00')) as asked (kind, moment),
        public.usage_window(kind, '2026-01-31 10:00+00', moment) as w$$,
    $$values ('day', '2026-03-29 00:00+00'::timestamptz, '2026-03-30 00:00+00'::timestamptz), ('month', '2026-01-31 10:00+00', '2026-02-28 10:00+00'),
        ('month', '2026-02-28 10:00+00', '2026-03-31 10:00+00'), ('month', '2026-03-31 10:00+00', '2026-04-30 10:00+00'),
        ('month', '2025-11-30 10:00+00', '2025-12-31 10:00+00')$$,
    'A1-064 A1-065 days in UTC, months from the anchor that keep the 31st');
reset timezone;
-- A window that was opened stays; the next one begins where it ends, even when the metric counts differently now.
delete from public.usage_counters where user_id = '00000000-0000-0000-0000-00000000000b';
insert into public.usage_counters (user_id, metric, count, window_start, window_end) values
    ('00000000-0000-0000-0000-00000000000b', 'api_calls', 3, '2026-03-01 00:00+00', '2026-03-10 12:00+00');
select results_eq($$select window_start from private.usage_quota('00000000-0000-0000-0000-00000000000b', 'api_calls', '2026-03-10 11:59+00')$$,
    $$values ('2026-03-01 00:00+00'::timestamptz)$$, 'A1-066 an open window is used to its end');
select results_eq($$select window_start, window_end from private.usage_quota('00000000-0000-0000-0000-00000000000b', 'api_calls', '2026-03-10 12:00+00')$$,
    $$values ('2026-03-10 12:00+00'::timestamptz, '2026-03-11 00:00+00'::timestamptz)$$, 'A1-066 the next begins where it ends');

-- what the table refuses, whoever writes
create function pg_temp.counter(metric text, count bigint, since text, until text) returns void language sql as $$
    insert into public.usage_counters (user_id, metric, count, window_start, window_end)
    values ('00000000-0000-0000-0000-00000000000b', metric, count, since::timestamptz, until::timestamptz)
$$;
select throws_ok($$select pg_temp.counter('agent_runs', -1, '2025-01-01', '2025-02-01')$$, '23514', null, 'S1-5 a negative count');
select throws_ok($$select pg_temp.counter('agent_runs', 1, '2025-02-01', '2025-01-01')$$, '23514', null, 'S1-5 a reversed window');
select throws_ok($$select pg_temp.counter('agent_runs', 1, '2025-02-01', '2025-02-01')$$, '23514', null, 'S1-5 an empty window');
select throws_ok($$select pg_temp.counter('apicalls ', 1, '2025-01-01', '2025-02-01')$$, '23503', null, 'S1-5 an unknown metric');
select throws_ok($$select pg_temp.counter('api_calls', 1, '2026-03-05', '2026-04-01')$$, '23P01', null, 'S1-5 an overlapping window');
select throws_ok($$select pg_temp.counter('api_calls', 1, '2026-03-01 00:00+00', '2026-03-10 12:00+00')$$, '23505', null, 'A1-066 a second counter of a window');
select throws_ok($$update public.usage_ledger set delta = 0$$, '42501', 'usage_ledger is append-only', 'S1-7 the ledger does not change');
select throws_ok($$truncate public.usage_ledger$$, '42501', null, 'S1-7 nor is it emptied');
-- from common/touched.sql
--   function = update_updated_at_column
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
where t.tgfoid = 'public.update_updated_at_column'::regproc and t.tgparentid = 0;
select is_empty('select tab from touched where stale > 0', 'a change of a row is a change of its updated_at');
select cmp_ok((select count(*) from touched where rows > 0), '>', 0::bigint, 'of some rows at least');
rollback to savepoint touched;
-- end common/touched.sql
select * from finish();
rollback;
