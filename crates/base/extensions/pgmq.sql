-- The surface of pgmq 1.5, which is plain SQL there too. Queues are tables of whoever creates them.

create table pgmq.meta (
  queue_name     varchar unique not null,
  is_partitioned boolean not null,
  is_unlogged    boolean not null,
  created_at     timestamptz not null default now()
);

create type pgmq.message_record as (
  msg_id bigint, read_ct integer, enqueued_at timestamptz, vt timestamptz, message jsonb, headers jsonb
);
create type pgmq.queue_record as (
  queue_name varchar, is_partitioned boolean, is_unlogged boolean, created_at timestamptz
);
create type pgmq.metrics_result as (
  queue_name text, queue_length bigint, newest_msg_age_sec integer, oldest_msg_age_sec integer,
  total_messages bigint, scrape_time timestamptz, queue_visible_length bigint
);

-- Names.
create function pgmq.format_table_name(queue_name text, prefix text) returns text
  language plpgsql
  as $$
begin
  if queue_name ~ '\$|;|--|''' then
    raise exception 'queue name contains invalid characters: $, ;, --, or \''';
  end if;
  return lower(prefix || '_' || queue_name);
end
$$;

create function pgmq.validate_queue_name(queue_name text) returns void
  language plpgsql
  as $$
begin
  if length(queue_name) >= 48 then
    raise exception 'queue name is too long, maximum length is 48 characters';
  end if;
end
$$;

-- Queues and their archives belong to the extension, where that is how pgmq came here.
create function pgmq._extension_exists(extension_name text) returns boolean
  language sql stable
  as $$ select exists (select from pg_catalog.pg_extension where extname = extension_name) $$;

create function pgmq._belongs_to_pgmq(table_name text) returns boolean
  language sql stable
  as $$
    select exists (
      select
      from pg_catalog.pg_depend
      join pg_catalog.pg_extension on pg_extension.oid = refobjid and extname = 'pgmq'
      where objid = to_regclass(format('pgmq.%I', table_name)) and deptype = 'e')
  $$;

create function pgmq._adopt(kind text, name text) returns void
  language plpgsql
  as $$
begin
  if pgmq._extension_exists('pgmq') and not pgmq._belongs_to_pgmq(name) then
    execute format('alter extension pgmq add %s pgmq.%I', kind, name);
  end if;
end
$$;

create function pgmq._release(kind text, name text) returns void
  language plpgsql
  as $$
begin
  if pgmq._belongs_to_pgmq(name) then
    execute format('alter extension pgmq drop %s pgmq.%I', kind, name);
  end if;
end
$$;

-- Making and removing queues.
create function pgmq._create_queue(queue_name text, unlogged boolean) returns void
  language plpgsql
  as $$
declare
  queue_table text := pgmq.format_table_name(queue_name, 'q');
  archive_table text := pgmq.format_table_name(queue_name, 'a');
begin
  perform pgmq.validate_queue_name(queue_name);
  -- two at once make one
  perform pg_advisory_xact_lock(hashtext('pgmq.queue_' || queue_table));
  execute format(
    'create %s table if not exists pgmq.%I (
       msg_id      bigint primary key generated always as identity,
       read_ct     integer not null default 0,
       enqueued_at timestamptz not null default now(),
       vt          timestamptz not null,
       message     jsonb,
       headers     jsonb
     )', case when unlogged then 'unlogged' end, queue_table);
  execute format(
    'create table if not exists pgmq.%I (
       msg_id      bigint primary key,
       read_ct     integer not null default 0,
       enqueued_at timestamptz not null default now(),
       archived_at timestamptz not null default now(),
       vt          timestamptz not null,
       message     jsonb,
       headers     jsonb
     )', archive_table);
  perform pgmq._adopt('table', queue_table);
  perform pgmq._adopt('sequence', queue_table || '_msg_id_seq');
  perform pgmq._adopt('table', archive_table);
  execute format('create index if not exists %I on pgmq.%I (vt)', queue_table || '_vt_idx', queue_table);
  execute format(
    'create index if not exists %I on pgmq.%I (archived_at)', 'archived_at_idx_' || queue_name, archive_table);
  insert into pgmq.meta (queue_name, is_partitioned, is_unlogged)
  values (_create_queue.queue_name, false, unlogged)
  on conflict do nothing;
end
$$;

create function pgmq.create_non_partitioned(queue_name text) returns void
  language sql
  as $$ select pgmq._create_queue(queue_name, false) $$;

create function pgmq.create(queue_name text) returns void
  language sql
  as $$ select pgmq._create_queue(queue_name, false) $$;

create function pgmq.create_unlogged(queue_name text) returns void
  language sql
  as $$ select pgmq._create_queue(queue_name, true) $$;

create function pgmq._refuse_partitions() returns void
  language plpgsql
  as $$
begin
  raise exception 'pg_partman is required for partitioned queues'
    using errcode = '0A000',
          hint = 'This is a stand-in for pgmq without partitions. Use pgmq.create, or install pgmq and pg_partman on the server.';
end
$$;

create function pgmq.create_partitioned(
  queue_name text, partition_interval text default '10000', retention_interval text default '100000'
) returns void
  language sql
  as $$ select pgmq._refuse_partitions() $$;

create function pgmq.convert_archive_partitioned(
  table_name text, partition_interval text default '10000', retention_interval text default '100000',
  leading_partition integer default 10
) returns void
  language sql
  as $$ select pgmq._refuse_partitions() $$;

create function pgmq.drop_queue(queue_name text) returns boolean
  language plpgsql
  as $$
declare
  queue_table text := pgmq.format_table_name(queue_name, 'q');
  archive_table text := pgmq.format_table_name(queue_name, 'a');
begin
  if not exists (select from pgmq.meta where meta.queue_name = drop_queue.queue_name) then
    raise notice 'pgmq queue `%` does not exist', queue_name;
    return false;
  end if;
  perform pgmq._release('table', queue_table);
  perform pgmq._release('sequence', queue_table || '_msg_id_seq');
  perform pgmq._release('table', archive_table);
  execute format('drop table if exists pgmq.%I', queue_table);
  execute format('drop table if exists pgmq.%I', archive_table);
  delete from pgmq.meta where meta.queue_name = drop_queue.queue_name;
  return true;
end
$$;

create function pgmq.drop_queue(queue_name text, partitioned boolean) returns boolean
  language plpgsql
  as $$
begin
  raise warning 'drop_queue(queue_name, partitioned) is deprecated and will be removed in PGMQ v2.0. Use drop_queue(queue_name) instead';
  return pgmq.drop_queue(queue_name);
end
$$;

create function pgmq.detach_archive(queue_name text) returns void
  language sql
  as $$ select pgmq._release('table', pgmq.format_table_name(queue_name, 'a')) $$;

create function pgmq.purge_queue(queue_name text) returns bigint
  language plpgsql
  as $$
declare
  queue_table text := pgmq.format_table_name(queue_name, 'q');
  purged bigint;
begin
  execute format('select count(*) from pgmq.%I', queue_table) into purged;
  execute format('truncate table pgmq.%I', queue_table);
  return purged;
end
$$;

create function pgmq.list_queues() returns setof pgmq.queue_record
  language sql
  as $$ select queue_name, is_partitioned, is_unlogged, created_at from pgmq.meta $$;

-- Sending. The forms with a number wait that many seconds, those with a moment until then.
create function pgmq.send(queue_name text, msg jsonb, headers jsonb, delay timestamptz) returns setof bigint
  language plpgsql
  as $$
begin
  return query execute format(
    'insert into pgmq.%I (vt, message, headers) values ($1, $2, $3) returning msg_id',
    pgmq.format_table_name(queue_name, 'q'))
  using delay, msg, headers;
end
$$;

create function pgmq.send(queue_name text, msg jsonb) returns setof bigint
  language sql
  as $$ select * from pgmq.send(queue_name, msg, null, clock_timestamp()) $$;

create function pgmq.send(queue_name text, msg jsonb, headers jsonb) returns setof bigint
  language sql
  as $$ select * from pgmq.send(queue_name, msg, headers, clock_timestamp()) $$;

create function pgmq.send(queue_name text, msg jsonb, delay integer) returns setof bigint
  language sql
  as $$ select * from pgmq.send(queue_name, msg, null, clock_timestamp() + make_interval(secs => delay)) $$;

create function pgmq.send(queue_name text, msg jsonb, delay timestamptz) returns setof bigint
  language sql
  as $$ select * from pgmq.send(queue_name, msg, null, delay) $$;

create function pgmq.send(queue_name text, msg jsonb, headers jsonb, delay integer) returns setof bigint
  language sql
  as $$ select * from pgmq.send(queue_name, msg, headers, clock_timestamp() + make_interval(secs => delay)) $$;

create function pgmq.send_batch(queue_name text, msgs jsonb[], headers jsonb[], delay timestamptz)
  returns setof bigint
  language plpgsql
  as $$
begin
  return query execute format(
    'insert into pgmq.%I (vt, message, headers)
     select $1, message, headers
     from unnest($2, $3) with ordinality as sent (message, headers, place)
     where place <= cardinality($2)
     order by place
     returning msg_id',
    pgmq.format_table_name(queue_name, 'q'))
  using delay, msgs, coalesce(headers, '{}');
end
$$;

create function pgmq.send_batch(queue_name text, msgs jsonb[]) returns setof bigint
  language sql
  as $$ select * from pgmq.send_batch(queue_name, msgs, null, clock_timestamp()) $$;

create function pgmq.send_batch(queue_name text, msgs jsonb[], headers jsonb[]) returns setof bigint
  language sql
  as $$ select * from pgmq.send_batch(queue_name, msgs, headers, clock_timestamp()) $$;

create function pgmq.send_batch(queue_name text, msgs jsonb[], delay integer) returns setof bigint
  language sql
  as $$ select * from pgmq.send_batch(queue_name, msgs, null, clock_timestamp() + make_interval(secs => delay)) $$;

create function pgmq.send_batch(queue_name text, msgs jsonb[], delay timestamptz) returns setof bigint
  language sql
  as $$ select * from pgmq.send_batch(queue_name, msgs, null, delay) $$;

create function pgmq.send_batch(queue_name text, msgs jsonb[], headers jsonb[], delay integer) returns setof bigint
  language sql
  as $$ select * from pgmq.send_batch(queue_name, msgs, headers, clock_timestamp() + make_interval(secs => delay)) $$;

-- Reading: makes messages invisible to others for `vt` seconds.
create function pgmq.read(queue_name text, vt integer, qty integer, conditional jsonb default '{}')
  returns setof pgmq.message_record
  language plpgsql
  as $$
begin
  return query execute format(
    'with visible as (
       select msg_id
       from pgmq.%1$I
       where vt <= clock_timestamp() and ($3 = ''{}'' or message @> $3)
       order by msg_id
       limit $2
       for update skip locked
     )
     update pgmq.%1$I as queue
     set vt = clock_timestamp() + $1, read_ct = read_ct + 1
     from visible
     where queue.msg_id = visible.msg_id
     returning queue.msg_id, queue.read_ct, queue.enqueued_at, queue.vt, queue.message, queue.headers',
    pgmq.format_table_name(queue_name, 'q'))
  using make_interval(secs => vt), qty, conditional;
end
$$;

create function pgmq.read_with_poll(
  queue_name text, vt integer, qty integer, max_poll_seconds integer default 5,
  poll_interval_ms integer default 100, conditional jsonb default '{}'
) returns setof pgmq.message_record
  language plpgsql
  as $$
declare
  stop_at constant timestamptz := clock_timestamp() + make_interval(secs => max_poll_seconds);
begin
  while clock_timestamp() < stop_at loop
    return query select * from pgmq.read(queue_name, vt, qty, conditional);
    if found then
      return;
    end if;
    perform pg_sleep(poll_interval_ms / 1000.0);
  end loop;
end
$$;

create function pgmq.pop(queue_name text) returns setof pgmq.message_record
  language plpgsql
  as $$
begin
  return query execute format(
    'delete from pgmq.%1$I
     where msg_id = (
       select msg_id
       from pgmq.%1$I
       where vt <= clock_timestamp()
       order by msg_id
       limit 1
       for update skip locked)
     returning msg_id, read_ct, enqueued_at, vt, message, headers',
    pgmq.format_table_name(queue_name, 'q'));
end
$$;

create function pgmq.set_vt(queue_name text, msg_id bigint, vt integer) returns setof pgmq.message_record
  language plpgsql
  as $$
begin
  return query execute format(
    'update pgmq.%I
     set vt = clock_timestamp() + $2
     where msg_id = $1
     returning msg_id, read_ct, enqueued_at, vt, message, headers',
    pgmq.format_table_name(queue_name, 'q'))
  using msg_id, make_interval(secs => vt);
end
$$;

-- Finishing.
create function pgmq.archive(queue_name text, msg_ids bigint[]) returns setof bigint
  language plpgsql
  as $$
begin
  return query execute format(
    'with archived as (
       delete from pgmq.%I
       where msg_id = any ($1)
       returning msg_id, vt, read_ct, enqueued_at, message, headers
     )
     insert into pgmq.%I (msg_id, vt, read_ct, enqueued_at, message, headers)
     select msg_id, vt, read_ct, enqueued_at, message, headers
     from archived
     returning msg_id',
    pgmq.format_table_name(queue_name, 'q'), pgmq.format_table_name(queue_name, 'a'))
  using msg_ids;
end
$$;

create function pgmq.archive(queue_name text, msg_id bigint) returns boolean
  language sql
  as $$ select exists (select from pgmq.archive(queue_name, array[msg_id])) $$;

create function pgmq.delete(queue_name text, msg_ids bigint[]) returns setof bigint
  language plpgsql
  as $$
begin
  return query execute format(
    'delete from pgmq.%I where msg_id = any ($1) returning msg_id', pgmq.format_table_name(queue_name, 'q'))
  using msg_ids;
end
$$;

create function pgmq.delete(queue_name text, msg_id bigint) returns boolean
  language sql
  as $$ select exists (select from pgmq.delete(queue_name, array[msg_id])) $$;

-- Figures.
create function pgmq.metrics(queue_name text) returns pgmq.metrics_result
  language plpgsql
  as $$
declare
  queue_table text := pgmq.format_table_name(queue_name, 'q');
  figures pgmq.metrics_result;
begin
  execute format(
    'select
       $1, count(*),
       extract(epoch from now() - max(enqueued_at))::integer,
       extract(epoch from now() - min(enqueued_at))::integer,
       (select case when is_called then last_value else 0 end from pgmq.%I),
       now(),
       count(*) filter (where vt <= now())
     from pgmq.%I',
    queue_table || '_msg_id_seq', queue_table)
  into figures
  using queue_name;
  return figures;
end
$$;

create function pgmq.metrics_all() returns setof pgmq.metrics_result
  language sql
  as $$ select figures.* from pgmq.meta, pgmq.metrics(meta.queue_name) as figures $$;

-- The wrappers that the dashboard makes for API roles. They belong to `postgres`, who may replace them; whether
-- `pgmq_public` is served is said in config.toml, who may use a queue by grants and policies on its table.
do $wrappers$
declare
  wrapper record;
begin
  if to_regnamespace('pgmq_public') is not null then
    return;
  end if;
  create schema pgmq_public;
  grant usage on schema pgmq_public to postgres, anon, authenticated, service_role;
  for wrapper in
    select *
    from (values
      ('pop(queue_name text)', 'setof pgmq.message_record', 'pgmq.pop(queue_name := queue_name)',
       'Retrieves and locks the next message from the specified queue.'),
      ('send(queue_name text, message jsonb, sleep_seconds integer default 0)', 'setof bigint',
       'pgmq.send(queue_name := queue_name, msg := message, delay := sleep_seconds)',
       'Sends a message to the specified queue, optionally delaying its availability by a number of seconds.'),
      ('send_batch(queue_name text, messages jsonb[], sleep_seconds integer default 0)', 'setof bigint',
       'pgmq.send_batch(queue_name := queue_name, msgs := messages, delay := sleep_seconds)',
       'Sends a batch of messages to the specified queue, optionally delaying their availability by a number of seconds.'),
      ('archive(queue_name text, message_id bigint)', 'boolean',
       'pgmq.archive(queue_name := queue_name, msg_id := message_id)',
       'Archives a message by moving it from the queue to a permanent archive.'),
      ('delete(queue_name text, message_id bigint)', 'boolean',
       'pgmq.delete(queue_name := queue_name, msg_id := message_id)',
       'Permanently deletes a message from the specified queue.'),
      ('read(queue_name text, sleep_seconds integer, n integer)', 'setof pgmq.message_record',
       'pgmq.read(queue_name := queue_name, vt := sleep_seconds, qty := n)',
       'Reads up to "n" messages from the specified queue with an optional "sleep_seconds" (visibility timeout).')
    ) as wrappers (signature, result, call, description)
  loop
    execute format(
      'create function pgmq_public.%s returns %s language plpgsql set search_path = '''' as $body$ begin return %s; end $body$',
      wrapper.signature, wrapper.result,
      case when wrapper.result like 'setof%' then 'query select * from ' || wrapper.call else wrapper.call end);
    execute format(
      'comment on function pgmq_public.%s is %L',
      regexp_replace(wrapper.signature, ' default 0', ''), wrapper.description);
  end loop;
  grant execute on all functions in schema pgmq_public to postgres, anon, authenticated, service_role;
end
$wrappers$;

do $owners$
declare
  wrapper regprocedure;
begin
  if exists (select from pg_namespace where nspname = 'pgmq_public' and nspowner = current_user::regrole) then
    alter schema pgmq_public owner to postgres;
  end if;
  for wrapper in
    select oid
    from pg_proc
    where pronamespace = to_regnamespace('pgmq_public') and proowner = current_user::regrole
  loop
    execute format('alter routine %s owner to postgres', wrapper);
  end loop;
end
$owners$;

grant usage on schema pgmq to service_role, pg_monitor;
grant create on schema pgmq to postgres;
grant all on pgmq.meta to postgres, service_role;
grant select on pgmq.meta to pg_monitor;
alter default privileges for role postgres in schema pgmq grant all on tables to service_role;
alter default privileges for role postgres in schema pgmq grant all on sequences to service_role;
alter default privileges for role postgres in schema pgmq grant select on tables to pg_monitor;
