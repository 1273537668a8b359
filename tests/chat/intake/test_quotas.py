"""Limits are told politely; owners decide who comes in."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from bot.chat.context import Quotas
from bot.chat.i18n import texts
from bot.sandbox.client import Chat, Client
from tests.support.chat_harness import Stage, from_bot, on_stage, picture, request

EN = texts("en")
OWNER = 1000001  # the number that the sandbox gives to the first person


@pytest.mark.parametrize(
    ("quotas", "sentence"),
    [
        (Quotas(queued=1), EN("too-many", limit=1)),
        (Quotas(day=1), EN("too-many-today", limit=1, time=EN.duration(24 * 3600))),
        (Quotas(depth=1), EN("too-busy", count=1)),
    ],
)
async def test_a_picture_too_many_is_refused_with_what_to_do(tmp_path: Path, quotas: Quotas, sentence: str) -> None:
    """The first is queued, the second is not; nothing of it stays."""
    async with on_stage(tmp_path, quotas=quotas) as stage, Client(stage.url) as ann:
        chat = await ann.open()
        await request(chat)
        await chat.wait(lambda message: bool(message.buttons))
        await request(chat)
        await chat.wait(lambda message: message.text == sentence)
        assert len(await stage.stores.deliveries.unsettled()) == 1
        [job] = await stage.stores.deliveries.unsettled()
        assert await stage.stores.drafts.photos(job.address) == []


async def test_a_button_is_refused_like_a_photo(tmp_path: Path) -> None:
    """Pressing "Stronger" is asking for a picture."""
    async with on_stage(tmp_path, quotas=Quotas(day=1)) as stage, Client(stage.url) as ann:
        chat = await ann.open()
        await request(chat)
        await stage.finish(await stage.claim())
        answer = await chat.wait(lambda message: message.photo is not None)
        said = await chat.press(answer, EN("button-stronger"))
        assert said.alert
        assert said.text == EN("too-many-today", limit=1, time=EN.duration(24 * 3600))


async def command(chat: Chat, text: str, answer: str) -> None:
    """Send a command and wait for its answer."""
    await chat.send(text)
    await chat.wait(lambda message: message.text == answer)


async def test_owners_ban_let_in_close_and_write_to_everybody(tmp_path: Path) -> None:
    """/ban deletes what was the user's and keeps them out; maintenance keeps all others out; a letter reaches all."""
    owners = frozenset({OWNER})
    async with on_stage(tmp_path, operators=owners) as stage, Client(stage.url, "Own") as own, Client(stage.url) as ann:
        assert own.id == OWNER
        desk, chat = await own.open(), await ann.open()
        await command(chat, "/start", EN("start"))
        await command(desk, f"/ban {ann.id}", EN("ban-done", id=str(ann.id)))
        await command(chat, "/queue", EN("banned"))
        await chat.send_photos([picture()])
        await chat.wait(lambda message: message.text == EN("banned"))
        await command(desk, f"/unban {ann.id}", EN("unban-done", id=str(ann.id)))
        await command(desk, "/maintenance on", EN("maintenance-on"))
        await command(chat, "/queue", EN("maintenance"))
        await command(desk, "/queue", EN("queue-empty"))
        await command(desk, "/maintenance off", EN("maintenance-off"))
        await command(chat, "/start", EN("start"))
        await desk.send("/stats")
        assert EN("stats", queued=0, running=0, delivered=0, failed=0, users=0, seconds=0) in (await desk.wait()).text
        await command(desk, "/broadcast Good news!", EN("broadcast-done", count=1))
        await chat.wait(lambda message: message.text == "Good news!")


async def test_nobody_else_is_an_owner(stage: Stage) -> None:
    """To everybody else these commands are words."""
    async with Client(stage.url) as ann:
        chat = await ann.open()
        for text in ("/stats", "/ban 5", "/maintenance on", "/broadcast hello"):
            await command(chat, text, EN("bad-no-photo"))
        assert not (await stage.stores.people.standing(5, 5)).banned
        assert len(await from_bot(chat)) == 4


def test_limits_have_defaults_that_a_friendly_bot_can_live_with() -> None:
    """No limit is off by mistake."""
    assert all(value > 0 for value in dataclasses.astuple(Quotas()))
