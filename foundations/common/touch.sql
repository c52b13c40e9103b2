--! function: name of the trigger function
--! tables list: tables with updated_at
--! trigger = updated_at: what the name of each trigger ends with
--! prefix = : what the name of each trigger begins with
-- updated_at is the time of the last change, whatever the statement says.
create function public.{{ function }}()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    new.updated_at = now();
    return new;
end;
$$;

{% for table in tables %}
create trigger {{ prefix }}{{ table }}_{{ trigger }}
    before update on public.{{ table }}
    for each row execute function public.{{ function }}();

{% endfor %}
-- A trigger function runs without this privilege; with it, it would be callable through the API.
revoke all on function public.{{ function }}() from public, anon, authenticated, service_role;
