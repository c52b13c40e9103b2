-- What the extension plpgsql_check finds; rolled back by whoever runs this.
set local client_min_messages = error;
create extension if not exists plpgsql_check;
select pg_proc.oid::regprocedure::text, concat(found.message, ' (line ' || found.lineno || ')'), found.level
from pg_proc
join pg_namespace on pg_namespace.oid = pronamespace
join pg_language on pg_language.oid = prolang
left join pg_trigger on tgfoid = pg_proc.oid and not tgisinternal
cross join lateral plpgsql_check_function_tb(pg_proc.oid, coalesce(tgrelid, 0), other_warnings => false,
  oldtable => tgoldtable, newtable => tgnewtable) as found
where nspname = any (string_to_array(current_setting('ferrobase.lint_schemas'), ','))
  and lanname = 'plpgsql' and (prorettype <> 'trigger'::regtype or tgrelid is not null)
  and prorettype <> 'event_trigger'::regtype
  and not exists (select from pg_depend where objid = pg_proc.oid and deptype = 'e')
order by 1
