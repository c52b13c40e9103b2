"""Clients and people, each once synchronous and once asynchronous."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from supabase import (
    AsyncClientOptions,
    AuthApiError,
    ClientOptions,
    acreate_client,
    create_client,
)

from server import PASSWORD, Person, finish, new_email, variable

Connect = Callable[[str], Awaitable[Any]]
SignUp = Callable[..., Awaitable[Person]]


@pytest.fixture(params=["sync", "async"])
async def connect(request: pytest.FixtureRequest) -> AsyncIterator[Connect]:
    """Makes a client with the key of the given name."""
    clients = []
    settings = {"auto_refresh_token": False, "persist_session": True}

    async def make(key: str = "ANON_KEY") -> Any:
        url, value = variable("API_URL"), variable(key)
        if request.param == "sync":
            client = create_client(url, value, options=ClientOptions(**settings))
        else:
            client = await acreate_client(url, value, options=AsyncClientOptions(**settings))
        clients.append(client)
        return client

    yield make
    for client in clients:
        await finish(client.auth.close())


@pytest.fixture
async def service(connect: Connect) -> Any:
    """The service role: row level security does not apply to it."""
    return await connect("SERVICE_ROLE_KEY")


@pytest.fixture
async def sign_up(connect: Connect, service: Any) -> AsyncIterator[SignUp]:
    """Signs somebody up through the public API; they are deleted after the test."""
    people = []

    async def sign(name: str = "Ada", key: str = "ANON_KEY") -> Person:
        client = await connect(key)
        email = new_email()
        credentials = {"email": email, "password": PASSWORD}
        answer = await finish(
            client.auth.sign_up({**credentials, "options": {"data": {"full_name": name}}})
        )
        assert answer.session is not None
        people.append(answer.user.id)
        return Person(client, answer.user.id, email)

    yield sign
    for person in people:
        try:
            await finish(service.auth.admin.delete_user(person))
        except AuthApiError as error:
            # A test may have deleted the account itself.
            if error.code != "user_not_found":
                raise
