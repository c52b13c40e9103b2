--! table: the table
--! function: name of the trigger function
--! schema = public: where the function lives
--! clears list = : references set null when what they point to goes, each column:table
--! cascades list = : references by which a row goes together with what it points to, each column:table
-- {{ table }} is append-only, for the table's owner too. The changes let through are the foreign keys' own: a
-- reference is cleared{% if cascades %}, or a row goes,{% endif %} when what it pointed to is gone.
create function {{ schema }}.{{ function }}()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
{% if clears %}
    if tg_op = 'UPDATE'
        and to_jsonb(new){% for item in clears %} - '{{ (item | split(":") | list)[0] }}'{% endfor %} = to_jsonb(old){% for item in clears %} - '{{ (item | split(":") | list)[0] }}'{% endfor %}

{% for item in clears %}
{% set column, parent = item | split(":") | list %}
        and (new.{{ column }} is not distinct from old.{{ column }}
            or new.{{ column }} is null
                and not exists (select from {{ parent }} where id = old.{{ column }}))
{% endfor %}
    then
        return new;
    end if;
{% endif %}
{% for item in cascades %}
{% set column, parent = item | split(":") | list %}
    if tg_op = 'DELETE' and not exists (select from {{ parent }} where id = old.{{ column }}) then
        return old;
    end if;
{% endfor %}
    raise exception '{{ table }} is append-only'
        using errcode = 'insufficient_privilege', hint = 'Add a row that corrects the earlier one.';
end;
$$;

create trigger {{ table }}_append_only
    before update or delete on public.{{ table }}
    for each row execute function {{ schema }}.{{ function }}();

create trigger {{ table }}_no_truncate
    before truncate on public.{{ table }}
    for each statement execute function {{ schema }}.{{ function }}();

revoke all on function {{ schema }}.{{ function }}() from public, anon, authenticated, service_role;
