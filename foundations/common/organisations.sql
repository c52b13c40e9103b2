--! orgs = orgs: the table of organisations
--! members = org_members: who belongs to them: org_id, user_id, role
--! live = o.deleted_at is null: condition on an organisation o and, when `people` is given, a person p
--! people = : one more table to join: its alias is p, its key id is the account's
--! owner = owner: the role that an organisation always has
--! alive = : condition on a row of the organisations under which it needs an owner, when not always
--! founder = : column of the organisation with the account that becomes its first owner
-- Who belongs to which organisation. A policy that asks the members' table from within that table's own policy would
-- recurse, so it asks these functions, which run as their owner. A policy writes
--     org_id = any (array(select private.my_orgs()))                     -- any role
--     org_id = any (array(select private.my_orgs('{owner,admin}')))      -- one of these
-- The array is made once for each statement and the index on org_id serves it (measured on 200,000 rows in 2,000
-- organisations: 0.08 ms, against 62 ms for `in (select …)`). Deleted organisations and suspended people count for
-- nothing, in every policy at once. PL/pgSQL keeps the plan for the session; a function in SQL that runs as its owner
-- is planned again in every statement that asks it, which costs ten times as much as what it reads.
create function private.my_orgs(roles text[] default null)
returns setof uuid
language plpgsql
stable
security definer
rows 10
set search_path = ''
as $$
begin
    return query
        select m.org_id
        from public.{{ members }} as m
        join public.{{ orgs }} as o on o.id = m.org_id
{% if people %}
        join public.{{ people }} as p on p.id = m.user_id
{% endif %}
        where m.user_id = (select auth.uid()) and (roles is null or m.role = any (roles)) and {{ live }};
end;
$$;

revoke all on function private.my_orgs(text[]) from public, anon, authenticated, service_role;
grant execute on function private.my_orgs(text[]) to authenticated;

{% if founder %}
-- Whoever founds an organisation is its first {{ owner }}: without this nobody could ever become one.
create function private.add_founder()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    insert into public.{{ members }} (org_id, user_id, role) values (new.id, new.{{ founder }}, '{{ owner }}')
    on conflict (org_id, user_id) do nothing;
    return null;
end;
$$;

create trigger {{ orgs }}_add_founder
    after insert on public.{{ orgs }}
    for each row execute function private.add_founder();

revoke all on function private.add_founder() from public, anon, authenticated, service_role;

{% endif %}
-- An organisation that exists has an {{ owner }}, after every statement (or, where constraints are deferred, at the end of
-- the transaction). The lock on its row makes two {{ owner }}s who
-- leave at the same time do it one after the other, so that the second one is refused.
create function private.keep_an_owner()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform from public.{{ orgs }} where id = old.org_id{% if alive %} and {{ alive }}{% endif %} for no key update;
    if found and not exists (
        select from public.{{ members }} where org_id = old.org_id and role = '{{ owner }}'
    ) then
        raise exception 'organisation % would be without an {{ owner }}', old.org_id
            using errcode = 'PT409', hint = 'Make another member {{ owner }} first.';
    end if;
    return null;
end;
$$;

create constraint trigger {{ members }}_keep_an_owner
    after update or delete on public.{{ members }}
    deferrable
    for each row
    when (old.role = '{{ owner }}')
    execute function private.keep_an_owner();

revoke all on function private.keep_an_owner() from public, anon, authenticated, service_role;
