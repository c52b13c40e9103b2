"""fenta: organisations, their quota, and usage records in monthly partitions."""

from . import EACH, PEOPLE, USERS, Work, at_once

# One organisation of each person, whose id is the person's, and everybody is an editor in the next one too.
FILL = f"""
{PEOPLE}
insert into public.orgs (id, name, slug, owner_id, plan)
select id, 'Org', 'org-' || row_number() over (order by id), id, 'enterprise' from public.profiles;
insert into public.org_members (org_id, user_id, role)
select lpad((n % {USERS} + 1)::text, 32, '0')::uuid, lpad(n::text, 32, '0')::uuid, 'editor' from generate_series(1, {USERS}) as n;
insert into public.projects (org_id, name) select owner, n {EACH};
insert into public.templates (id, org_id, name, is_public) select id, owner, n, n = 1 {EACH};
insert into public.workflows (id, org_id, name, status) select id, owner, n, 'draft' {EACH};
{at_once("public.workflow_versions (workflow_id, org_id, version, graph)", f"select id, owner, 1, '{{}}' {EACH}")}
insert into public.assets (org_id, type, status) select owner, 'image', 'ready' {EACH};
{at_once("public.jobs (id, org_id, workflow_id, queued_at)", f"select id, owner, id, now() - n * interval '1 hour' {EACH}")}
{at_once("public.job_logs (job_id, org_id, message)", f"select id, owner, 'begun' {EACH}")}
{at_once("public.renders (job_id, org_id, resolution)", f"select id, owner, '1080x1920' {EACH}")}
insert into public.kai_generations (org_id, job_id, type) select owner, id, 'image' {EACH};
insert into public.usage_records (org_id, user_id, resource_type, llm_tokens_output, created_at)
select owner, owner, 'llm_tokens', 10, now() + n * interval '1 minute' {EACH};
insert into public.invoices (org_id, amount_usd, status, period_start, period_end)
select owner, 10, 'paid', current_date - 30 * n, current_date - 30 * (n - 1) {EACH};
"""

ORG = "lpad(:user::text, 32, '0')::uuid"
RECORDS = "insert into public.usage_records (org_id, resource_type, llm_tokens_output)"

WORKS = [
    Work("consume, one of 2,000 orgs", f"select public.consume_quota({ORG}, 10, 0, 0)", target=">= 10,000/s"),
    Work("consume, one hot org", f"select public.consume_quota({ORG}, 10, 0, 0)", users=1, target=">= 5,000/s"),
    Work("ingest, records one by one", f"{RECORDS} values ({ORG}, 'llm_tokens', 10)"),
    Work("ingest, a hundred of an org", f"{RECORDS} select {ORG}, 'llm_tokens', 10 from generate_series(1, 100)", batch=100, target=">= 10,000/s"),
]

EXACT = """
select count(*) from public.quota_limits as q
where q.tokens_used <> (select sum(llm_tokens_output) from public.usage_records as r where r.org_id = q.org_id)
"""

# Whoever filters by hand looks up the caller's organisations too.
MINE = "(select org_id from public.org_members where user_id = '$user')"

QUERIES = [
    query.replace("$mine", MINE)
    for query in (
        "select * from public.profiles {where id = '$user'}",
        "select * from public.orgs {where id in $mine}",
        "select * from public.org_members where org_id = '$user' {and org_id in $mine}",
        "select * from public.projects where org_id = '$user' and deleted_at is null {and org_id in $mine} order by created_at desc limit 30",
        "select * from public.workflows where org_id = '$user' and deleted_at is null {and org_id in $mine} order by updated_at desc limit 30",
        "select * from public.workflows where org_id = '$user' and status = 'draft' {and deleted_at is null and org_id in $mine} limit 30",
        "select * from public.workflow_versions where workflow_id = '$number' {and org_id in $mine} order by version desc",
        "select * from public.templates where org_id = '$user' {and deleted_at is null and org_id in $mine} limit 30",
        "select * from public.templates where is_public {and deleted_at is null} order by usage_count desc, created_at desc limit 30",
        "select * from public.assets where org_id = '$user' and status = 'ready' {and deleted_at is null and org_id in $mine} limit 30",
        "select * from public.jobs where org_id = '$user' and status = 'queued' {and org_id in $mine} limit 30",
        "select * from public.jobs where org_id = '$user' {and org_id in $mine} order by queued_at desc limit 30",
        "select * from public.job_logs where job_id = '$number' {and org_id in $mine} order by created_at",
        "select * from public.renders where job_id = '$number' {and org_id in $mine}",
        "select * from public.usage_records where org_id = '$user' and created_at >= now() - interval '31 days' {and org_id in $mine}",
        "select * from public.quota_limits where org_id = '$user' {and org_id in $mine}",
        "select * from public.invoices where org_id = '$user' {and org_id in $mine}",
        "select * from public.kai_generations where org_id = '$user' and status = 'queued' {and org_id in $mine} limit 30",
    )
]
