"""
The client of the Python backend.

It carries the service role key, which passes over row level security: for workers and webhooks, never for a browser.
"""

import os
from functools import lru_cache
from typing import Any

from postgrest import APIError
from supabase import Client, ClientOptions, create_client


class LimitReached(Exception):
    """The plan's assets of this month are used up; nothing was counted. `details` has the numbers."""

    def __init__(self, message: str, details: str | None):
        super().__init__(message)
        self.details = details


@lru_cache
def get_db() -> Client:
    """The client of this process. A service key has no session, so nothing is refreshed or stored."""
    return create_client(
        os.environ["SUPABASE_URL"],
        os.environ["SUPABASE_SERVICE_ROLE_KEY"],
        options=ClientOptions(auto_refresh_token=False, persist_session=False),
    )


class DatabaseService:
    """What a worker asks of the database. What it refuses is `postgrest.APIError`, its SQLSTATE in `code`."""

    def __init__(self, client: Client | None = None):
        self.client = client or get_db()

    def get_user(self, user_id: str) -> dict[str, Any] | None:
        rows = self.client.table("users").select("*").eq("id", user_id).execute().data
        return rows[0] if rows else None

    def increment_user_usage(self, user_id: str) -> None:
        """Count one generated asset, or raise LimitReached."""
        try:
            self.client.rpc("increment_user_usage", {"p_user_id": user_id}).execute()
        except APIError as error:
            if error.code == "PT402":
                raise LimitReached(error.message, error.details) from error
            raise

    def reset_monthly_usage(self, user_id: str) -> None:
        """Begin a new month now."""
        self.client.rpc("reset_monthly_usage", {"p_user_id": user_id}).execute()

    def claim_generation_jobs(self, most: int = 1) -> list[dict[str, Any]]:
        """The oldest queued jobs, now processing: nobody else has them."""
        return self.client.rpc("claim_generation_jobs", {"most": most}).execute().data
