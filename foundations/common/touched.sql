--! function: the trigger function that `touch` made
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
where t.tgfoid = 'public.{{ function }}'::regproc and t.tgparentid = 0;
select is_empty('select tab from touched where stale > 0', 'a change of a row is a change of its updated_at');
select cmp_ok((select count(*) from touched where rows > 0), '>', 0::bigint, 'of some rows at least');
rollback to savepoint touched;
