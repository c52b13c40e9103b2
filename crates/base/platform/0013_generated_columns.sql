-- From version 18 on, PostgreSQL refuses updates of a published table with `replica identity full` and a stored generated
-- column, unless its publication carries generated columns too. Projects have both.
do $$
begin
  if current_setting('server_version_num')::integer >= 180000
    and exists (select from pg_publication where pubname = 'supabase_realtime') then
    perform pg_temp.attempt('alter publication supabase_realtime set (publish_generated_columns = stored)');
  end if;
end
$$;
