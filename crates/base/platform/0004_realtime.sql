-- Schema realtime: messages (broadcast from the database, and the table private channels' policies are
-- written on), the list of change subscriptions, and the functions that user SQL calls.

create type realtime.action as enum ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'ERROR');
create type realtime.equality_op as enum (
  'eq', 'neq', 'lt', 'lte', 'gt', 'gte', 'in', 'like', 'ilike', 'is', 'match', 'imatch', 'isdistinct'
);
create type realtime.user_defined_filter as (
  column_name text,
  op          realtime.equality_op,
  value       text,
  negate      boolean
);

create table realtime.messages (
  id             uuid not null default gen_random_uuid(),
  topic          text not null,
  extension      text not null,
  payload        jsonb,
  event          text,
  private        boolean default false,
  updated_at     timestamp not null default now(),
  inserted_at    timestamp not null default now(),
  binary_payload bytea,
  primary key (id, inserted_at),
  constraint messages_payload_exclusive check (payload is null or binary_payload is null)
) partition by range (inserted_at);
create index messages_inserted_at_topic_index on realtime.messages (inserted_at desc, topic)
  where extension = 'broadcast' and private is true;
alter table realtime.messages enable row level security;

create function realtime.to_regrole(role_name text) returns regrole
  language sql immutable
  as $$ select role_name::regrole $$;

create table realtime.subscription (
  id               bigint generated always as identity primary key,
  subscription_id  uuid not null,
  entity           regclass not null,
  filters          realtime.user_defined_filter[] not null default '{}',
  claims           jsonb not null,
  claims_role      regrole not null generated always as (realtime.to_regrole(claims ->> 'role')) stored,
  created_at       timestamp not null default timezone('utc', now()),
  action_filter    text default '*' check (action_filter in ('*', 'INSERT', 'UPDATE', 'DELETE')),
  selected_columns text[]
);
create index ix_realtime_subscription_entity on realtime.subscription (entity);
create unique index subscription_subscription_id_entity_filters_action_filter_key
  on realtime.subscription (subscription_id, entity, filters, action_filter, coalesce(selected_columns, '{}'));

-- The topic of the channel whose policy is being asked.
create function realtime.topic() returns text
  language sql stable
  as $$ select nullif(current_setting('realtime.topic', true), '') $$;

-- Send a message to everyone on a topic. A message that cannot be sent never fails the caller's transaction.
create function realtime.send(payload jsonb, event text, topic text, private boolean default true) returns void
  language plpgsql
  as $$
declare
  message_id uuid := gen_random_uuid();
begin
  perform set_config('realtime.topic', topic, true);
  insert into realtime.messages (id, payload, event, topic, private, extension)
  values (
    message_id,
    case when payload ? 'id' then payload else jsonb_set(payload, '{id}', to_jsonb(message_id)) end,
    event, topic, private, 'broadcast'
  );
exception when others then
  raise warning 'WarnSendingBroadcastMessage: %', sqlerrm;
end
$$;

create function realtime.send_binary(payload bytea, event text, topic text, private boolean default true) returns void
  language plpgsql
  as $$
begin
  perform set_config('realtime.topic', topic, true);
  insert into realtime.messages (binary_payload, event, topic, private, extension)
  values (payload, event, topic, private, 'broadcast');
exception when others then
  raise warning 'WarnSendingBroadcastMessage: %', sqlerrm;
end
$$;

-- For triggers: tell a topic what happened to a row.
create function realtime.broadcast_changes(
  topic_name text, event_name text, operation text, table_name text, table_schema text,
  new record, old record, level text default 'ROW'
) returns void
  language plpgsql
  as $$
begin
  if level = 'STATEMENT' then
    raise exception 'function can only be triggered for each row, not for each statement';
  end if;
  if operation not in ('INSERT', 'UPDATE', 'DELETE') then
    raise exception 'Unexpected operation type: %', operation;
  end if;
  perform realtime.send(
    jsonb_build_object(
      'record', new, 'old_record', old, 'operation', operation, 'table', table_name, 'schema', table_schema),
    event_name, topic_name);
exception when others then
  raise exception 'Failed to process the row: %', sqlerrm;
end
$$;

-- One partition a day: makes those of today and of the days after, drops those older than three days.
create function realtime.maintain_message_partitions(days_ahead integer default 7) returns void
  language plpgsql
  set search_path = pg_catalog
  as $$
declare
  today     date := (now() at time zone 'utc')::date;
  day       date;
  old_table regclass;
begin
  for day in select generate_series(today - 1, today + days_ahead, interval '1 day')::date loop
    if to_regclass('realtime.messages_' || to_char(day, 'YYYY_MM_DD')) is null then
      execute format(
        'create table realtime.%I partition of realtime.messages for values from (%L) to (%L)',
        'messages_' || to_char(day, 'YYYY_MM_DD'), day, day + 1);
      execute format(
        'alter table realtime.%I owner to supabase_realtime_admin', 'messages_' || to_char(day, 'YYYY_MM_DD'));
    end if;
  end loop;
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
revoke execute on function realtime.maintain_message_partitions(integer) from public;

grant select, insert, update on realtime.messages to postgres, anon, authenticated, service_role;
grant all on realtime.subscription to postgres, dashboard_user;
grant select on realtime.subscription to anon, authenticated, service_role;

do $$
declare
  item record;
begin
  for item in
    select format('table realtime.%I', relname) as object
    from pg_class
    where relnamespace = 'realtime'::regnamespace and relname in ('subscription', 'messages')
    union all
    select format('function %s', oid::regprocedure)
    from pg_proc
    where pronamespace = 'realtime'::regnamespace and proname <> 'maintain_message_partitions'
    union all
    select format('type realtime.%I', typname)
    from pg_type
    where typnamespace = 'realtime'::regnamespace and typname in ('action', 'equality_op', 'user_defined_filter')
  loop
    execute format('alter %s owner to supabase_realtime_admin', item.object);
  end loop;
end
$$;
