-- The surface of pg_cron 1.6. The jobs are run by the binary (crates/base/src/jobs/cron.rs), not by the server.

create schema cron;
create sequence cron.jobid_seq;
create sequence cron.runid_seq;

create table cron.job (
  jobid    bigint primary key default nextval('cron.jobid_seq'),
  schedule text not null,
  command  text not null,
  nodename text not null default 'localhost',
  nodeport integer not null default current_setting('port')::integer,
  database text not null default current_database(),
  username text not null default current_user,
  active   boolean not null default true,
  jobname  text,
  constraint jobname_username_uniq unique (jobname, username)
);
alter table cron.job enable row level security;
create policy cron_job_policy on cron.job using (username = current_user);

-- Jobs of another database than this one. All others run where they are, whatever `database` says: it is the name
-- of the template when this database is a clone.
create table cron.job_elsewhere (
  jobid    bigint primary key references cron.job (jobid) on delete cascade,
  database text not null
);

create table cron.job_run_details (
  jobid          bigint,
  runid          bigint primary key default nextval('cron.runid_seq'),
  job_pid        integer,
  database       text,
  username       text,
  command        text,
  status         text,
  return_message text,
  start_time     timestamptz,
  end_time       timestamptz
);
alter table cron.job_run_details enable row level security;
create policy cron_job_run_details_policy on cron.job_run_details using (username = current_user);

-- Wakes the scheduler.
create function cron.job_cache_invalidate() returns trigger
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
begin
  perform pg_notify('ferrobase_cron', '');
  return null;
end
$$;
create trigger cron_job_cache_invalidate
  after insert or update or delete or truncate on cron.job
  for each statement execute function cron.job_cache_invalidate();

-- What a schedule means. The grammar is Vixie cron's as pg_cron reads it, leniencies included: whatever follows
-- a field's last range up to the next blank is ignored, and so is whatever follows the fifth field. These functions
-- set no search path, which would cost more than they do: whoever calls them with rights of its own has a safe one.
create function cron.number(word text, low integer, names text[]) returns integer
  language sql immutable
  as $$
    select coalesce(
      array_position(names, lower(word)) - 1 + low,
      case when word ~ '^[0-9]{1,8}$' then word::integer end)
  $$;

-- The numbers a field names; null when it is none.
create function cron.field_values(field text, low integer, high integer, names text[] default null)
  returns integer[]
  language plpgsql immutable
  as $$
declare
  rest text := field;
  word text;
  first integer;
  last integer;
  step integer;
  result integer[] := '{}';
begin
  loop
    word := substring(rest from '^(?:\*|[a-zA-Z0-9]+)');
    rest := substr(rest, length(word) + 1);
    if word = '*' then
      first := low;
      last := high;
    else
      first := cron.number(word, low, names);
      last := first;
      if left(rest, 1) = '/' then
        return null;
      elsif left(rest, 1) = '-' then
        word := substring(rest from '^-([a-zA-Z0-9]+)');
        last := cron.number(word, low, names);
        rest := substr(rest, length(word) + 2);
      end if;
    end if;
    step := 1;
    if left(rest, 1) = '/' then
      word := substring(rest from '^/([a-zA-Z0-9]+)');
      step := cron.number(word, 0, null);
      rest := substr(rest, length(word) + 2);
    end if;
    -- a comparison with what is no number is null; a step may be longer than the range, of which it leaves the first
    if (first between low and high and last between low and high and step >= 1) is not true then
      return null;
    end if;
    result := result || array(select generate_series(first, last, step));
    exit when left(rest, 1) <> ',' or rest = '';
    rest := substr(rest, 2);
  end loop;
  return result;
end
$$;

-- `30 seconds` as 30; null for everything else.
create function cron.schedule_seconds(schedule text) returns integer
  language sql immutable strict
  as $$ select substring(lower(schedule) from '^\s*0*([1-9]|[1-5][0-9])\s*seconds?\s*$')::integer $$;

-- `@daily` and the like as five fields. A job at a fixed time and one at every minute or hour are told apart by a
-- leading asterisk, which those that stand for a fixed time do not have.
create function cron.schedule_fields(schedule text) returns text[]
  language sql immutable strict
  as $$
    select regexp_split_to_array(
      case line
        when '@yearly' then '0 0 1 1 *'
        when '@annually' then '0 0 1 1 *'
        when '@monthly' then '0 0 1 * *'
        when '@weekly' then '0 0 * * 0'
        when '@daily' then '0 0 * * *'
        when '@midnight' then '0 0 * * *'
        when '@hourly' then '0 * * * *'
        else line
      end,
      '[ \t]+')
    from (select btrim(schedule, e' \t\n') as line) as trimmed
  $$;

create function cron.is_at_restart(schedule text) returns boolean
  language sql immutable strict
  as $$ select btrim(schedule, e' \t\n') in ('@reboot', '@restart') $$;

create function cron.is_valid(schedule text) returns boolean
  language sql immutable
  as $$
    select length(schedule) < 1000
      and (cron.schedule_seconds(schedule) is not null
           or cron.is_at_restart(schedule)
           or (cron.field_values(field[1], 0, 59) is not null
               and cron.field_values(field[2], 0, 23) is not null
               and (field[3] = '$' or cron.field_values(field[3], 1, 31) is not null)
               and cron.field_values(
                 field[4], 1, 12, '{jan,feb,mar,apr,may,jun,jul,aug,sep,oct,nov,dec}') is not null
               and cron.field_values(field[5], 0, 7, '{sun,mon,tue,wed,thu,fri,sat,sun}') is not null))
    from (select cron.schedule_fields(schedule) as field) as split
  $$;

-- Whether a job is to run in this minute (as the clock on the wall of cron.timezone shows it). After a jump of the
-- clock only jobs with a wildcard for minute or hour are asked for, or only the others.
create function cron.is_due(schedule text, at_minute timestamp, wild boolean, fixed boolean) returns boolean
  language sql immutable
  as $$
    select cron.schedule_seconds(schedule) is null
      and not cron.is_at_restart(schedule)
      and case when field[1] like '*%' or field[2] like '*%' then wild else fixed end
      and extract(minute from at_minute)::integer = any (cron.field_values(field[1], 0, 59))
      and extract(hour from at_minute)::integer = any (cron.field_values(field[2], 0, 23))
      and extract(month from at_minute)::integer
        = any (cron.field_values(field[4], 1, 12, '{jan,feb,mar,apr,may,jun,jul,aug,sep,oct,nov,dec}'))
      and case
        when field[3] like '*%' or field[5] like '*%' then on_day and on_weekday
        else on_day or on_weekday
      end
    from (select cron.schedule_fields(schedule) as field) as split,
    lateral (
      select
        case
          when field[3] = '$' then extract(day from at_minute + interval '1 day') = 1
          else extract(day from at_minute)::integer = any (cron.field_values(field[3], 1, 31))
        end as on_day,
        -- 0 and 7 are both Sunday
        array[extract(dow from at_minute)::integer, extract(isodow from at_minute)::integer]
          && cron.field_values(field[5], 0, 7, '{sun,mon,tue,wed,thu,fri,sat,sun}') as on_weekday
    ) as days
  $$;

-- Where schedule(), unschedule() and alter_job() ask for their work. They run as their caller, who has no right to
-- write cron.job; the trigger has. Who asks is a default that nobody may give a value of his own (see the grant):
-- inside a security definer function the caller could otherwise not be known, or be made up.
create view cron.request as
  select
    null::text as caller, null::text as action, null::bigint as jobid, null::text as jobname,
    null::text as schedule, null::text as command, null::text as database, null::text as username,
    null::boolean as active
  where false;
alter view cron.request alter column caller set default current_user::text;

create function cron.check_connect(role_name text, database_name text) returns void
  language plpgsql stable
  set search_path = pg_catalog, pg_temp
  as $$
begin
  if not has_database_privilege(role_name, database_name, 'connect') then
    raise exception 'User % does not have CONNECT privilege on %', role_name, database_name using errcode = 'XX000';
  end if;
end
$$;

create function cron.check_schedule(schedule text) returns void
  language plpgsql stable
  set search_path = pg_catalog, pg_temp
  as $$
begin
  if not cron.is_valid(schedule) then
    raise exception 'invalid schedule: %', schedule
      using errcode = '22023',
            hint = 'Use cron format (e.g. 5 4 * * *), or interval format ''[1-59] seconds''';
  end if;
end
$$;

create function cron.check_login(role_name text) returns void
  language plpgsql stable
  set search_path = pg_catalog, pg_temp
  as $$
begin
  if not exists (select from pg_roles where rolname = role_name) then
    raise exception 'role "%" does not exist', role_name using errcode = 'XX000';
  elsif not (select rolcanlogin from pg_roles where rolname = role_name) then
    raise exception 'role "%" can not log in', role_name
      using errcode = 'XX000',
            detail = 'Jobs may only be run by roles that have the LOGIN attribute.';
  end if;
end
$$;

create function cron.note_database(job bigint, wanted text) returns void
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
begin
  if wanted is null or wanted = current_database() then
    delete from cron.job_elsewhere where jobid = job;
  else
    insert into cron.job_elsewhere (jobid, database) values (job, wanted)
    on conflict (jobid) do update set database = excluded.database;
  end if;
end
$$;

create function cron.handle_schedule(asked cron.request) returns bigint
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
declare
  runs_as text := coalesce(asked.username, asked.caller);
  runs_in text := coalesce(asked.database, current_database());
  scheduled bigint;
begin
  perform cron.check_schedule(asked.schedule);
  if asked.username is not null then
    if not (select rolsuper from pg_roles where rolname = asked.caller) then
      raise exception 'must be superuser to create a job for another role' using errcode = 'XX000';
    end if;
    perform cron.check_login(asked.username);
  end if;
  perform cron.check_connect(runs_as, runs_in);
  insert into cron.job (schedule, command, database, username, active, jobname)
  values (asked.schedule, asked.command, runs_in, runs_as, coalesce(asked.active, true), asked.jobname)
  on conflict on constraint jobname_username_uniq do update
    set schedule = excluded.schedule, command = excluded.command, database = excluded.database
  returning jobid into scheduled;
  perform cron.note_database(scheduled, asked.database);
  return scheduled;
end
$$;

create function cron.handle_unschedule(asked cron.request) returns bigint
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
declare
  found_job cron.job;
begin
  if asked.jobname is not null then
    select * into found_job from cron.job where jobname = asked.jobname and username = asked.caller;
  else
    select * into found_job from cron.job where jobid = asked.jobid;
  end if;
  if found_job is null then
    raise exception 'could not find valid entry for job %',
        case when asked.jobname is null then asked.jobid::text else quote_literal(asked.jobname) end
      using errcode = 'XX000';
  end if;
  if found_job.username <> asked.caller and not has_table_privilege(asked.caller, 'cron.job', 'delete') then
    raise exception 'permission denied for table job' using errcode = '42501';
  end if;
  delete from cron.job where jobid = found_job.jobid;
  return found_job.jobid;
end
$$;

create function cron.handle_alter(asked cron.request) returns bigint
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
declare
  is_superuser boolean := (select rolsuper from pg_roles where rolname = asked.caller);
  altered bigint;
begin
  if asked.username is not null then
    if not is_superuser then
      raise exception 'must be superuser to alter username' using errcode = 'XX000';
    end if;
    perform cron.check_login(asked.username);
  end if;
  if asked.database is not null then
    perform cron.check_connect(coalesce(asked.username, asked.caller), asked.database);
  end if;
  if asked.schedule is not null then
    perform cron.check_schedule(asked.schedule);
  end if;
  if asked.schedule is null and asked.command is null and asked.database is null
    and asked.username is null and asked.active is null
  then
    raise exception 'no updates specified'
      using errcode = 'XX000',
            hint = 'You must specify at least one job attribute to change when calling alter_job';
  end if;
  update cron.job
  set schedule = coalesce(asked.schedule, schedule),
      command = coalesce(asked.command, command),
      database = coalesce(asked.database, database),
      username = coalesce(asked.username, username),
      active = coalesce(asked.active, active)
  where jobid = asked.jobid and (is_superuser or username = asked.caller)
  returning jobid into altered;
  if altered is null then
    raise exception 'Job % does not exist or you don''t own it', asked.jobid using errcode = 'XX000';
  end if;
  if asked.database is not null then
    perform cron.note_database(altered, asked.database);
  end if;
  return altered;
end
$$;

create function cron.handle_request() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  as $$
begin
  -- asked for without the function that would have been refused
  if new.database is not null
    and not has_function_privilege(
      new.caller,
      case new.action
        when 'alter' then 'cron.alter_job(bigint, text, text, text, text, boolean)'
        else 'cron.schedule_in_database(text, text, text, text, text, boolean)'
      end,
      'execute')
  then
    raise exception 'permission denied for table job' using errcode = '42501';
  end if;
  new.jobid := case new.action
    when 'schedule' then cron.handle_schedule(new)
    when 'unschedule' then cron.handle_unschedule(new)
    when 'alter' then cron.handle_alter(new)
  end;
  return new;
end
$$;
create trigger handle_request instead of insert on cron.request
  for each row execute function cron.handle_request();

-- What projects call.
create function cron.schedule(schedule text, command text) returns bigint
  language plpgsql strict
  set search_path = pg_catalog, pg_temp
  as $$
declare
  scheduled bigint;
begin
  insert into cron.request (action, schedule, command) values ('schedule', $1, $2) returning jobid into scheduled;
  return scheduled;
end
$$;
comment on function cron.schedule(text, text) is 'schedule a pg_cron job';

create function cron.check_given(job_name text, schedule text, command text) returns void
  language plpgsql immutable
  set search_path = pg_catalog, pg_temp
  as $$
begin
  if job_name is null or schedule is null or command is null then
    raise exception '% can not be NULL', case
        when job_name is null then 'job_name' when schedule is null then 'schedule' else 'command' end
      using errcode = 'XX000';
  end if;
end
$$;

create function cron.schedule(job_name text, schedule text, command text) returns bigint
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
declare
  scheduled bigint;
begin
  perform cron.check_given($1, $2, $3);
  insert into cron.request (action, jobname, schedule, command) values ('schedule', $1, $2, $3)
  returning jobid into scheduled;
  return scheduled;
end
$$;
comment on function cron.schedule(text, text, text) is 'schedule a pg_cron job';

create function cron.schedule_in_database(
  job_name text, schedule text, command text, database text, username text default null, active boolean default true
) returns bigint
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
declare
  scheduled bigint;
begin
  perform cron.check_given($1, $2, $3);
  insert into cron.request (action, jobname, schedule, command, database, username, active)
  values ('schedule', $1, $2, $3, $4, $5, $6)
  returning jobid into scheduled;
  return scheduled;
end
$$;
comment on function cron.schedule_in_database(text, text, text, text, text, boolean) is 'schedule a pg_cron job';

create function cron.unschedule(job_id bigint) returns boolean
  language plpgsql strict
  set search_path = pg_catalog, pg_temp
  as $$
begin
  insert into cron.request (action, jobid) values ('unschedule', $1);
  return true;
end
$$;
comment on function cron.unschedule(bigint) is 'unschedule a pg_cron job';

create function cron.unschedule(job_name text) returns boolean
  language plpgsql strict
  set search_path = pg_catalog, pg_temp
  as $$
begin
  insert into cron.request (action, jobname) values ('unschedule', $1);
  return true;
end
$$;
comment on function cron.unschedule(text) is 'unschedule a pg_cron job';

create function cron.alter_job(
  job_id bigint, schedule text default null, command text default null, database text default null,
  username text default null, active boolean default null
) returns void
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
begin
  if job_id is null then
    raise exception 'job_id can not be NULL' using errcode = 'XX000';
  end if;
  insert into cron.request (action, jobid, schedule, command, database, username, active)
  values ('alter', $1, $2, $3, $4, $5, $6);
end
$$;
comment on function cron.alter_job(bigint, text, text, text, text, boolean)
  is 'Alter the job identified by job_id. Any option left as NULL will not be modified.';

-- Who may do what. Nobody but superusers may use the schema until it is granted.
grant select on cron.job to public;
grant select, delete on cron.job_run_details to public;
grant insert (action, jobid, jobname, schedule, command, database, username, active), select (jobid)
  on cron.request to public;
revoke execute on function
  cron.alter_job(bigint, text, text, text, text, boolean),
  cron.schedule_in_database(text, text, text, text, text, boolean),
  cron.handle_request(), cron.handle_schedule(cron.request),
  cron.handle_unschedule(cron.request), cron.handle_alter(cron.request), cron.note_database(bigint, text)
from public;
grant usage on schema cron to postgres with grant option;
grant execute on function
  cron.schedule(text, text), cron.schedule(text, text, text), cron.unschedule(bigint), cron.unschedule(text),
  cron.alter_job(bigint, text, text, text, text, boolean),
  cron.schedule_in_database(text, text, text, text, text, boolean)
to postgres with grant option;
grant select on cron.job to postgres with grant option;
grant all on cron.job_run_details to postgres with grant option;
grant all on sequence cron.jobid_seq, cron.runid_seq to postgres with grant option;
