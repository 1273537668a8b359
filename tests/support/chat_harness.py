"""The chat side on a real sandbox and a real store; the test itself plays the worker."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Awaitable, Callable
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
from bot.sandbox.client import Chat, Client, Message
from bot.sandbox.server import running
from bot.storage.models import Job, Recipe
from bot.storage.protocols import Stores
from bot.storage.sqlite import open_sqlite

TOKEN = "1000000003:AAEvitrage-stage-token-0123456789abcde"
PRESETS = Presets()  # drawn once for all tests
REPORT = {"size": [60, 40], "seconds": 1.0}


def picture(width: int = 60, height: int = 40, color: str = "red") -> bytes:
    """Return a JPEG."""
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), color).save(buffer, "JPEG")
    return buffer.getvalue()


async def eventually(condition: Callable[[], Awaitable[bool]]) -> None:
    """Return once the condition holds; TimeoutError after 30 seconds."""
    async with asyncio.timeout(30):
        while not await condition():  # noqa: ASYNC110 – it is the state of another process's world
            await asyncio.sleep(0.02)


@dataclass
class Stage:
    """A running chat side."""

    url: str
    stores: Stores

    async def claim(self) -> Job:
        """Claim the next job, as a worker would, once there is one."""
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
        """Make the sandbox misbehave once (or as `more` says)."""
        await person.call("POST", "/api/faults", {"kind": kind, "method": method, "times": 1, **more})


@asynccontextmanager
async def on_stage(folder: Path, **more: Any) -> AsyncIterator[Stage]:
    """Run the chat side and a sandbox."""
    async with running() as url, open_sqlite(folder / "db", folder / "blobs") as stores, answering(url, stores, **more):
        yield Stage(url, stores)


@asynccontextmanager
async def answering(url: str, stores: Stores, token: str = TOKEN, **more: Any) -> AsyncIterator[None]:
    """Run the chat side on a sandbox that is there; `more` are the services' own limits and owners."""
    services = Services(stores, Albums(), PRESETS, Recipe(), **more)
    application = build(token, url, services)
    assert application.updater is not None
    stop = asyncio.Event()
    async with application:
        await introduce(application)
        await application.start()
        reporter = asyncio.create_task(Reporter(application.bot, services).run(stop))
        postman = asyncio.create_task(send_broadcasts(application.bot, services.stores.people, stop))
        await application.updater.start_polling(allowed_updates=ALLOWED_UPDATES)
        try:
            yield
        finally:
            stop.set()
            await application.updater.stop()
            await application.stop()
            await reporter
            await postman


async def request(chat: Chat) -> Message:
    """Send two photos and return the first: what the answer replies to."""
    return (await chat.send_photos([picture(), picture(color="blue")]))[0]


async def from_bot(chat: Chat) -> list[Message]:
    """Return what the bot has in the chat now."""
    return [message for message in await chat.messages() if message.from_bot]


async def painted(stage: Stage, chat: Chat) -> tuple[Message, Job]:
    """Have two photos painted; return the picture's message and its job."""
    await request(chat)
    job = await stage.claim()
    await stage.finish(job)
    return await chat.wait(lambda message: message.photo is not None), job


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
    await chat.wait(lambda message: message.text == texts("en")("welcome"))  # once, when it is added
    return chat
