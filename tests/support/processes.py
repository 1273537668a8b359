"""Child processes of the tests: a sandbox as users start it, and signals that do not depend on the shell."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def default_sigint() -> Iterator[None]:
    """Let the processes that are started in this block react to SIGINT.

    A shell starts background jobs with SIGINT ignored, and children inherit that through `exec`. Handlers are not
    inherited: a child of a process that handles SIGINT starts with the default action. Call it in the main thread.
    """
    previous = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)


@contextmanager
def sandbox_process(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run `python -m bot.sandbox` on a free port; yields the process and its URL, and kills it at the end."""
    command = [sys.executable, "-m", "bot.sandbox", "--port", "0", *arguments]
    with default_sigint():
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    with process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line.startswith("Sandbox: "), process.stderr.read() if process.stderr else ""
            yield process, line.removeprefix("Sandbox: ").strip()
        finally:
            process.kill()
