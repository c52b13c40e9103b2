"""metered: every call is counted against the plan's quota."""

from . import PEOPLE, USER, USERS, Work

# an unlimited metric, and a hundred windows of the past for each user: 200,000 counters
FILL = f"""
{PEOPLE}
update public.subscriptions
set plan = 'pro', lemon_squeezy_id = user_id::text, current_period_start = now(), current_period_end = now() + interval '1 month';
insert into public.usage_counters (user_id, metric, count, window_start, window_end)
select u.id, 'api_calls', d, date_trunc('day', now(), 'UTC') - d * interval '1 day', date_trunc('day', now(), 'UTC') - (d - 1) * interval '1 day'
from public.users as u, generate_series(1, 100) as d;
insert into public.usage_ledger (user_id, metric, window_start, kind, amount, delta)
select user_id, metric, window_start, 'consume', count, count from public.usage_counters;
"""

WORKS = [
    Work("count, one of 2,000 users", f"select used from public.increment_usage({USER}, 'api_calls')", target=">= 10,000/s"),
    Work("count, one hot user", f"select used from public.increment_usage({USER}, 'api_calls')", users=1, target=">= 5,000/s"),
]

EXACT = """
select count(*) from public.usage_counters as c
where c.window_end > now() and c.count <> (
    select sum(l.delta) from public.usage_ledger as l
    where l.user_id = c.user_id and l.metric = c.metric and l.window_start = c.window_start)
"""

QUERIES = [
    "select * from public.users {where id = '$user'}",
    "select * from public.subscriptions {where user_id = '$user'}",
    # "indexes optimized for quota checking and reporting"
    "select * from public.usage_counters where metric = 'api_calls' {and user_id = '$user'} order by window_start desc limit 30",
    "select * from public.usage_counters where window_start <= now() and window_end > now() {and user_id = '$user'}",
    "select metric, sum(count) from public.usage_counters where window_start > now() - interval '31 days' {and user_id = '$user'} group by metric",
    "select * from public.usage_ledger {where user_id = '$user'} order by id desc limit 30",
    "select * from public.current_usage {where user_id = '$user'}",
]
