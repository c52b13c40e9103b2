"""streamer-studio: an asset counts for the month, in the subscription and in its mirror."""

from . import EACH, PEOPLE, USER, Work, at_once

FILL = f"""
{PEOPLE}
update public.subscriptions set tier = 'studio';
insert into public.brand_kits (user_id, name) select owner, n {EACH};
{at_once("public.generation_jobs (id, user_id, asset_type, status, completed_at, completed_assets, created_at)", f"select id, owner, 'banner', 'completed', now(), 1, now() - n * interval '1 hour' {EACH}")}
{at_once("public.assets (id, user_id, job_id, asset_type, is_public, created_at)", f"select id, owner, id, 'banner', n % 10 = 0, now() - n * interval '1 hour' {EACH}")}
insert into public.platform_connections (user_id, platform, platform_user_id, access_token_encrypted)
select lpad(u::text, 32, '0')::uuid, 'twitch', u, 'x' from generate_series(1, 2000) as u;
"""

WORKS = [
    Work("count, one hot user", f"select public.increment_user_usage({USER})", users=1, target=">= 5,000/s"),
    Work("count, one of 2,000 users", f"select public.increment_user_usage({USER})", target=">= 10,000/s"),
]

EXACT = """
select count(*) from public.users as u join public.subscriptions as s on s.user_id = u.id
where s.assets_used <> u.assets_generated_this_month
"""

QUERIES = [
    "select id, email, subscription_tier from public.users {where id = '$user'}",
    "select * from public.subscriptions {where user_id = '$user'}",
    # the three "useful queries for development", as the user may ask them
    """select u.id, u.email,
        (select count(*) from public.brand_kits where user_id = u.id {and user_id = '$user'}) as brand_kit_count,
        (select count(*) from public.assets where user_id = u.id {and user_id = '$user'}) as asset_count,
        (select count(*) from public.platform_connections where user_id = u.id {and user_id = '$user'}) as connection_count
        from public.users as u where u.id = '$user' {and u.id = '$user'}""",
    """select gj.*, (select count(*) from public.assets where job_id = gj.id {and user_id = '$user'}) as actual_asset_count
        from public.generation_jobs as gj where gj.user_id = '$user' {and gj.user_id = '$user'} order by gj.created_at desc limit 10""",
    """select s.tier, s.assets_used, s.assets_limit,
        case when s.assets_limit = -1 then 'Unlimited' else concat(s.assets_used, '/', s.assets_limit) end as usage_display
        from public.subscriptions as s where s.user_id = '$user' {and s.user_id = '$user'}""",
    "select * from public.brand_kits where name <> '' {and user_id = '$user'} order by created_at desc",
    "select * from public.generation_jobs where status = 'completed' {and user_id = '$user'} order by created_at desc limit 30",
    "select id, asset_type, cdn_url from public.assets where user_id = '$user' {and user_id = '$user'} order by created_at desc limit 30",
    "select id, asset_type, cdn_url from public.assets where is_public {and (expires_at is null or expires_at > now())} order by created_at desc limit 30",
    "select id, platform, platform_username from public.platform_connections {where user_id = '$user'}",
]
