#!/usr/bin/env bash
# The tests that depend on PostgreSQL's version, on another one than the system's.
#
#   scripts/test-postgres.sh          on the newest
#   scripts/test-postgres.sh 16       on another major version
#
# Ends with `postgres N: P passed, F failed, S skipped`, and says why each was skipped.
set -uo pipefail
cd "$(dirname "$0")/.."

binaries=$(scripts/postgres-newest.sh "$@")
status=$?
if [ "$status" = 2 ]; then
  echo "postgres: 0 passed, 0 failed, all skipped: no package for this system"
  exit 0
fi
[ "$status" = 0 ] || { echo "postgres: 0 passed, 1 failed, 0 skipped"; exit 1; }
major=$("$binaries/postgres" --version | grep -oE '[0-9]+' | head -1)
export FERROBASE_POSTGRES_BIN=$binaries

packages=(base testkit pg rest auth schema storage)
# tests that need what this package of PostgreSQL does not bring: which, and why
needs=(
  'package(ferrobase-schema) and test(oracle)' 'they compare with pg_dump, which the package lacks'
)
names=()
for package in "${packages[@]}"; do names+=(-p "ferrobase-$package"); done
wanted='kind(test)'
skipped=0
reasons=()
for ((at = 0; at < ${#needs[@]}; at += 2)); do
  wanted+=" and not (${needs[at]})"
  count=$(cargo nextest list "${names[@]}" --message-format oneline -E "kind(test) and (${needs[at]})" 2>/dev/null | grep -c .)
  skipped=$((skipped + count))
  reasons+=("  $count skipped: ${needs[at + 1]}")
done

log=target/postgres-$major.log
cargo nextest run "${names[@]}" --no-fail-fast -E "$wanted" 2>&1 | tee "$log"
status=${PIPESTATUS[0]}
target/debug/ferrobase-testkit stop
totals=$(grep -E 'Summary \[' "$log" | tail -1)
passed=$(grep -oE '[0-9]+ passed' <<<"$totals" | grep -oE '[0-9]+') || passed=0
failed=$(grep -oE '[0-9]+ (failed|timed out|exec failed)' <<<"$totals" | awk '{ n += $1 } END { print n + 0 }')
[ "$status" -ne 0 ] && [ "$failed" -eq 0 ] && failed=1
printf '%s\n' "${reasons[@]}"
echo "postgres $major: $passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
