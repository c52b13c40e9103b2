#!/usr/bin/env bash
# `make bench`: builds the release binary, then measures it against pgbench in one run. Results: see README.md beside this file.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v wrk >/dev/null || { echo "error: wrk is missing; install it (apt-get install wrk, brew install wrk)" >&2; exit 1; }
cargo build --release --package ferrobase
python3 bench/project.py
exec python3 bench/run.py "$@"
