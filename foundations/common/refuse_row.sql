--! schema = private: where the function lives
--! writers list = : API roles that write to such a table
-- For tables that are written to all the time. PostgreSQL reads and plans every CHECK anew in each statement that writes
-- to the table, which takes longer than the writing; of a function it keeps the plan. So their rules stand in one
-- function that one CHECK calls:
--
--     return case
--         when not (count >= 0) then {{ schema }}.refuse_row('counters', 'counters_count_check')
--         else true
--     end;
--
-- A rule about nothing is kept, as in a CHECK: what is not null is not false. Lists of words stay CHECKs of their own,
-- because the types of clients are made from them; as constants, `word = any ('{a,b}'::text[])`, they are read faster
-- than `word in ('a', 'b')`. Whoever writes to the table must be able to execute both functions.

-- Refuses in the words, and with the code, of the CHECK that the rule would be. Not immutable: it would be called while
-- the rules are planned.
create function {{ schema }}.refuse_row(relation text, rule text)
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

revoke all on function {{ schema }}.refuse_row(text, text) from public, anon, authenticated, service_role;
{% if writers %}
grant execute on function {{ schema }}.refuse_row(text, text) to {{ writers | join(", ") }};
{% endif %}
