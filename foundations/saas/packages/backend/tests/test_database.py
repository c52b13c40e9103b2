"""
Tests for the database service, against a running server.
"""

import asyncio
import threading
from datetime import datetime
from uuid import uuid4

import pytest
from postgrest import APIError

from src.config import Settings, SettingsError
from src.database import (
    UPDATABLE_USER_COLUMNS,
    DatabaseService,
    get_db,
    get_supabase_client,
)
from tests.fixtures import AssetFactory, JobFactory, SubscriptionFactory, UserFactory


class TestDatabaseService:
    """Tests for DatabaseService class."""

    async def test_get_user_found(self, db, user):
        """Should return the user when found."""
        found = await db.get_user(user["id"])

        assert found == user
        assert found["name"] == "Back End"
        assert found["subscription_tier"] == "free"
        assert found["monthly_usage"] == 0

    async def test_get_user_not_found(self, db):
        """Should return None when there is no such user."""
        assert await db.get_user("nonexistent") is None
        assert await db.get_user(str(uuid4())) is None

    async def test_create_job(self, db, user):
        """Should create the job and return its row."""
        job_data = JobFactory.create(user_id=user["id"], parameters={"prompt": "ein Häschen 🐇"})

        job = await db.create_job(job_data)

        assert job["id"] == job_data["id"]
        assert job["status"] == "queued"
        assert job["progress"] == 0
        assert job["parameters"] == {"prompt": "ein Häschen 🐇"}
        assert await db.get_job(job["id"]) == job

    async def test_update_job(self, db, user):
        """Should update the job and return the new row."""
        job = await db.create_job(JobFactory.create_processing(user_id=user["id"], progress=25))

        updated = await db.update_job(job["id"], {"progress": 75})

        assert updated["progress"] == 75
        assert updated["status"] == "processing"
        assert _time(updated["updated_at"]) > _time(job["updated_at"])
        assert await db.get_job(job["id"]) == updated

    async def test_a_job_lives_from_queue_to_result(self, db, user):
        """Should take a job through its states."""
        job = await db.create_job({"user_id": user["id"], "job_type": "generation"})
        assert (job["status"], job["progress"], job["completed_at"]) == ("queued", 0, None)

        await db.update_job(job["id"], {"status": "processing", "progress": 50})
        done = JobFactory.create_completed(result={"output_url": "https://example.com/1.png"})
        columns = ("status", "progress", "result", "completed_at")
        finished = await db.update_job(job["id"], {name: done[name] for name in columns})

        assert finished["status"] == "completed"
        assert finished["result"] == {"output_url": "https://example.com/1.png"}
        assert finished["completed_at"] is not None

    async def test_update_user(self, db, user):
        """Should update the user and return the new row."""
        updated = await db.update_user(user["id"], {"name": "New Name", "monthly_usage": 3})

        assert (updated["name"], updated["monthly_usage"]) == ("New Name", 3)
        assert updated["email"] == user["email"]

    async def test_update_of_nobody(self, db):
        """Should say who was not found."""
        missing = str(uuid4())
        with pytest.raises(ValueError, match=f"^User not found: {missing}$"):
            await db.update_user(missing, {"name": "Nobody"})
        with pytest.raises(ValueError, match=f"^Job not found: {missing}$"):
            await db.update_job(missing, {"progress": 1})
        with pytest.raises(ValueError, match="^Job not found: nonexistent$"):
            await db.update_job("nonexistent", {"progress": 1})

    @pytest.mark.parametrize("column", ["id", "email", "created_at", "updated_at", "is_admin"])
    async def test_update_user_refuses_other_columns(self, db, user, column):
        """Should change nothing when one column is not the service's to change."""
        with pytest.raises(ValueError, match=f"^Not an updatable user column: {column}$"):
            await db.update_user(user["id"], {"name": "Changed", column: "x"})
        assert await db.get_user(user["id"]) == user

    async def test_update_user_with_nothing_to_change(self, db, user):
        """Should return the row as it is."""
        assert await db.update_user(user["id"], {}) == user

    async def test_what_the_database_refuses_is_raised_with_its_code(self, db, user):
        """Should pass on the SQLSTATE of a violated constraint and keep nothing."""
        with pytest.raises(APIError) as refused:
            await db.update_user(user["id"], {"subscription_tier": "platinum"})
        assert refused.value.code == "23514"
        with pytest.raises(APIError) as refused:
            await db.update_user(user["id"], {"monthly_usage": -1})
        assert refused.value.code == "23514"
        with pytest.raises(APIError) as refused:
            await db.create_job(JobFactory.create(user_id=str(uuid4())))
        assert refused.value.code == "23503"
        with pytest.raises(APIError) as refused:
            await db.create_job(JobFactory.create(user_id=user["id"], progress=101))
        assert refused.value.code == "23514"

        assert await db.get_user(user["id"]) == user
        assert db_rows(get_supabase_client(), "jobs", user["id"]) == []

    async def test_assets_and_subscription_through_table(self, user):
        """Should reach every other table through `table`."""
        db = get_db()
        job = await db.create_job(JobFactory.create_completed(user_id=user["id"]))
        asset = AssetFactory.create(job_id=job["id"], user_id=user["id"], metadata={"width": 8})
        stored = db.table("assets").insert(asset).execute().data[0]
        assert stored["file_size"] == 1024
        assert stored["metadata"] == {"width": 8}

        subscription = SubscriptionFactory.create(
            user_id=user["id"], stripe_subscription_id=f"sub_{uuid4()}"
        )
        stored = db.table("subscriptions").insert(subscription).execute().data[0]
        assert (stored["tier"], stored["status"]) == ("pro", "active")

    async def test_deleting_the_auth_user_takes_everything_along(self, user):
        """Should leave no row of a deleted user."""
        db = get_db()
        client = get_supabase_client()
        job = await db.create_job(JobFactory.create(user_id=user["id"]))

        client.auth.admin.delete_user(user["id"])

        assert await db.get_user(user["id"]) is None
        assert await db.get_job(job["id"]) is None

    async def test_no_method_blocks_the_event_loop(self, user):
        """Should let other tasks run while the database works (S0-20)."""
        entered, released = threading.Event(), threading.Event()

        class Query:
            data = [user]

            def execute(self):
                entered.set()
                assert released.wait(timeout=30), "the event loop was blocked"
                return self

        class Service(DatabaseService):
            async def read(self):
                return await self._rows(Query())

        reading = asyncio.create_task(Service(client=get_supabase_client()).read())
        # Only a free event loop gets here while `execute` is still waiting.
        assert await asyncio.to_thread(entered.wait, 30)
        released.set()
        assert await reading == [user]

    async def test_many_requests_at_once(self, db, user):
        """Should answer each of many concurrent calls with its own job."""
        created = await asyncio.gather(
            *(
                db.create_job(JobFactory.create(user_id=user["id"], parameters={"n": n}))
                for n in range(8)
            )
        )
        assert [job["parameters"]["n"] for job in created] == list(range(8))
        read = await asyncio.gather(*(db.get_job(job["id"]) for job in created))
        assert read == list(created)


class TestClient:
    """Tests for the cached client and its settings."""

    def test_client_is_cached(self):
        assert get_supabase_client() is get_supabase_client()
        assert get_db().client is get_supabase_client()

    @pytest.mark.parametrize("name", ["SUPABASE_URL", "SUPABASE_SERVICE_ROLE_KEY"])
    def test_a_missing_setting_is_named(self, monkeypatch, name):
        monkeypatch.setenv(name, " ")
        with pytest.raises(SettingsError, match=f"^{name} is not set"):
            getattr(Settings(), name)

    def test_settings_that_cannot_be_right_are_refused(self, monkeypatch):
        monkeypatch.setenv("SUPABASE_URL", "localhost:54321")
        with pytest.raises(SettingsError, match="http or https"):
            _ = Settings().SUPABASE_URL
        monkeypatch.setenv("SUPABASE_SERVICE_ROLE_KEY", "sb_publishable_abc")
        with pytest.raises(SettingsError, match="publishable"):
            _ = Settings().SUPABASE_SERVICE_ROLE_KEY


class TestFactories:
    """Tests for factory functions."""

    def test_user_factory_defaults(self):
        """UserFactory should create valid user with defaults."""
        user = UserFactory.create()

        assert user["id"]
        assert "@test.com" in user["email"]
        assert user["subscription_tier"] == "free"
        assert user["subscription_status"] == "active"
        assert user["monthly_usage"] == 0

    def test_user_factory_pro(self):
        """UserFactory.create_pro should create pro user."""
        user = UserFactory.create_pro(email="custom@test.com")

        assert user["subscription_tier"] == "pro"
        assert user["email"] == "custom@test.com"

    def test_job_factory_defaults(self):
        """JobFactory should create valid job with defaults."""
        job = JobFactory.create()

        assert job["id"]
        assert job["job_type"] == "generation"
        assert job["status"] == "queued"
        assert job["progress"] == 0
        assert job["parameters"] == {}

    def test_job_factory_completed(self):
        """JobFactory.create_completed should create completed job."""
        job = JobFactory.create_completed()

        assert job["status"] == "completed"
        assert job["progress"] == 100
        assert job["completed_at"] is not None
        assert job["result"] is not None

    def test_job_factory_failed(self):
        """JobFactory.create_failed should create failed job."""
        job = JobFactory.create_failed(error_message="Custom error")

        assert job["status"] == "failed"
        assert job["error_message"] == "Custom error"

    def test_subscription_factory_defaults(self):
        """SubscriptionFactory should create valid subscription."""
        sub = SubscriptionFactory.create()

        assert sub["id"]
        assert sub["stripe_subscription_id"].startswith("sub_test")
        assert sub["tier"] == "pro"
        assert sub["status"] == "active"
        period = _time(sub["current_period_end"]) - _time(sub["current_period_start"])
        assert period.days == 30

    def test_asset_factory_defaults(self):
        """AssetFactory should create valid asset."""
        asset = AssetFactory.create()

        assert asset["id"]
        assert asset["url"].startswith("https://")
        assert asset["storage_path"] == f"assets/{asset['id']}"
        assert asset["file_size"] == 1024

    def test_the_other_tiers_and_states(self):
        """Each named variant should differ from the default in what its name says."""
        assert UserFactory.create_studio()["subscription_tier"] == "studio"
        assert UserFactory.create_enterprise()["subscription_tier"] == "enterprise"
        assert JobFactory.create_processing()["progress"] == 50
        assert JobFactory.create_processing()["status"] == "processing"
        assert SubscriptionFactory.create_canceled()["status"] == "canceled"
        assert SubscriptionFactory.create_past_due()["status"] == "past_due"

    def test_any_column_can_be_given(self):
        """A given column should win over the variant's own value."""
        assert JobFactory.create_completed(progress=99)["progress"] == 99
        assert JobFactory.create_failed(completed_at=None)["completed_at"] is None
        assert UserFactory.create_pro(avatar_url="https://a.test/1")["avatar_url"]

    def test_factories_count_on(self):
        """Two users should never share an address."""
        assert UserFactory.create()["email"] != UserFactory.create()["email"]

    def test_the_service_updates_only_columns_a_user_has(self):
        assert UPDATABLE_USER_COLUMNS < UserFactory.create().keys()


def _time(text):
    return datetime.fromisoformat(text)


def db_rows(client, table, user_id):
    """All rows of a table that belong to a user."""
    return client.table(table).select("*").eq("user_id", user_id).execute().data
