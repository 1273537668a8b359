"""The sandbox as a process of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.second_opinion.watch import WATCH


@contextmanager
def sandbox_process(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run `python -m bot.sandbox` on a free port; yields the process and its URL, and kills it at the end.

    It reacts to SIGINT however the tests were started: tests/conftest.py sees to that for all child processes.
    """
    command = [sys.executable, "-m", "bot.sandbox", "--port", "0", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line.startswith("Sandbox: "), process.stderr.read() if process.stderr else ""
            url = line.removeprefix("Sandbox: ").strip()
            with WATCH.following(url):
                yield process, url
        finally:
            process.kill()
