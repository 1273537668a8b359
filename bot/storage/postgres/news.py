"""News between processes: who changed something tells the others by NOTIFY, who waits is woken by LISTEN.

News may be lost, with a connection or a process: whoever waits looks again by itself after a while.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from typing import get_args

import psycopg
import structlog
from psycopg_pool import AsyncConnectionPool

from bot.storage.patience import PAUSE
from bot.storage.postgres import use_lock
from bot.storage.protocols import Topic

log = structlog.get_logger(__name__)

CHANNEL = "vitrage"
TOPICS: tuple[Topic, ...] = get_args(Topic)

# Seconds between two NOTIFYs of this process. PostgreSQL commits transactions that notify one after the other, so
# they are sent apart from the changes, and changes that come close together share one.
THROTTLE = 0.1

NOTIFY = "SELECT pg_notify(%s, %s)"


class News:
    """Tells other processes of changes in this one, and this one of changes in others.

    Args:
        conninfo: How to connect.
        pool: Gives the connections to notify by.
        wake: Called with each topic in which another process changed something.
    """

    def __init__(
        self, conninfo: str, pool: AsyncConnectionPool[psycopg.AsyncConnection], wake: Callable[[Topic], None]
    ) -> None:
        self._conninfo = conninfo
        self._pool = pool
        self._wake = wake
        self._name = secrets.token_hex(8)  # tells own notifications from others
        self._untold: set[Topic] = set()
        self._changed = asyncio.Event()

    def tell(self, topics: set[Topic]) -> None:
        """Have the other processes told, soon."""
        if topics:
            self._untold |= topics
            self._changed.set()

    async def run(self, connection: psycopg.AsyncConnection) -> None:
        """Listen and notify until cancelled.

        Args:
            connection: The first to listen on; it holds the database's `use_lock`.
        """
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._listen(connection))
            tasks.create_task(self._notify())

    async def _listen(self, connection: psycopg.AsyncConnection | None) -> None:
        while True:
            try:
                async with connection or await self._connect() as listening:
                    await listening.execute(f"LISTEN {CHANNEL}")
                    for topic in TOPICS:  # what was told before this moment
                        self._wake(topic)
                    async for notification in listening.notifies():
                        self._hear(notification.payload)
            except psycopg.Error as error:
                log.warning("not_listening", reason=type(error).__name__, next_try_seconds=PAUSE)
            connection = None
            await asyncio.sleep(PAUSE)

    async def _connect(self) -> psycopg.AsyncConnection:
        connection = await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True)
        await use_lock.share(connection)
        return connection

    def _hear(self, payload: str) -> None:
        """Wake for a topic, unless this process told it itself."""
        said, _, name = payload.partition(" ")
        for topic in TOPICS:
            if topic == said and name != self._name:
                self._wake(topic)

    async def _notify(self) -> None:
        while True:
            await self._changed.wait()
            self._changed.clear()
            topics, self._untold = self._untold, set()
            try:
                async with self._pool.connection() as connection:
                    for topic in topics:
                        await connection.execute(NOTIFY, (CHANNEL, f"{topic} {self._name}"))
            except psycopg.Error as error:
                log.warning("not_notified", reason=type(error).__name__)
            await asyncio.sleep(THROTTLE)
