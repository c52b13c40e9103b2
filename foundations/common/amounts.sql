-- What may be counted, spent or given back: a whole number from 1 to 10^15. Everything else (nothing, zero, negative,
-- NaN, infinity, a fraction, more than a counter should ever hold) is 22023, and nothing changed. What is no number
-- at all never gets here: Postgres refuses it with 22P02 or 22003.
create function private.checked_amount(amount numeric)
returns bigint
language plpgsql
immutable
set search_path = ''
as $$
begin
    -- NaN is greater than every number to Postgres, so it fails here too
    if amount is null or amount < 1 or amount > 1000000000000000 or amount <> trunc(amount) then
        raise exception 'an amount is a whole number from 1 to 1000000000000000, not %', coalesce(amount::text, 'null')
            using errcode = 'invalid_parameter_value';
    end if;
    return amount::bigint;
end;
$$;

revoke all on function private.checked_amount(numeric) from public, anon, authenticated, service_role;
