"""
The server under test, from the environment that `ferrobase status -o env` prints.

Everything a test does goes through the published `supabase` package. The synchronous and the
asynchronous client differ only in `await`, so `finish` waits for whichever was used.
"""

import inspect
import os
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from postgrest import APIError
from supabase import AsyncClient, AuthError, Client

PASSWORD = "correct horse battery staple"
TABLES = {
    "users": "id",
    "subscriptions": "user_id",
    "jobs": "user_id",
    "assets": "user_id",
    "subscription_audit": "user_id",
}


def variable(name: str) -> str:
    """A variable of the running server."""
    value = os.environ.get(name)
    if not value:
        pytest.exit(f"{name} is not set: run tests/e2e/run.sh", returncode=2)
    return value


@dataclass
class Person:
    """Somebody who signed up, with the client they are signed in with."""

    client: Client | AsyncClient
    id: str
    email: str


async def finish(answer: Any) -> Any:
    """The answer itself, waited for if it comes from the asynchronous client."""
    return await answer if inspect.isawaitable(answer) else answer


async def rows(query: Any) -> Any:
    """The data of a query."""
    return (await finish(query.execute())).data


async def refused(query: Any, code: str) -> APIError:
    """Asserts that the database refuses a query with this code."""
    with pytest.raises(APIError) as caught:
        await finish(query.execute())
    assert caught.value.code == code, caught.value
    return caught.value


async def auth_refused(call: Any, code: str) -> None:
    """Asserts that an auth call, given as a function, is refused with this code."""
    with pytest.raises(AuthError) as caught:
        await finish(call())
    assert caught.value.code == code, caught.value


async def everything_of(service: Any, *people: Person) -> dict[str, Any]:
    """Every row that belongs to these people: what an attack must leave as it was."""
    ids = [person.id for person in people]
    return {
        table: await rows(service.table(table).select("*").in_(owner, ids).order("id"))
        for table, owner in TABLES.items()
    }


def new_email() -> str:
    """An address nobody has."""
    return f"py-{uuid4()}@test.com"
