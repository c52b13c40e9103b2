-- Seed data for development. Runs after the migrations, never in production.

-- Variants of a Lemon Squeezy test store: put in your own.
insert into public.lemon_squeezy_variants (variant_id, plan) values ('1001', 'basic'), ('1002', 'pro')
on conflict (variant_id) do update set plan = excluded.plan;

-- A week of usage for one user: select public.seed_usage('your-user-uuid-here');
create or replace function public.seed_usage(test_user_id uuid)
returns void
language plpgsql
set search_path = ''
as $$
begin
    perform public.increment_usage(test_user_id, 'api_calls', 42, 'seed api_calls');
    perform public.increment_usage(test_user_id, 'agent_runs', 3, 'seed agent_runs');
    perform public.increment_usage(test_user_id, 'storage_mb', 17, 'seed storage_mb');
    raise notice 'Seeded usage for user %', test_user_id;
end;
$$;

revoke all on function public.seed_usage(uuid) from public, anon, authenticated, service_role;
grant execute on function public.seed_usage(uuid) to service_role;
