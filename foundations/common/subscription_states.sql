--! schema = public: where the function lives
--! trialing = trialing: the stored word for a trial
--! canceled = canceled: for an ended or cancelled subscription
--! expired = expired: for one whose paid time is over as well
--! incomplete = incomplete: for one whose first payment is open
--! incomplete_expired = incomplete_expired: for one whose first payment never came
-- The one place where the words of a payment provider become the words stored here. Both Stripe's and Lemon
-- Squeezy's are known, whichever of them is in use. A word that neither has documented gives null, and the caller
-- refuses the event with it: a state that is guessed would be money given away or service taken away.
create function {{ schema }}.subscription_status(provider_state text)
returns text
language sql
immutable
set search_path = ''
as $$
    select case
        when provider_state in ('active', 'past_due', 'unpaid', 'paused') then provider_state
        when provider_state in ('trialing', 'on_trial', 'trial') then '{{ trialing }}'
        when provider_state in ('canceled', 'cancelled') then '{{ canceled }}'
        when provider_state = 'expired' then '{{ expired }}'
        when provider_state = 'incomplete' then '{{ incomplete }}'
        when provider_state = 'incomplete_expired' then '{{ incomplete_expired }}'
    end
$$;

revoke all on function {{ schema }}.subscription_status(text) from public, anon, authenticated, service_role;
grant execute on function {{ schema }}.subscription_status(text) to service_role;
