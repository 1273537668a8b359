"""Two bots and two workers on PostgreSQL, each killed or frozen in turn while people ask for pictures."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, closing, contextmanager
from functools import partial
from pathlib import Path

import psycopg
import pytest

from bot.sandbox.client import Client, Message
from tests.support.conversation import is_status
from tests.support.hosts import Host
from tests.support.jobs import eventually
from tests.support.program import Program, until

PEOPLE, ASKED = 4, 5  # pictures are queued at most by one person

# A bot that takes over knows neither what its predecessor has shown and deleted, nor how many calls it has just made.
REFUSED = ("is not modified", "to edit not found", "to delete not found", "Too Many Requests", "Conflict")
METHODS = (
    "deleteMessage",
    "editMessageMedia",
    "editMessageText",
    "getUpdates",
    "sendMessage",
    "sendPhoto",
    "setMessageReaction",
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    *(pytest.mark.refused(method, reason, always=False) for method in METHODS for reason in REFUSED),
]


class Bots:
    """`vitrage bot` twice: the first one answers, the second one stands by."""

    def __init__(self, program: Program) -> None:
        self.program = program
        program.log.touch()
        self.active = self.started("answering")
        self.standby = self.started("standing by")

    def started(self, event: str) -> subprocess.Popen[bytes]:
        """Start one more, and wait until it has logged such a line."""
        with self.logging(event):
            self.program.start_bot()
        assert self.program.bot is not None
        return self.program.bot

    @contextmanager
    def logging(self, event: str) -> Iterator[None]:
        """Wait at the end of the block until such a line was logged since its beginning; print the seconds."""
        count, began = self.program.logged().count(event), time.monotonic()
        yield
        until(lambda: self.program.logged().count(event) > count, event)
        print(f"{event}: after {time.monotonic() - began:.1f} s")  # noqa: T201 - the figures are what it is for

    def take_over(self, by: Callable[[subprocess.Popen[bytes]], None]) -> None:
        """Have the active one die or freeze, and wait until the other one answers."""
        with self.logging(" answering "):
            by(self.active)
        self.active, self.standby = self.standby, self.active

    def close(self) -> None:
        """Kill both."""
        for bot in (self.active, self.standby):
            bot.kill()
            bot.wait()


def kill(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL."""
    process.kill()
    process.wait()


def pictures(messages: list[Message], request: int) -> int:
    """Return how many pictures answer a request."""
    return sum(bool(m.photo and m.reply_to == request and not is_status(m)) for m in messages)


async def test_nothing_is_lost_while_each_host_fails_in_turn(
    tmp_path: Path, postgres_url: str, cat: bytes, glass: bytes
) -> None:
    """Each request is answered by a picture; by a second one only where a bot died while it sent the first."""
    program = Program(tmp_path, "none", database=postgres_url)
    async with AsyncExitStack() as stack:
        stack.callback(program.close)
        bots = Bots(program)
        stack.callback(bots.close)
        workers = [stack.enter_context(closing(Host(tmp_path / name, postgres_url))) for name in ("first", "second")]
        people = [await stack.enter_async_context(Client(program.url, f"Person {n}")) for n in range(PEOPLE)]
        chats = [await person.open() for person in people]
        asked = [(chat, (await chat.send_photos([cat, glass]))[0].id) for _ in range(ASKED) for chat in chats]
        bots.take_over(kill)
        bots.standby = bots.started("standing by")
        for worker in workers:
            until(partial(worker.logged, "job_claimed"), "it paints")
            worker.close()
            stack.enter_context(closing(Host(worker.folder, postgres_url)))
        bots.take_over(lambda bot: os.kill(bot.pid, signal.SIGSTOP))
        with bots.logging("not the active bot any more"):
            os.kill(bots.standby.pid, signal.SIGCONT)

        async def all_answered() -> bool:
            return all([pictures(await chat.messages(), request) for chat, request in asked])

        await eventually(all_answered, within=300.0)
        copies = [pictures(await chat.messages(), request) for chat, request in asked]
        print(f"{len(asked)} requests, {sum(copies) - len(asked)} second copies")  # noqa: T201
        assert max(copies) <= 2
        with psycopg.connect(postgres_url) as connection:
            states = connection.execute("SELECT state, count(*) FROM job GROUP BY state").fetchall()
        assert states == [("delivered", len(asked))]
