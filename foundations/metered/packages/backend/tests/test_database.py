"""
Tests for the database service, against a running server.
"""

import asyncio
from uuid import uuid4

import pytest
from postgrest import APIError

from src.database import QuotaExceeded, get_db, get_supabase_client, is_from_lemon_squeezy
from tests.factories import LemonSqueezyEventFactory, SubscriptionFactory


async def test_a_sign_up_has_a_profile_and_the_free_plan(db, user_id):
    assert (await db.get_user(user_id))["email"].endswith("@test.com")
    assert (await db.get_subscription(user_id))["plan"] == "free"
    assert [usage["max_count"] for usage in await db.current_usage(user_id)] == [10, 100, 100]
    assert await db.get_user(str(uuid4())) is None


async def test_usage_is_counted_given_back_and_refused(db, user_id):
    run = await db.increment_usage(user_id, "agent_runs", 4, "run 1")
    assert (run["used"], run["remaining"], run["repeated"]) == (4, 6, False)
    assert (await db.increment_usage(user_id, "agent_runs", 4, "run 1"))["repeated"]
    with pytest.raises(QuotaExceeded) as refusal:
        await db.increment_usage(user_id, "agent_runs", 7)
    assert refusal.value.details == "Allowed are 10: 4 used, 7 asked for."
    assert (await db.refund_usage(user_id, run["entry"], 1))["used"] == 3
    assert (await db.refund_usage(user_id, run["entry"]))["refunded"] == 3
    with pytest.raises(APIError) as twice:
        await db.refund_usage(user_id, run["entry"])
    assert twice.value.code == "PT409"
    assert await db.correct_usage(user_id, "storage_mb", 30) == 30
    assert await db.reset_usage(user_id, "storage_mb") == 30


@pytest.mark.parametrize("amount", [0, -1, 1.5, "NaN", 10**16])
async def test_no_amount(db, user_id, amount):
    with pytest.raises(APIError) as refusal:
        await db.increment_usage(user_id, "api_calls", amount)
    assert refusal.value.code == "22023"


async def test_fifty_at_once_are_exact(db, user_id):
    calls = (db.increment_usage(user_id, "agent_runs") for _ in range(50))
    answers = await asyncio.gather(*calls, return_exceptions=True)
    assert sum(isinstance(answer, dict) for answer in answers) == 10
    assert sum(isinstance(answer, QuotaExceeded) for answer in answers) == 40


async def test_a_webhook_may_come_twice(db, user_id):
    event = LemonSqueezyEventFactory.create(user_id, str(uuid4()), "on_trial")
    assert await db.apply_lemon_squeezy_event(event) == "applied"
    assert await db.apply_lemon_squeezy_event(event) == "duplicate"
    assert (await db.get_subscription(user_id))["status"] == "trial"
    with pytest.raises(APIError) as refusal:
        await db.apply_lemon_squeezy_event(LemonSqueezyEventFactory.create(user_id, "1", "zombie"))
    assert refusal.value.code == "22023"


async def test_the_database_accepts_the_factories_rows(db, user_id):
    for row in (SubscriptionFactory.create(user_id=user_id), SubscriptionFactory.create_trial(user_id=user_id)):
        await db._run(db.table("subscriptions").upsert(row, on_conflict="user_id"))
        assert (await db.get_subscription(user_id))["status"] == row["status"]


def test_only_the_right_signature_is_accepted():
    signature = "dc46983557fea127b43af721467eb9b3fde2338fe3e14f51952aa8478c13d355"
    assert is_from_lemon_squeezy("secret", b"body", signature)
    assert not is_from_lemon_squeezy("secret", b"other", signature)
    assert not is_from_lemon_squeezy("", b"body", signature)
    assert not is_from_lemon_squeezy("secret", b"body", "ä")


def test_client_is_cached():
    assert get_supabase_client() is get_supabase_client()
    assert get_db().client is get_supabase_client()
