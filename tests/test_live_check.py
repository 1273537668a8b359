"""`vitrage doctor --live` learns from Telegram, here from the sandbox, and from what a person does."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from rich.console import Console

from bot import live_check
from bot.sandbox.client import Chat, Client, Message
from bot.sandbox.server import running
from bot.settings import Settings
from bot.storage.errors import StoreLockedError
from bot.storage.sqlite import open_sqlite
from tests.support.chat_harness import group, picture, run_chat_on

TOKEN = "1000000003:AAEvitrage-live-tests-token-012345678"


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_check, "WAIT_SECONDS", 1.0)
    monkeypatch.setattr(live_check, "PRESS_SECONDS", (0, 2))
    monkeypatch.setattr(live_check, "EDIT_SECONDS", 0.0)
    monkeypatch.setattr(live_check, "REST_SECONDS", 0.0)


@pytest.fixture
async def url() -> AsyncIterator[str]:
    """A sandbox that knows the bot."""
    async with running() as url:
        yield url


async def learnt(url: str, folder: Path, chat_id: int) -> str:
    """Run the questions; return what was printed."""
    printed = io.StringIO()
    settings = Settings(token=SecretStr(TOKEN), api_url=url, data_dir=folder)
    assert await live_check.examine(settings, str(chat_id), Console(file=printed, width=200))
    return printed.getvalue()


async def started(url: str, folder: Path, ann: Client) -> tuple[Chat, Chat]:
    """Let somebody start the bot, which is stopped then, and add it to a group; return both chats."""
    async with open_sqlite(folder / "vitrage.db", folder / "blobs") as stores, run_chat_on(url, stores, TOKEN):
        chat = await ann.open()
        await chat.send("/start")
        await chat.wait()
        return chat, await group(ann, admin=False)


async def helped(chat: Chat, earlier: Message) -> None:
    """Do what the questions ask for, as they come."""
    begun = await chat.cursor()
    sent = await chat.wait(lambda message: "every number" in message.text, after=begun)
    await asyncio.gather(chat.press(sent, "1"), chat.press(sent, "2", wait=0.1), return_exceptions=True)
    await chat.wait(lambda message: "later run" in message.text, after=begun)
    await chat.press(earlier, "Press me in a later run")
    asked = await chat.wait(lambda message: "Mark something" in message.text, after=begun)
    await chat.send_photos([picture()], reply_to=asked)


@pytest.mark.refused("answerCallbackQuery", "query is too old")
@pytest.mark.refused("editMessageMedia", "Too Many Requests")
@pytest.mark.parametrize("brings", [True, False])
async def test_a_run_with_help_learns_each_answer(
    url: str, tmp_path: Path, brings: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How long presses live, whether old messages come, how a marked photo comes, when edits are too many."""
    async with Client(url) as ann:
        chat, _ = await started(url, tmp_path, ann)
        await ann.call("PATCH", "/api/settings", {"limits": False})  # nobody helps: messages follow one another quickly
        await learnt(url, tmp_path, ann.id)
        [earlier] = [message for message in await chat.messages() if "later run" in message.text]
        changes = {
            "limits": True,
            "callback_seconds": 1.0,
            "clock_ahead": 2 * 3600,
            "inaccessible_seconds": 9e9 if brings else 3600,
        }
        await ann.call("PATCH", "/api/settings", changes)
        monkeypatch.setattr(live_check, "REST_SECONDS", 4.0)
        monkeypatch.setattr(live_check, "WAIT_SECONDS", 20.0)  # each wait ends when the person has done what is asked
        helping = asyncio.create_task(helped(chat, earlier))
        text = await learnt(url, tmp_path, ann.id)
        await helping
    assert "Presses: an answer was taken after [0] s and refused after [2] s." in text
    assert f"a press {'brings' if brings else 'does not bring'} its message after" in text
    assert "Forced replies: the marked photo came as a photo, as a reply to it." in text
    assert "then came a pause of" in text


async def test_a_group_is_asked_about_administrators_and_captions(url: str, tmp_path: Path) -> None:
    """Alone the questions end too, and say what was not learnt; others' updates are kept for the bot."""
    async with Client(url) as ann, Client(url, "Bob") as bob:
        _, chat = await started(url, tmp_path, ann)
        await ann.call("PATCH", "/api/settings", {"limits": False})
        others = await bob.open()
        asking = asyncio.create_task(learnt(url, tmp_path, int(chat.key.removeprefix("g"))))
        await chat.wait(lambda message: "every number" in message.text)
        await others.send("/help")
        text = await asking
        assert "Administrators: 1 are shown, 0 of them anonymous." in text
        assert "No command in a caption has reached the bot." in text
        assert "no button of an earlier run was pressed" in text
    async with open_sqlite(tmp_path / "vitrage.db", tmp_path / "blobs") as stores:
        assert [update for update in await stores.updates.pending() if "/help" in update]


@pytest.mark.refused("getChat", "chat not found")
async def test_what_cannot_be_asked_is_told(url: str, tmp_path: Path) -> None:
    """An unknown chat, and a bot that runs: it would take the updates."""
    printed = io.StringIO()
    settings = Settings(token=SecretStr(TOKEN), api_url=url, data_dir=tmp_path)
    assert not await live_check.examine(settings, "-100", Console(file=printed, width=200))
    assert "The chat cannot be used" in printed.getvalue()
    async with open_sqlite(tmp_path / "vitrage.db", tmp_path / "blobs"):
        with pytest.raises(StoreLockedError):
            await live_check.examine(settings, "-100", Console(file=printed))
