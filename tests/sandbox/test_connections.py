"""What is refused before it reaches an API, and connections that end without an answer."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from bot.sandbox.client import Client
from bot.sandbox.state.world import World
from tests.support.jobs import eventually
from tests.support.sandbox_client import Api


async def test_foreign_pages_are_kept_out(sandbox: str, ann: Client) -> None:
    """Requests of pages of another origin are refused, and those for another host name that resolves to loopback."""
    async with httpx.AsyncClient(base_url=sandbox, trust_env=False) as browser:
        body = {"name": "Mallory"}
        for headers in ({"origin": "https://evil.example"}, {"origin": "null"}, {"host": "evil.example"}):
            assert (await browser.post("/api/users", json=body, headers=headers)).status_code == 403
        own = await browser.post("/api/users", json=body, headers={"origin": sandbox})
        assert own.status_code == 200
        page = await browser.get("/")
        assert "script-src 'self'" in page.headers["content-security-policy"]
        assert page.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("kind", ["drop", "timeout"])
async def test_a_cut_connection_brings_no_answer_at_all(api: Api, ann: Client, kind: str) -> None:
    """An HTTP 500 would be an answer: it proves to a bot that its call arrived."""
    await ann.call("POST", "/api/faults", {"kind": kind, "method": "getMe", "times": 1, "seconds": 0.05})
    with pytest.raises(httpx.RemoteProtocolError):
        await api.call("getMe")


async def test_an_answer_that_nobody_waits_for_is_logged_as_such(api: Api, ann: Client, world: World) -> None:
    """A bot that ends closes its poll; the next one is no second poller for it."""
    poll = asyncio.create_task(api.updates(seconds=30))
    await eventually(lambda: asyncio.sleep(0, any(queue.polled for queue in world.queues.values())))
    poll.cancel()
    await asyncio.wait([poll])
    await api.updates(seconds=0)
    polls = [entry for entry in world.call_log.entries if entry.method == "getUpdates"]
    await eventually(lambda: asyncio.sleep(0, all(entry.response for entry in polls)))
    assert [entry.status for entry in polls] == [0, 200]
