"""The main job with the official Python client: two people, their jobs, and what they must not do."""

import asyncio
from datetime import datetime, timedelta, timezone
from uuid import uuid4

import pytest

from server import PASSWORD, TABLES, auth_refused, everything_of, finish, new_email, refused, rows


def now() -> str:
    return datetime.now(timezone.utc).isoformat()


async def finished_job(person, service):
    """A job asked for by a person and done by a worker, with one asset."""
    [job] = await rows(
        person.client.table("jobs").insert({"user_id": person.id, "job_type": "generation"})
    )
    jobs = service.table("jobs")
    await rows(jobs.update({"status": "processing", "progress": 50}).eq("id", job["id"]))
    done = {"status": "completed", "progress": 100, "result": {"ok": True}, "completed_at": now()}
    [job] = await rows(service.table("jobs").update(done).eq("id", job["id"]))
    asset = {
        "job_id": job["id"],
        "user_id": person.id,
        "asset_type": "image",
        "url": "https://storage.example.com/a.png",
        "storage_path": "assets/a.png",
        "file_size": 2048,
        "metadata": {"width": 8},
    }
    [asset] = await rows(service.table("assets").insert(asset))
    return job, asset


async def subscribe(person, service):
    """A paid subscription with its audit entry, as a webhook writes them."""
    subscription = {
        "user_id": person.id,
        "stripe_subscription_id": f"sub_{uuid4()}",
        "stripe_customer_id": f"cus_{uuid4()}",
        "tier": "pro",
        "status": "active",
        "current_period_start": now(),
        "current_period_end": (datetime.now(timezone.utc) + timedelta(days=30)).isoformat(),
    }
    [row] = await rows(service.table("subscriptions").insert(subscription))
    entry = {
        "user_id": person.id,
        "subscription_id": row["id"],
        "action": "created",
        "stripe_event_id": f"evt_{uuid4()}",
    }
    await rows(service.table("subscription_audit").insert(entry))
    return row


async def test_each_sees_only_their_own(sign_up, service):
    ada, bob = await sign_up("Ada"), await sign_up("Bob")
    for person in (ada, bob):
        await finished_job(person, service)
        await subscribe(person, service)

    for table, owner in TABLES.items():
        for person in (ada, bob):
            seen = await rows(person.client.table(table).select("*"))
            assert {row[owner] for row in seen} == {person.id}, table
        assert await rows(ada.client.table(table).select("*").eq(owner, bob.id)) == []

    embedded = await rows(ada.client.table("users").select("id, jobs(user_id, assets(user_id))"))
    assert embedded == [
        {"id": ada.id, "jobs": [{"user_id": ada.id, "assets": [{"user_id": ada.id}]}]}
    ]


async def test_nobody_without_a_session_sees_anything(connect):
    anonymous = await connect("ANON_KEY")
    for table in [*TABLES, "dev_user_summary"]:
        await refused(anonymous.table(table).select("*"), "42501")


async def test_a_job_goes_from_queue_to_result(sign_up, service):
    ada = await sign_up()
    mine = lambda: rows(ada.client.table("jobs").select("*").single())  # noqa: E731
    [job] = await rows(
        ada.client.table("jobs").insert(
            {"user_id": ada.id, "job_type": "generation", "parameters": {"prompt": "Häschen 🐇"}}
        )
    )
    assert (job["status"], job["progress"], job["completed_at"]) == ("queued", 0, None)
    assert job["parameters"] == {"prompt": "Häschen 🐇"}

    by_id = service.table("jobs").update({"status": "processing", "progress": 40}).eq("id", job["id"])
    await rows(by_id)
    assert ((await mine())["status"], (await mine())["progress"]) == ("processing", 40)

    failed = {"status": "failed", "error_message": "out of paper", "completed_at": now()}
    await rows(service.table("jobs").update(failed).eq("id", job["id"]))
    assert (await mine())["error_message"] == "out of paper"
    await refused(service.table("jobs").update({"status": "queued"}).eq("id", job["id"]), "PT409")


@pytest.mark.parametrize(
    "column, value",
    [
        ("subscription_tier", "enterprise"),
        ("subscription_status", "active"),
        ("monthly_usage", 0),
        ("email", "other@test.com"),
        ("created_at", "2000-01-01T00:00:00Z"),
    ],
)
async def test_no_user_changes_what_is_not_theirs_to_change(sign_up, service, column, value):
    ada = await sign_up()
    before = await everything_of(service, ada)
    await refused(ada.client.table("users").update({column: value}).eq("id", ada.id), "42501")
    assert await everything_of(service, ada) == before


async def test_forbidden_attempts_change_nothing(sign_up, service):
    ada, bob = await sign_up("Ada"), await sign_up("Bob")
    job, _asset = await finished_job(bob, service)
    await subscribe(bob, service)
    before = await everything_of(service, ada, bob)
    table = ada.client.table

    assert await rows(table("users").update({"name": "Eve"}).eq("id", bob.id)) == []
    await refused(table("jobs").insert({"user_id": bob.id, "job_type": "x"}), "42501")
    forged = {"user_id": ada.id, "job_type": "x", "status": "completed", "progress": 100}
    await refused(table("jobs").insert(forged), "42501")
    await refused(table("jobs").insert({**forged, "result": {}}), "42501")
    await refused(table("jobs").update({"status": "queued"}).eq("id", job["id"]), "42501")
    await refused(table("jobs").upsert({"id": job["id"], "user_id": ada.id, "job_type": "x"}), "42501")
    await refused(table("assets").insert({"job_id": job["id"], "user_id": ada.id}), "42501")
    await refused(table("subscriptions").insert({"user_id": ada.id, "tier": "pro"}), "42501")
    await refused(table("subscription_audit").insert({"user_id": ada.id, "action": "x"}), "42501")
    for name, owner in TABLES.items():
        await refused(table(name).delete().eq(owner, bob.id), "42501")
        await refused(table(name).delete().eq(owner, ada.id), "42501")
    await refused(ada.client.rpc("reset_monthly_usage", {}), "42501")
    await refused(ada.client.rpc("seed_test_data", {"test_user_id": ada.id}), "42501")
    await refused(ada.client.rpc("handle_new_user", {}), "PGRST202")
    await refused(ada.client.schema("auth").table("users").select("*"), "PGRST106")

    assert await everything_of(service, ada, bob) == before


async def test_the_limited_fields_are_the_users_own(sign_up):
    ada = await sign_up()
    change = {"name": "Ada Lovelace", "avatar_url": "https://example.com/ada.png"}
    [row] = await rows(ada.client.table("users").update(change).eq("id", ada.id))
    assert {name: row[name] for name in change} == change


@pytest.mark.parametrize("public, secret", [("ANON_KEY", "SERVICE_ROLE_KEY"), ("PUBLISHABLE_KEY", "SECRET_KEY")])
async def test_both_kinds_of_key(sign_up, connect, public, secret):
    ada = await sign_up(key=public)
    assert await rows(ada.client.table("users").select("id")) == [{"id": ada.id}]
    await refused((await connect(public)).table("users").select("id"), "42501")

    service = await connect(secret)
    assert await rows(service.table("users").select("id").eq("id", ada.id)) == [{"id": ada.id}]
    answer = await finish(service.auth.admin.get_user_by_id(ada.id))
    assert answer.user.email == ada.email


async def test_sign_in_refresh_and_sign_out(sign_up, connect):
    ada = await sign_up()
    client = await connect("ANON_KEY")
    credentials = {"email": ada.email, "password": PASSWORD}
    wrong = {**credentials, "password": "wrong password"}
    await auth_refused(lambda: client.auth.sign_in_with_password(wrong), "invalid_credentials")

    first = await finish(client.auth.sign_in_with_password(credentials))
    assert first.user.id == ada.id
    second = await finish(client.auth.refresh_session())
    assert second.session.refresh_token != first.session.refresh_token
    assert await rows(client.table("users").select("id")) == [{"id": ada.id}]
    assert (await finish(client.auth.get_user())).user.id == ada.id
    claims = await finish(client.auth.get_claims())
    assert claims["claims"]["sub"] == ada.id

    await finish(client.auth.sign_out())
    assert await finish(client.auth.get_session()) is None
    gone = second.session
    await auth_refused(
        lambda: client.auth.refresh_session(gone.refresh_token), "refresh_token_not_found"
    )
    await auth_refused(lambda: client.auth.get_user(gone.access_token), "session_not_found")
    await refused(client.table("users").select("id"), "42501")
    # Signing out of everything reached the other device too.
    await auth_refused(lambda: ada.client.auth.refresh_session(), "refresh_token_not_found")


async def test_many_refreshes_of_one_token_at_once(sign_up, connect):
    ada = await sign_up()
    token = (await finish(ada.client.auth.get_session())).refresh_token
    tabs = [await connect("ANON_KEY") for _ in range(5)]

    async def refresh(client):
        if asyncio.iscoroutinefunction(client.auth.refresh_session):
            return await client.auth.refresh_session(token)
        return await asyncio.to_thread(client.auth.refresh_session, token)

    answers = await asyncio.gather(*(refresh(client) for client in tabs))
    assert len({answer.session.refresh_token for answer in answers}) == 1
    assert answers[0].session.refresh_token != token
    for client in tabs:
        assert await rows(client.table("users").select("id")) == [{"id": ada.id}]


async def test_changing_the_password(sign_up, connect):
    ada = await sign_up()
    await finish(ada.client.auth.update_user({"password": "another good password"}))
    client = await connect("ANON_KEY")
    old = {"email": ada.email, "password": PASSWORD}
    await auth_refused(lambda: client.auth.sign_in_with_password(old), "invalid_credentials")
    new = {**old, "password": "another good password"}
    assert (await finish(client.auth.sign_in_with_password(new))).user.id == ada.id


async def test_administration_of_users(service, connect):
    admin = service.auth.admin
    email = new_email()
    created = await finish(
        admin.create_user(
            {
                "email": email,
                "password": PASSWORD,
                "email_confirm": True,
                "user_metadata": {"name": "Made"},
            }
        )
    )
    person = created.user.id
    try:
        assert await rows(service.table("users").select("name").eq("id", person)) == [{"name": "Made"}]
        moved = new_email()
        updated = await finish(admin.update_user_by_id(person, {"email": moved, "email_confirm": True}))
        assert updated.user.email == moved
        assert await rows(service.table("users").select("email").eq("id", person)) == [{"email": moved}]
        listed = await finish(admin.list_users(page=1, per_page=1000))
        assert person in {user.id for user in listed}
        taken = {"email": moved, "password": PASSWORD}
        await auth_refused(lambda: admin.create_user(taken), "email_exists")
        nobody = await connect("ANON_KEY")
        await auth_refused(lambda: nobody.auth.admin.list_users(), "not_admin")
        await auth_refused(lambda: nobody.auth.admin.delete_user(person), "not_admin")
    finally:
        await finish(admin.delete_user(person))
    await auth_refused(lambda: admin.get_user_by_id(person), "user_not_found")


async def test_deleting_the_auth_user_cascades(sign_up, service):
    ada, bob = await sign_up("Ada"), await sign_up("Bob")
    for person in (ada, bob):
        await finished_job(person, service)
        await subscribe(person, service)
    bobs = await everything_of(service, bob)

    await finish(service.auth.admin.delete_user(ada.id))

    assert await everything_of(service, ada) == {table: [] for table in TABLES}
    assert await everything_of(service, bob) == bobs
    await auth_refused(lambda: ada.client.auth.refresh_session(), "refresh_token_not_found")
    await refused(
        ada.client.table("jobs").insert({"user_id": ada.id, "job_type": "x"}), "23503"
    )


async def test_bad_input_has_a_clear_error(sign_up):
    ada = await sign_up()
    table = ada.client.table
    await refused(table("nope").select("*"), "PGRST205")
    await refused(table("jobs").select("nope"), "42703")
    await refused(table("jobs").select("*, nope(*)"), "PGRST200")
    await refused(table("jobs").select("*").eq("id", "not a uuid"), "22P02")
    await refused(table("jobs").insert({"user_id": ada.id, "nope": 1}), "PGRST204")
    await refused(table("jobs").select("*").single(), "PGRST116")
    await refused(ada.client.rpc("nope", {}), "PGRST202")
    weak = {"email": new_email(), "password": "123"}
    await auth_refused(lambda: ada.client.auth.sign_up(weak), "weak_password")
    wrong = {"email": "no address", "password": PASSWORD}
    await auth_refused(lambda: ada.client.auth.sign_up(wrong), "validation_failed")
