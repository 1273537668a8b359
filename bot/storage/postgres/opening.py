"""How the database is opened: reached, checked, brought to this release, and served by a pool of connections."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager

import psycopg
import structlog
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.types.string import TextLoader
from psycopg_pool import AsyncConnectionPool

from bot.storage.errors import StoreRefusedError, StoreUnreachableError
from bot.storage.patience import PAUSE
from bot.storage.postgres import use_lock
from bot.storage.postgres.carrier import ProcrastinateCarrier
from bot.storage.postgres.database import PostgresDatabase, store_errors
from bot.storage.postgres.failures import sentence
from bot.storage.postgres.migration import migrate

log = structlog.get_logger(__name__)

OLDEST = 15  # the oldest release of PostgreSQL that has what the schema needs
CONNECTIONS = 8  # of a process at most, besides the one that listens

# A connection whose other end is gone is found out within half a minute, also where a cable was cut. The URL decides
# where it names one of these itself.
_DEFAULTS: dict[str, str | int] = {
    "application_name": "vitrage",
    "client_encoding": "utf8",
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,  # milliseconds
}

# A host that is frozen or cut off in the middle of a transaction must not keep the others waiting for its locks.
_SESSION = b"SET lock_timeout = '5s'; SET idle_in_transaction_session_timeout = '10s'"


@asynccontextmanager
async def open_database(url: str, patience: float, queues: Collection[str]) -> AsyncIterator[PostgresDatabase]:
    """Reach the server, create or upgrade the tables, and close all connections at the end.

    Jobs that nothing carries yet are submitted.

    Raises:
        StoreError: It cannot be used, or does not answer within so many seconds.
    """
    conninfo = conninfo_of(url)
    pool = AsyncConnectionPool(
        conninfo,
        kwargs={"autocommit": True, "prepare_threshold": None},  # a prepared plan would outlive a migration
        min_size=1,
        max_size=CONNECTIONS,
        reconnect_timeout=5.0,  # then the next call tries again, without the pool's growing pauses
        configure=_configure,
        open=False,
    )
    async with open_connection(url, patience) as connection:
        if not await use_lock.share(connection):
            raise StoreRefusedError("`vitrage move-store` is at work on it", "wait until that has ended")
        await create_or_upgrade(connection)
        async with pool:
            carrier = ProcrastinateCarrier(queues)
            database = PostgresDatabase(conninfo, pool, carrier)
            async with database.serving(connection):
                await database.transaction(carrier.mend, patience)
                yield database


@asynccontextmanager
async def open_connection(url: str, patience: float) -> AsyncIterator[psycopg.AsyncConnection]:
    """Connect, in autocommit mode, to a server that can hold the tables.

    Raises:
        StoreError: It cannot be used, or does not answer within so many seconds.
    """
    async with await _first_connection(conninfo_of(url), patience) as connection:
        await _check(connection)
        yield connection


async def create_or_upgrade(connection: psycopg.AsyncConnection) -> None:
    """Create the tables, or bring them to this release.

    Raises:
        StoreError: That is not possible; nothing was changed.
    """
    try:
        with store_errors():
            await migrate(connection)
    except psycopg.Error as error:
        raise StoreRefusedError(sentence(error)) from error


def conninfo_of(url: str) -> str:
    """Return how a URL is connected to.

    Raises:
        StoreRefusedError: It is none.
    """
    try:
        given = conninfo_to_dict(url)
    except psycopg.ProgrammingError as error:
        raise StoreRefusedError(
            sentence(error), "VITRAGE_DATABASE must be postgresql://USER:PASSWORD@HOST/NAME"
        ) from None
    return make_conninfo(url, **{name: value for name, value in _DEFAULTS.items() if name not in given})


async def _configure(connection: psycopg.AsyncConnection) -> None:
    """Prepare a new connection of the pool: JSON stays text, as on SQLite."""
    connection.adapters.register_loader("jsonb", TextLoader)
    await connection.execute(_SESSION)


async def _first_connection(conninfo: str, patience: float) -> psycopg.AsyncConnection:
    """Connect as soon as the server answers.

    Raises:
        StoreUnreachableError: It does not in time.
        StoreRefusedError: It answers, and lets nobody in who comes like this.
    """
    deadline = time.monotonic() + patience
    while True:
        answered = await _answers(conninfo)
        try:
            return await psycopg.AsyncConnection.connect(conninfo, autocommit=True)
        except psycopg.OperationalError as error:
            # libpq gives no code for a failed connection: who answers before and after it has refused it.
            if answered and await _answers(conninfo):
                raise StoreRefusedError(sentence(error)) from error
            failure = StoreUnreachableError(sentence(error))
        if time.monotonic() > deadline:
            raise failure
        log.warning("store_unreachable", reason=str(failure), next_try_seconds=PAUSE)
        await asyncio.sleep(PAUSE)


async def _answers(conninfo: str) -> bool:
    """Return whether a server is there and takes connections, of whomever."""
    answer = await asyncio.to_thread(psycopg.pq.PGconn.ping, conninfo.encode())
    return bool(answer == psycopg.pq.Ping.OK)


async def _check(connection: psycopg.AsyncConnection) -> None:
    """Refuse a server that is too old, and a database that cannot hold every text."""
    version = connection.info.server_version // 10_000
    if version < OLDEST:
        raise StoreRefusedError(f"it is release {version}", f"release {OLDEST} or newer is needed")
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise StoreRefusedError(f"the database has the encoding {encoding}", "make one with ENCODING 'UTF8'")
