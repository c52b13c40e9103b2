--! schema = public: where the function lives
-- Start of the period that contains `moment`, counted in whole months from `anchor`. Reckoned in UTC: the session's
-- time zone is the caller's choice (Prefer: timezone) and must not open a period early.
create function {{ schema }}.usage_period_start(anchor timestamptz, moment timestamptz)
returns timestamptz
language sql
immutable
set search_path = ''
as $$
    select case
        when moment <= anchor then anchor
        else (
            select (anchor at time zone 'UTC' + make_interval(months => months)) at time zone 'UTC'
            from age(moment at time zone 'UTC', anchor at time zone 'UTC') as elapsed,
                lateral (select (extract(year from elapsed) * 12 + extract(month from elapsed))::integer as months) as whole
        )
    end
$$;

revoke all on function {{ schema }}.usage_period_start(timestamptz, timestamptz)
    from public, anon, authenticated, service_role;
grant execute on function {{ schema }}.usage_period_start(timestamptz, timestamptz) to authenticated, service_role;
