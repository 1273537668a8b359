"""Starts the sandbox and the bot as two processes, as they would run anywhere, and leaves none behind."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from bot.demo.samples import write_samples

# The sandbox takes any well-formed token.
TOKEN = "1000000001:AAEvitrage-demo-token-0123456789abcde"  # noqa: S105 – it opens nothing
START_SECONDS = 60.0
STOP_SECONDS = 5.0  # there is nothing here that a longer patience would save
BANNER = (
    "Everything runs on this computer. Send two photos, or take the samples below. Without VITRAGE_WEIGHTS the "
    "painter works with the small filters that come with it: the full network paints richer."
)


class DemoError(Exception):
    """The demonstration cannot go on; the message says why."""


@dataclass(frozen=True)
class Demo:
    """A running demonstration."""

    url: str  # of the web chat
    sandbox: asyncio.subprocess.Process
    bot: asyncio.subprocess.Process
    seconds: dict[str, float]  # how long each part took to start

    async def wait(self) -> NoReturn:
        """Return never: raise DemoError when one of the processes ends by itself."""
        waits = {asyncio.create_task(p.wait()): name for p, name in ((self.sandbox, "sandbox"), (self.bot, "bot"))}
        try:
            done, _ = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            first = done.pop()
            raise DemoError(f"The {waits[first]} ended by itself with code {first.result()}: see its lines above.")
        finally:
            for task in waits:
                task.cancel()


@asynccontextmanager
async def demonstrate(port: int, environment: dict[str, str]) -> AsyncIterator[Demo]:
    """Run the demonstration inside the context.

    Args:
        port: where the web chat listens on 127.0.0.1; 0 = any free port.
        environment: `VITRAGE_*` settings for the bot, on top of the present environment.

    Raises:
        DemoError: a part did not start.
    """
    with tempfile.TemporaryDirectory(prefix="vitrage-demo-") as folder:
        home = Path(folder)
        processes: list[asyncio.subprocess.Process] = []
        try:
            began = time.monotonic()
            await asyncio.to_thread(write_samples, home / "samples")
            sandbox, url = await _start_sandbox(port, home / "samples", processes)
            sandbox_ready = time.monotonic()
            settings = {"VITRAGE_TOKEN": TOKEN, "VITRAGE_API_URL": url, "VITRAGE_DATA_DIR": str(home / "data")}
            bot = await _start([sys.executable, "-m", "bot.cli", "run"], {**environment, **settings}, processes)
            yield Demo(url, sandbox, bot, {"sandbox": sandbox_ready - began})
        finally:
            await _stop(processes)


async def _start_sandbox(
    port: int, samples: Path, processes: list[asyncio.subprocess.Process]
) -> tuple[asyncio.subprocess.Process, str]:
    command = ["sandbox", "--port", str(port), "--samples", str(samples), "--banner", BANNER]
    process = await _start([sys.executable, "-m", "bot.cli", *command], {}, processes, stdout=asyncio.subprocess.PIPE)
    if process.stdout is None:
        raise DemoError("The sandbox has no output.")
    try:
        line = (await asyncio.wait_for(process.stdout.readline(), START_SECONDS)).decode()
    except TimeoutError as error:
        raise DemoError(f"The sandbox did not start within {START_SECONDS:.0f} seconds.") from error
    if "http://" not in line:
        raise DemoError(f"The sandbox did not start on port {port}: see its lines above, or choose another --port.")
    return process, line[line.index("http://") :].strip()


async def _start(
    command: Sequence[str],
    environment: dict[str, str],
    processes: list[asyncio.subprocess.Process],
    stdout: int | None = None,
) -> asyncio.subprocess.Process:
    # A session of its own: Ctrl-C reaches the supervisor alone, which then stops the parts in order.
    process = await asyncio.create_subprocess_exec(
        *command, env={**os.environ, **environment}, stdout=stdout, start_new_session=True
    )
    processes.append(process)
    return process


async def _stop(processes: list[asyncio.subprocess.Process]) -> None:
    """Stop what was started last first; kill what does not stop in time."""
    for process in reversed(processes):
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), STOP_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()
