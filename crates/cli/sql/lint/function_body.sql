-- Makes each function again, which checks its body; rolled back by whoever runs this. Of PL/pgSQL that is the
-- syntax, of SQL also names and types.
set local check_function_bodies = on;
set local client_min_messages = error;
create temporary table found (object text, message text) on commit drop;
do $lint$
declare
  item record;
  cause text;
begin
  for item in
    select pg_proc.oid::regprocedure::text as name, pg_get_functiondef(pg_proc.oid) as definition
    from pg_proc
    join pg_namespace on pg_namespace.oid = pronamespace
    join pg_language on pg_language.oid = prolang
    where nspname = any (string_to_array(current_setting('ferrobase.lint_schemas'), ','))
      and lanname in ('sql', 'plpgsql') and prokind in ('f', 'p') and prosqlbody is null
      and not exists (select from pg_depend where objid = pg_proc.oid and deptype = 'e')
    order by 1
  loop
    begin
      execute item.definition;
    exception when insufficient_privilege then null;
      when others then
        get stacked diagnostics cause = message_text;
        insert into found values (item.name, cause);
    end;
  end loop;
end
$lint$;
select object, message from found
