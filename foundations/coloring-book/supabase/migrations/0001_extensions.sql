-- 1. What everything else stands on: closed defaults, a schema for helpers, extensions.

-- from common/grants.sql
-- Closed by default: what this or a later migration creates can be used by nobody until a migration grants it.
-- Supabase's own defaults give the API roles everything, TRUNCATE included, which row level security does not stop.
alter default privileges in schema public revoke all on tables from anon, authenticated, service_role;
alter default privileges in schema public revoke all on sequences from anon, authenticated, service_role;
alter default privileges in schema public revoke all on functions from anon, authenticated, service_role;
alter default privileges revoke execute on functions from public;
-- Extensions stay usable by everybody: there is nothing of the product in them.
alter default privileges in schema extensions grant execute on functions to public;
-- end common/grants.sql

create extension if not exists "uuid-ossp" with schema extensions;

-- from common/private.sql
-- A schema for what the API must not show: it is not among the exposed schemas, and a role reaches a function in it
-- only through a policy or another function. USAGE alone opens nothing; each object is granted by itself.
create schema private;
revoke all on schema private from public;
grant usage on schema private to authenticated, service_role;
-- end common/private.sql

-- from common/refuse_row.sql
-- For tables that are written to all the time. PostgreSQL reads and plans every CHECK anew in each statement that writes
-- to the table, which takes longer than the writing; of a function it keeps the plan. So their rules stand in one
-- function that one CHECK calls:
--
--     return case
--         when not (count >= 0) then private.refuse_row('counters', 'counters_count_check')
--         else true
--     end;
--
-- A rule about nothing is kept, as in a CHECK: what is not null is not false. Lists of words stay CHECKs of their own,
-- because the types of clients are made from them; as constants, `word = any ('{a,b}'::text[])`, they are read faster
-- than `word in ('a', 'b')`. Whoever writes to the table must be able to execute both functions.

-- Refuses in the words, and with the code, of the CHECK that the rule would be. Not immutable: it would be called while
-- the rules are planned.
create function private.refuse_row(relation text, rule text)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
    raise exception 'new row for relation "%" violates check constraint "%"', relation, rule
        using errcode = 'check_violation', schema = 'public', table = relation, constraint = rule;
end;
$$;

revoke all on function private.refuse_row(text, text) from public, anon, authenticated, service_role;
-- end common/refuse_row.sql
