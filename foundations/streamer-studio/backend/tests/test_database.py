"""The documented calls, against a server that runs."""

from uuid import uuid4

import pytest
from postgrest import APIError

from database import DatabaseService, LimitReached


@pytest.fixture
def db() -> DatabaseService:
    return DatabaseService()


@pytest.fixture
def user_id(db: DatabaseService):
    account = {"email": f"{uuid4()}@test.com", "password": "correct horse battery", "email_confirm": True}
    user = db.client.auth.admin.create_user(account).user
    yield user.id
    db.client.auth.admin.delete_user(user.id)


def test_usage_is_counted_to_the_limit_and_begins_anew(db: DatabaseService, user_id: str):
    for _ in range(5):
        db.increment_user_usage(user_id)
    with pytest.raises(LimitReached) as refused:
        db.increment_user_usage(user_id)
    assert "5 used" in refused.value.details
    assert db.get_user(user_id)["assets_generated_this_month"] == 5
    db.reset_monthly_usage(user_id)
    assert db.get_user(user_id)["assets_generated_this_month"] == 0


def test_an_unknown_user_is_an_error(db: DatabaseService):
    assert db.get_user(str(uuid4())) is None
    with pytest.raises(APIError) as refused:
        db.increment_user_usage(str(uuid4()))
    assert refused.value.code == "PT404"


def test_a_job_is_claimed_once(db: DatabaseService, user_id: str):
    job = {"user_id": user_id, "asset_type": "banner"}
    job_id = db.client.table("generation_jobs").insert(job).execute().data[0]["id"]
    assert job_id in [job["id"] for job in db.claim_generation_jobs(100)]
    assert job_id not in [job["id"] for job in db.claim_generation_jobs(100)]
