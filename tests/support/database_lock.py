"""Another program that keeps a database locked, as a backup or a viewer does."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_PROGRAM = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
sys.stdin.readline()
connection.rollback()
"""


@contextmanager
def locked_by_another_program(database: Path) -> Iterator[Callable[[], None]]:
    """Keep the database locked until the end of the block, or until what is yielded is called."""
    with subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, str(database)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "locked\n"

        def unlock() -> None:
            process.communicate("\n")

        yield unlock
        if process.poll() is None:
            unlock()
