"""What is measured: requests for the load generator, and for pgbench the statements that the server sends for them.

The statements are the server's own, taken once from Postgres' log (`log_statement = 'all'`), with the same parameters:
look again after a change in the room's renderer.
"""

import base64
import dataclasses
import hashlib
import hmac
import json

ANON_CLAIMS = '{"iss":"ferrobase","role":"anon","iat":1795230234,"exp":2110590234}'
OWNER = "00000000-0000-4000-8000-000000000007"
USER_CLAIMS = json.dumps({"sub": OWNER, "role": "authenticated", "exp": 2110590234})

# What every flight begins with. The values are variables, so that pgbench binds them as the server does.
SETTINGS = (
    "select set_config(:timeout_name, :timeout, true), set_config('search_path', :search_path, true), "
    "set_config('role', :role, true), set_config('request.jwt.claims', :claims, true), "
    "set_config('request.method', :method, true), set_config('request.path', :path, true), "
    "set_config('request.headers', :headers, true), set_config('request.cookies', :cookies, true)"
)
READ_ONLY = ", set_config('transaction_read_only', 'on', true)"
RESPONSE = (
    "nullif(current_setting('response.headers', true), ''), nullif(current_setting('response.status', true), '')"
)


@dataclasses.dataclass(frozen=True)
class Work:
    """One line of the table, for both sides."""

    name: str
    method: str
    # Below the room's prefix; `{n}` is a random number up to ten thousand.
    path: str
    # For pgbench; `:n` is that number.
    statement: str
    # At least so many times pgbench's rate.
    target: float
    body: str = ""
    as_user: bool = False
    read_only: bool = True
    prefer: str = ""

    def headers(self, key: str, token: str) -> dict:
        """What the client sends; the server adds the API key's token when there is none."""
        headers = {"apikey": key}
        if self.body:
            headers["Content-Type"] = "application/json"
        if self.prefer:
            headers["Prefer"] = self.prefer
        if self.as_user:
            headers["Authorization"] = f"Bearer {token}"
        return headers

    def lua(self, prefix: str) -> str:
        """The script of wrk that makes the requests."""
        path = json.dumps(prefix + self.path).replace("{n}", '" .. random(10000) .. "')
        body = f"'{self.body}'" if self.body else "nil"
        return f'local random = math.random\nrequest = function() return wrk.format("{self.method}", {path}, nil, {body}) end\n'

    def pgbench(self) -> str:
        """The same as one pipeline with one Sync."""
        settings = SETTINGS + (READ_ONLY if self.read_only else "")
        return f"\\set n random(1, 10000)\n\\startpipeline\n{settings};\n{self.statement};\n\\endpipeline\n"

    def variables(self, key: str, token: str, anon_token: str) -> dict:
        """What pgbench binds: the settings as the server would bind them."""
        headers = {"host": "127.0.0.1:54321", **{name.lower(): value for name, value in self.headers(key, token).items()}}
        headers.setdefault("authorization", f"Bearer {anon_token}")
        variables = {
            "timeout_name": "statement_timeout",
            "timeout": "8s" if self.as_user else "3s",
            "search_path": '"public", "public", "extensions"',
            "role": "authenticated" if self.as_user else "anon",
            "claims": USER_CLAIMS if self.as_user else ANON_CLAIMS,
            "method": self.method,
            "path": self.path.split("?")[0],
            "headers": json.dumps(headers),
            "cookies": "{}",
        }
        return {**variables, "body": self.body} if self.body else variables


def select(rows: str) -> str:
    return f"select coalesce(json_agg(t.*), '[]'), count(*), null::bigint, {RESPONSE}, null from ({rows}) t"


WORKS = [
    Work(
        name="one row by key, anon",
        method="GET",
        path="/items?id=eq.{n}",
        statement=select('select "public"."items".* from "public"."items" where "public"."items"."id" = :n limit 1000'),
        target=0.55,
    ),
    Work(
        name="100 rows",
        method="GET",
        path="/items?id=gte.{n}&order=id&limit=100",
        statement=select(
            'select "public"."items".* from "public"."items" where "public"."items"."id" >= :n '
            'order by "public"."items"."id" limit 100'
        ),
        target=0.75,
    ),
    Work(
        name="20 rows under RLS, JWT",
        method="GET",
        path="/notes?order=id",
        statement=select('select "public"."notes".* from "public"."notes" order by "public"."notes"."id" limit 1000'),
        target=0.65,
        as_user=True,
    ),
    Work(
        name="insert one row, minimal",
        method="POST",
        path="/events",
        statement=(
            'with pgrst_source as (insert into "public"."events" ("kind", "value") select pgrst_body."kind", pgrst_body."value" '
            'from (select r."kind", r."value" from json_to_record(:body::json) as r("kind" text, "value" integer)) pgrst_body '
            f"returning 1) select null, count(*), null, {RESPONSE}, null, null, null from pgrst_source t"
        ),
        target=0.65,
        body='{"kind":"click","value":7}',
        read_only=False,
        prefer="return=minimal",
    ),
    Work(
        name="RPC",
        method="POST",
        path="/rpc/add",
        statement=(
            'with pgrst_source as (select "public"."add"("a" := pgrst_arguments."a", "b" := pgrst_arguments."b") as pgrst_scalar '
            'from (select * from json_to_record(:body::json) as r("a" integer, "b" integer) limit 1) pgrst_arguments) '
            f"select coalesce(json_agg(t.pgrst_scalar) -> 0, 'null'), count(*), null::bigint, {RESPONSE}, null "
            'from (select "pgrst_source".* from pgrst_source limit 1000) t'
        ),
        target=0.55,
        body='{"a":1,"b":7}',
    ),
]


def sign(claims: str, secret: str) -> str:
    """A token as the project's own shared secret signs it."""
    encode = lambda data: base64.urlsafe_b64encode(data).rstrip(b"=")
    message = encode(b'{"alg":"HS256","typ":"JWT"}') + b"." + encode(claims.encode())
    return (message + b"." + encode(hmac.new(secret.encode(), message, hashlib.sha256).digest())).decode()
