-- How SQL gets an answer from the binary while its statement runs (extensions.http).
--
-- A row that the caller wrote is seen by nobody before the caller's commit, so the request is written by a second
-- session, over the server's own socket (dblink), committed there, and answered by whichever server works for this
-- database (crates/base/src/jobs/exchange.rs). It needs no way from the database to the binary, so it also works
-- where only the binary can reach the database. dblink's functions are ours alone: with them anybody could enter
-- as anybody.

create unlogged table ferrobase.http_exchange (
  id            uuid primary key,
  method        text not null,
  url           text not null,
  header_names  text[] not null,
  header_values text[] not null,
  body          text,
  timeout_ms    integer not null,
  asked_at      timestamptz not null default now(),
  taken         boolean not null default false,
  done          boolean not null default false,
  status        integer,
  answer_names  text[],
  answer_values text[],
  answer        text,
  error         text
);

create function ferrobase.wake_http_exchange() returns trigger
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
begin
  perform pg_notify('ferrobase_http', '');
  return null;
end
$$;
create trigger wake after insert on ferrobase.http_exchange
  for each statement execute function ferrobase.wake_http_exchange();

do $$
begin
  create function ferrobase.dblink_connect(text, text) returns text
    language c strict set search_path = '' as '$libdir/dblink', 'dblink_connect';
  create function ferrobase.dblink_disconnect(text) returns text
    language c strict set search_path = '' as '$libdir/dblink', 'dblink_disconnect';
  create function ferrobase.dblink_exec(text, text) returns text
    language c strict set search_path = '' as '$libdir/dblink', 'dblink_exec';
  create function ferrobase.dblink(text, text) returns setof record
    language c strict set search_path = '' as '$libdir/dblink', 'dblink_record';
  create function ferrobase.dblink_get_connections() returns text[]
    language c set search_path = '' as '$libdir/dblink', 'dblink_get_connections';
  revoke execute on function
    ferrobase.dblink_connect(text, text), ferrobase.dblink_disconnect(text), ferrobase.dblink_exec(text, text),
    ferrobase.dblink(text, text), ferrobase.dblink_get_connections()
  from public;
exception when undefined_file or insufficient_privilege then
  insert into pg_temp.skipped values ('create function ferrobase.dblink', sqlerrm);
end
$$;

create type ferrobase.http_answer as (
  status integer, header_names text[], header_values text[], body text, error text
);

-- How this server is reached from itself: over its socket, without password.
create function ferrobase.own_address() returns text
  language sql stable
  set search_path = pg_catalog, pg_temp
  as $$
    select string_agg(name || '=''' || replace(replace(value, '\', '\\'), '''', '\''') || '''', ' ')
    from (values
      ('host', btrim(split_part(current_setting('unix_socket_directories'), ',', 1))),
      ('port', current_setting('port')),
      ('dbname', current_database()),
      ('user', 'supabase_functions_admin'),
      ('application_name', 'ferrobase http'),
      ('connect_timeout', '5')
    ) as settings (name, value)
  $$;

-- Sends a request and waits for its answer.
create function ferrobase.exchange_http(
  method text, url text, header_names text[], header_values text[], body text, timeout_ms integer
) returns ferrobase.http_answer
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
declare
  session constant text := 'ferrobase_http';
  request_id constant uuid := gen_random_uuid();
  answer ferrobase.http_answer;
  give_up_at timestamptz;
begin
  if to_regprocedure('ferrobase.dblink(text, text)') is null then
    raise exception 'this server cannot send HTTP requests while a statement runs'
      using errcode = '0A000',
            detail = 'It has no dblink library, or its administrator is no superuser.',
            hint = 'Use net.http_get and net.http_post of pg_net, whose answers come later.';
  end if;
  if not exists (
    select
    from pg_locks
    where locktype = 'advisory' and granted
      and database = (select oid from pg_database where datname = current_database())
      and (classid::bigint << 32) + objid::bigint = 7226318529406512)
  then
    raise exception 'no Ferrobase server works for this database, so nobody sends HTTP requests'
      using errcode = '55000',
            hint = 'Start one with `ferrobase start`.';
  end if;
  -- one that a cancelled statement left
  if session = any (ferrobase.dblink_get_connections()) then
    perform ferrobase.dblink_disconnect(session);
  end if;
  perform ferrobase.dblink_connect(session, ferrobase.own_address());
  begin
    perform ferrobase.dblink_exec(session, format(
      'insert into ferrobase.http_exchange (id, method, url, header_names, header_values, body, timeout_ms)
       values (%L, %L, %L, %L, %L, %L, %L)',
      request_id, method, url, header_names, header_values, body, timeout_ms));
    -- the binary keeps to the limit; this is for one that died
    give_up_at := clock_timestamp() + make_interval(secs => timeout_ms / 1000.0 + 5);
    loop
      select * into answer
      from ferrobase.dblink(session, format(
        'delete from ferrobase.http_exchange
         where id = %L and (done or clock_timestamp() > %L)
         returning status, answer_names, answer_values, answer, case when done then error else ''no answer'' end',
        request_id, give_up_at))
        as answered (status integer, header_names text[], header_values text[], body text, error text);
      exit when found;
      perform pg_sleep(0.004);
    end loop;
  exception when others then
    perform ferrobase.dblink_disconnect(session);
    raise;
  end;
  perform ferrobase.dblink_disconnect(session);
  return answer;
end
$$;

revoke execute on function
  ferrobase.own_address(), ferrobase.exchange_http(text, text, text[], text[], text, integer)
from public;
grant usage on schema ferrobase to supabase_functions_admin;
grant select, insert, update, delete on ferrobase.http_exchange to supabase_functions_admin;
