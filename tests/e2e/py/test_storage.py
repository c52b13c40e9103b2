"""Files through the published Python client, synchronous and asynchronous."""

from typing import Any
from uuid import uuid4

import httpx
import pytest
from server import finish
from storage3.exceptions import StorageApiError


async def refused(call: Any, status: str) -> None:
    """Asserts that a call, given as a function, is refused with this status."""
    with pytest.raises(StorageApiError) as caught:
        await finish(call())
    assert str(caught.value.status) == status, caught.value


async def test_a_bucket_and_the_life_of_its_files(service: Any, sign_up: Any) -> None:
    """Uploaded, listed, read, replaced, signed, moved, copied, deleted; nothing for who has no policy."""
    name = f"py-{uuid4()}"
    await finish(service.storage.create_bucket(name, options={"public": False, "allowed_mime_types": ["text/*"]}))
    files = service.storage.from_(name)
    try:
        assert name in [bucket.name for bucket in await finish(service.storage.list_buckets())]
        text = {"content-type": "text/plain;charset=utf-8", "cache-control": "60"}
        await finish(files.upload("folder/a b.txt", b"one", text))
        await refused(lambda: files.upload("folder/a b.txt", b"two", text), "409")
        await refused(lambda: files.upload("folder/a.png", b"x", {"content-type": "image/png"}), "415")
        await finish(files.update("folder/a b.txt", b"three", text))
        assert await finish(files.download("folder/a b.txt")) == b"three"
        assert [each["name"] for each in await finish(files.list("folder"))] == ["a b.txt"]
        info = await finish(files.info("folder/a b.txt"))
        assert (info["size"], info["cache_control"]) == (5, "max-age=60")
        assert await finish(files.exists("folder/a b.txt"))

        signed = await finish(files.create_signed_url("folder/a b.txt", 60))
        assert httpx.get(signed["signedURL"]).text == "three"
        slot = await finish(files.create_signed_upload_url("slot.txt"))
        await finish(files.upload_to_signed_url("slot.txt", slot["token"], b"slot", text))

        await finish(files.move("slot.txt", "moved.txt"))
        await finish(files.copy("moved.txt", "copied.txt"))
        assert await finish(files.download("copied.txt")) == b"slot"

        stranger = (await sign_up()).client.storage.from_(name)
        await refused(lambda: stranger.download("moved.txt"), "404")
        await refused(lambda: stranger.upload("x.txt", b"x", text), "403")
        assert await finish(stranger.list()) == []

        removed = await finish(files.remove(["moved.txt", "copied.txt", "none"]))
        assert sorted(each["name"] for each in removed) == ["copied.txt", "moved.txt"]
        await refused(lambda: service.storage.delete_bucket(name), "409")
    finally:
        await finish(service.storage.empty_bucket(name))
        await finish(service.storage.delete_bucket(name))
    await refused(lambda: service.storage.get_bucket(name), "404")
