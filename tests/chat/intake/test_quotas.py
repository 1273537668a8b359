"""Quotas are told with what to do; operators decide who may use the bot."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
import telegram

from bot.chat.context import Quotas
from bot.chat.i18n import texts
from bot.chat.intake.quotas import refusal
from bot.sandbox.client import Chat, Client
from bot.storage.models import Load
from tests.support.chat_harness import RunningChat, from_bot, picture, request, run_chat
from tests.support.fakes import FakeJobStore, fake_stores
from tests.support.requests import GROUP, PRIVATE, fake_bot, message, message_request, services

EN = texts("en")
OPERATOR = 1000001  # the id that the sandbox gives to the first person


@pytest.mark.parametrize(
    ("chat", "load", "sentence"),
    [
        (PRIVATE, Load(own=1, chat=1, everyone=1, today=1, frees_in=60.0), None),
        (PRIVATE, Load(own=2, chat=2, everyone=2, today=2, frees_in=60.0), EN("too-many", limit=2)),
        (PRIVATE, Load(own=1, chat=3, everyone=3, today=1, frees_in=60.0), None),
        (GROUP, Load(own=1, chat=2, everyone=3, today=1, frees_in=60.0), None),
        (GROUP, Load(own=1, chat=3, everyone=3, today=1, frees_in=60.0), EN("too-many-group", limit=3)),
        (
            PRIVATE,
            Load(own=0, chat=0, everyone=0, today=4, frees_in=7200.0),
            EN("too-many-today", limit=4, time=EN.duration(7200)),
        ),
        (PRIVATE, Load(own=0, chat=0, everyone=5, today=0, frees_in=0.0), EN("too-busy", count=5)),
    ],
)
async def test_each_quota_has_a_sentence(chat: telegram.Chat, load: Load, sentence: str | None) -> None:
    """One picture below every quota is accepted; the quota of a group does not count in a private chat."""
    jobs, bot = FakeJobStore(), fake_bot()
    jobs.waiting = load
    parts = services(fake_stores(jobs=jobs), quotas=Quotas(queued=2, group=3, day=4, depth=5))
    assert await refusal(message_request(bot, parts, message(bot, chat))) == sentence


async def test_a_picture_too_many_is_refused_with_what_to_do(tmp_path: Path) -> None:
    """The first picture is queued, the second is refused, and its photos are deleted."""
    async with run_chat(tmp_path, quotas=Quotas(day=1)) as running_chat, Client(running_chat.url) as ann:
        chat = await ann.open()
        await request(chat)
        await chat.wait(lambda message: bool(message.buttons))
        await request(chat)
        await chat.wait(lambda message: message.text == EN("too-many-today", limit=1, time=EN.duration(24 * 3600)))
        assert len(await running_chat.stores.deliveries.unsettled()) == 1
        [job] = await running_chat.stores.deliveries.unsettled()
        assert await running_chat.stores.drafts.photos(job.address) == []


async def test_a_button_is_refused_like_a_photo(tmp_path: Path) -> None:
    """Pressing "Stronger" asks for a picture, which counts."""
    async with run_chat(tmp_path, quotas=Quotas(day=1)) as running_chat, Client(running_chat.url) as ann:
        chat = await ann.open()
        await request(chat)
        await running_chat.finish(await running_chat.claim())
        answer = await chat.wait(lambda message: message.photo is not None)
        said = await chat.press(answer, EN("button-stronger"))
        assert said.alert
        assert said.text == EN("too-many-today", limit=1, time=EN.duration(24 * 3600))


async def command(chat: Chat, text: str, answer: str) -> None:
    """Send a command and wait for its answer."""
    await chat.send(text)
    await chat.wait(lambda message: message.text == answer)


async def test_operators_ban_pause_the_bot_and_write_to_everybody(tmp_path: Path) -> None:
    """/ban and /unban, maintenance on and off, /stats, and a broadcast to everybody but the operator."""
    operators = frozenset({OPERATOR})
    async with (
        run_chat(tmp_path, operators=operators) as running_chat,
        Client(running_chat.url, "Own") as own,
        Client(running_chat.url) as ann,
    ):
        assert own.id == OPERATOR
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


async def test_other_users_are_no_operators(running_chat: RunningChat) -> None:
    """From other users, the operator's commands are ordinary texts."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        for text in ("/stats", "/ban 5", "/maintenance on", "/broadcast hello"):
            await command(chat, text, EN("bad-no-photo"))
        assert not (await running_chat.stores.people.standing(5, 5)).banned
        assert len(await from_bot(chat)) == 4


def test_every_quota_has_a_default_above_zero() -> None:
    """Each quota allows at least one picture."""
    assert all(value > 0 for value in dataclasses.astuple(Quotas()))
