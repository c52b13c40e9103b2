-- A project's trigger on realtime.messages is put on each partition, for which its role needs the right there too; and it
-- may read them, as on a hosted project.
do $$
declare
  partition regclass;
begin
  for partition in select inhrelid::regclass from pg_inherits where inhparent = 'realtime.messages'::regclass loop
    execute format('grant select, trigger on %s to postgres', partition);
  end loop;
end
$$;

create or replace function realtime.message_partitions_at(at_time timestamptz, days_ahead integer default 7) returns void
  language plpgsql
  set search_path = pg_catalog
  as $$
declare
  today date := (at_time at time zone 'utc')::date;
  day date;
  old_table regclass;
begin
  for day in select generate_series(today - 1, today + days_ahead, interval '1 day')::date loop
    if to_regclass('realtime.messages_' || to_char(day, 'YYYY_MM_DD')) is null then
      execute format(
        'create table realtime.%I partition of realtime.messages for values from (%L) to (%L)',
        'messages_' || to_char(day, 'YYYY_MM_DD'), day, day + 1);
      execute format(
        'grant select, trigger on realtime.%I to postgres', 'messages_' || to_char(day, 'YYYY_MM_DD'));
      execute format(
        'alter table realtime.%I owner to supabase_realtime_admin', 'messages_' || to_char(day, 'YYYY_MM_DD'));
    end if;
  end loop;
  -- messages are kept for at least 72 hours
  for old_table in
    select child.oid::regclass
    from pg_inherits
    join pg_class child on child.oid = inhrelid
    where inhparent = 'realtime.messages'::regclass
      and child.relname ~ '^messages_\d{4}_\d{2}_\d{2}$'
      and to_date(right(child.relname, 10), 'YYYY_MM_DD') < today - 3
  loop
    execute format('drop table %s', old_table);
  end loop;
end
$$;
