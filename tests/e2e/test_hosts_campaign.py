"""Two bots and two workers on PostgreSQL, each killed or frozen in turn while people ask for pictures."""

from __future__ import annotations

import asyncio
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

from tests.support.campaign import REFUSED, Requests, people
from tests.support.figures import Figures
from tests.support.hosts import Host
from tests.support.jobs import eventually
from tests.support.program import Program, until

PEOPLE, ASKED = 4, 5  # pictures are queued at most by one person
PAUSE = 2.0  # seconds between two requests, so that they come while one bot takes over from the other

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600), *REFUSED]


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
        """Wait at the end of the block until such a line was logged since its beginning."""
        count = self.program.logged().count(event)
        yield
        until(lambda: self.program.logged().count(event) > count, event)

    def take_over(self, by: Callable[[subprocess.Popen[bytes]], None]) -> float:
        """Have the active one die or freeze; return the seconds until the other one answers."""
        began = time.monotonic()
        with self.logging(" answering "):
            by(self.active)
        self.active, self.standby = self.standby, self.active
        return round(time.monotonic() - began, 1)

    def thaw(self) -> None:
        """Let the frozen one go on, and wait until it knows that another one answers."""
        with self.logging("not the active bot any more"):
            os.kill(self.standby.pid, signal.SIGCONT)

    def close(self) -> None:
        """Kill both."""
        for bot in (self.active, self.standby):
            bot.kill()
            bot.wait()


def kill(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL."""
    process.kill()
    process.wait()


def freeze(process: subprocess.Popen[bytes]) -> None:
    """SIGSTOP."""
    process.send_signal(signal.SIGSTOP)


async def test_nothing_is_lost_while_each_host_fails_in_turn(
    tmp_path: Path, postgres_url: str, photos: list[bytes], record_property: Figures
) -> None:
    """Each request is answered by a picture; by a second one only where a bot died while it sent the first.

    People go on asking while one bot takes over from the other.
    """
    program = Program(tmp_path, "none", database=postgres_url)
    async with AsyncExitStack() as stack:
        stack.callback(program.close)
        bots = Bots(program)
        stack.callback(bots.close)
        workers = [stack.enter_context(closing(Host(tmp_path / name, postgres_url))) for name in ("first", "second")]
        chats, requests = await stack.enter_async_context(people(program.url, PEOPLE)), Requests(photos)
        asking = asyncio.create_task(requests.ask(chats * ASKED, PAUSE))
        await asyncio.sleep(2 * PAUSE)
        record_property("seconds to take over from a dead bot", await asyncio.to_thread(bots.take_over, kill))
        bots.standby = await asyncio.to_thread(bots.started, "standing by")
        for worker in workers:
            await asyncio.to_thread(until, partial(worker.logged, "job_claimed"), "it paints")
            worker.close()
            stack.enter_context(closing(Host(worker.folder, postgres_url)))
        record_property("seconds to take over from a frozen bot", await asyncio.to_thread(bots.take_over, freeze))
        await asyncio.to_thread(bots.thaw)
        await asking
        await eventually(requests.all_answered, within=300.0)
        copies = await requests.copies()
        record_property("requests", len(copies))
        record_property("requests without a picture", copies.count(0))
        record_property("second copies", sum(copies) - len(copies))
        assert max(copies) <= 2
        with psycopg.connect(postgres_url, autocommit=True) as connection:
            states = "SELECT state, count(*) FROM job GROUP BY state"
            # The last delivery is recorded a moment after its picture is in the chat.
            until(lambda: connection.execute(states).fetchall() == [("delivered", len(copies))], "all are delivered")
