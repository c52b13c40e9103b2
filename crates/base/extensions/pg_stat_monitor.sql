-- A stand-in for pg_stat_monitor: migrations that were exported from a hosted project and ask for it run, and who reads
-- its view is told where the server keeps statistics.

create function @extschema@.pg_stat_monitor_internal(
  out queryid text, out query text, out calls bigint, out total_exec_time double precision
) returns setof record
  language plpgsql stable
  as $$
begin
  raise exception 'pg_stat_monitor is not installed on this PostgreSQL server'
    using errcode = '0A000', hint = 'pg_stat_statements counts statements; `ferrobase inspect db outliers` shows them.';
end
$$;

create view @extschema@.pg_stat_monitor as select * from @extschema@.pg_stat_monitor_internal();
