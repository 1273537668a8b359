"""Another program that keeps a database locked, as a backup or a viewer does."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

_PROGRAM = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], timeout=0.2, isolation_level=None)
for _ in sys.stdin:
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError:
        print("busy", flush=True)
    else:
        print("locked", flush=True)
        break
sys.stdin.readline()
connection.rollback()
"""


@contextmanager
def locked_by_another_program(database: Path) -> Iterator[Callable[[], None]]:
    """Keep the database locked until the end of the block, or until what is yielded is called."""
    with _program(database) as process:
        while not _locks(process):
            pass
        yield lambda: _unlock(process)


@asynccontextmanager
async def locked_beside_us(database: Path) -> AsyncIterator[None]:
    """The same for a loop of which another task may have a transaction open: it goes on between two tries."""
    with _program(database) as process:
        while not _locks(process):  # noqa: ASYNC110  the program sets no event of ours
            await asyncio.sleep(0)
        yield


@contextmanager
def _program(database: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, str(database)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process
        if process.poll() is None:
            _unlock(process)


def _locks(process: subprocess.Popen[str]) -> bool:
    """Let the program try once to lock the database; returns whether it has."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("try\n")
    process.stdin.flush()
    answer = process.stdout.readline()
    assert answer in ("locked\n", "busy\n"), "the program that locks the database has ended"
    return answer == "locked\n"


def _unlock(process: subprocess.Popen[str]) -> None:
    process.communicate("\n")
