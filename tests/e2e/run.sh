#!/usr/bin/env bash
# The official clients and the applications on them, against the built binary.
#
#   tests/e2e/run.sh              all of it, on a fresh project
#   tests/e2e/run.sh js py        only these: js py backend types web verify next cli metered
#                             coloring-book streamer-studio fenta
#
# FERROBASE_BIN is the binary [target/release/ferrobase, else target/debug/ferrobase]. With API_URL and the other
# variables of `ferrobase status -o env` set and E2E_RUNNING=1, a server that already runs is used instead; `cli` resets its
# database, so there it only runs when it is named; the last four are other foundations, each on a server of its own.
# Ends with `e2e: N passed, M failed`.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
root=$(cd "$here/../.." && pwd -P)
# shellcheck source=tools.sh
. "$here/tools.sh"

saas=$root/foundations/saas
next=$root/examples/next-saas
wanted=("$@")
[ $# -gt 0 ] || wanted=(js py backend types web verify next)
[ $# -gt 0 ] || [ "${E2E_RUNNING:-}" = 1 ] || wanted+=(cli metered coloring-book streamer-studio fenta)

passed=0 failed=0 server='' project=''
logs=$root/target/e2e
mkdir -p "$logs"

cleanup() {
  if [ -n "$server" ]; then
    kill -TERM "$server" 2>/dev/null
    local tick
    for tick in $(seq 150); do kill -0 "$server" 2>/dev/null || break; sleep 0.1; done
    kill -KILL "$server" 2>/dev/null
    wait "$server" 2>/dev/null
    server=''
  fi
  [ -n "$project" ] && rm -rf "$project"
  project=''
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

die() { # message: the summary is printed whatever happens
  printf 'error: %s\n' "$*" >&2
  printf '\ne2e: %d passed, %d failed\n' "$passed" "$((failed + 1))"
  exit 1
}

# --- the server ------------------------------------------------------------------------------------------------------

find_binary() {
  local candidate
  for candidate in "${FERROBASE_BIN:-}" "$root/target/release/ferrobase" "$root/target/debug/ferrobase"; do
    [ -n "$candidate" ] && [ -x "$candidate" ] && { printf '%s' "$candidate"; return; }
  done
  return 1
}

# Two neighbouring free ports: the database gets the one after the API's.
free_port() {
  "$python" - <<'PY'
import random, socket

def free(port):
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True

print(next(p for p in iter(lambda: random.randrange(20000, 60000), None) if free(p) and free(p + 1)))
PY
}

start_server() { # foundation
  local binary port tick
  binary=$(find_binary) || die "there is no ferrobase binary; build it, or set FERROBASE_BIN"
  project=$(mktemp -d "${TMPDIR:-/tmp}/ferrobase-e2e.XXXXXX") || die "no temporary folder"
  chmod 755 "$project" # as root, the database runs as another user
  port=$(free_port)
  "$binary" start --foundation "$1" --project "$project" --port "$port" >"$logs/server.log" 2>&1 </dev/null &
  server=$!
  for tick in $(seq 1200); do
    if "$python" -c 'import sys, urllib.request; urllib.request.urlopen(sys.argv[1], timeout=2)' "http://127.0.0.1:$port/health" 2>/dev/null \
      && "$binary" status -o env --project "$project" >"$logs/status.env" 2>/dev/null; then
      set -a
      # shellcheck source=/dev/null
      . "$logs/status.env"
      set +a
      return
    fi
    kill -0 "$server" 2>/dev/null || { tail -20 "$logs/server.log" >&2; server=''; die "the server did not start"; }
    sleep 0.1
  done
  tail -20 "$logs/server.log" >&2
  die "the server was not ready within two minutes"
}

# --- the runners -----------------------------------------------------------------------------------------------------

# Runs a runner, shows what it prints, and adds the totals that the function named first finds in it.
run() { # totals function, name, folder, command …
  local totals=$1 name=$2 folder=$3 log status ok bad
  shift 3
  log=$logs/$name.log
  printf '\n\033[1m-- %s\033[0m\n' "$name"
  (cd "$folder" && "$@") 2>&1 | tee "$log"
  status=${PIPESTATUS[0]}
  read -r ok bad < <("$totals" "$log" "$status")
  [ "$status" -ne 0 ] && [ "$bad" -eq 0 ] && bad=1
  passed=$((passed + ok)) failed=$((failed + bad))
  printf '%s: %d passed, %d failed\n' "$name" "$ok" "$bad"
}

node_totals() { # log: node's test runner
  awk '$2 == "pass" { ok = $3 } $2 == "fail" || $2 == "cancelled" { bad += $3 } END { print ok + 0, bad + 0 }' <(grep -E '^(ℹ|#) (pass|fail|cancelled) [0-9]+$' "$1")
}

pytest_totals() { # log: pytest's last line
  awk '{ for (i = 2; i <= NF; i++) { if ($i ~ /^passed/) ok = $(i - 1); if ($i ~ /^(failed|error)/) bad += $(i - 1) } } END { print ok + 0, bad + 0 }' \
    <(grep -E '^=* ?([0-9]+ (passed|failed|errors?|skipped|deselected|warnings?|xfailed|xpassed|rerun),? ?)+ ?in ' "$1" | tail -1 | tr -d '=')
}

status_totals() { # log, exit status: a check that passes or fails as one
  [ "$2" -eq 0 ] && echo 1 0 || echo 0 1
}

# Whether database.ts, where a foundation has one, is what `gen types` prints.
types_are_generated() { # foundation
  local file
  for file in "$root/foundations/$1"/{,packages/types/}src/{types/,}database.ts; do
    [ -f "$file" ] || continue
    run status_totals "$1-generated" "$root" bash -c 'diff <("$0" gen types typescript --schema public --db-url "$1") "$2"' "$(find_binary)" "$DB_URL" "$file"
  done
}

wants() { case " ${wanted[*]} " in *" $1 "*) true ;; *) false ;; esac; }

# --- all of it -------------------------------------------------------------------------------------------------------

tools_ensure_python "$here/py/requirements.txt"
tools_ensure_node
export NEXT_TELEMETRY_DISABLED=1 TURBO_TELEMETRY_DISABLED=1 npm_config_update_notifier=false
{ wants js || wants metered || wants coloring-book || wants streamer-studio || wants fenta; } && tools_npm_ci "$here/js"
wants cli && tools_npm_ci "$here/cli"
{ wants types || wants web || wants verify || wants coloring-book || wants fenta; } && tools_npm_ci "$saas"
{ wants types || wants next; } && tools_npm_ci "$next" "$saas/apps/web" "$saas/packages/types"

if [ "${E2E_RUNNING:-}" != 1 ]; then start_server saas; fi
: "${API_URL:?}" "${ANON_KEY:?}" "${SERVICE_ROLE_KEY:?}"
export SUPABASE_URL=$API_URL SUPABASE_SERVICE_ROLE_KEY=$SERVICE_ROLE_KEY SUPABASE_ANON_KEY=$ANON_KEY
export NEXT_PUBLIC_SUPABASE_URL=$API_URL NEXT_PUBLIC_SUPABASE_ANON_KEY=$ANON_KEY
export PYTHONDONTWRITEBYTECODE=1

if wants types; then
  types_are_generated saas
  run status_totals types-foundation "$saas/packages/types" npx --no-install tsc --noEmit
  run status_totals types-web "$saas/apps/web" npx --no-install tsc --noEmit
  run status_totals types-next "$next" npx --no-install tsc --noEmit
fi
wants verify && run status_totals verify "$saas" node scripts/verify.mjs
wants js && run node_totals supabase-js "$here/js" node --test --test-reporter=spec '*.test.mjs' 'saas/*.test.mjs'
wants py && run pytest_totals supabase-py "$here/py" "$python" -m pytest -q -p no:cacheprovider
wants backend && run pytest_totals backend "$saas/packages/backend" "$python" -m pytest -q -p no:cacheprovider
wants web && run node_totals web "$saas/apps/web" node --conditions react-server --import ./tests/resolve-next.mjs --test --test-force-exit --test-reporter=spec 'tests/**/*.test.ts'
wants next && run node_totals next "$next" node --test --test-reporter=spec 'tests/*.test.mjs'
wants cli && run node_totals supabase-cli-storage "$here/cli" node --test --test-reporter=spec 'storage/*.test.mjs'
# last on this server: it resets the database
wants cli && run node_totals supabase-cli "$here/cli" node --test --test-reporter=spec '*.test.mjs'

for foundation in metered coloring-book streamer-studio fenta; do
  { wants "$foundation" && [ "${E2E_RUNNING:-}" != 1 ]; } || continue
  cleanup
  start_server "$foundation"
  export SUPABASE_URL=$API_URL SUPABASE_SERVICE_ROLE_KEY=$SERVICE_ROLE_KEY
  run node_totals "$foundation-js" "$here/js" node --test --test-reporter=spec "$foundation/*.test.mjs"
  for backend in "$root/foundations/$foundation/packages/backend" "$root/foundations/$foundation/backend"; do
    [ -d "$backend/tests" ] && run pytest_totals "$foundation-backend" "$backend" "$python" -m pytest -q -p no:cacheprovider
  done
  types_are_generated "$foundation"
  [ -f "$root/foundations/$foundation/src/types/domain.ts" ] &&
    run status_totals "$foundation-types" "$root/foundations/$foundation" "$saas/node_modules/.bin/tsc" --noEmit --strict src/types/domain.ts src/types/database.ts
done

cleanup
printf '\ne2e: %d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
