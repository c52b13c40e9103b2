--! table: the inbox
--! schema = public: where the inbox and the function live
--! subject: column with the provider's id of the subscription, here and in public.subscriptions
--! final list = : stored states that a subscription never leaves
--! serving list: stored states in which a subscription serves its user
--! opening list: stored states in which a new subscription may replace one that no longer serves
--! function: name of the function that judges an event
-- The inbox of a payment provider's webhooks. A provider delivers an event more than once and in any order: the
-- primary key takes each once, and an event is judged by the time it happened, not by the time it came.

-- Every event that arrived, once, and what became of it. It holds the provider's ids and no personal data, so it
-- survives the account; the event itself can be fetched from the provider again.
create table {{ schema }}.{{ table }} (
    id text primary key,
    type text not null,
    created_at timestamptz not null,
    {{ subject }} text,
    subscription_created_at timestamptz,
    -- applied        the subscription now says what the event says
    -- ignored        an event that is not about a subscription
    -- stale          something newer about the same subscription was applied before
    -- superseded     about another subscription than the one the user has now
    -- unknown_user   nobody here has that customer (any more)
    outcome text not null default 'ignored'
        check (outcome in ('applied', 'ignored', 'stale', 'superseded', 'unknown_user')),
    received_at timestamptz not null default now()
);

create index idx_{{ table }}_subscription on {{ schema }}.{{ table }} ({{ subject }}, created_at)
    where outcome = 'applied';

revoke all on {{ schema }}.{{ table }} from anon, authenticated, service_role;
grant select, insert, update on {{ schema }}.{{ table }} to service_role;
alter table {{ schema }}.{{ table }} enable row level security;

-- What an event about a subscription may do to the one the user has now.
create function {{ schema }}.{{ function }}(event {{ schema }}.{{ table }}, incoming public.subscriptions,
    present public.subscriptions)
returns text
language sql
stable
set search_path = ''
as $$
    select case
        when present.id is null or present.{{ subject }} is null then 'applied'
        when present.{{ subject }} = incoming.{{ subject }} then case
{% if final %}
            -- the provider never takes a subscription out of these
            when present.status in ({% for state in final %}'{{ state }}'{% if not loop.last %}, {% endif %}{% endfor %}) and incoming.status <> present.status then 'stale'
{% endif %}
            when exists (
                select from {{ schema }}.{{ table }} as earlier
                where earlier.{{ subject }} = incoming.{{ subject }}
                    and earlier.outcome = 'applied' and earlier.created_at > event.created_at
            ) then 'stale'
            else 'applied'
        end
        -- Another subscription takes over when it is the younger one and serves the user, or the present one no
        -- longer does.
        when present.status not in ({% for state in serving %}'{{ state }}'{% if not loop.last %}, {% endif %}{% endfor %}) then
            case when incoming.status in ({% for state in opening %}'{{ state }}'{% if not loop.last %}, {% endif %}{% endfor %}) then 'applied'
                else 'superseded' end
        when incoming.status in ({% for state in serving %}'{{ state }}'{% if not loop.last %}, {% endif %}{% endfor %}) and not exists (
            select from {{ schema }}.{{ table }} as earlier
            where earlier.{{ subject }} = present.{{ subject }}
                and earlier.outcome = 'applied'
                and earlier.subscription_created_at > event.subscription_created_at
        ) then 'applied'
        else 'superseded'
    end
$$;

revoke all on function
    {{ schema }}.{{ function }}({{ schema }}.{{ table }}, public.subscriptions, public.subscriptions)
    from public, anon, authenticated, service_role;
grant execute on function
    {{ schema }}.{{ function }}({{ schema }}.{{ table }}, public.subscriptions, public.subscriptions)
    to service_role;
