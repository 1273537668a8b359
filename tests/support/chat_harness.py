"""The chat side on a real sandbox and a real store; the test itself plays the worker."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from bot.chat.albums import Albums
from bot.chat.app import ALLOWED_UPDATES, build
from bot.chat.command_menu import introduce
from bot.chat.commands.broadcast import send_broadcasts
from bot.chat.context import Services
from bot.chat.i18n import texts
from bot.chat.status.reporter import Reporter
from bot.presets.catalogue import Presets
from bot.sandbox.client import Answer, Chat, Client, Message
from bot.sandbox.server import running
from bot.sandbox.state.world import World
from bot.storage.models import Job, Recipe
from bot.storage.protocols import Stores
from bot.storage.sqlite import open_sqlite
from tests.support.jobs import eventually, wake

TOKEN = "1000000003:AAEvitrage-chat-tests-token-012345678"
PRESETS = Presets()  # drawn once for all tests
REPORT = {"size": [60, 40], "seconds": 1.0}


def picture(width: int = 60, height: int = 40, color: str = "red") -> bytes:
    """Return a JPEG."""
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), color).save(buffer, "JPEG")
    return buffer.getvalue()


@dataclass
class RunningChat:
    """The chat side of the bot at work, and the stores behind it.

    Attributes:
        url: Where the sandbox answers.
    """

    url: str
    stores: Stores

    async def claim(self) -> Job:
        """Claim the next job, as a worker would, once there is one of a user of whom no other runs."""
        async with asyncio.timeout(30):
            while (job := await self.stores.work.claim("test")) is None:
                await self.stores.jobs.wait("work", 0.05)
        return job

    async def finish(self, job: Job, result: bytes | None = None) -> None:
        """Complete a claimed job with a picture."""
        blob = await self.stores.blobs.put(result or picture())
        assert await self.stores.work.complete(job, blob, REPORT, 1.0)

    async def settled(self) -> None:
        """Return once every user has every answer."""

        async def nothing_left() -> bool:
            return not await self.stores.deliveries.unsettled()

        await eventually(nothing_left)

    async def fault(self, person: Client, kind: str, method: str, **more: Any) -> None:
        """Make the sandbox answer the next call of a method with a fault, or as many calls as `more` says."""
        await person.call("POST", "/api/faults", {"kind": kind, "method": method, "times": 1, **more})

    async def lift_limits(self, person: Client) -> None:
        """Switch the sandbox's flood limits off, in a test of a pace that Telegram would not allow."""
        await person.call("PATCH", "/api/settings", {"limits": False})


@asynccontextmanager
async def run_chat(folder: Path, **services: Any) -> AsyncIterator[RunningChat]:
    """Run the chat side, a sandbox, and stores in a folder; `services` are fields of `Services`.

    The sandbox has no flood limits, since tests/chat/conftest.py makes the bot quicker than they allow.
    """
    async with (
        running(World(limits=False)) as url,
        open_sqlite(folder / "db", folder / "blobs") as stores,
        run_chat_on(url, stores, **services),
    ):
        yield RunningChat(url, stores)


@asynccontextmanager
async def run_chat_on(url: str, stores: Stores, token: str = TOKEN, **services: Any) -> AsyncIterator[None]:
    """Run the chat side on a sandbox and stores that exist already; `services` are fields of `Services`.

    The lists of commands, which few tests look at, are told by `introduce_bot`.
    """
    application = build(token, url, Services(stores, Albums(), PRESETS, Recipe, **services))
    assert application.updater is not None
    stop = asyncio.Event()
    async with application:
        await application.start()
        reporter = asyncio.create_task(Reporter(application.bot, application.bot_data).run(stop))
        broadcasts = asyncio.create_task(send_broadcasts(application.bot, stores.people, stop))
        await application.updater.start_polling(allowed_updates=ALLOWED_UPDATES)
        try:
            yield
        finally:
            stop.set()
            await application.updater.stop()
            await application.stop()
            wake(stores, "news")  # the reporter would notice only after a second that it is to stop
            await reporter
            await broadcasts


async def introduce_bot(running_chat: RunningChat, **services: Any) -> None:
    """Tell the sandbox the commands of the bot, as its start does; `services` are fields of `Services`."""
    application = build(TOKEN, running_chat.url, Services(running_chat.stores, Albums(), PRESETS, Recipe, **services))
    async with application:
        await introduce(application)


async def request(chat: Chat) -> Message:
    """Send two photos and return the first: what the answer replies to."""
    return (await chat.send_photos([picture(), picture(color="blue")]))[0]


async def from_bot(chat: Chat) -> list[Message]:
    """Return what the bot has in the chat now."""
    return [message for message in await chat.messages() if message.from_bot]


async def painted(running_chat: RunningChat, chat: Chat) -> tuple[Message, Job]:
    """Have two photos painted; return the picture's message and its job."""
    await request(chat)
    job = await running_chat.claim()
    await running_chat.finish(job)
    return await chat.wait(lambda message: message.photo is not None), job


async def press_result_button(chat: Chat, answer: Message, button: str) -> Answer:
    """Press a button under a picture; where it is not shown, turn to the other page of buttons before."""

    def shown(message: Message) -> bool:
        return message.id == answer.id and any(each.text == button for row in message.buttons for each in row)

    [now] = [message for message in await chat.messages() if message.id == answer.id]
    if not shown(now):
        await chat.press(answer, now.buttons[-1][-1].text)  # More…, or Back
        await chat.wait(shown)
    return await chat.press(answer, button)


async def group(ann: Client, *, forum: bool = False, admin: bool = True, kind: str = "supergroup") -> Chat:
    """Make a group with the bot; as an administrator it sees every message."""
    bots = (await ann.call("GET", "/api/bots"))["bots"]
    made = await ann.call(
        "POST",
        "/api/groups",
        {
            "user": ann.id,
            "title": "Friends",
            "type": kind,
            "forum": forum,
            "admins": [bots[0]["id"]] if admin else [],
            "members": [bots[0]["id"]],
        },
    )
    chat = ann.chat(made["key"])
    welcome = texts("en", bots[0]["username"])("welcome")
    await chat.wait(lambda message: message.text == welcome)  # once, when it is added
    return chat
