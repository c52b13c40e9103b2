-- `postgres` may put rows in without triggers and foreign keys, as on a hosted project: that is how the data of a dump
-- goes back. Event triggers would be off, too; the guard is not.
do $$
begin
  if current_user = 'postgres'
    or (select count(*) from pg_event_trigger where evtname in ('ferrobase_guard_ddl', 'ferrobase_guard_drop')) < 2
  then
    return;
  end if;
  perform pg_temp.attempt('alter event trigger ferrobase_guard_ddl enable always');
  perform pg_temp.attempt('alter event trigger ferrobase_guard_drop enable always');
  if not exists (
    select from pg_event_trigger
    where evtname in ('ferrobase_guard_ddl', 'ferrobase_guard_drop') and evtenabled <> 'A')
  then
    perform pg_temp.attempt('grant set on parameter session_replication_role to postgres');
  end if;
end
$$;
