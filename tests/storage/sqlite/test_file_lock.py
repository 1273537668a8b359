"""The lock of a database: one process has it, it ends with that process, and its file names the process."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.storage.errors import StoreLockedError
from bot.storage.sqlite.file_lock import locked

HOLD = """
import sys
from pathlib import Path
from bot.storage.sqlite.file_lock import locked
with locked(Path(sys.argv[1])):
    print("locked", flush=True)
    sys.stdin.read()
"""


@contextmanager
def holder(path: Path) -> Iterator[subprocess.Popen[str]]:
    """Run a process that holds the lock until its standard input is closed."""
    command = [sys.executable, "-c", HOLD, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "locked\n"
            yield process
        finally:
            process.kill()


def close_input(process: subprocess.Popen[str]) -> None:
    """Let the process come to its end."""
    assert process.stdin is not None
    process.stdin.close()


@pytest.mark.parametrize("end", [close_input, subprocess.Popen.kill], ids=["exit", "kill -9"])
def test_another_process_is_refused_until_the_holder_ends(
    tmp_path: Path, end: Callable[[subprocess.Popen[str]], None]
) -> None:
    """The error names the process that holds the lock; however that process ends, the lock is free then."""
    path = tmp_path / "vitrage.db"
    with holder(path) as process:
        for _ in range(2):  # a refusal changes nothing
            with pytest.raises(StoreLockedError, match=rf"vitrage\.db belongs to process {process.pid}:"), locked(path):
                pass
        end(process)
        process.wait()
        with locked(path):
            assert (tmp_path / "vitrage.db.lock").read_text() == f"{os.getpid()}\n"


def test_the_lock_is_free_after_its_block(tmp_path: Path) -> None:
    """Also where the block fails; within the block even the same process cannot lock the file again."""
    path = tmp_path / "vitrage.db"
    with pytest.raises(ZeroDivisionError), locked(path):
        with pytest.raises(StoreLockedError, match=f"belongs to process {os.getpid()}:"), locked(path):
            pass
        raise ZeroDivisionError
    with locked(path):
        pass


@pytest.mark.parametrize("left", ["", "123456789012345\n", "1\n"])
def test_a_lock_file_that_was_left_is_no_obstacle(tmp_path: Path, left: str) -> None:
    """Whatever an earlier process wrote, the file names only the present one."""
    file = tmp_path / "vitrage.db.lock"
    file.write_text(left)
    with locked(tmp_path / "vitrage.db"):
        assert file.read_text() == f"{os.getpid()}\n"


def test_the_files_are_private_from_the_first_moment(tmp_path: Path) -> None:
    """Nobody else can read database or lock file, whatever the umask is; nor list a folder that is created."""
    path = tmp_path / "data" / "vitrage.db"
    before = os.umask(0)
    try:
        with locked(path):
            modes = [file.stat().st_mode & 0o777 for file in (path.parent, path, path.with_name("vitrage.db.lock"))]
    finally:
        os.umask(before)
    assert modes == [0o700, 0o600, 0o600]
