-- The surface of pg_net 0.14 and later. Requests are sent by the binary (crates/base/src/jobs/net.rs).

create schema net;

create domain net.http_method as text
  check (value ilike 'get' or value ilike 'post' or value ilike 'delete');
create type net.request_status as enum ('PENDING', 'SUCCESS', 'ERROR');
create type net.http_response as (status_code integer, headers jsonb, body text);
create type net.http_response_result as (status net.request_status, message text, response net.http_response);

create table net.http_request_queue (
  id                   bigserial,
  method               net.http_method not null,
  url                  text not null,
  headers              jsonb,
  body                 bytea,
  timeout_milliseconds integer not null
);
create index on net.http_request_queue (id);

-- Requests that are being sent: they go back into the queue when whoever sends them dies.
create table net.request_in_flight (like net.http_request_queue);
create index on net.request_in_flight (id);

create unlogged table net._http_response (
  id           bigint,
  status_code  integer,
  content_type text,
  headers      jsonb,
  content      text,
  timed_out    boolean,
  error_msg    text,
  created      timestamptz not null default now()
);
create index on net._http_response (id);
create index on net._http_response (created);

create function net.wake() returns void
  language sql
  set search_path = pg_catalog, pg_temp
  as $$ select pg_notify('ferrobase_net', '') $$;

create function net.wake_after_insert() returns trigger
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
begin
  perform pg_notify('ferrobase_net', '');
  return null;
end
$$;
create trigger wake_after_insert after insert on net.http_request_queue
  for each statement execute function net.wake_after_insert();

-- The worker holds this lock of the database as long as it works.
create function net._worker_is_up() returns boolean
  language sql stable
  set search_path = pg_catalog, pg_temp
  as $$
    select exists (
      select
      from pg_locks
      where locktype = 'advisory' and granted
        and database = (select oid from pg_database where datname = current_database())
        and (classid::bigint << 32) + objid::bigint = 7226318529406512)
  $$;

create function net.check_worker_is_up() returns void
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
begin
  if not net._worker_is_up() then
    raise exception 'the pg_net background worker is not up'
      using detail = 'no Ferrobase server works for this database, so requests are kept in the queue',
            hint = 'start one with `ferrobase start`';
  end if;
end
$$;
comment on function net.check_worker_is_up() is
  'raises an exception if the pg_net background worker is not up, otherwise it doesn''t return anything';

create function net.worker_restart() returns boolean
  language sql
  set search_path = pg_catalog, pg_temp
  as $$ select net.wake(); select true $$;

create function net.wait_until_running() returns void
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
begin
  while not net._worker_is_up() loop
    perform pg_sleep(0.05);
  end loop;
end
$$;
comment on function net.wait_until_running() is 'waits until the worker is running';

-- These set no search path, which would cost more than they do: whoever calls them with rights of its own has a safe
-- one.
create function net._urlencode_string(string varchar) returns text
  language sql immutable
  as $$
    select case
      when string ~ '^[A-Za-z0-9._~-]*$' then string
      else (
        select string_agg(
          case
            when chr(byte) ~ '[A-Za-z0-9._~-]' then chr(byte)
            else '%' || upper(lpad(to_hex(byte), 2, '0'))
          end,
          '' order by position)
        from (
          select position, get_byte(convert_to(string, 'utf8'), position) as byte
          from generate_series(0, octet_length(string) - 1) as position
        ) as bytes)
    end
  $$;

-- The parameters come before a fragment and after a query that is there already.
create function net._encode_url_with_params_array(url text, params_array text[]) returns text
  language sql immutable
  as $$
    select case
      when coalesce(cardinality(params_array), 0) = 0 then url
      else before || case when before !~ '\?' then '?' when before ~ '[?&]$' then '' else '&' end
        || array_to_string(params_array, '&') || substr(url, length(before) + 1)
    end
    from (select split_part(url, '#', 1) as before) as parts
  $$;

create function net._encode_params(params jsonb) returns text[]
  language sql immutable
  as $$
    select array(select net._urlencode_string(key) || '=' || net._urlencode_string(value) from jsonb_each_text(params))
  $$;

create function net.http_get(
  url text, params jsonb default '{}', headers jsonb default '{}', timeout_milliseconds integer default 5000
) returns bigint
  language sql security definer
  set search_path = net, pg_temp
  as $$
    insert into net.http_request_queue (method, url, headers, timeout_milliseconds)
    values (
      'GET',
      net._encode_url_with_params_array(http_get.url, net._encode_params(http_get.params)),
      http_get.headers, http_get.timeout_milliseconds)
    returning id
  $$;

create function net.http_post(
  url text, body jsonb default '{}', params jsonb default '{}',
  headers jsonb default '{"Content-Type": "application/json"}', timeout_milliseconds integer default 5000
) returns bigint
  language plpgsql security definer
  set search_path = net, pg_temp
  as $$
declare
  content_type text := (
    select value
    from pg_catalog.jsonb_each_text(coalesce(headers, '{}'))
    where lower(key) = 'content-type'
    limit 1);
  request_id bigint;
begin
  if content_type is null then
    headers := headers || '{"Content-Type": "application/json"}';
  elsif content_type <> 'application/json' then
    raise exception 'Content-Type header must be "application/json"';
  end if;
  insert into net.http_request_queue (method, url, headers, body, timeout_milliseconds)
  values (
    'POST',
    net._encode_url_with_params_array(http_post.url, net._encode_params(http_post.params)),
    http_post.headers, convert_to(http_post.body::text, 'utf8'), http_post.timeout_milliseconds)
  returning id into request_id;
  return request_id;
end
$$;

create function net.http_delete(
  url text, params jsonb default '{}', headers jsonb default '{}', timeout_milliseconds integer default 5000,
  body jsonb default null
) returns bigint
  language sql security definer
  set search_path = net, pg_temp
  as $$
    insert into net.http_request_queue (method, url, headers, body, timeout_milliseconds)
    values (
      'DELETE',
      net._encode_url_with_params_array(http_delete.url, net._encode_params(http_delete.params)),
      http_delete.headers, convert_to(http_delete.body::text, 'utf8'), http_delete.timeout_milliseconds)
    returning id
  $$;

create function net._await_response(request_id bigint) returns boolean
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
begin
  while not exists (select from net._http_response where id = request_id) loop
    perform pg_sleep(0.05);
  end loop;
  return true;
end
$$;

create function net._http_collect_response(request_id bigint, async boolean default true)
  returns net.http_response_result
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
declare
  response net._http_response;
begin
  if not async then
    perform net._await_response(request_id);
  end if;
  select * into response from net._http_response where id = request_id;
  -- what is still under way cannot be told from what was never asked for
  if response.id is null or response.error_msg is not null then
    return row(
      'ERROR', coalesce(response.error_msg, 'request matching request_id not found'), null
    )::net.http_response_result;
  end if;
  return row(
    'SUCCESS', 'ok', row(response.status_code, response.headers, response.content)::net.http_response
  )::net.http_response_result;
end
$$;

create function net.http_collect_response(request_id bigint, async boolean default true)
  returns net.http_response_result
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
begin
  raise notice 'The net.http_collect_response function is deprecated.';
  return net._http_collect_response(request_id, async);
end
$$;

grant usage on schema net to supabase_functions_admin, postgres, anon, authenticated, service_role;
revoke execute on function
  net.http_get(text, jsonb, jsonb, integer), net.http_post(text, jsonb, jsonb, jsonb, integer),
  net.http_delete(text, jsonb, jsonb, integer, jsonb)
from public;
grant execute on function
  net.http_get(text, jsonb, jsonb, integer), net.http_post(text, jsonb, jsonb, jsonb, integer),
  net.http_delete(text, jsonb, jsonb, integer, jsonb)
to supabase_functions_admin, postgres, anon, authenticated, service_role;
grant all on net.http_request_queue, net._http_response to postgres, service_role;
grant select on net.request_in_flight to postgres;
grant usage, select on sequence net.http_request_queue_id_seq to postgres, service_role;
