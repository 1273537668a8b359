"""The lists of commands are told in the background, once."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.chat import command_menu
from bot.chat.i18n import texts
from bot.painters import Painters
from bot.run import _Bot
from bot.sandbox.client import Client
from bot.sandbox.server import running
from bot.settings import Settings
from bot.storage.sqlite import open_sqlite
from tests.support.chat_harness import TOKEN, RunningChat, introduce_bot
from tests.support.jobs import eventually

EN = texts("en")


async def lists_set(ann: Client) -> int:
    """Return how many lists were set."""
    calls = (await ann.call("GET", "/api/wire"))["calls"]
    return len([call for call in calls if call["method"] == "setMyCommands" and call["status"] == 200])


async def test_what_telegram_has_already_is_not_set_again(running_chat: RunningChat) -> None:
    """Three kinds of chats in two languages at the first start; nothing at the second."""
    async with Client(running_chat.url) as ann:
        for _ in range(2):
            await introduce_bot(running_chat)
            assert await lists_set(ann) == 6


async def all_set(ann: Client) -> bool:
    """Return whether every list was set."""
    return await lists_set(ann) == 6


@pytest.mark.parametrize("fault", [{"kind": "flood", "seconds": 240}, {"kind": "error", "status": 502}])
async def test_a_list_that_cannot_be_set_keeps_nobody_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: dict[str, Any]
) -> None:
    """People are answered meanwhile, and what failed is tried again."""
    monkeypatch.setattr(command_menu, "RETRY_SECONDS", 0.1)
    async with running() as url, open_sqlite(tmp_path / "db", tmp_path / "blobs") as stores, Client(url) as ann:
        await ann.call("POST", "/api/faults", {"method": "setMyCommands", "times": 2, **fault})
        settings, stop = Settings(token=SecretStr(TOKEN), api_url=url), asyncio.Event()
        bot = _Bot(settings, stores, Painters(settings, stores, [], None), None)
        answering = asyncio.create_task(bot.run(stop))
        chat = await ann.open()
        await chat.send("/queue")
        async with asyncio.timeout(10):
            await chat.wait(lambda message: message.text == EN("queue-empty"))
            if fault["kind"] == "error":
                await eventually(lambda: all_set(ann))
        stop.set()
        await asyncio.wait_for(answering, 10)


async def test_an_operator_gets_a_list_once_they_have_started_the_bot(running_chat: RunningChat) -> None:
    """Before, Telegram knows no such chat: it is not even asked about."""
    async with Client(running_chat.url) as ann:
        operators = frozenset({ann.id})
        await introduce_bot(running_chat, operators=operators)
        assert await lists_set(ann) == 6
        chat = await ann.open()
        await chat.send("/start")
        await chat.wait()
        await introduce_bot(running_chat, operators=operators)
        assert await lists_set(ann) == 8
