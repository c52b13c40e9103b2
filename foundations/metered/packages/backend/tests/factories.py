"""Rows and events for tests with sensible defaults; any field can be given instead."""

from datetime import datetime, timedelta, timezone
from typing import Any
from uuid import uuid4


class SubscriptionFactory:
    """Makes rows of `subscriptions`."""

    @staticmethod
    def create(**given: Any) -> dict[str, Any]:
        """Pro and active for thirty days."""
        now = datetime.now(timezone.utc)
        return {
            "user_id": str(uuid4()),
            "status": "active",
            "plan": "pro",
            "lemon_squeezy_id": str(uuid4()),
            "current_period_start": now.isoformat(),
            "current_period_end": (now + timedelta(days=30)).isoformat(),
            "trial_ends_at": None,
        } | given

    @classmethod
    def create_trial(cls, **given: Any) -> dict[str, Any]:
        """On trial for two weeks."""
        ends = datetime.now(timezone.utc) + timedelta(days=14)
        return cls.create(status="trial", trial_ends_at=ends.isoformat()) | given


class LemonSqueezyEventFactory:
    """Makes events as Lemon Squeezy posts them. Variants are those of the seed."""

    @staticmethod
    def create(user_id: str, subscription: str, status: str, variant_id: int = 1002, **given: Any) -> dict[str, Any]:
        """That the subscription of this id is in this state (Lemon Squeezy's word)."""
        attributes = {
            "status": status,
            "variant_id": variant_id,
            "created_at": "2026-01-01T00:00:00Z",
            "updated_at": datetime.now(timezone.utc).isoformat(),
            "renews_at": "2999-01-01T00:00:00Z",
            "ends_at": None,
            "trial_ends_at": "2999-01-01T00:00:00Z" if status == "on_trial" else None,
        } | given
        return {
            "meta": {"event_name": "subscription_updated", "custom_data": {"user_id": user_id}},
            "data": {"type": "subscriptions", "id": subscription, "attributes": attributes},
        }
