-- Seconds since 1970, as Stripe writes a time; null when it is none, or one that no calendar has.
create function private.stripe_time(object jsonb, name text)
returns timestamptz
language sql
immutable
set search_path = ''
as $$
    select case jsonb_typeof(object -> name) when 'number' then
        case when (object ->> name)::numeric between 0 and 253402300799
            then to_timestamp((object ->> name)::double precision) end
    end
$$;
