-- The surface of pgsql-http 1.6: requests that are answered while the statement runs. They are sent by the binary, see
-- the platform's 0009_http.sql.

create domain @extschema@.http_method as text;
create domain @extschema@.content_type as text check (value ~ '^\S+\/\S+');
create type @extschema@.http_header as (field varchar, value varchar);
create type @extschema@.http_response as (
  status integer, content_type varchar, headers @extschema@.http_header[], content varchar
);
create type @extschema@.http_request as (
  method @extschema@.http_method, uri varchar, headers @extschema@.http_header[], content_type varchar, content varchar
);

-- Options of this session. Those that would lead around the binary's checks, and those of client certificates, are
-- not there.
create function @extschema@._http_curlopts() returns text[]
  language sql immutable
  as $$
    select array[
      'CURLOPT_CONNECTTIMEOUT', 'CURLOPT_CONNECTTIMEOUT_MS', 'CURLOPT_TCP_KEEPALIVE', 'CURLOPT_TCP_KEEPIDLE',
      'CURLOPT_TIMEOUT', 'CURLOPT_TIMEOUT_MS', 'CURLOPT_USERAGENT', 'CURLOPT_USERPWD']
  $$;

create function @extschema@.http_set_curlopt(curlopt varchar, value varchar) returns boolean
  language plpgsql
  as $$
begin
  if upper(curlopt) <> all (@extschema@._http_curlopts()) then
    raise exception 'curl option ''%'' is not available for run-time configuration', curlopt using errcode = 'XX000';
  end if;
  perform set_config('http.' || lower(curlopt), value, false);
  return true;
end
$$;

create function @extschema@.http_reset_curlopt() returns boolean
  language sql
  as $$
    select count(set_config('http.' || lower(curlopt), '', false)) >= 0
    from unnest(@extschema@._http_curlopts()) as curlopt
  $$;

create function @extschema@.http_list_curlopt() returns table (curlopt text, value text)
  language sql stable
  as $$
    select listed, current_setting('http.' || lower(listed), true)
    from unnest(@extschema@._http_curlopts()) as listed
    where nullif(current_setting('http.' || lower(listed), true), '') is not null
  $$;

-- As C reads a number: as far as it is one.
create function @extschema@._http_number(setting text) returns integer
  language sql stable
  as $$
    select least(coalesce(substring(given from '^\s*\+?(\d+)'), '0')::numeric, 2147483)::integer
    from nullif(current_setting(setting, true), '') as given
    where given is not null
  $$;

-- http.timeout_msec is the name that releases before 1.6 had for it, and that many still set.
create function @extschema@._http_timeout() returns integer
  language sql stable
  as $$
    select coalesce(
      @extschema@._http_number('http.curlopt_timeout_ms'),
      @extschema@._http_number('http.curlopt_timeout') * 1000,
      @extschema@._http_number('http.timeout_msec'),
      5000)
  $$;

create function @extschema@.http_header(field varchar, value varchar) returns @extschema@.http_header
  language sql immutable
  as $$ select field, value $$;

create function @extschema@.http_headers(variadic args text[]) returns @extschema@.http_header[]
  language plpgsql immutable strict
  as $$
begin
  if cardinality(args) % 2 <> 0 then
    raise exception 'Arguments must be provided in key-value pairs';
  end if;
  return array(
    select row(args[place], args[place + 1])::@extschema@.http_header
    from generate_series(1, cardinality(args), 2) as place);
end
$$;

create function @extschema@.urlencode(string bytea) returns text
  language sql immutable strict
  as $$
    select coalesce(string_agg(
      case
        when byte = 32 then '+'
        when chr(byte) ~ '[A-Za-z0-9._~-]' then chr(byte)
        else '%' || upper(lpad(to_hex(byte), 2, '0'))
      end,
      '' order by place), '')
    from (
      select place, get_byte(string, place) as byte
      from generate_series(0, length(string) - 1) as place
    ) as bytes
    where byte > 0
  $$;

create function @extschema@.urlencode(string varchar) returns text
  language sql immutable strict
  as $$ select @extschema@.urlencode(convert_to(string, 'utf8')) $$;

create function @extschema@.urlencode(data jsonb) returns text
  language plpgsql immutable strict
  as $$
begin
  if jsonb_typeof(data) <> 'object' then
    raise exception 'cannot call urlencode_jsonb on a non-object' using errcode = '22023';
  end if;
  return coalesce((
    select string_agg(
      @extschema@.urlencode(key::varchar) || '=' || @extschema@.urlencode((data ->> key)::varchar), '&' order by place)
    from jsonb_each(data) with ordinality as entries (key, value, place)
    where jsonb_typeof(value) not in ('object', 'array', 'null')), '');
end
$$;

create function @extschema@.text_to_bytea(data text) returns bytea
  language sql immutable strict
  as $$ select convert_to(data, 'utf8') $$;

create function @extschema@.bytea_to_text(data bytea) returns text
  language sql immutable strict
  as $$ select convert_from(data, 'utf8') $$;

create function @extschema@.http(request @extschema@.http_request) returns @extschema@.http_response
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  as $$
declare
  header_names text[] := '{}';
  header_values text[] := '{}';
  option text;
  answer ferrobase.http_answer;
begin
  if request.uri is null then
    raise exception 'http_request.uri is NULL' using errcode = 'XX000';
  elsif request.method is null then
    raise exception 'http_request.method is NULL' using errcode = 'XX000';
  elsif request.content is not null and request.content_type is null then
    raise exception 'http_request.content_type is NULL' using errcode = 'XX000';
  elsif request.content is null and upper(request.method) in ('PUT', 'POST') then
    raise exception 'http_request.content is NULL' using errcode = 'XX000';
  end if;
  select coalesce(array_agg(field), '{}'), coalesce(array_agg(coalesce(value, '')), '{}')
  into header_names, header_values
  from unnest(request.headers)
  where field is not null and lower(field) <> 'content-type';
  if request.content is not null then
    header_names := header_names || 'Content-Type'::text;
    header_values := header_values || request.content_type::text;
  end if;
  option := nullif(current_setting('http.curlopt_useragent', true), '');
  if option is not null then
    header_names := header_names || 'User-Agent'::text;
    header_values := header_values || option;
  end if;
  option := nullif(current_setting('http.curlopt_userpwd', true), '');
  if option is not null then
    header_names := header_names || 'Authorization'::text;
    header_values := header_values || ('Basic ' || translate(encode(convert_to(option, 'utf8'), 'base64'), e'\n', ''));
  end if;
  answer := ferrobase.exchange_http(
    upper(request.method), request.uri, header_names, header_values, request.content, @extschema@._http_timeout());
  if answer.error is not null then
    raise exception '%', answer.error using errcode = 'XX000';
  end if;
  return row(
    answer.status,
    (select value from unnest(answer.header_names, answer.header_values) as header (name, value)
     where name = 'content-type' limit 1),
    array(select row(name, value)::@extschema@.http_header
          from unnest(answer.header_names, answer.header_values) as header (name, value)),
    answer.body)::@extschema@.http_response;
end
$$;

create function @extschema@.http_get(uri varchar) returns @extschema@.http_response
  language sql
  as $$ select @extschema@.http(('GET', uri, null, null, null)::@extschema@.http_request) $$;

create function @extschema@.http_get(uri varchar, data jsonb) returns @extschema@.http_response
  language sql
  as $$
    select @extschema@.http(
      ('GET', uri || '?' || @extschema@.urlencode(data), null, null, null)::@extschema@.http_request)
  $$;

create function @extschema@.http_post(uri varchar, content varchar, content_type varchar)
  returns @extschema@.http_response
  language sql
  as $$ select @extschema@.http(('POST', uri, null, content_type, content)::@extschema@.http_request) $$;

create function @extschema@.http_post(uri varchar, data jsonb) returns @extschema@.http_response
  language sql
  as $$
    select @extschema@.http(
      ('POST', uri, null, 'application/x-www-form-urlencoded', @extschema@.urlencode(data))::@extschema@.http_request)
  $$;

create function @extschema@.http_put(uri varchar, content varchar, content_type varchar)
  returns @extschema@.http_response
  language sql
  as $$ select @extschema@.http(('PUT', uri, null, content_type, content)::@extschema@.http_request) $$;

create function @extschema@.http_patch(uri varchar, content varchar, content_type varchar)
  returns @extschema@.http_response
  language sql
  as $$ select @extschema@.http(('PATCH', uri, null, content_type, content)::@extschema@.http_request) $$;

create function @extschema@.http_delete(uri varchar) returns @extschema@.http_response
  language sql
  as $$ select @extschema@.http(('DELETE', uri, null, null, null)::@extschema@.http_request) $$;

create function @extschema@.http_delete(uri varchar, content varchar, content_type varchar)
  returns @extschema@.http_response
  language sql
  as $$ select @extschema@.http(('DELETE', uri, null, content_type, content)::@extschema@.http_request) $$;

create function @extschema@.http_head(uri varchar) returns @extschema@.http_response
  language sql
  as $$ select @extschema@.http(('HEAD', uri, null, null, null)::@extschema@.http_request) $$;
