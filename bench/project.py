#!/usr/bin/env python3
"""Times the project commands of a release binary: plain figures of one run on one machine.

For each foundation: `db reset` beside a running server, as the whole command; first when the template is made, then as a
clone of it; and a fresh test database, which is what one more test file costs `test db`. And 1,000 small migrations. What one
write and fsync takes on this disk is printed before, as a yardstick.
"""

import argparse
import json
import os
import pathlib
import socket
import statistics
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
MIGRATIONS = 1000
TEST_FILES = 40


class Project:
    """A project in a temporary folder, with or without a running server."""

    def __init__(self, binary: str, folder: pathlib.Path):
        self.binary, self.folder, self.port = binary, folder, free_port()

    def run(self, *arguments: str) -> str:
        command = [self.binary, *arguments, "--project", str(self.folder)]
        done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if done.returncode:
            raise SystemExit(f"{' '.join(command)}\n{done.stderr}")
        return done.stdout

    def timed(self, *arguments: str) -> float:
        began = time.perf_counter()
        self.run(*arguments)
        return (time.perf_counter() - began) * 1000

    def __enter__(self):
        self.run("start", "--detach", "--port", str(self.port))
        return self

    def __exit__(self, *_):
        self.run("stop")


def free_port() -> int:
    """A port that is free together with the one after it, where the database goes."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


def resets(binary: str, folder: pathlib.Path, rounds: int) -> dict:
    with Project(binary, folder) as project:
        first = project.timed("db", "reset")
        later = [project.timed("db", "reset") for _ in range(rounds)]
        return {
            "first": first,
            "median": statistics.median(later),
            "best": min(later),
            "test database": fresh_test_database(project),
        }


def fresh_test_database(project: Project) -> float:
    """What a test file costs whose test is nothing: a database made, connected to and dropped, one after the other."""
    with tempfile.TemporaryDirectory(dir=project.folder) as top:
        folder = pathlib.Path(top)
        for number in range(TEST_FILES):
            (folder / f"{number}_test.sql").write_text("select plan(1); select pass(); select * from finish();\n")
        one = folder / "0_test.sql"
        project.run("test", "db", str(one))
        alone = statistics.median(project.timed("test", "db", "-j1", str(one)) for _ in range(3))
        return (project.timed("test", "db", "-j1", str(folder)) - alone) / (TEST_FILES - 1)


def thousand_migrations(binary: str, folder: pathlib.Path) -> float:
    migrations = folder / "supabase/migrations"
    migrations.mkdir(parents=True)
    with Project(binary, folder) as project:
        for number in range(MIGRATIONS):
            sql = f"create table t{number} (id bigint primary key, body text not null);\n"
            (migrations / f"{number:05}_t.sql").write_text(sql)
        return project.timed("migration", "up") / 1000


def fsync_milliseconds(folder: pathlib.Path) -> float:
    """How long this disk takes to keep 8 KB: what every durable figure rests on."""
    times = []
    with open(folder / "yardstick", "wb") as file:
        for _ in range(20):
            began = time.perf_counter()
            file.write(bytes(8192))
            file.flush()
            os.fsync(file.fileno())
            times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--binary", default=str(ROOT / "target/release/ferrobase"))
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--only", help="one foundation")
    options.add_argument("--json", type=pathlib.Path)
    options = options.parse_args()
    foundations = sorted(path.parent.parent.name for path in ROOT.glob("foundations/*/supabase/migrations"))
    found = {}
    with tempfile.TemporaryDirectory(prefix="ferrobase-bench-") as top:
        os.chmod(top, 0o755)
        top = pathlib.Path(top)
        found["fsync"] = fsync_milliseconds(top)
        print(f"one 8 KB write and fsync: {found['fsync']:.1f} ms")
        for name in foundations if not options.only else [options.only]:
            folder = top / name
            folder.mkdir()
            subprocess.run([options.binary, "init", "--foundation", name, "--project", folder], check=True, capture_output=True)
            found[name] = figures = resets(options.binary, folder, options.rounds)
            print(
                f"db reset, {name}: {figures['median']:.0f} ms (best {figures['best']:.0f}, wanted 300); "
                f"the first, which makes the template: {figures['first']:.0f} ms; "
                f"a test database: {figures['test database']:.0f} ms (wanted 60)"
            )
        folder = top / "thousand"
        folder.mkdir()
        found["thousand"] = thousand_migrations(options.binary, folder)
        print(f"{MIGRATIONS:,} small migrations: {found['thousand']:.1f} s (wanted 10)")
    if options.json:
        options.json.write_text(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
