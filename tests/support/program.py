"""The whole program as processes: a sandbox, the bot that talks to it, and the bot's engine child."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Literal, TypeVar

from tests.support.second_opinion.watch import WATCH

T = TypeVar("T")

TOKEN = "1000000002:AAEvitrage-test-token-0123456789abcdef"
ROOT = Path(__file__).parents[2]
PATIENCE = 240.0  # seconds until a test gives up waiting; in float32 on a busy machine a picture has taken half of it


def until(found: Callable[[], T | None], what: str, seconds: float = PATIENCE) -> T:
    """Return the first value of `found()` that is neither None nor False; TimeoutError if there is none in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if (value := found()) is not None and value is not False:
            return value
        time.sleep(0.02)
    raise TimeoutError(f"not within {seconds:.0f} s: {what}")


def children_of(pid: int) -> list[int]:
    """Return the process ids of a process's children (Linux)."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def alive(pid: int) -> bool:
    """Return whether a process runs; a zombie does not (Linux)."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def is_engine(pid: int) -> bool:
    """Return whether a process is an engine child, also the fake one (Linux)."""
    try:
        return b"engine_child" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return False


@contextmanager
def slowed(pid: int) -> Iterator[None]:
    """Let a process run a fifth of the time only: what it does on the way can be seen, whatever machine this is."""
    over = threading.Event()

    def stop_again_and_again() -> None:
        with suppress(ProcessLookupError):
            while not over.wait(0.1):
                os.kill(pid, signal.SIGSTOP)
                over.wait(0.4)
                os.kill(pid, signal.SIGCONT)

    thread = threading.Thread(target=stop_again_and_again)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def end(process: subprocess.Popen[Any]) -> int:
    """Return the exit code of a process that was asked to end; one that does not is killed, and the test fails."""
    try:
        return process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        raise


@contextmanager
def demonstration(folder: Path, *options: str, **settings: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run `vitrage demo` in a folder, by default with the builtin weights; yields the process and the URL it prints."""
    with subprocess.Popen(
        [sys.executable, "-m", "bot.cli", "demo", "--port", "0", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "VITRAGE_WEIGHTS": "builtin", **settings},
        cwd=folder,
    ) as demo:
        try:
            assert demo.stdout is not None
            ready = next((line for line in iter(demo.stdout.readline, "") if "ready" in line), "")
            assert "http://127.0.0.1:" in ready, "the demo did not print its URL"
            url = ready.split()[-1]
            with WATCH.following(url):
                yield demo, url
        finally:
            demo.terminate()
            end(demo)


class Program:
    """Starts a sandbox and `vitrage run`, and stops or kills them as a test asks; `vitrage bot` with the engine "none".

    Args:
        folder: The working directory of the bot.
        engine: The fake one takes two seconds for a picture, and starts at once.
        settings: Of the bot, by their names without VITRAGE_.

    Attributes:
        folder: The working directory of the bot, which holds its data and its log.
        log: The file that the bot's log is written to.
        url: Of the sandbox.
        bot: The process of `vitrage run`, once it has been started.
    """

    def __init__(self, folder: Path, engine: Literal["real", "fake", "none"] = "real", /, **settings: str) -> None:
        self.folder = folder
        self._command = {
            "real": ["bot.cli", "run"],
            "fake": ["tests.support.fake_engine_run", str(folder)],
            "none": ["bot.cli", "bot"],
        }[engine]
        self.log = folder / "bot.log"
        self._settings = {f"VITRAGE_{name.upper()}": value for name, value in settings.items()}
        self._sandbox = subprocess.Popen(
            [sys.executable, "-m", "bot.sandbox", "--port", "0"], stdout=subprocess.PIPE, text=True
        )
        assert self._sandbox.stdout is not None
        match = re.search(r"http://\S+", self._sandbox.stdout.readline())
        assert match, "the sandbox did not print its URL"
        self.url = match[0]
        WATCH.follow(self.url)
        self.bot: subprocess.Popen[bytes] | None = None

    def start_bot(self) -> None:
        """Start `vitrage run`."""
        settings = {
            "VITRAGE_TOKEN": TOKEN,
            "VITRAGE_API_URL": self.url,
            "VITRAGE_DATA_DIR": str(self.folder / "data"),
            "VITRAGE_WEIGHTS": "builtin",
            "VITRAGE_QUALITY": "sketch",
            "VITRAGE_DEVICE": "cpu",
            "PYTHONPATH": str(ROOT),
        }
        with self.log.open("ab") as log:
            self.bot = subprocess.Popen(
                [sys.executable, "-m", *self._command],
                env={**os.environ, **settings, **self._settings},
                cwd=self.folder,  # without the `.env` of a bot that is run from the repository
                stdout=log,
                stderr=log,
            )

    def engine(self) -> int:
        """Return the process id of the engine child, once there is one."""
        assert self.bot is not None
        pid = self.bot.pid
        return until(lambda: next(filter(is_engine, children_of(pid)), None), "the bot has an engine child")

    def kill_bot(self) -> None:
        """Kill -9 `vitrage run`."""
        assert self.bot is not None
        self.bot.kill()
        self.bot.wait()

    def stop_bot(self) -> int:
        """Ask `vitrage run` to end, and return its exit code."""
        assert self.bot is not None
        self.bot.send_signal(signal.SIGTERM)
        return end(self.bot)

    def close(self) -> None:
        """Stop everything."""
        if self.bot is not None and self.bot.poll() is None:
            self.kill_bot()
        WATCH.leave(self.url)
        self._sandbox.terminate()
        end(self._sandbox)
        assert self._sandbox.stdout is not None
        self._sandbox.stdout.close()
        assert not self.log.exists() or TOKEN.partition(":")[2] not in self.logged(), "the token stands in the log"

    def logged(self) -> str:
        """Return what the bot has logged so far."""
        return self.log.read_text(encoding="utf-8")
