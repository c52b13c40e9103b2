#!/usr/bin/env bash
# `make test`: installs what the tests need, runs all of them, ends with the totals. Works from a clean clone.
set -uo pipefail
cd "$(dirname "$0")/.."

passed=0 failed=0
add() { passed=$((passed + $1)); failed=$((failed + $2)); }
step() { printf '\n\033[1m== %s\033[0m\n' "$*"; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }

command -v cargo >/dev/null || die "there is no cargo; install Rust 1.95 or newer (https://rustup.rs)"

step "tools"
scripts/test-tools.sh || die "a tool is missing"

step "lint"
if make --no-print-directory lint; then add 1 0; else add 0 1; fi

step "Rust tests"
log=target/nextest.log
cargo nextest run --workspace --no-fail-fast 2>&1 | tee "$log"
status=${PIPESTATUS[0]}
totals=$(grep -E 'Summary \[' "$log" | tail -1)
rust_passed=$(grep -oE '[0-9]+ passed' <<<"$totals" | grep -oE '[0-9]+') || rust_passed=0
rust_failed=$(grep -oE '[0-9]+ (failed|timed out|exec failed)' <<<"$totals" | awk '{ n += $1 } END { print n + 0 }')
[ "$status" -ne 0 ] && [ "$rust_failed" -eq 0 ] && rust_failed=1
add "$rust_passed" "$rust_failed"
target/debug/ferrobase-testkit stop

step "Rust tests on the newest PostgreSQL"
log=target/postgres-newest.log
scripts/test-postgres.sh 2>&1 | tee "$log"
status=${PIPESTATUS[0]}
totals=$(grep -E '^postgres.*: [0-9]+ passed, [0-9]+ failed' "$log" | tail -1)
read -r newest_passed newest_failed < <(sed -E 's/^.*: ([0-9]+) passed, ([0-9]+) failed.*/\1 \2/' <<<"${totals:-x: 0 passed, 1 failed}")
[ "$status" -ne 0 ] && [ "$newest_failed" -eq 0 ] && newest_failed=1
add "$newest_passed" "$newest_failed"

step "official clients and applications"
log=target/e2e.log
FERROBASE_BIN=$PWD/target/debug/ferrobase tests/e2e/run.sh 2>&1 | tee "$log"
status=${PIPESTATUS[0]}
totals=$(grep -E '^e2e: [0-9]+ passed, [0-9]+ failed' "$log" | tail -1)
read -r e2e_passed e2e_failed < <(sed -E 's/^e2e: ([0-9]+) passed, ([0-9]+) failed.*/\1 \2/' <<<"${totals:-e2e: 0 passed, 1 failed}")
[ "$status" -ne 0 ] && [ "$e2e_failed" -eq 0 ] && e2e_failed=1
add "$e2e_passed" "$e2e_failed"

printf '\n%s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
