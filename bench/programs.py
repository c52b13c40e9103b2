"""The programs of a measurement: the server, PostgREST beside it, and the two load generators."""

import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
TICKS = os.sysconf("SC_CLK_TCK")


class Process:
    """A program with an HTTP port, and what the kernel knows of it."""

    def __init__(self, command: list, log: pathlib.Path, port: int, environment: dict | None = None):
        self.command, self.log, self.port, self.environment = command, log, port, environment
        self.process = None

    def start(self, url: str, headers: dict) -> float:
        """Starts it; returns the seconds until `url` answers."""
        began = time.monotonic()
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, env=self.environment
            )
        while True:
            try:
                with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=5) as answer:
                    answer.read()
                    return time.monotonic() - began
            except (OSError, urllib.error.HTTPError):
                if self.process.poll() is not None or time.monotonic() - began > 120:
                    raise SystemExit(self.log.read_text()) from None
                time.sleep(0.005)

    def stop(self):
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=60)

    def cpu_seconds(self) -> float:
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory_mb(self, field: str) -> float:
        """`VmRSS` is the memory in use, `VmHWM` the most since the last :meth:`forget_peak`."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(rf"{field}:\s+(\d+)", status)[1]) / 1024

    def forget_peak(self):
        pathlib.Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")


class Server(Process):
    """`ferrobase start` on a copy of bench/project."""

    prefix = "/rest/v1"

    def __init__(self, binary: pathlib.Path, project: pathlib.Path):
        port = free_port_pair()
        self.binary, self.project = binary, project
        super().__init__([binary, "start", "--project", project, "--port", str(port)], project / "bench.log", port)

    def start(self) -> float:
        return super().start(f"http://127.0.0.1:{self.port}/rest/v1/items?id=eq.1", {})

    def variables(self) -> dict:
        command = [self.binary, "status", "--project", self.project, "-o", "json"]
        return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


class Postgrest(Process):
    """PostgREST on the same database, with as many connections as the server has."""

    prefix = ""

    def __init__(self, binary: str, project: pathlib.Path, variables: dict):
        port = free_port_pair()
        settings = {
            "PGRST_DB_URI": variables["DB_URL"],
            "PGRST_DB_SCHEMAS": "public",
            "PGRST_DB_EXTRA_SEARCH_PATH": "public,extensions",
            "PGRST_DB_ANON_ROLE": "anon",
            "PGRST_DB_MAX_ROWS": "1000",
            "PGRST_DB_POOL": "10",
            "PGRST_JWT_SECRET": variables["JWT_SECRET"],
            "PGRST_SERVER_PORT": str(port),
            "PGRST_LOG_LEVEL": "crit",
        }
        super().__init__([binary], project / "postgrest.log", port, {**os.environ, **settings})

    def start(self) -> float:
        return super().start(f"http://127.0.0.1:{self.port}/items?id=eq.1", {})


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
    return {
        "rate": float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1]),
        "requests": int(re.search(r"(\d+) requests in", text)[1]),
        "tail": latency["99"] / latency["50"],
    }


def run_pgbench(db_url: str, script: str, variables: dict, connections: int, seconds: int) -> float:
    """Transactions a second."""
    # its rate leaves out the time to connect, its duration does not
    duration = ["-T", str(seconds + connections // 16)]
    rate = re.search(r"tps = ([\d.]+)", pgbench(db_url, [script], variables, ["-c", str(connections), *duration]))
    if not rate:
        raise SystemExit(f"pgbench had no time to do anything; try --seconds {seconds * 2}")
    return float(rate[1])


def pgbench_latencies(db_url: str, scripts: list[str], variables: dict, times: int) -> list[list[float]]:
    """Milliseconds of each transaction of one client, the fastest first, for each of the scripts: it runs them in random
    order, so that whatever else the machine does meets all of them alike."""
    with tempfile.TemporaryDirectory() as folder:
        pgbench(db_url, scripts, variables, ["-t", str(times * len(scripts)), "--log", f"--log-prefix={folder}/log"])
        (log,) = pathlib.Path(folder).iterdir()
        latencies = [[] for _ in scripts]
        for line in log.read_text().splitlines():
            _, _, microseconds, script, *_ = line.split()
            latencies[int(script)].append(int(microseconds) / 1000)
    return [sorted(one) for one in latencies]


def pgbench(db_url: str, scripts: list[str], variables: dict, options: list[str]) -> str:
    with tempfile.TemporaryDirectory() as folder:
        command = ["pgbench", "-n", "-M", "prepared", "-j", "1", *options]
        for number, script in enumerate(scripts):
            file = pathlib.Path(folder) / f"{number}.sql"
            file.write_text(script)
            command += ["-f", str(file)]
        for name, value in variables.items():
            command += ["-D", f"{name}={value}"]
        done = subprocess.run([*command, db_url], capture_output=True, text=True)
    if done.returncode or "number of failed transactions: 0" not in done.stdout:
        raise SystemExit(f"pgbench failed:\n{done.stderr}{done.stdout}")
    return done.stdout
