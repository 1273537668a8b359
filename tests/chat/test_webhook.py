"""What the webhook takes of what a proxy hands on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from bot.chat.albums import Albums
from bot.chat.app import build
from bot.chat.context import Services
from bot.chat.webhook import LARGEST, SECRET_HEADER, receiver, webhook_of
from bot.storage.models import Recipe
from bot.storage.protocols import Stores
from bot.storage.sqlite import open_sqlite
from tests.support.chat_harness import PRESETS, TOKEN

HOOK = webhook_of("https://bot.example.org/here", TOKEN)
UPDATE = json.dumps({"update_id": 7}).encode()
UNREADABLE = json.dumps({"update_id": 8, "message": {"text": "of a later Bot API"}}).encode()


@dataclass
class Receiver:
    """What answers the proxy; nobody handles the updates.

    Attributes:
        stop: Has it take nothing any more.
    """

    proxy: httpx.AsyncClient
    stores: Stores
    stop: asyncio.Event


@pytest.fixture
async def taking(tmp_path: Path) -> AsyncIterator[Receiver]:
    """The ASGI application behind a proxy."""
    async with open_sqlite(tmp_path / "db", tmp_path / "blobs") as stores:
        application = build(TOKEN, "http://127.0.0.1:9", Services(stores, Albums(), PRESETS, Recipe))
        stop = asyncio.Event()
        transport = httpx.ASGITransport(receiver(HOOK, application, stop))
        async with httpx.AsyncClient(transport=transport, base_url="http://proxy") as proxy:
            yield Receiver(proxy, stores, stop)


HAND_OVER = (f"/{HOOK.name}", HOOK.secret)
CASES = {
    "the whole path": (f"/here/{HOOK.name}", HOOK.secret, UPDATE, 200),
    "a proxy takes off what is its own": (*HAND_OVER, UPDATE, 200),
    "another path": ("/here", HOOK.secret, UPDATE, 404),
    "a longer path": (f"/{HOOK.name}/", HOOK.secret, UPDATE, 404),
    "no secret": (f"/{HOOK.name}", "", UPDATE, 403),
    "a part of the secret": (f"/{HOOK.name}", HOOK.secret[:-1], UPDATE, 403),
    "letters that no secret has": (f"/{HOOK.name}", "ключ", UPDATE, 403),
    "too large, without the secret": (f"/{HOOK.name}", "", b" " * (LARGEST + 1), 403),
    "too large": (*HAND_OVER, b" " * (LARGEST + 1), 413),
    "nothing": (*HAND_OVER, b"", 400),
    "a form": (*HAND_OVER, b"update_id=7", 400),
    "no text": (*HAND_OVER, b"\xff", 400),
    "a list": (*HAND_OVER, b"[]", 400),
    "no number": (*HAND_OVER, b'{"update_id": "7"}', 400),
    "an update that would hold up its chat": (*HAND_OVER, UNREADABLE, 200),
}


@pytest.mark.parametrize("case", CASES)
async def test_updates_of_telegram_are_stored_and_nothing_else(taking: Receiver, case: str) -> None:
    """Only 200 means that it is not sent again; what it is said of is in the database by then."""
    path, secret, body, status = CASES[case]
    headers = {SECRET_HEADER.encode(): secret.encode()} if secret else {}
    answer = await taking.proxy.post(path, content=body, headers=headers)
    assert answer.status_code == status
    stored = [json.loads(update)["update_id"] for update in await taking.stores.updates.pending()]
    assert stored == ([7] if (status, body) == (200, UPDATE) else [])


async def test_a_process_that_may_not_answer_takes_nothing(taking: Receiver) -> None:
    """As a host that was frozen while another one took over; Telegram brings it again soon."""
    taking.stop.set()
    answer = await taking.proxy.post(HOOK.name, content=UPDATE, headers={SECRET_HEADER: HOOK.secret})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert await taking.stores.updates.pending() == []


def test_address_and_secret_follow_from_the_token_alone() -> None:
    """They are the same on all hosts and after each start, and do not show the token."""
    assert webhook_of("https://bot.example.org/here", TOKEN) == HOOK
    other = webhook_of("https://bot.example.org/here", TOKEN[:-1] + "9")
    assert len({HOOK.name, HOOK.secret, other.name, other.secret}) == 4
    assert not any(part in f"{HOOK.url} {HOOK.secret}" for part in TOKEN.split(":"))
    assert HOOK.secret not in repr(HOOK)
