#!/usr/bin/env python3
"""Measures the foundations' SQL: counting against pgbench's bare update of one row, and queries under row level security
against the same query with the filter written by hand as the owner of the tables.

Only Postgres is measured, through the project's database; the binary starts it. Sides take turns and figures are medians.
Nothing passes or fails but totals: what was counted must be what was asked for.
"""

import argparse
import json
import pathlib
import shutil
import statistics
import subprocess
import tempfile
import uuid

from programs import ROOT, free_port_pair, run_pgbench

USERS = 2_000
#: One row of one table, as bare as an update can be: what the machine can do at all.
BARE = "\\set user random(1, :users)\nupdate public.bench_bare set count = count + 1 where id = :user;\n"

METERED = {
    # 2,000 users with an unlimited metric, and 100 windows of the past for each: 200,000 counters.
    "fill": f"""
        create table public.bench_bare (id integer primary key, count bigint not null default 0);
        insert into public.bench_bare select n from generate_series(1, {USERS}) as n;
        insert into auth.users (id, email)
        select lpad(n::text, 32, '0')::uuid, n || '@test.com' from generate_series(1, {USERS}) as n;
        update public.subscriptions
        set plan = 'pro', lemon_squeezy_id = user_id::text, current_period_start = now(), current_period_end = now() + interval '1 month';
        insert into public.usage_counters (user_id, metric, count, window_start, window_end)
        select u.id, 'api_calls', d, date_trunc('day', now(), 'UTC') - d * interval '1 day', date_trunc('day', now(), 'UTC') - (d - 1) * interval '1 day'
        from public.users as u, generate_series(1, 100) as d;
        select count(public.increment_usage(id, 'api_calls')) from public.users;
        vacuum analyze;
    """,
    "works": [
        ("count, one of 2,000 users", ">= 10,000/s", USERS, "\\set user random(1, :users)\nselect used from public.increment_usage(lpad(:user::text, 32, '0')::uuid, 'api_calls');\n"),
        ("count, one hot user", ">= 5,000/s", 1, "\\set user random(1, :users)\nselect used from public.increment_usage(lpad(:user::text, 32, '0')::uuid, 'api_calls');\n"),
    ],
    "exact": """
        select count(*) from public.usage_counters as c
        where c.window_end > now() and c.count <> (
            select sum(l.delta) from public.usage_ledger as l
            where l.user_id = c.user_id and l.metric = c.metric and l.window_start = c.window_start)
    """,
    # under row level security without the words between the braces, by hand with them
    "queries": [
        "select * from public.users {where id = '$user'}",
        "select * from public.subscriptions {where user_id = '$user'}",
        "select * from public.usage_counters where metric = 'api_calls' {and user_id = '$user'} order by window_start desc limit 30",
        "select * from public.usage_counters where window_start <= now() and window_end > now() {and user_id = '$user'}",
        "select metric, sum(count) from public.usage_counters where window_start > now() - interval '31 days' {and user_id = '$user'} group by metric",
        "select * from public.usage_ledger {where user_id = '$user'} order by id desc limit 30",
        "select * from public.current_usage {where user_id = '$user'}",
    ],
}
#: 2,000 users whose ids are their numbers.
PEOPLE = f"""
        insert into auth.users (id, email)
        select lpad(n::text, 32, '0')::uuid, n || '@test.com' from generate_series(1, {USERS}) as n;
"""
#: A hundred rows of each user.
EACH = f"from generate_series(1, {USERS}) as u, lateral (select lpad(u::text, 32, '0')::uuid as owner) as o, generate_series(1, 100) as n"

COLORING_BOOK = {
    "fill": f"""
        create table public.bench_bare (id integer primary key, count bigint not null default 0);
        insert into public.bench_bare select n from generate_series(1, {USERS}) as n;
        {PEOPLE}
        select count(public.add_pack_blots(owner_id, 1000000, 'boost', owner_id::text)) from public.profiles;
        alter table public.projects disable trigger projects_count_uses;
        insert into public.projects (owner_id, name, page_count, audience, style_preset, created_at)
        select owner, 'Book', 45, 'children', 'kawaii', now() - n * interval '1 hour' {EACH};
        insert into public.pages (project_id, owner_id, sort_order)
        select id, owner_id, 1 from public.projects;
        alter table public.projects enable trigger projects_count_uses;
        insert into public.jobs (owner_id, type, created_at) select owner, 'generation', now() - n * interval '1 hour' {EACH};
        alter table public.assets disable trigger track_storage;
        insert into public.assets (owner_id, type, r2_key, size_bytes) select owner, 'page', owner || '/' || n, 0 {EACH};
        alter table public.assets enable trigger track_storage;
        insert into public.blot_transactions (owner_id, type, created_at)
        select owner, 'edit', now() - n * interval '1 hour' {EACH};
        vacuum analyze;
    """,
    "works": [
        ("deduct, one hot account", ">= 5,000/s", 1, "\\set user random(1, :users)\nselect public.deduct_blots(lpad(:user::text, 32, '0')::uuid, 1);\n"),
        ("deduct, one of 2,000", "", USERS, "\\set user random(1, :users)\nselect public.deduct_blots(lpad(:user::text, 32, '0')::uuid, 1);\n"),
    ],
    "exact": """
        select count(*) from public.profiles as p
        where p.blots + p.pack_blots <> (
            select sum(subscription_delta + pack_delta) from public.blot_transactions as t where t.owner_id = p.owner_id)
    """,
    "queries": [
        "select * from public.profiles {where owner_id = '$user'}",
        "select * from public.projects where deleted_at is null {and owner_id = '$user'} order by created_at desc limit 30",
        "select * from public.pages {where owner_id = '$user'}",
        "select * from public.jobs where type = 'generation' {and owner_id = '$user'} order by created_at desc limit 30",
        "select * from public.assets {where owner_id = '$user'}",
        "select * from public.blot_transactions {where owner_id = '$user'} order by created_at desc limit 30",
    ],
}
STREAMER_STUDIO = {
    "fill": f"""
        create table public.bench_bare (id integer primary key, count bigint not null default 0);
        insert into public.bench_bare select n from generate_series(1, {USERS}) as n;
        {PEOPLE}
        update public.subscriptions set tier = 'studio';
        insert into public.brand_kits (user_id, name) select owner, n {EACH};
        insert into public.generation_jobs (user_id, asset_type, status, completed_at, completed_assets, created_at)
        select owner, 'banner', 'completed', now(), 1, now() - n * interval '1 hour' {EACH};
        insert into public.assets (user_id, asset_type, is_public, created_at)
        select owner, 'banner', n % 10 = 0, now() - n * interval '1 hour' {EACH};
        vacuum analyze;
    """,
    "works": [
        ("count, one hot user", ">= 5,000/s", 1, "\\set user random(1, :users)\nselect public.increment_user_usage(lpad(:user::text, 32, '0')::uuid);\n"),
        ("count, one of 2,000 users", ">= 10,000/s", USERS, "\\set user random(1, :users)\nselect public.increment_user_usage(lpad(:user::text, 32, '0')::uuid);\n"),
    ],
    "exact": """
        select count(*) from public.users as u join public.subscriptions as s on s.user_id = u.id
        where s.assets_used <> u.assets_generated_this_month
    """,
    "queries": [
        "select id, email, subscription_tier from public.users {where id = '$user'}",
        "select * from public.subscriptions {where user_id = '$user'}",
        "select * from public.brand_kits where name <> '' {and user_id = '$user'} order by created_at desc",
        "select * from public.generation_jobs where status = 'completed' {and user_id = '$user'} order by created_at desc limit 30",
        "select id, asset_type, cdn_url from public.assets where user_id = '$user' {and user_id = '$user'} order by created_at desc limit 30",
        "select id, asset_type, cdn_url from public.assets where is_public {and (expires_at is null or expires_at > now())} order by created_at desc limit 30",
    ],
}
FOUNDATIONS = {"metered": METERED, "coloring-book": COLORING_BOOK, "streamer-studio": STREAMER_STUDIO}


class Project:
    """A foundation that runs."""

    def __init__(self, binary: pathlib.Path, foundation: str):
        self.binary, self.folder = binary, pathlib.Path(tempfile.mkdtemp(prefix="ferrobase-bench-"))
        self.folder.chmod(0o755)
        port = str(free_port_pair())
        command = [binary, "start", "--foundation", foundation, "--project", self.folder, "--port", port, "--detach"]
        subprocess.run(command, check=True, capture_output=True)
        status = [binary, "status", "--project", self.folder, "-o", "json"]
        self.url = json.loads(subprocess.run(status, check=True, capture_output=True, text=True).stdout)["DB_URL"]

    def sql(self, text: str) -> str:
        command = ["psql", "-qXAt", "-v", "ON_ERROR_STOP=1", self.url]
        return subprocess.run(command, input=text, check=True, capture_output=True, text=True).stdout

    def stop(self):
        subprocess.run([self.binary, "stop", "--project", self.folder], capture_output=True)
        shutil.rmtree(self.folder, ignore_errors=True)


def rates(project: Project, work: tuple, rounds: int, seconds: int, connections: int) -> dict:
    name, target, users, script = work
    figures = []
    for _ in range(rounds):
        bare = run_pgbench(project.url, BARE, {"users": users}, connections, seconds)
        figures.append((run_pgbench(project.url, script, {"users": users}, connections, seconds), bare))
    return {
        "work": name,
        "target": target,
        "a second": statistics.median(ours for ours, _ in figures),
        "bare update": statistics.median(bare for _, bare in figures),
        "ratio": statistics.median(ours / bare for ours, bare in figures),
    }


def query_time(project: Project, query: str, claims: str | None, times: int) -> float:
    """Milliseconds of planning and execution, the best of `times`: what else runs on the machine only adds to it."""
    explain = f"explain (analyze, timing off, summary on, format json) {query};\n"
    who = f"set role authenticated; set request.jwt.claims = '{claims}';\n" if claims else ""
    plans = project.sql(who + explain * times)
    decoder, at, found = json.JSONDecoder(), 0, []
    while (at := plans.find("[", at)) >= 0:
        (plan,), at = decoder.raw_decode(plans, at)
        found.append(plan["Planning Time"] + plan["Execution Time"])
    return min(found)


def query_ratios(project: Project, query: str, rounds: int) -> dict:
    user = f"{1000:032d}"
    claims = json.dumps({"sub": str(uuid.UUID(user)), "role": "authenticated"})
    by_hand = query.replace("{", "").replace("}", "").replace("$user", user)
    plain = (query[: query.index("{")] + query[query.index("}") + 1 :]).replace("$user", user)
    pairs = [(query_time(project, plain, claims, 15), query_time(project, by_hand, None, 15)) for _ in range(rounds)]
    return {
        "query": plain,
        "under RLS ms": statistics.median(ours for ours, _ in pairs),
        "by hand ms": statistics.median(hand for _, hand in pairs),
        "ratio": statistics.median(ours / hand for ours, hand in pairs),
    }


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("foundations", nargs="*", default=sorted(FOUNDATIONS))
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--seconds", type=int, default=4)
    options.add_argument("--connections", type=int, default=16)
    options.add_argument("--binary", type=pathlib.Path, default=ROOT / "target" / "release" / "ferrobase")
    options = options.parse_args()
    for name in options.foundations:
        foundation, project = FOUNDATIONS[name], Project(options.binary, name)
        try:
            project.sql(foundation["fill"])
            print(f"{name}, {options.connections} connections")
            for work in foundation["works"]:
                line = rates(project, work, options.rounds, options.seconds, options.connections)
                print(f"  {line['work']:<28}{line['a second']:>8.0f}/s  {line['ratio']:.2f} x {line['bare update']:.0f} bare updates/s ({line['target']})")
            wrong = project.sql(foundation["exact"]).strip()
            if wrong != "0":
                raise SystemExit(f"{wrong} totals are not what was asked for")
            for query in foundation["queries"]:
                line = query_ratios(project, query, options.rounds)
                more = line["under RLS ms"] - line["by hand ms"]
                print(f"  {line['ratio']:.2f} x {line['by hand ms']:.3f} ms by hand, {more:+.3f} ms (<= 1.5 x)  {line['query']}")
        finally:
            project.stop()


if __name__ == "__main__":
    main()
