"""PostgreSQL's errors as the errors of a store, by https://www.postgresql.org/docs/current/errcodes-appendix.html."""

from __future__ import annotations

import psycopg
from procrastinate.exceptions import ConnectorException, UniqueViolation
from psycopg_pool import PoolClosed, PoolTimeout

from bot.storage.errors import (
    StoreBusyError,
    StoreDamagedError,
    StoreError,
    StoreFailingError,
    StoreFullError,
    StoreReadOnlyError,
    StoreRefusedError,
    StoreUnreachableError,
)

_BUSY = {
    "55P03",  # a lock was not available in time
    "40001",  # transactions could not be put into an order
    "40P01",  # transactions waited for each other, and this one was chosen to give up
    "57014",  # the operator's statement_timeout, or a cancel by hand
}
_DAMAGED = {"XX001", "XX002"}
_DISK = {"58030", "53200"}  # an error of the disk; not enough memory


def store_error(error: BaseException) -> StoreError | None:
    """Return what an error means for the store; None for errors of the program itself."""
    if isinstance(error, TimeoutError | PoolTimeout | PoolClosed):
        return StoreUnreachableError(f"{error}" or "no answer in time")
    if isinstance(error, UniqueViolation):  # of procrastinate: two workers took a user's jobs at the same moment
        return StoreBusyError()
    if isinstance(error, ConnectorException) and error.__cause__:
        return store_error(error.__cause__)
    if not isinstance(error, psycopg.Error):
        return None
    code, reason = error.sqlstate, sentence(error)
    if code is None:  # it did not come from the server: the connection is lost
        return StoreUnreachableError(reason) if isinstance(error, psycopg.OperationalError) else None
    if code in _BUSY:
        return StoreBusyError()
    if code == "53100":
        return StoreFullError()
    if code == "25006":
        return StoreReadOnlyError()
    if code in _DISK:
        return StoreFailingError(reason)
    if code in _DAMAGED:
        return StoreDamagedError("The database", reason)
    if code == "42501":
        return StoreRefusedError(reason)
    # Connections; too many of them; the server stops or starts; this process held up a transaction for too long.
    return StoreUnreachableError(reason) if code.startswith(("08", "53", "57", "25P03")) else None


def sentence(error: psycopg.Error) -> str:
    """Return what happened in one line, without the advice that may follow it."""
    first = str(error).strip().splitlines() or [type(error).__name__]
    return first[0].removesuffix(".")
