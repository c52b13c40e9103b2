-- pgjwt 0.2: JSON Web Tokens signed with HMAC. The functions lie where the extension was asked for; pgcrypto's are
-- bound now, wherever it is.

select set_config('search_path', format('pg_catalog, %I, pg_temp', nspname), true)
from pg_extension
join pg_namespace on pg_namespace.oid = extnamespace
where extname = 'pgcrypto';

create function @extschema@.url_encode(data bytea) returns text
  language sql immutable
  as $$ select translate(encode(data, 'base64'), e'+/=\n', '-_') $$;

create function @extschema@.url_decode(data text) returns bytea
  language sql immutable
  as $$ select decode(rpad(translate(data, '-_', '+/'), (length(data) + 3) / 4 * 4, '='), 'base64') $$;

-- An unknown algorithm is refused by hmac. The body is bound to pgcrypto's function now, wherever it is.
create function @extschema@.algorithm_sign(signables text, secret text, algorithm text) returns text
  language sql immutable
  begin atomic
    select @extschema@.url_encode(hmac(
      signables, secret,
      case algorithm when 'HS256' then 'sha256' when 'HS384' then 'sha384' when 'HS512' then 'sha512' else '' end));
  end;

create function @extschema@.sign(payload json, secret text, algorithm text default 'HS256') returns text
  language sql immutable
  begin atomic
    select signables || '.' || @extschema@.algorithm_sign(signables, secret, algorithm)
    from (
      select
        @extschema@.url_encode(convert_to('{"alg":"' || algorithm || '","typ":"JWT"}', 'utf8')) || '.'
        || @extschema@.url_encode(convert_to(payload::text, 'utf8')) as signables
    ) as signed;
  end;

create function @extschema@.try_cast_double(inp text) returns double precision
  language plpgsql immutable
  as $$
begin
  return inp::double precision;
exception when others then
  return null;
end
$$;

create function @extschema@.verify(token text, secret text, algorithm text default 'HS256')
  returns table (header json, payload json, valid boolean)
  language sql immutable
  begin atomic
    select
      jwt.header,
      jwt.payload,
      jwt.signature_ok and tstzrange(
        to_timestamp(@extschema@.try_cast_double(jwt.payload ->> 'nbf')),
        to_timestamp(@extschema@.try_cast_double(jwt.payload ->> 'exp'))) @> current_timestamp
    from (
      select
        convert_from(@extschema@.url_decode(part[1]), 'utf8')::json as header,
        convert_from(@extschema@.url_decode(part[2]), 'utf8')::json as payload,
        part[3] = @extschema@.algorithm_sign(part[1] || '.' || part[2], secret, algorithm) as signature_ok
      from string_to_array(token, '.') as part
    ) as jwt;
  end;
