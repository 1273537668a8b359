"""`vitrage-engine study vote` as a process."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from engine.errors import EngineError
from engine.study.vote.server import listen
from tests.support.vote_study import small_study

COMMAND = [sys.executable, "-m", "engine.cli", "study", "vote"]


@contextmanager
def voting(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Run the command without a browser; it is stopped at the end."""
    command = [*COMMAND, *arguments, "--no-browser"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def test_the_address_is_told_and_ctrl_c_ends_it_well(tmp_path: Path) -> None:
    """Votes are counted at the end; the exit code is 0."""
    small_study(tmp_path)
    with voting(str(tmp_path), "--language", "ru") as process:
        assert process.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
        assert found is not None
        with httpx.Client(base_url=found[0]) as page:
            asked = page.get("/question").json()
            assert asked["language"] == "ru"
            assert page.post("/vote", json={"question": asked["question"], "choice": "left"}).status_code == 200
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
        assert (process.returncode, err) == (0, "")
        assert "Votes: 1, voters: 1; kept in" in out.replace("\n", " ")


def test_a_folder_without_a_study_is_one_sentence(tmp_path: Path) -> None:
    """No page is opened, and the exit code is 1."""
    with voting(str(tmp_path)) as process:
        out, err = process.communicate(timeout=60)
        assert (process.returncode, out) == (1, "")
        assert "is not the folder of a study" in err


def test_a_port_in_use_is_one_sentence() -> None:
    """It names the option that helps."""
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(EngineError, match=r"in use\. Choose another --port"),
    ):
        listen(taken.getsockname()[1])
