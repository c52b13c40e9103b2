#!/usr/bin/env bash
# Installs what the tests need and this machine lacks: cargo-nextest, PostgreSQL, pgTAP, plpgsql_check, PgBouncer, Python with venv.
# Node.js, where it is missing or too old, comes with the Python packages (tests/e2e/tools.sh).
# Uses the system's package manager (apt-get or Homebrew); says what to install by hand elsewhere.
set -euo pipefail
cd "$(dirname "$0")/.."

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }
updated=no
install() { # what Debian calls it, what Homebrew calls it
  printf 'installing %s\n' "$1"
  if command -v apt-get >/dev/null; then
    if [ "$updated" = no ]; then as_root apt-get update -q; updated=yes; fi
    # shellcheck disable=SC2086  # several packages in one word
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $1
  elif command -v brew >/dev/null; then
    # shellcheck disable=SC2086
    brew install $2
  else
    printf 'error: install %s with your package manager, then run this again\n' "$1" >&2
    exit 1
  fi
}

cargo nextest --version >/dev/null 2>&1 || cargo install --locked cargo-nextest
python3 -c 'import venv, ensurepip' 2>/dev/null || install "python3 python3-venv" python

[ -x /usr/sbin/pgbouncer ] || command -v pgbouncer >/dev/null || install pgbouncer pgbouncer

cargo build --quiet --package ferrobase
# also installs pgTAP
target/debug/ferrobase setup </dev/null

# what `db lint` asks; Homebrew has none, and its test is skipped there
major=$("$(target/debug/ferrobase setup --print-bin-dir)/postgres" --version | grep -oE '[0-9]+' | head -1)
if command -v apt-get >/dev/null && [ ! -f "/usr/share/postgresql/$major/extension/plpgsql_check.control" ]; then
  install "postgresql-$major-plpgsql-check" ""
fi
