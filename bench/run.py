#!/usr/bin/env python3
"""Measures a release binary against pgbench: same statements, same database, same run.

Every round measures all sides one after the other, and figures are medians over the rounds: absolute figures of a
shared machine mean nothing. Nothing here passes or fails; the targets are printed beside the figures.
`POSTGREST_BIN` names a PostgREST to measure beside it.
"""

import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

from programs import ROOT, Postgrest, Server, run_pgbench, run_wrk
from schemas import schema_difference
from work import USER_CLAIMS, WORKS, Work, sign



class Bench:
    """A running server, perhaps PostgREST, and how long to look at them."""

    def __init__(self, server: Server, postgrest: Postgrest | None, rounds: int, seconds: int):
        self.server, self.postgrest, self.rounds, self.seconds = server, postgrest, rounds, seconds
        self.project = server.variables()
        self.user_token = sign(USER_CLAIMS, self.project["JWT_SECRET"])

    def request_rate(self, program, work: Work, connections: int) -> dict:
        headers = work.headers(self.project["PUBLISHABLE_KEY"], self.user_token)
        before = program.cpu_seconds()
        result = run_wrk(f"http://127.0.0.1:{program.port}", connections, self.seconds, work.lua(program.prefix), headers)
        return {**result, "cpu": (program.cpu_seconds() - before) / result["requests"] * 1e6}

    def transaction_rate(self, work: Work, connections: int) -> float:
        keys = self.project
        variables = work.variables(keys["PUBLISHABLE_KEY"], self.user_token, keys["ANON_KEY"])
        return run_pgbench(keys["DB_URL"], work.pgbench(), variables, connections, self.seconds)

    def measure(self, work: Work, connections: int) -> dict:
        """One line of the table."""
        rounds = []
        for _ in range(self.rounds):
            theirs = self.transaction_rate(work, connections)
            ours = self.request_rate(self.server, work, connections)
            figures = {
                "x pgbench": ours["rate"] / theirs,
                "CPU us": ours["cpu"],
                "p99/p50": ours["tail"],
                "requests/s": ours["rate"],
                "pgbench tps": theirs,
            }
            if self.postgrest:
                beside = self.request_rate(self.postgrest, work, connections)
                figures["x PostgREST"] = ours["rate"] / beside["rate"]
                figures["PostgREST CPU us"] = beside["cpu"]
            rounds.append(figures)
        return {name: statistics.median(figures[name] for figures in rounds) for name in rounds[0]}

    def large_result(self) -> dict:
        """Memory for one answer of ten megabytes, over what the server holds anyway."""
        before = self.server.memory_mb("VmRSS")
        self.server.forget_peak()
        url = f"http://127.0.0.1:{self.server.port}/rest/v1/documents"
        request = urllib.request.Request(url, headers={"apikey": self.project["PUBLISHABLE_KEY"]})
        with urllib.request.urlopen(request) as answer:
            body_mb = len(answer.read()) / 1024 / 1024
        peak = self.server.memory_mb("VmHWM")
        return {"body": body_mb, "before": before, "peak": peak, "x body": (peak - before) / body_mb}


def starts(server: Server, rounds: int) -> dict:
    """Seconds to the first answer: in an empty folder, and on a cluster that was stopped in order."""
    first = server.start()
    server.stop()
    warm = []
    for _ in range(rounds):
        warm.append(server.start())
        server.stop()
    return {"first": first, "warm": statistics.median(warm)}


def many_tables(server: Server, tables: int = 10_000) -> dict:
    """Seconds from the last of many new tables to its first answer, and the slowest answer meanwhile from the old cache."""
    project = server.variables()
    headers = {"apikey": project["PUBLISHABLE_KEY"]}

    def ask(table: str) -> tuple:
        request = urllib.request.Request(f"http://127.0.0.1:{server.port}/rest/v1/{table}?limit=1", headers=headers)
        begun = time.monotonic()
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, time.monotonic() - begun
        except urllib.error.HTTPError as error:
            return error.code, time.monotonic() - begun

    make = ("do $$ begin for i in {}..{} loop execute format('create table public.many_%s (id integer primary key, "
            "a text, b jsonb, c timestamptz default now())', i); end loop; end $$")
    for first in range(0, tables, 500):
        subprocess.run(["psql", "-qX", "-c", make.format(first, first + 499), project["DB_URL"]], check=True)
    begun, slowest, failed = time.monotonic(), 0.0, 0
    while ask(f"many_{tables - 1}")[0] == 404:
        status, took = ask("items")
        slowest, failed = max(slowest, took), failed + (status != 200)
    return {"seconds": time.monotonic() - begun, "slowest_ms": slowest * 1000, "failed": failed}


def types(server: Server, rounds: int, tables: int = 500) -> float:
    """Seconds of `gen types` on a schema of so many tables, the start of the program included."""
    url = server.variables()["DB_URL"]
    make = ("create schema typed; create type typed.kind as enum ('one', 'two', 'three'); "
            f"do $$ begin for i in 1..{tables} loop execute format('create table typed.table_%s (id bigint generated always "
            "as identity primary key, parent_id bigint references typed.table_%s, kind typed.kind, name text not null, "
            "note text, amount numeric default 0, data jsonb not null, tags text[], made timestamptz default now(), "
            "owner uuid)', i, greatest(i / 2, 1)); end loop; end $$; analyze")
    subprocess.run(["psql", "-qX", "-c", make, url], check=True)
    took = []
    for _ in range(rounds):
        begun = time.monotonic()
        command = [server.binary, "gen", "types", "--schema", "typed", "--db-url", url]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        took.append(time.monotonic() - begun)
    subprocess.run(["psql", "-qX", "-c", "set client_min_messages = error; drop schema typed cascade", url], check=True)
    return statistics.median(took)


def print_table(lines: list):
    columns = [name for name in lines[0] if name not in ("work", "connections", "target")]
    print(f"{'work':<26}{'connections':>12}" + "".join(f"{name:>18}" for name in columns) + f"{'target':>10}")
    for line in lines:
        figures = "".join(f"{line[name]:>18.2f}" for name in columns)
        print(f"{line['work']:<26}{line['connections']:>12}{figures}{line['target']:>10}")


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--seconds", type=int, default=4)
    options.add_argument("--connections", type=int, nargs="+", default=[16, 64])
    options.add_argument("--only", default="", help="works whose name contains this")
    options.add_argument("--binary", type=pathlib.Path, default=ROOT / "target" / "release" / "ferrobase")
    options.add_argument("--json", type=pathlib.Path, help="also write the figures there")
    options = options.parse_args()

    folder = pathlib.Path(tempfile.mkdtemp(prefix="ferrobase-bench-"))
    folder.chmod(0o755)
    programs = []
    try:
        project = folder / "project"
        shutil.copytree(ROOT / "bench" / "project", project)
        server = Server(options.binary, project)
        programs.append(server)
        started = starts(server, options.rounds)
        print(f"first start {started['first']:.2f} s (<= 6), warm start {started['warm']:.2f} s (<= 1)")
        server.start()
        idle = server.memory_mb("VmRSS")
        print(f"memory of the idle binary {idle:.0f} MB (<= 40)")
        postgrest = None
        if os.environ.get("POSTGREST_BIN"):
            postgrest = Postgrest(os.environ["POSTGREST_BIN"], project, server.variables())
            programs.insert(0, postgrest)
            postgrest.start()
        bench = Bench(server, postgrest, options.rounds, options.seconds)
        large = bench.large_result()
        print(f"{large['body']:.1f} MB result: memory {large['before']:.0f} -> {large['peak']:.0f} MB, "
              f"{large['x body']:.2f} x the body (<= 3)")
        lines = []
        for work in WORKS:
            if options.only not in work.name:
                continue
            for connections in options.connections:
                figures = bench.measure(work, connections)
                lines.append({"work": work.name, "connections": connections, **figures, "target": f">= {work.target}"})
        print_table(lines)
        typed = types(server, options.rounds)
        print(f"gen types of 500 tables: {typed * 1000:.0f} ms (<= 200)")
        difference = schema_difference(server)
        print(f"db diff of 500 tables: {difference['new']:.2f} s when all are new, {difference['same']:.2f} s when none is (<= 2)")
        many = many_tables(server)
        print(f"10,000 tables: served {many['seconds']:.1f} s after the last was made (a few); meanwhile the slowest answer "
              f"took {many['slowest_ms']:.0f} ms and {many['failed']} failed (0)")
        print("CPU us: target <= 15; p99/p50: target <= 4 at 64 connections")
    finally:
        for program in programs:
            program.stop()
        shutil.rmtree(folder, ignore_errors=True)
    if options.json:
        figures = {"start_s": started, "idle_mb": idle, "large_result": large, "types_s": typed,
                   "schema_difference": difference, "many_tables": many, "table": lines}
        options.json.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
