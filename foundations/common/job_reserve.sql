--! table = jobs: the table, with the states of common/job_states.sql
--! subject = user_id: the column that says who pays
--! metric: what a job costs
--! reserved: column with what is set aside when the job is made
--! spent: column with what it has cost in the end
--! entry: column bigint with the ledger's entry of the reservation
--! finished list: the states that end a job
--! consume: function of common/meter.sql that takes from the quota
--! refund: of the one that gives back
--! function: name of the trigger functions, which end in _reserve and _settle
-- Reserve, spend, refund: a job sets its price aside when it is made, in the same transaction, so that nobody gets
-- work done that they cannot pay for; when it ends, whatever way, what it did not spend is given back. Once: the
-- ledger refuses a second refund, and a finished job does not change again.
alter table public.{{ table }}
    add constraint {{ table }}_spends_what_is_reserved check ({{ spent }} between 0 and {{ reserved }});

create function public.{{ function }}_reserve()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    new.{{ entry }} := null;
    if new.{{ reserved }} > 0 then
        new.{{ entry }} := (public.{{ consume }}(new.{{ subject }}, '{{ metric }}', new.{{ reserved }}, '{{ table }} ' || new.id)).entry;
    end if;
    return new;
end;
$$;

create trigger {{ table }}_reserve
    before insert on public.{{ table }}
    for each row execute function public.{{ function }}_reserve();

create function public.{{ function }}_settle()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    if new.{{ reserved }} <> old.{{ reserved }} or new.{{ entry }} is distinct from old.{{ entry }} then
        raise exception 'what job % reserved cannot change', old.id using errcode = 'PT409';
    end if;
    if new.status in ({% for state in finished %}'{{ state }}'{% if not loop.last %}, {% endif %}{% endfor %}) and new.status <> old.status and new.{{ reserved }} > new.{{ spent }} then
        perform public.{{ refund }}(new.{{ subject }}, new.{{ entry }}, new.{{ reserved }} - new.{{ spent }});
    end if;
    return null;
end;
$$;

create trigger {{ table }}_settle
    after update on public.{{ table }}
    for each row execute function public.{{ function }}_settle();

revoke all on function public.{{ function }}_reserve(), public.{{ function }}_settle()
    from public, anon, authenticated, service_role;
