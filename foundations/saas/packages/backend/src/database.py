"""
Database client for the Python backend.

Uses the Supabase client with the service role: row level security does not apply to it, so it
belongs in workers and webhooks, never in code that acts for a signed-in user.
"""

import asyncio
from functools import lru_cache
from typing import Any
from uuid import UUID

from supabase import AsyncClient, Client, ClientOptions, create_client

from src.config import settings

# What this service may change of a profile. `id`, `email` and the time stamps belong to the
# database, which keeps them in step with the auth user.
UPDATABLE_USER_COLUMNS = frozenset(
    {
        "name",
        "avatar_url",
        "subscription_tier",
        "subscription_status",
        "monthly_usage",
        "usage_reset_at",
    }
)


@lru_cache
def get_supabase_client() -> Client:
    """
    Get the cached Supabase client with the service role.

    A service key needs no session, so nothing is refreshed or stored.
    """
    return create_client(
        settings.SUPABASE_URL,
        settings.SUPABASE_SERVICE_ROLE_KEY,
        options=ClientOptions(auto_refresh_token=False, persist_session=False),
    )


class DatabaseService:
    """
    Database service for common operations.

    Works with a synchronous client, whose requests then run in a worker thread, and with an
    asynchronous one. No method blocks the event loop. What the database refuses (a violated
    constraint, a used-up quota) is raised as `postgrest.APIError` with its SQLSTATE as `code`.
    """

    def __init__(self, client: Client | AsyncClient | None = None):
        self.client = client or get_supabase_client()

    def table(self, name: str) -> Any:
        """Get a table reference."""
        return self.client.table(name)

    async def get_user(self, user_id: str) -> dict[str, Any] | None:
        """Get a user by ID, or None."""
        return await self._find("users", user_id)

    async def update_user(self, user_id: str, data: dict[str, Any]) -> dict[str, Any]:
        """
        Update a user and return the new row.

        Raises ValueError for a column that is not in `UPDATABLE_USER_COLUMNS` and for a user that
        does not exist.
        """
        unknown = sorted(data.keys() - UPDATABLE_USER_COLUMNS)
        if unknown:
            raise ValueError(f"Not an updatable user column: {', '.join(unknown)}")
        row = await self._change("users", user_id, data)
        if row is None:
            raise ValueError(f"User not found: {user_id}")
        return row

    async def create_job(self, job_data: dict[str, Any]) -> dict[str, Any]:
        """Create a job and return its row. Raises ValueError if the database returns none."""
        rows = await self._rows(self.table("jobs").insert(job_data))
        if not rows:
            raise ValueError("Failed to create job")
        return rows[0]

    async def get_job(self, job_id: str) -> dict[str, Any] | None:
        """Get a job by ID, or None."""
        return await self._find("jobs", job_id)

    async def update_job(self, job_id: str, data: dict[str, Any]) -> dict[str, Any]:
        """Update a job and return the new row. Raises ValueError for a job that does not exist."""
        row = await self._change("jobs", job_id, data)
        if row is None:
            raise ValueError(f"Job not found: {job_id}")
        return row

    async def _find(self, table: str, row_id: str) -> dict[str, Any] | None:
        if not _is_uuid(row_id):
            return None
        rows = await self._rows(self.table(table).select("*").eq("id", row_id))
        return rows[0] if rows else None

    async def _change(
        self, table: str, row_id: str, data: dict[str, Any]
    ) -> dict[str, Any] | None:
        if not data:
            return await self._find(table, row_id)
        if not _is_uuid(row_id):
            return None
        rows = await self._rows(self.table(table).update(data).eq("id", row_id))
        return rows[0] if rows else None

    async def _rows(self, query: Any) -> list[dict[str, Any]]:
        if isinstance(self.client, AsyncClient):
            return (await query.execute()).data
        return (await asyncio.to_thread(query.execute)).data


def _is_uuid(value: str) -> bool:
    """Every id is a UUID, so nothing can be found under any other text."""
    try:
        UUID(value)
    except (ValueError, AttributeError, TypeError):
        return False
    return True


def get_db() -> DatabaseService:
    """Get a database service on the cached client."""
    return DatabaseService()
