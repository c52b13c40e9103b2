--! table = jobs: the table
--! waiting: the state a job begins in
--! running: the state of a job that is worked on
--! finished list: the states that end it
--! abandoned list: those of them that a waiting job may go to
--! fixed list: columns that never change
--! clears list = : references that are cleared when what they point to goes
--! function: name of the trigger function
--! progress = progress: column with 0 to 100, or nothing
-- The states of a job.
--
--   {{ waiting }} ──► {{ running }} ──► {{ finished | join(" | ") }}
--      └──────────────────────────────► {{ abandoned | join(" | ") }}
--
-- A finished job never changes again; sending the same values once more is not a change, so a worker may repeat a
-- report whose answer it did not get. Two workers that claim a job with `status=eq.{{ waiting }}` in their filter cannot both
-- get it.
create function public.{{ function }}()
returns trigger
language plpgsql
set search_path = ''
as $$
declare
    finished constant text[] := array[{% for state in finished %}'{{ state }}'{% if not loop.last %}, {% endif %}{% endfor %}];
begin
    if tg_op = 'UPDATE' then
        new.updated_at = old.updated_at; -- the next trigger sets it; not a change of its own
        if old.status = any (finished) and {% if clears %}to_jsonb(new){% for column in clears %} - '{{ column }}'{% endfor %} <> to_jsonb(old){% for column in clears %} - '{{ column }}'{% endfor %}{% else %}new is distinct from old{% endif %} then
            -- PT409 is HTTP 409 Conflict to REST clients.
            raise exception 'job % is finished', old.id
                using errcode = 'PT409',
                    detail = format('A job that is %s no longer changes.', old.status),
                    hint = 'Create a new job.';
        end if;
        if ({% for column in fixed %}new.{{ column }}{% if not loop.last %}, {% endif %}{% endfor %}) is distinct from ({% for column in fixed %}old.{{ column }}{% if not loop.last %}, {% endif %}{% endfor %}) then
            raise exception '{{ fixed[:-1] | join(", ") }} and {{ fixed[-1] }} of job % cannot change', old.id
                using errcode = 'PT409';
        end if;
        if new.status <> old.status and not (
            old.status = '{{ waiting }}' and new.status in ('{{ running }}'{% for state in abandoned %}, '{{ state }}'{% endfor %})
            or old.status = '{{ running }}' and new.status = any (finished)
        ) then
            raise exception 'job % cannot go from % to %', old.id, old.status, new.status
                using errcode = 'PT409',
                    hint = '{{ waiting }} → {{ running }} → {{ finished[:-1] | join(", ") }} or {{ finished[-1] }}.';
        end if;
{% if progress %}
        -- Completing without a word about progress means all of it.
        if new.status = 'completed' and new.{{ progress }} = old.{{ progress }} then
            new.{{ progress }} = 100;
        end if;
{% endif %}
    end if;
    if new.status = any (finished) and new.completed_at is null then
        new.completed_at = now();
    end if;
    return new;
end;
$$;

create trigger {{ table }}_enforce_state
    before insert or update on public.{{ table }}
    for each row execute function public.{{ function }}();

revoke all on function public.{{ function }}() from public, anon, authenticated, service_role;
