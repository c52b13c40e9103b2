"""How long the command line takes to compare five hundred tables with the migrations."""

import statistics
import subprocess
import time

MAKE = """
create schema wide;
create function wide.touch() returns trigger language plpgsql as $$ begin return new; end $$;
do $$ begin for i in 1..500 loop
  execute format('create table wide.t%1$s (id bigint generated always as identity primary key, parent bigint references wide.t%2$s,
    name text not null default ''x'', kind text check (kind <> ''''), price numeric(10, 2), data jsonb not null default ''{}'',
    created_at timestamptz not null default now(), updated_at timestamptz, owner uuid, note text)', i, greatest(i - 1, 1));
  execute format('create index on wide.t%s (owner, created_at)', i);
  execute format('alter table wide.t%s enable row level security', i);
  execute format('create policy own on wide.t%s to authenticated using (owner = auth.uid())', i);
  execute format('create trigger touch before update on wide.t%s for each row execute function wide.touch()', i);
  execute format('create view wide.v%1$s as select id, name, price from wide.t%1$s', i);
end loop; end $$
"""


def schema_difference(server, rounds: int = 5) -> dict:
    """Seconds of `db diff` where all of it is new, and where nothing is; the migrations' database is a template by then."""
    diff = [server.binary, "db", "diff", "--project", server.project]

    def seconds() -> float:
        begun = time.monotonic()
        subprocess.run(diff, check=True, capture_output=True)
        return time.monotonic() - begun

    url = server.variables()["DB_URL"]
    subprocess.run(["psql", "-qX", "-c", MAKE, url], check=True)
    seconds()
    new = statistics.median(seconds() for _ in range(rounds))
    subprocess.run([*diff, "-f", "wide"], check=True, capture_output=True)
    seconds()
    same = statistics.median(seconds() for _ in range(rounds))
    for file in (server.project / "supabase" / "migrations").glob("*_wide.sql"):
        file.unlink()
    subprocess.run(["psql", "-qX", "-c", "set client_min_messages = error; drop schema wide cascade", url], check=True)
    return {"new": new, "same": same}
