#!/usr/bin/env python3
"""Measures a release binary against pgbench: same statements, same database, same run.

Every round measures both sides one after the other, and ratios are medians over the rounds: absolute figures of a
shared machine mean nothing. Nothing here passes or fails; the targets are printed beside the figures.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import statistics
import subprocess
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
BINARY = ROOT / "target" / "release" / "ferrobase"
TICKS = os.sysconf("SC_CLK_TCK")


class Server:
    """One `ferrobase start` on a copy of bench/project, in the foreground of its own process group."""

    def __init__(self, project: pathlib.Path):
        self.project = project
        self.port = free_port_pair()
        self.process = None

    def start(self) -> float:
        """Starts it; returns the seconds from the command to the first answered request."""
        began = time.monotonic()
        log = open(self.project / "bench.log", "ab")
        self.process = subprocess.Popen(
            [BINARY, "start", "--project", self.project, "--port", str(self.port)],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        url = f"http://127.0.0.1:{self.port}/rest/v1/items?id=eq.1"
        while True:
            try:
                with urllib.request.urlopen(url, timeout=5) as answer:
                    assert json.load(answer)[0]["id"] == 1
                    return time.monotonic() - began
            except OSError:
                if self.process.poll() is not None:
                    raise SystemExit((self.project / "bench.log").read_text())
                time.sleep(0.005)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=60)

    def variables(self) -> dict:
        command = [BINARY, "status", "--project", self.project, "-o", "json"]
        return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)

    def cpu_seconds(self) -> float:
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def resident_mb(self) -> float:
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024


def free_port_pair() -> int:
    """A port that is free together with the one after it, where the database goes."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
                return port
            except OSError:
                continue


def run_wrk(url: str, connections: int, seconds: int, lua: str, headers: dict) -> dict:
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(lua)
        script.flush()
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", script.name]
        for name, value in headers.items():
            command += ["-H", f"{name}: {value}"]
        text = subprocess.run([*command, url], check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in text or "Socket errors" in text:
        raise SystemExit(f"requests failed:\n{text}")
    unit = {"us": 1e-3, "ms": 1.0, "s": 1e3}
    latency = {p: float(v) * unit[u] for p, v, u in re.findall(r"(50|99)%\s+([\d.]+)(us|ms|s)", text)}
    return {"rate": float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1]),
            "requests": int(re.search(r"(\d+) requests in", text)[1]),
            "p50_ms": latency["50"], "p99_ms": latency["99"]}


def run_pgbench(db_url: str, script: str, connections: int, seconds: int) -> float:
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        text = subprocess.run(
            ["pgbench", "-n", "-M", "prepared", "-c", str(connections), "-j", "1", "-T", str(seconds), "-f", file.name, db_url],
            check=True, capture_output=True, text=True).stdout
    return float(re.search(r"tps = ([\d.]+)", text)[1])


# One row by key as anon: what the server sends for it (settings, statement), one pipeline, one Sync.
PGBENCH_ONE_ROW = r"""
\set id random(1, 10000)
\startpipeline
select set_config('statement_timeout', '3s', true), set_config('search_path', '"public", "public", "extensions"', true), set_config('role', 'anon', true), set_config('request.jwt.claims', '{"role": "anon"}', true), set_config('request.method', 'GET', true), set_config('request.path', '/items', true), set_config('request.headers', '{"host": "localhost", "accept": "*/*"}', true), set_config('request.cookies', '{}', true), set_config('transaction_read_only', 'on', true);
select coalesce(json_agg(t.*), '[]'), count(*), null::bigint, nullif(current_setting('response.headers', true), ''), nullif(current_setting('response.status', true), '') from (select "public"."items".* from "public"."items" where "public"."items"."id" = :id limit 1000) t;
\endpipeline
"""

WRK_ONE_ROW = """
local random = math.random
request = function() return wrk.format("GET", "/rest/v1/items?id=eq." .. random(10000)) end
"""


def measure_rate(server: Server, rounds: int, seconds: int, connections: int) -> dict:
    base = f"http://127.0.0.1:{server.port}"
    variables = server.variables()
    headers = {"apikey": variables["PUBLISHABLE_KEY"]}
    ratios, cpu, tails, ours, theirs = [], [], [], [], []
    run_wrk(base, connections, 1, WRK_ONE_ROW, headers)
    for _ in range(rounds):
        theirs.append(run_pgbench(variables["DB_URL"], PGBENCH_ONE_ROW, connections, seconds))
        before = server.cpu_seconds()
        result = run_wrk(base, connections, seconds, WRK_ONE_ROW, headers)
        cpu.append((server.cpu_seconds() - before) / result["requests"] * 1e6)
        tails.append(result["p99_ms"] / result["p50_ms"])
        ours.append(result["rate"])
        ratios.append(result["rate"] / theirs[-1])
    median = statistics.median
    return {"ratio": median(ratios), "cpu_us": median(cpu), "tail": median(tails),
            "requests_per_s": median(ours), "pgbench_tps": median(theirs)}


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--seconds", type=int, default=4)
    options.add_argument("--json", type=pathlib.Path, help="also write the figures there")
    options = options.parse_args()

    work = pathlib.Path(tempfile.mkdtemp(prefix="ferrobase-bench-"))
    work.chmod(0o755)
    figures = {}
    try:
        project = work / "project"
        shutil.copytree(ROOT / "bench" / "project", project)
        server = Server(project)
        figures["first start, s"] = (server.start(), "<= 6.0")
        server.stop()
        warm = []
        for _ in range(options.rounds):
            warm.append(server.start())
            server.stop()
        figures["warm start, s"] = (statistics.median(warm), "<= 1.0")
        server.start()
        figures["idle memory of the binary, MB"] = (server.resident_mb(), "<= 40")
        for connections in (16, 64):
            row = measure_rate(server, options.rounds, options.seconds, connections)
            label = f"one row by key, anon, RLS, {connections} connections"
            figures[f"{label}: x pgbench"] = (row["ratio"], ">= 0.35")
            figures[f"{label}: server CPU us/request"] = (row["cpu_us"], "<= 30")
            figures[f"{label}: p99 / p50"] = (row["tail"], "<= 4 (issue 3)")
            figures[f"{label}: requests/s (this machine, now)"] = (row["requests_per_s"], "")
            figures[f"{label}: pgbench transactions/s (same)"] = (row["pgbench_tps"], "")
        figures["memory of the binary after load, MB"] = (server.resident_mb(), "")
        server.stop()
    finally:
        shutil.rmtree(work, ignore_errors=True)

    width = max(map(len, figures))
    for name, (value, target) in figures.items():
        print(f"{name:<{width}}  {value:>10.2f}  {target}")
    if options.json:
        options.json.write_text(json.dumps({name: value for name, (value, _) in figures.items()}, indent=2) + "\n")


if __name__ == "__main__":
    main()
