--! schema = public: where the function lives
-- Start of the period that contains `moment`, counted in whole months from `anchor`. Reckoned in UTC: the session's
-- time zone is the caller's choice (Prefer: timezone) and must not open a period early.
create function {{ schema }}.usage_period_start(anchor timestamptz, moment timestamptz)
returns timestamptz
language plpgsql
immutable
set search_path = ''
as $$
declare
    elapsed interval;
begin
    -- no month is shorter: most calls need not reckon
    if moment < anchor + interval '672 hours' or not isfinite(anchor) or not isfinite(moment) then
        return anchor;
    end if;
    elapsed := age(moment at time zone 'UTC', anchor at time zone 'UTC');
    return (anchor at time zone 'UTC'
        + make_interval(months => (extract(year from elapsed) * 12 + extract(month from elapsed))::integer)) at time zone 'UTC';
end;
$$;

revoke all on function {{ schema }}.usage_period_start(timestamptz, timestamptz)
    from public, anon, authenticated, service_role;
grant execute on function {{ schema }}.usage_period_start(timestamptz, timestamptz) to authenticated, service_role;
