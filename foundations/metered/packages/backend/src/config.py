"""
Settings of the backend, read from the environment and validated where they are used.

Importing this module reads nothing, so a tool may import the package without an environment.
"""

import os
from urllib.parse import urlsplit


class SettingsError(RuntimeError):
    """A setting is missing or cannot be right; the message names it."""


class Settings:
    """The environment under its documented names."""

    @property
    def SUPABASE_URL(self) -> str:
        """Root URL of the API, without a trailing slash."""
        url = _required("SUPABASE_URL")
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise SettingsError(f"SUPABASE_URL must be an http or https URL, but it is {url!r}")
        return url.rstrip("/")

    @property
    def SUPABASE_SERVICE_ROLE_KEY(self) -> str:
        """Service role JWT or secret key. It passes over row level security."""
        key = _required("SUPABASE_SERVICE_ROLE_KEY")
        if key.startswith("sb_publishable_"):
            raise SettingsError("SUPABASE_SERVICE_ROLE_KEY holds a publishable key")
        return key


# What `ferrobase status -o env` calls them.
_STATUS_NAMES = {"SUPABASE_URL": "API_URL", "SUPABASE_SERVICE_ROLE_KEY": "SERVICE_ROLE_KEY"}


def _required(name: str) -> str:
    value = os.environ.get(name, "").strip()
    if not value:
        raise SettingsError(f"{name} is not set; `ferrobase status -o env` prints it as {_STATUS_NAMES[name]}")
    return value


settings = Settings()
