#!/usr/bin/env python3
"""Measures the foundations' SQL: counting against pgbench's bare update of one row, and documented queries under row level
security against the same query with the filter written by hand as the owner of the tables.

Only Postgres is measured, through the project's database; the binary starts it. Sides take turns and rates are medians.
Nothing passes or fails but totals: what was counted must be what was asked for.
"""

import argparse
import concurrent.futures
import importlib
import json
import pathlib
import re
import shutil
import statistics
import subprocess
import tempfile

from programs import ROOT, free_port_pair, pgbench_latencies, run_pgbench
from work import READ_ONLY, SETTINGS, select
from workloads import BARE

NAMES = ["coloring-book", "fenta", "metered", "saas", "streamer-studio"]
#: The caller of the queries, and what a token says of one who signed up with an address and a password.
USER, NUMBER = f"{1000:032d}", f"{1000_007:032d}"
SUBJECT = "00000000-0000-0000-0000-000000001000"
CLAIMS = json.dumps(
    {
        "iss": "http://127.0.0.1:54321/auth/v1",
        "sub": SUBJECT,
        "aud": "authenticated",
        "exp": 2110590234,
        "iat": 2110586634,
        "email": "1000@test.com",
        "phone": "",
        "app_metadata": {"provider": "email", "providers": ["email"]},
        "user_metadata": {"email": "1000@test.com", "email_verified": True, "phone_verified": False, "sub": SUBJECT},
        "role": "authenticated",
        "aal": "aal1",
        "amr": [{"method": "password", "timestamp": 2110586634}],
        "session_id": "5f0b8a9c-1b3c-4a8d-9d44-52ce1ccf3d2f",
        "is_anonymous": False,
    },
    separators=(",", ":"),
)
#: What the flight of a request sets, as the server would bind it.
VARIABLES = {
    "timeout_name": "statement_timeout",
    "timeout": "8s",
    "search_path": '"public", "public", "extensions"',
    "claims": CLAIMS,
    "method": "GET",
    "path": "/table",
    "headers": json.dumps({"host": "127.0.0.1:54321", "accept": "*/*", "authorization": "Bearer " + "x" * 700}),
    "cookies": "{}",
}


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
        done = subprocess.run(command, input=text, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(done.stderr)
        return done.stdout

    def fill(self, text: str):
        self.sql(text)
        tables = self.sql("select format('%I.%I', schemaname, tablename) from pg_tables where schemaname in ('public', 'private')")
        self.sql("vacuum analyze auth.users, " + ", ".join(tables.split()))

    def stop(self):
        subprocess.run([self.binary, "stop", "--project", self.folder], capture_output=True)
        shutil.rmtree(self.folder, ignore_errors=True)


def rates(project: Project, work, rounds: int, seconds: int, connections: int) -> tuple:
    """Counted a second, bare updates a second, and their ratio."""
    figures = []
    for _ in range(rounds):
        bare = run_pgbench(project.url, BARE, {"users": work.users}, connections, seconds)
        ours = run_pgbench(project.url, work.script(), {"users": work.users}, connections, seconds)
        figures.append((ours * work.batch, bare, ours * work.batch / bare))
    return tuple(statistics.median(column) for column in zip(*figures))


def cost(project: Project, work, times: int) -> float:
    """What a call costs in bare updates, without waiting for the disk or for one another: processor time, in effect."""
    patient = project.url + "?options=-csynchronous_commit%3Doff"
    bare, ours = pgbench_latencies(patient, [BARE, work.script()], {"users": work.users}, times)
    return ours[times // 10] / bare[times // 10] / work.batch


class Query:
    """A documented query, as two ask it: the user under row level security, and the owner with the filter by hand."""

    ROLES = {"under": "authenticated", "by_hand": "postgres"}

    def __init__(self, project: Project, query: str):
        self.project = project
        for name, value in {"$user": USER, "$number": NUMBER}.items():
            query = query.replace(name, value)
        query = re.sub(r"\s+", " ", query)
        self.under, self.by_hand = re.sub(r"\{.*?\}", "", query), query.replace("{", "").replace("}", "")

    def requests(self, times: int) -> list[float]:
        """Milliseconds of what the server sends for a request: settings and statement, prepared, one Sync."""
        scripts = [
            f"\\startpipeline\n{SETTINGS.replace(':role', f':{side}')}{READ_ONLY};\n{select(getattr(self, side))};\n\\endpipeline\n"
            for side in self.ROLES
        ]
        latencies = pgbench_latencies(self.project.url, scripts, {**VARIABLES, **self.ROLES}, times)
        # the tenth that nothing else on the machine held up
        return [side[times // 10] for side in latencies]

    def explained(self, times: int) -> tuple:
        """Milliseconds as Postgres itself reports them, medians in turns: execution of both, prepared; then planning of both."""
        explain = "explain (analyze, timing off, summary on)"
        text = f"set request.jwt.claims = '{CLAIMS}';\n"
        for side, role in self.ROLES.items():
            text += f"set role {role};\nprepare {side} as {getattr(self, side)};\n{explain} execute {side};\n"
        turn = "".join(
            f"set role {role};\n{explain} {getattr(self, side)};\n{explain} execute {side};\n" for side, role in self.ROLES.items()
        )
        printed = self.project.sql(text + turn * times)
        planning, execution = (
            [float(time) for time in re.findall(rf"{of} Time: ([\d.]+)", printed)] for of in ("Planning", "Execution")
        )
        # of each turn: both sides planned and executed at once, then executed as prepared; what comes first is not counted
        return (
            *(statistics.median(execution[first::4]) for first in (3, 5)),
            *(statistics.median(planning[first::4]) for first in (2, 4)),
        )


def report(project: Project, workload, options):
    for work in workload.WORKS:
        ours, bare, ratio = rates(project, work, options.rounds, options.seconds, options.connections)
        costs = cost(project, work, options.times)
        print(f"  {work.name:<30}{ours:>8.0f}/s  {ratio:.2f} x {bare:.0f} bare updates/s  costs {costs:.1f}  {work.target}", flush=True)
    wrong = project.sql(workload.EXACT).strip()
    if wrong != "0":
        raise SystemExit(f"{wrong} totals are not what was asked for")
    print("  request          execution        planning         (ratio to the filter by hand, ms by hand)")
    for query in workload.QUERIES:
        query = Query(project, query)
        times = iter((*query.requests(options.times), *query.explained(options.times // 10)))
        for ours, hand in zip(times, times):
            print(f"  {ours / hand:5.2f} x {hand:6.3f} ", end="")
        print(" ", query.under, flush=True)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("foundations", nargs="*", default=NAMES)
    options.add_argument("--rounds", type=int, default=2)
    options.add_argument("--seconds", type=int, default=2)
    options.add_argument("--connections", type=int, default=16)
    options.add_argument("--times", type=int, default=500, help="of each query")
    options.add_argument("--binary", type=pathlib.Path, default=ROOT / "target" / "release" / "ferrobase")
    options = options.parse_args()
    workloads = {name: importlib.import_module("workloads." + name.replace("-", "_")) for name in options.foundations}
    projects = {}
    try:
        for name in workloads:
            projects[name] = Project(options.binary, name)
        # filled two at a time, measured one after another
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda name: projects[name].fill(workloads[name].FILL), workloads))
        for name, workload in workloads.items():
            print(f"{name}, {options.connections} connections", flush=True)
            report(projects[name], workload, options)
    finally:
        for project in projects.values():
            project.stop()


if __name__ == "__main__":
    main()
