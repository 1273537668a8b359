"""The log of calls."""

from __future__ import annotations

from bot.sandbox.client import Client
from tests.support.sandbox_client import Api


async def test_the_call_log_has_no_token(api: Api, ann: Client) -> None:
    """The call log has calls, answers and times, and no token."""
    await api.call("getMe")
    found = await ann.call("GET", "/api/wire")
    assert found["calls"][-1]["method"] == "getMe"
    assert found["calls"][-1]["milliseconds"] >= 0
    assert api.token not in str(found)
