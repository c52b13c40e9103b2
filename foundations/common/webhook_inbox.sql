--! table: the inbox
--! schema = public: where the inbox and the function live
--! subject: column with the provider's id of the subscription
--! account: column with whom an event is about
--! accounts: table of those, with its schema
--! final list = : stored states that a subscription never leaves
--! serving list: stored states in which a subscription serves its account
--! pending list = : stored states in which one may still begin to
--! customer = : field of `says` by which an event finds its account later; otherwise the subscription
--! function: name of the function that settles an event
-- The inbox of a payment provider's webhooks. A provider delivers an event more than once and in any order: the
-- primary key takes each once, and how an account stands follows from all that happened, not from what came last.

-- Every event that arrived, once, and what became of it. It holds the provider's ids and no personal data, so it
-- survives the account; the event itself can be fetched from the provider again.
create table {{ schema }}.{{ table }} (
    id text primary key,
    type text not null,
    created_at timestamptz not null,
    {{ subject }} text,
    subscription_created_at timestamptz,
    {{ account }} uuid references {{ accounts }} (id) on delete set null,
    -- What it says, in the words stored here; `status` is the subscription's.
    says jsonb,
    -- applied        the account stands as the event says
    -- ignored        an event that says nothing to us
    -- stale          something newer about the same subscription came before it
    -- superseded     about another subscription than the one that counts
    -- unknown_user   nobody here has that customer (yet, or any more)
    outcome text not null default 'ignored'
        check (outcome in ('applied', 'ignored', 'stale', 'superseded', 'unknown_user')),
    received_at timestamptz not null default now()
);

create index idx_{{ table }}_account on {{ schema }}.{{ table }} ({{ account }}, {{ subject }});
create index idx_{{ table }}_subscription on {{ schema }}.{{ table }} ({{ subject }}, created_at);
create index idx_{{ table }}_unknown on {{ schema }}.{{ table }} (received_at) where outcome = 'unknown_user';

revoke all on {{ schema }}.{{ table }} from anon, authenticated, service_role;
grant select, insert, update on {{ schema }}.{{ table }} to service_role;
alter table {{ schema }}.{{ table }} enable row level security;

-- Notes whose event it is and what it says, and returns the event that says how the account stands: of each subscription
-- the latest to happen, and of the subscriptions one that serves before one that does not, then the younger. What
-- could not be told whose it is before is the account's from now on. The caller holds a lock on the account, so that
-- its events are settled one after another.
create function {{ schema }}.{{ function }}(event_id text, of_account uuid, saying jsonb)
returns {{ schema }}.{{ table }}
language plpgsql
set search_path = ''
as $$
declare
    standing {{ schema }}.{{ table }};
begin
    update {{ schema }}.{{ table }} as e
    set {{ account }} = of_account, says = saying, outcome = 'unknown_user'
    where e.id = event_id;
    if of_account is null then
        return null;
    end if;
    update {{ schema }}.{{ table }} as e set {{ account }} = of_account
    where e.outcome = 'unknown_user' and e.{{ account }} is null
        and (e.{{ subject }} = (select known.{{ subject }} from {{ schema }}.{{ table }} as known where known.id = event_id)
{% if customer %}
            or e.says ->> '{{ customer }}' = saying ->> '{{ customer }}'
{% endif %}
        );
    select latest.* into standing
    from (
        select distinct on (e.{{ subject }}) e.*
        from {{ schema }}.{{ table }} as e
        where e.{{ account }} = of_account and e.{{ subject }} is not null and e.says ->> 'status' is not null
        order by e.{{ subject }},
{% if final %}
            -- the provider never takes a subscription out of these
            e.says ->> 'status' in ({% for state in final %}'{{ state }}'{% if not loop.last %}, {% endif %}{% endfor %}) desc,
{% endif %}
            e.created_at desc, e.type desc, e.id desc
    ) as latest
    order by latest.says ->> 'status' in ({% for state in serving %}'{{ state }}'{% if not loop.last %}, {% endif %}{% endfor %}) desc,
{% if pending %}
        latest.says ->> 'status' in ({% for state in pending %}'{{ state }}'{% if not loop.last %}, {% endif %}{% endfor %}) desc,
{% endif %}
        latest.subscription_created_at desc nulls last, latest.{{ subject }} desc
    limit 1;
    update {{ schema }}.{{ table }} as e
    set outcome = case
        when e.{{ subject }} is null or e.id = standing.id then 'applied'
        when e.{{ subject }} = standing.{{ subject }} then 'stale'
        else 'superseded' end
    where e.{{ account }} = of_account and e.outcome = 'unknown_user';
    return standing;
end;
$$;

revoke all on function {{ schema }}.{{ function }}(text, uuid, jsonb) from public, anon, authenticated, service_role;
grant execute on function {{ schema }}.{{ function }}(text, uuid, jsonb) to service_role;
