"""Which of several processes answers for the bot of a database: the one whose connection holds a lock of the server."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
import structlog
from psycopg.conninfo import make_conninfo
from typing_extensions import override

from bot.storage.postgres.failures import sentence
from bot.storage.postgres.opening import conninfo_of

log = structlog.get_logger(__name__)

# True also for who has it already, and so a sign of life too.
TAKE = "SELECT pg_try_advisory_lock(hashtextextended('vitrage bot', 0))"
LOOK = 1.0  # seconds between two looks

# The server ends a session that gives no sign for so long, and so frees the lock of a host that is frozen or cut off.
# By then that host has found out itself: a line that is cut ends its connection, and the grace is over.
_SESSION = b"SET idle_session_timeout = '20s'"
_CUT = 5_000  # milliseconds until a line is known to be cut
GRACE = 10.0  # seconds without the lock, while a server that restarts is waited for

LEAVE = 1.0  # seconds for a server that does not answer, once nobody waits for it any more


@asynccontextmanager
async def active_bot(url: str, stop: asyncio.Event) -> AsyncIterator[asyncio.Event]:
    """See `bot.storage.databases.active_bot`."""
    begun, over = asyncio.Event(), _Over()

    async def end() -> None:
        await stop.wait()
        over.set()
        begun.set()

    tasks = {asyncio.create_task(_have(_Lock(url), begun, over)), asyncio.create_task(end())}
    try:
        await begun.wait()
        yield over
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks, timeout=LEAVE)


class _Over(asyncio.Event):
    """Set once another process may have the lock.

    A host that was frozen sets it by the first question, before it does anything else with what it knew.

    Attributes:
        heard: When the lock was last known to be held, on the monotonic clock.
    """

    heard = math.inf

    @override
    def is_set(self) -> bool:
        if time.monotonic() > self.heard + GRACE:
            self.set()
        return super().is_set()


async def _have(lock: _Lock, begun: asyncio.Event, over: _Over) -> None:
    """Set `begun` once the lock is taken, and `over` once another process may have it."""
    try:
        said = ""
        while not begun.is_set():
            if await lock.taken():
                over.heard = time.monotonic()
                begun.set()
            elif lock.reason != said:
                said = lock.reason
                log.info("standing by", reason=said)
            await asyncio.sleep(LOOK)
        while (taken := await lock.taken()) or (taken is None and time.monotonic() < over.heard + GRACE):
            if taken:
                over.heard = time.monotonic()
            await asyncio.sleep(LOOK)
        log.warning("not the active bot any more", reason=lock.reason)
        over.set()
    finally:
        await lock.close()


class _Lock:
    """The lock, and the connection that has it or waits for it.

    Attributes:
        reason: Why this process does not have it, as of the last look; empty where it does.
    """

    def __init__(self, url: str) -> None:
        self._conninfo = make_conninfo(conninfo_of(url), tcp_user_timeout=_CUT)
        self._connection: psycopg.AsyncConnection | None = None
        self.reason = ""

    async def taken(self) -> bool | None:
        """Return whether this process has the lock, and take it if none has; None if the server does not answer."""
        try:
            if self._connection is None:
                self._connection = await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True)
                await self._connection.execute(_SESSION)
            row = await (await self._connection.execute(TAKE)).fetchone()
        except psycopg.Error as error:
            await self.close()
            self.reason = sentence(error)
            return None
        taken = bool(row and row[0])
        self.reason = "" if taken else "another process answers for this bot"
        return taken

    async def close(self) -> None:
        """Give the lock up."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()
