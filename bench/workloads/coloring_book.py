"""coloring-book: whatever is generated costs Blots."""

from . import EACH, PEOPLE, USER, Work, at_once

FILL = f"""
{PEOPLE}
select count(public.add_pack_blots(owner_id, 100000000, 'boost', owner_id::text)) from public.profiles;
insert into public.heroes (owner_id, name, description, audience, compiled_prompt, reference_key)
select owner, 'Hero', 'Brave', 'children', 'a hero', owner || '/' || n {EACH};
alter table public.projects disable trigger projects_count_uses;
insert into public.projects (id, owner_id, name, page_count, audience, style_preset, created_at)
select id, owner, 'Book', 45, 'children', 'kawaii', now() - n * interval '1 hour' {EACH};
alter table public.projects enable trigger projects_count_uses;
{at_once("public.pages (id, project_id, owner_id, sort_order)", f"select id, lpad((u * 1000 + 1 + n / 40)::text, 32, '0')::uuid, owner, 1 + n % 40 {EACH}")}
{at_once("public.page_versions (page_id, owner_id, version, asset_key, compiled_prompt)", f"select id, owner, 1, owner || '/' || n, 'a page' {EACH}")}
insert into public.jobs (id, owner_id, type, created_at)
select id, owner, 'generation', now() - n * interval '1 hour' {EACH};
{at_once("public.job_items (job_id, owner_id, page_id)", f"select id, owner, id {EACH}")}
{at_once("public.assets (owner_id, type, r2_key, size_bytes)", f"select owner, 'page', owner || '/' || n, 0 {EACH}")}
insert into public.blot_transactions (owner_id, type, created_at)
select owner, 'edit', now() - n * interval '1 hour' {EACH};
"""

WORKS = [
    Work("deduct, one hot account", f"select public.deduct_blots({USER}, 1)", users=1, target=">= 5,000/s"),
    Work("deduct, one of 2,000 accounts", f"select public.deduct_blots({USER}, 1)"),
]

EXACT = """
select count(*) from public.profiles as p
where p.blots + p.pack_blots <> (
    select sum(subscription_delta + pack_delta) from public.blot_transactions as t where t.owner_id = p.owner_id)
"""

QUERIES = [
    "select * from public.profiles {where owner_id = '$user'}",
    "select * from public.heroes where deleted_at is null {and owner_id = '$user'} order by created_at desc limit 30",
    "select * from public.projects where deleted_at is null {and owner_id = '$user'} order by created_at desc limit 30",
    "select * from public.projects where status = 'draft' {and deleted_at is null and owner_id = '$user'} limit 30",
    "select * from public.pages {where owner_id = '$user'}",
    "select * from public.pages where project_id = '$number' {and owner_id = '$user'} order by sort_order",
    "select * from public.page_versions where page_id = '$number' {and owner_id = '$user'} order by version desc",
    "select * from public.jobs where type = 'generation' {and owner_id = '$user'} order by created_at desc limit 30",
    "select * from public.jobs where status in ('pending', 'processing') {and owner_id = '$user'} limit 30",
    "select * from public.job_items where job_id = '$number' {and owner_id = '$user'}",
    "select * from public.assets {where owner_id = '$user'}",
    "select * from public.blot_transactions {where owner_id = '$user'} order by created_at desc limit 30",
    "select key, value from public.global_config {where is_public}",
]
