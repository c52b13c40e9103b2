"""saas: a job counts against its user's month."""

from . import EACH, PEOPLE, USER, Work

FILL = f"""
{PEOPLE}
update public.users set subscription_tier = 'enterprise', subscription_status = 'active';
insert into public.subscriptions (user_id, stripe_subscription_id, stripe_customer_id, tier, status, current_period_start, current_period_end)
select id, id, id, 'enterprise', 'active', now(), now() + interval '1 month' from public.users;
insert into public.jobs (id, user_id, job_type, created_at) select id, owner, 'generation', now() - n * interval '1 hour' {EACH};
insert into public.assets (job_id, user_id, asset_type, url, storage_path, file_size)
select id, owner, 'image', 'https://example.com/' || n, owner || '/' || n, 1 {EACH};
insert into public.subscription_audit (user_id, action, created_at) select owner, 'renewed', now() - n * interval '1 hour' {EACH};
"""

WORKS = [
    Work("job and its quota, one of 2,000", f"insert into public.jobs (user_id, job_type) values ({USER}, 'generation')", target=">= 10,000/s"),
    Work("job and its quota, one hot user", f"insert into public.jobs (user_id, job_type) values ({USER}, 'generation')", users=1, target=">= 5,000/s"),
]

EXACT = """
select count(*) from public.users as u where monthly_usage <> (select count(*) from public.jobs as j where j.user_id = u.id)
"""

QUERIES = [
    "select * from public.users where id = '$user' {and id = '$user'}",
    "select * from public.subscriptions {where user_id = '$user'}",
    "select * from public.jobs where id = '$number' {and user_id = '$user'}",
    "select * from public.jobs where status = 'queued' {and user_id = '$user'} order by created_at desc limit 30",
    "select * from public.assets where job_id = '$number' {and user_id = '$user'}",
    "select * from public.assets {where user_id = '$user'} limit 30",
    "select * from public.subscription_audit {where user_id = '$user'} order by created_at desc limit 30",
]
