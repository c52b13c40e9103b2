#!/usr/bin/env python3
"""Whether the proofs of a foundation can fail: breaks its database in one way at a time and runs its pgTAP files.

    scripts/mutants.py foundations/saas postgresql://…            # all ways
    scripts/mutants.py foundations/saas postgresql://… policy function

The database is a running project of the foundation (`ferrobase status -o env`: DB_URL). Each way is a statement behind the
`begin` of a test file, which ends with a rollback: nothing stays but the extension pgtap. Printed are the ways that no test
noticed, and the ids of proofs.toml whose tests never failed. Both are places to look at, not verdicts: some ways change
nothing that anybody can see (an index, a lock, a check that another one repeats).
"""
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROLES = "('anon', 'authenticated', 'service_role')"
OURS = "('public'::regnamespace, to_regnamespace('private'))"

# Each query answers with rows of two columns: a name, and the statement that breaks it.
WAYS = {
    "rls": f"""
        select oid::regclass::text, format('alter table %s disable row level security', oid::regclass)
        from pg_class where relnamespace in {OURS} and relkind in ('r', 'p') and not relispartition""",
    "policy": """
        select format('drop %s on %s', policyname, tablename), format('drop policy %I on %I.%I', policyname, schemaname, tablename)
        from pg_policies where schemaname in ('public', 'storage')
        union all
        select format('using true %s on %s', policyname, tablename), format('alter policy %I on %I.%I using (true)', policyname, schemaname, tablename)
        from pg_policies where schemaname in ('public', 'storage') and qual is not null
        union all
        select format('check true %s on %s', policyname, tablename), format('alter policy %I on %I.%I with check (true)', policyname, schemaname, tablename)
        from pg_policies where schemaname in ('public', 'storage') and (with_check is not null or cmd = 'UPDATE')""",
    "open policy": """
        select format('%s %s', verb, c.relname), format('create policy opened on %s for %s to authenticated, anon %s', c.oid::regclass, verb, condition)
        from pg_class as c, (values ('select', 'using (true)'), ('insert', 'with check (true)'), ('update', 'using (true)'), ('delete', 'using (true)')) as v (verb, condition)
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
            and has_any_column_privilege('authenticated', c.oid, replace(verb, 'delete', 'select'))
            and (verb <> 'delete' or has_table_privilege('authenticated', c.oid, 'delete'))""",
    "constraint": f"""
        select format('%s of %s', conname, conrelid::regclass), format('alter table %s drop constraint %I cascade', conrelid::regclass, conname)
        from pg_constraint where connamespace in {OURS} and conparentid = 0 and conrelid <> 0""",
    "on delete": f"""
        select format('%s of %s', conname, conrelid::regclass), format('alter table %s drop constraint %I, add %s', conrelid::regclass, conname,
            regexp_replace(pg_get_constraintdef(oid), ' ON DELETE (CASCADE|SET NULL( \\([^)]*\\))?)', ''))
        from pg_constraint where connamespace in {OURS} and contype = 'f' and confdeltype in ('c', 'n') and conparentid = 0""",
    "trigger": """
        select format('%s on %s', tgname, tgrelid::regclass), format('drop trigger %I on %s', tgname, tgrelid::regclass)
        from pg_trigger as t join pg_proc as f on f.oid = t.tgfoid
        where not tgisinternal and tgparentid = 0 and f.pronamespace in ('public'::regnamespace, to_regnamespace('private'))""",
    "index": f"""
        select i.indexrelid::regclass::text, format('drop index %s', i.indexrelid::regclass)
        from pg_index as i join pg_class as c on c.oid = i.indexrelid
        where c.relnamespace in {OURS} and not c.relispartition and not exists (select from pg_constraint where conindid = i.indexrelid)""",
    "column": f"""
        select format('%s %s.%s', way, c.relname, a.attname), format('alter table %s %s', c.oid::regclass, format(change, a.attname))
        from pg_class as c join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped,
            (values ('nullable', 'alter %I drop not null'), ('without default', 'alter %I drop default'),
                ('gone', 'drop %I cascade')) as ways (way, change)
        where c.relnamespace in {OURS} and c.relkind in ('r', 'p') and not c.relispartition
            and case way when 'nullable' then a.attnotnull when 'without default' then a.atthasdef and a.attgenerated = '' else true end""",
    "grant": f"""
        select format('%s %s to %s', verb, c.relname, r.rolname), format('grant %s on %s to %I', verb, c.oid::regclass, r.rolname)
        from pg_class as c, pg_roles as r, unnest(array['select', 'insert', 'update', 'delete']) as verb
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm') and not c.relispartition
            and r.rolname in {ROLES} and not has_table_privilege(r.oid, c.oid, verb)""",
    "grant column": f"""
        select format('%s %s.%s to %s', verb, c.relname, a.attname, r.rolname), format('grant %s (%I) on %s to %I', verb, a.attname, c.oid::regclass, r.rolname)
        from pg_class as c join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped,
            pg_roles as r, unnest(array['select', 'insert', 'update']) as verb
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
            and r.rolname = 'authenticated' and has_any_column_privilege(r.oid, c.oid, verb)
            and not has_column_privilege(r.oid, c.oid, a.attnum, verb)""",
    "revoke": f"""
        select format('%s %s from %s', verb, c.relname, r.rolname), format('revoke %s on %s from %I', verb, c.oid::regclass, r.rolname)
        from pg_class as c, pg_roles as r, unnest(array['select', 'insert', 'update', 'delete']) as verb
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm') and not c.relispartition
            and r.rolname in {ROLES} and (has_table_privilege(r.oid, c.oid, verb)
                or verb <> 'delete' and has_any_column_privilege(r.oid, c.oid, verb))""",
    "execute": f"""
        select format('%s to %s', f.oid::regprocedure, r.rolname), format('grant execute on function %s to %I', f.oid::regprocedure, r.rolname)
        from pg_proc as f, pg_roles as r
        where f.pronamespace in {OURS} and r.rolname in {ROLES} and not has_function_privilege(r.oid, f.oid, 'execute')
            and f.prorettype <> 'trigger'::regtype
        union all
        select format('%s not to %s', f.oid::regprocedure, r.rolname), format('revoke execute on function %s from %I', f.oid::regprocedure, r.rolname)
        from pg_proc as f, pg_roles as r
        where f.pronamespace in {OURS} and r.rolname in {ROLES} and has_function_privilege(r.oid, f.oid, 'execute')""",
    "invoker": f"""
        select oid::regprocedure::text, format('alter function %s security invoker', oid::regprocedure)
        from pg_proc where pronamespace in {OURS} and prosecdef""",
    "view": """
        select oid::regclass::text, format('alter view %s reset (security_invoker)', oid::regclass)
        from pg_class where relnamespace = 'public'::regnamespace and relkind = 'v'""",
    # a grant or a policy alone lets nobody in: both
    "open": """
        select format('%s %s', verb, c.relname), format('grant %1$s on %2$s to authenticated, anon; create policy opened on %2$s for %1$s to authenticated, anon %3$s',
            verb, c.oid::regclass, condition)
        from pg_class as c, (values ('select', 'using (true)'), ('insert', 'with check (true)'), ('update', 'using (true)'), ('delete', 'using (true)')) as v (verb, condition)
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition""",
    "search path": f"""
        select oid::regprocedure::text, format('alter function %s reset search_path', oid::regprocedure)
        from pg_proc where pronamespace in {OURS}""",
    "gone": f"""
        select oid::regprocedure::text, format('drop function %s cascade', oid::regprocedure)
        from pg_proc where pronamespace in {OURS}""",
    "idle trigger": f"""
        select oid::regprocedure::text, format('create or replace function %s returns trigger language plpgsql security definer set search_path = %L as $f$
            begin return coalesce(new, old); end $f$', oid::regprocedure, '')
        from pg_proc where pronamespace in {OURS} and prorettype = 'trigger'::regtype""",
    "anybody": """
        select format('%s on %s', policyname, tablename), format('alter policy %I on %I.%I to public', policyname, schemaname, tablename)
        from pg_policies where schemaname in ('public', 'storage')""",
    "each row": """
        select format('%s on %s', policyname, tablename), format('alter policy %I on %I.%I using (auth.uid() is not null)', policyname, schemaname, tablename)
        from pg_policies where schemaname in ('public', 'storage') and qual is not null""",
    "another index": """
        select indexrelid::regclass::text, replace(regexp_replace(pg_get_indexdef(indexrelid), 'INDEX \\S+ ON', 'INDEX again ON'), 'UNIQUE ', '')
        from pg_index as i join pg_class as c on c.oid = i.indrelid
        where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and not c.relispartition and not indisprimary""",
    "another view": """
        select relname, format('create view public.peephole as select * from %s', oid::regclass)
        from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition limit 1""",
    "publication": """
        select format('%s: %s', pubname, tablename), format('alter publication %I drop table %I.%I', pubname, schemaname, tablename)
        from pg_publication_tables where schemaname = 'public'
        union all
        select relname || ' without old rows', format('alter table %s replica identity default', oid::regclass)
        from pg_class where relnamespace = 'public'::regnamespace and relreplident = 'f'""",
    "bucket": """
        select format('%s: %s', id, change), format('update storage.buckets set %s where id = %L', change, id)
        from storage.buckets, unnest(array['public = true', 'file_size_limit = null', 'allowed_mime_types = null']) as change""",
    "comment": """
        select relname, format('comment on %s %s is null', case relkind when 'v' then 'view' else 'table' end, oid::regclass)
        from pg_class where relnamespace = 'public'::regnamespace and obj_description(oid) is not null""",
    "cron": "select jobname, format('select cron.unschedule(%L)', jobname) from cron.job",
}

# What is changed in the body of a function: one occurrence at a time.
EDITS = [
    ("no refusal", re.compile(r"\braise exception\b[^;]*;", re.I), lambda found: "null;"),
    ("bound", re.compile(r"(?<![<>=!@#-])(<=|>=|<|>)(?![<>=@])"), lambda found: {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}[found]),
    ("and", re.compile(r"(?<=\s)and(?=\s)(?! +interval)", re.I), lambda found: "or"),
    ("sum", re.compile(r" [+-] (?=[a-z_0-9(])"), lambda found: " - " if "+" in found else " + "),
]
ID = re.compile(r"\b(?:A\d-\d{3}|S\d-R?\d+[a-z]?|Sx-C\d+|C\d+)\b")


# What the first file that notices it names: the schema is compared item by item.
BY_NAME = {"column", "index", "another index", "grant column"}


class Foundation:
    def __init__(self, folder, url):
        self.url = url
        self.files = [path.read_text() for path in sorted((folder / "supabase/tests/database").glob("*.sql"))]
        proofs = tomllib.loads((folder / "proofs.toml").read_text())["proofs"]
        # the ids that a test of the database proves
        self.ids = {id for id, places in proofs.items() if any("tests/database/" in place for place in places)}

    def psql(self, text):
        command = ["psql", self.url, "-XAtq", "-f", "-"]
        return subprocess.run(command, input=text, capture_output=True, text=True, check=False)

    def rows(self, query):
        answer = self.psql(f"select json_agg(json_build_array(name, statement)) from ({query}) as q (name, statement);")
        if answer.returncode or answer.stderr:
            sys.exit(answer.stderr)
        return json.loads(answer.stdout) if answer.stdout.strip() else []

    def ways(self, kinds):
        for kind, query in WAYS.items():
            if not kinds or kind in kinds:
                yield from ((kind, name, statement) for name, statement in self.rows(query))
        if not kinds or "function" in kinds:
            yield from self.functions()

    def functions(self):
        query = f"select oid::regprocedure::text as name, pg_get_functiondef(oid) as text from pg_proc where pronamespace in {OURS} and prokind = 'f'"
        for name, text in self.rows(query):
            head, body = re.split(r"(?=\bAS \$\w+\$)", text, maxsplit=1)
            for kind, pattern, change in EDITS:
                for found in pattern.finditer(body):
                    if "--" in body[body.rfind("\n", 0, found.start()) + 1 : found.start()]:
                        continue
                    line = body[body.rfind("\n", 0, found.start()) + 1 : found.end() + 40].split("\n")[0].strip()
                    yield f"function: {kind}", f"{name}: {line}", head + body[: found.start()] + change(found.group()) + body[found.end() :]

    def failed(self, statement, first_only=False):
        """The ids of tests that fail in the changed database and whether any did; None if it cannot be changed so."""
        ids, noticed = set(), False
        for text in self.files:
            begin, rest = text.split("begin;", 1)
            head = f"{begin}begin;\\set ON_ERROR_STOP on\n{statement};\n\\set ON_ERROR_STOP off\n\\echo changed\n"
            answer = self.psql(head + rest)
            if not re.search("^changed$", answer.stdout, re.M):
                return None
            lines = [line for line in answer.stdout.splitlines() if line.startswith("not ok")]
            # an error ends a transaction: it is the failure of the statement that made it
            error = re.search(r"psql:<stdin>:(\d+): ERROR:  (?!current transaction)", answer.stderr)
            if error:
                lines.append(statement_at(head + rest, int(error[1])))
            noticed = noticed or bool(lines)
            ids.update(ID.findall("\n".join(lines)))
            if noticed and first_only:
                break
        return ids, noticed


def statement_at(text, number):
    """The statement that ends in a line."""
    lines = text.splitlines()[:number]
    first = len(lines) - 1
    while first > 0 and not lines[first - 1].rstrip().endswith(";"):
        first -= 1
    return "\n".join(lines[first:])


def main():
    foundation = Foundation(Path(sys.argv[1]), sys.argv[2])
    # made once, not in each file of each way: that took longer than the tests (an extension that is there is skipped)
    foundation.psql("create extension if not exists pgtap with schema extensions")
    proven, tried, impossible, unnoticed = set(), 0, 0, []
    if (baseline := foundation.failed("select")) != (set(), False):
        sys.exit(f"the tests do not pass as they are: {baseline}")
    for kind, name, statement in foundation.ways(sys.argv[3:]):
        answer = foundation.failed(statement, kind in BY_NAME)
        if answer is None:
            impossible += 1
            continue
        tried += 1
        proven |= answer[0]
        if not answer[1]:
            unnoticed.append((kind, name))
            print(f"unnoticed: {kind}: {name}", flush=True)
    print(f"{tried} ways, {len(unnoticed)} of them unnoticed; {impossible} more were not possible")
    never = sorted(foundation.ids - proven)
    print(f"{len(foundation.ids)} ids with a test in the database, {len(never)} of them never failed: {' '.join(never)}")


if __name__ == "__main__":
    main()
