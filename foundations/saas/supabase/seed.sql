-- Seed data for development. Runs after the migrations, never in production: what is here is a convenience for
-- people who try things out, and holds no production data.

-- ---------------------------------------------------------------------------------------------------------------
-- Example users
-- ---------------------------------------------------------------------------------------------------------------
-- Accounts are made by Auth (sign up, or Studio: http://localhost:54323), which makes their public.users row too.
-- To give three of your own the plans below, put in their ids and uncomment.

-- insert into public.users (id, email, name, subscription_tier, subscription_status, monthly_usage) values
--     ('00000000-0000-0000-0000-000000000001', 'free@test.com', 'Free User', 'free', 'active', 5),
--     ('00000000-0000-0000-0000-000000000002', 'pro@test.com', 'Pro User', 'pro', 'active', 45),
--     ('00000000-0000-0000-0000-000000000003', 'studio@test.com', 'Studio User', 'studio', 'active', 200)
-- on conflict (id) do update set
--     email = excluded.email,
--     name = excluded.name,
--     subscription_tier = excluded.subscription_tier,
--     subscription_status = excluded.subscription_status,
--     monthly_usage = excluded.monthly_usage;

-- A subscription instead of a plan given by hand; the user's tier and status follow it.

-- insert into public.subscriptions (user_id, stripe_subscription_id, stripe_customer_id, tier, status,
--     current_period_start, current_period_end)
-- values ('user-uuid-here', 'sub_test123', 'cus_test123', 'pro', 'active', now(), now() + interval '30 days');

-- ---------------------------------------------------------------------------------------------------------------
-- Sample jobs and assets for one user: select seed_test_data('your-user-uuid-here');
-- ---------------------------------------------------------------------------------------------------------------

-- The five jobs count against the user's quota like any other.
create or replace function public.seed_test_data(test_user_id uuid)
returns void
language plpgsql
set search_path = ''
as $$
begin
    if not exists (select from public.users where id = test_user_id) then
        raise exception 'there is no user %', quote_nullable(test_user_id) using errcode = 'PT404';
    end if;
    with created as (
        insert into public.jobs
            (user_id, job_type, status, progress, parameters, result, error_message, created_at, completed_at)
        values
            (test_user_id, 'generation', 'completed', 100, '{"prompt": "Test prompt 1"}',
                '{"output_url": "https://example.com/output1.png"}', null, now() - interval '1 minute', now()),
            (test_user_id, 'generation', 'completed', 100, '{"prompt": "Test prompt 2"}',
                '{"output_url": "https://example.com/output2.png"}', null,
                now() - interval '1 day 1 minute', now() - interval '1 day'),
            (test_user_id, 'generation', 'processing', 50, '{"prompt": "Test prompt 3"}', null, null, now(), null),
            (test_user_id, 'generation', 'queued', 0, '{"prompt": "Test prompt 4"}', null, null, now(), null),
            (test_user_id, 'generation', 'failed', 0, '{"prompt": "Test prompt 5"}', null, 'Sample failure',
                now() - interval '2 hours 1 minute', now() - interval '2 hours')
        returning id, status
    )
    insert into public.assets (job_id, user_id, asset_type, url, storage_path, file_size, metadata)
    select
        id,
        test_user_id,
        'image',
        'https://storage.example.com/assets/' || id || '.png',
        'assets/' || id || '.png',
        1024 * (1 + floor(random() * 100))::integer,
        '{"width": 1024, "height": 1024, "format": "png"}'
    from created
    where status = 'completed';

    raise notice 'Seeded test data for user %', test_user_id;
end;
$$;

revoke all on function public.seed_test_data(uuid) from public, anon, authenticated, service_role;
grant execute on function public.seed_test_data(uuid) to service_role;

-- ---------------------------------------------------------------------------------------------------------------
-- A view for development
-- ---------------------------------------------------------------------------------------------------------------

-- With security_invoker it shows nobody more than the tables do. Counts are sub-selects: joining jobs with assets
-- would multiply them.
create or replace view public.dev_user_summary
with (security_invoker = on)
as
select
    u.id,
    u.email,
    u.name,
    u.subscription_tier,
    u.monthly_usage,
    j.completed_jobs,
    j.processing_jobs,
    j.queued_jobs,
    (select count(*) from public.assets as a where a.user_id = u.id) as total_assets
from public.users as u
cross join lateral (
    select
        count(*) filter (where status = 'completed') as completed_jobs,
        count(*) filter (where status = 'processing') as processing_jobs,
        count(*) filter (where status = 'queued') as queued_jobs
    from public.jobs
    where user_id = u.id
) as j;

comment on view public.dev_user_summary is 'Development view for quick user status overview';

revoke all on public.dev_user_summary from anon, authenticated, service_role;
grant select on public.dev_user_summary to service_role;
