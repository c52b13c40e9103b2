"""
Fixtures of the service tests: a running server, no mocks.

SUPABASE_URL and SUPABASE_SERVICE_ROLE_KEY say where it is. Every test makes its own user and
deletes it; everything else goes with it.
"""

from collections.abc import AsyncIterator, Iterator
from uuid import uuid4

import pytest
from supabase import AsyncClient, AsyncClientOptions, Client, acreate_client

from src.config import settings
from src.database import DatabaseService, get_supabase_client


@pytest.fixture
def supabase() -> Client:
    """The client the service itself uses."""
    return get_supabase_client()


@pytest.fixture
async def async_supabase() -> AsyncIterator[AsyncClient]:
    """An asynchronous client with the same key."""
    client = await acreate_client(
        settings.SUPABASE_URL,
        settings.SUPABASE_SERVICE_ROLE_KEY,
        options=AsyncClientOptions(auto_refresh_token=False, persist_session=False),
    )
    yield client
    await client.postgrest.aclose()
    await client.auth.close()


@pytest.fixture(params=["sync", "async"])
def db(request: pytest.FixtureRequest) -> DatabaseService:
    """The service, once on each kind of client."""
    name = "supabase" if request.param == "sync" else "async_supabase"
    return DatabaseService(client=request.getfixturevalue(name))


@pytest.fixture
def user_id(supabase: Client) -> Iterator[str]:
    """Somebody who signed up."""
    created = supabase.auth.admin.create_user(
        {"email": f"backend-{uuid4()}@test.com", "password": "correct horse battery", "email_confirm": True}
    ).user
    yield created.id
    supabase.auth.admin.delete_user(created.id)
