"""What bench/foundations.py does with each foundation, one module each: `metered.py` for foundations/metered.

    FILL     SQL that fills it: 2,000 users, 200,000 rows in each table that queries read
    WORKS    what counts, as :class:`Work`
    EXACT    SQL that gives how many totals are wrong after all of it
    QUERIES  the documented queries: `$user` stands for the caller's id, `$number` for a number that is his alone; the words
             between braces are the filter by hand, which row level security adds by itself
"""

import dataclasses

USERS = 2_000
#: Their ids are their numbers; `:user` is one of them.
USER = "lpad(:user::text, 32, '0')::uuid"
#: One row of one table, as bare as an update can be: what the machine can do at all.
BARE = "\\set user random(1, :users)\nupdate public.bench_bare set count = count + 1 where id = :user;\n"

PEOPLE = f"""
create table public.bench_bare (id integer primary key, count bigint not null default 0);
insert into public.bench_bare select n from generate_series(1, {USERS}) as n;
insert into auth.users (id, email)
select lpad(n::text, 32, '0')::uuid, n || '@test.com' from generate_series(1, {USERS}) as n;
"""
#: A hundred rows of each user, whose id is `owner`; `id` is a number of its own.
EACH = f"""from generate_series(1, {USERS}) as u, lateral (select lpad(u::text, 32, '0')::uuid as owner) as o,
generate_series(1, 100) as n, lateral (select lpad((u * 1000 + n)::text, 32, '0')::uuid as id) as i"""


def at_once(target: str, rows: str) -> str:
    """An insert of rows that are already what the table's triggers would make of them: those would take minutes."""
    table = target.split(" ")[0]
    return f"alter table {table} disable trigger user;\ninsert into {target} {rows};\nalter table {table} enable trigger user;"


@dataclasses.dataclass(frozen=True)
class Work:
    """Something that counts, done by sixteen clients."""

    name: str
    #: One statement for pgbench.
    statement: str
    #: How many users, organisations or accounts it is spread over.
    users: int = USERS
    #: How many a call counts.
    batch: int = 1
    #: What issue 5 wants of it, in a second.
    target: str = ""

    def script(self) -> str:
        return f"\\set user random(1, :users)\n{self.statement};\n"
