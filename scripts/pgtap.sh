#!/usr/bin/env bash
# Makes pgTAP, in which the foundations' SQL tests are written, available to the PostgreSQL that the tests use.
set -euo pipefail
cd "$(dirname "$0")/.."

share=$("$(target/debug/ferrobase setup --print-bin-dir)/pg_config" --sharedir 2>/dev/null || true)
major=$(basename "$(dirname "$(target/debug/ferrobase setup --print-bin-dir)")")
[ -f "${share:-/usr/share/postgresql/$major}/extension/pgtap.control" ] && exit 0
[ -f "/usr/share/postgresql/$major/extension/pgtap.control" ] && exit 0

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }
if command -v apt-get >/dev/null; then
  as_root apt-get update -q
  DEBIAN_FRONTEND=noninteractive as_root apt-get install -y -q "postgresql-$major-pgtap"
elif command -v brew >/dev/null; then
  brew install pgtap
else
  echo "error: install pgTAP for PostgreSQL $major (https://pgtap.org), then run this again" >&2
  exit 1
fi
