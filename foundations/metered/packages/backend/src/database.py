"""
Database client for the Python backend.

Uses the Supabase client with the service role: row level security does not apply to it, so it
belongs in workers and webhooks, never in code that acts for a signed-in user.
"""

import asyncio
import hashlib
import hmac
from functools import lru_cache
from typing import Any

from postgrest import APIError
from supabase import AsyncClient, Client, ClientOptions, create_client

from src.config import settings


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


class QuotaExceeded(Exception):
    """The plan does not allow so much; nothing was counted. `details` has the numbers."""

    def __init__(self, message: str, details: str | None):
        super().__init__(message)
        self.details = details


class DatabaseService:
    """
    Common operations on accounts and their usage.

    Works with a synchronous client, whose requests then run in a worker thread, and with an
    asynchronous one. No method blocks the event loop. What the database refuses otherwise than by
    its quota is raised as `postgrest.APIError` with its SQLSTATE as `code`.
    """

    def __init__(self, client: Client | AsyncClient | None = None):
        self.client = client or get_supabase_client()

    def table(self, name: str) -> Any:
        """Get a table reference."""
        return self.client.table(name)

    async def get_user(self, user_id: str) -> dict[str, Any] | None:
        """Get a user by ID, or None."""
        rows = await self._run(self.table("users").select("*").eq("id", user_id))
        return rows[0] if rows else None

    async def get_subscription(self, user_id: str) -> dict[str, Any] | None:
        """Get the subscription of a user. Every user has one."""
        rows = await self._run(self.table("subscriptions").select("*").eq("user_id", user_id))
        return rows[0] if rows else None

    async def current_usage(self, user_id: str) -> list[dict[str, Any]]:
        """What a user has used and may still use now, by metric; also what was never used."""
        return await self._run(
            self.table("current_usage").select("*").eq("user_id", user_id).order("metric")
        )

    async def increment_usage(
        self, user_id: str, metric: str, amount: int = 1, idempotency_key: str | None = None
    ) -> dict[str, Any]:
        """
        Count `amount`, or raise QuotaExceeded. With a key the same call may be made again.

        The answer's `entry` is what `refund_usage` takes.
        """
        arguments = {"user_id": user_id, "metric": metric, "amount": amount}
        try:
            return await self._call("increment_usage", arguments, idempotency_key)
        except APIError as error:
            if error.code == "PT402":
                raise QuotaExceeded(error.message, error.details) from error
            raise

    async def refund_usage(
        self,
        user_id: str,
        entry: int,
        amount: int | None = None,
        idempotency_key: str | None = None,
    ) -> dict[str, Any]:
        """Give a consumption back, whole or in part; raises PT409 when less than that is left."""
        arguments = {"user_id": user_id, "entry": entry, "amount": amount}
        return await self._call("refund_usage", arguments, idempotency_key)

    async def reset_usage(self, user_id: str, metric: str) -> int:
        """Set the running counter to 0 and say what it was."""
        return await self._call("reset_usage", {"user_id": user_id, "metric": metric})

    async def correct_usage(
        self, user_id: str, metric: str, change: int, idempotency_key: str | None = None
    ) -> int:
        """Correct the running counter, up or down, and say what it is now. It asks no limit."""
        arguments = {"user_id": user_id, "metric": metric, "change": change}
        return await self._call("correct_usage", arguments, idempotency_key)

    async def apply_lemon_squeezy_event(self, event: dict[str, Any]) -> str:
        """Take an event whose signature was found right, any number of times and in any order."""
        return await self._call("apply_lemon_squeezy_event", {"event": event})

    async def _call(
        self, function: str, arguments: dict[str, Any], idempotency_key: str | None = None
    ) -> Any:
        if idempotency_key is not None:
            arguments = {**arguments, "idempotency_key": idempotency_key}
        return await self._run(self.client.rpc(function, arguments))

    async def _run(self, query: Any) -> Any:
        if isinstance(self.client, AsyncClient):
            return (await query.execute()).data
        return (await asyncio.to_thread(query.execute)).data


def is_from_lemon_squeezy(secret: str, body: bytes, signature: str) -> bool:
    """Whether Lemon Squeezy signed this body. `signature` is the header `X-Signature`."""
    expected = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return bool(secret) and hmac.compare_digest(expected.encode(), signature.lower().encode())


def get_db() -> DatabaseService:
    """Get a database service on the cached client."""
    return DatabaseService()
