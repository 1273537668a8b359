"""Starts the sandbox and the bot as two processes, and stops both."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import httpx

from bot.demo.samples import write_samples

# The sandbox accepts every well-formed token.
TOKEN = "1000000001:AAEvitrage-demo-token-0123456789abcde"  # noqa: S105 - not a secret
START_SECONDS = 60.0
STOP_SECONDS = 5.0  # then a process is killed: the data of the demonstration is deleted anyway
BANNER = "Everything runs on this computer. Send two photos, or take the samples below."
BANNER_SECONDS = 1.0  # between two looks at what the bot says of its painter


class DemoError(Exception):
    """The demonstration cannot go on; the message says why, unless one of its parts has said it already."""


@dataclass(frozen=True)
class Demo:
    """A running demonstration.

    Attributes:
        url: Of the web chat.
        sandbox: The process of the sandbox.
        bot: The process of the bot.
    """

    url: str
    sandbox: asyncio.subprocess.Process
    bot: asyncio.subprocess.Process

    async def wait(self) -> NoReturn:
        """Wait until one of the processes ends by itself; then raise DemoError."""
        waits = {
            asyncio.create_task(self.sandbox.wait()): "sandbox",
            asyncio.create_task(self.bot.wait()): "bot",
        }
        try:
            done, _ = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            first = done.pop()
            if first.result() == 1:
                raise DemoError("")  # it has said in one sentence why it cannot go on
            raise DemoError(f"The {waits[first]} ended by itself with code {first.result()}: see its lines above.")
        finally:
            for task in waits:
                task.cancel()


@asynccontextmanager
async def demonstrate(port: int, environment: dict[str, str]) -> AsyncIterator[Demo]:
    """Run the demonstration inside the context.

    Its data are kept in a temporary folder: a database, a bucket, a webhook and a port for metrics that the operator
    has set are for the bot alone.

    Args:
        port: Where the web chat listens on 127.0.0.1; 0 = any free port.
        environment: `VITRAGE_*` settings for the bot, added to the environment of this process.

    Raises:
        DemoError: a part did not start.
    """
    with tempfile.TemporaryDirectory(prefix="vitrage-demo-") as folder:
        home = Path(folder)
        processes: list[asyncio.subprocess.Process] = []
        try:
            await asyncio.to_thread(write_samples, home / "samples")
            sandbox, url = await _start_sandbox(port, home / "samples", processes)
            settings = {
                "VITRAGE_TOKEN": TOKEN,
                "VITRAGE_API_URL": url,
                "VITRAGE_DATA_DIR": str(home / "data"),
                "VITRAGE_DATABASE": f"sqlite:///{home / 'vitrage.db'}",
                **dict.fromkeys(("VITRAGE_BLOBS", "VITRAGE_METRICS", "VITRAGE_WEBHOOK"), "off"),
            }
            bot = await _start([sys.executable, "-m", "bot.cli", "run"], {**environment, **settings}, processes)
            banner = asyncio.create_task(_keep_banner(url, home / "data" / "painter.json"))
            try:
                yield Demo(url, sandbox, bot)
            finally:
                banner.cancel()
                await asyncio.gather(banner, return_exceptions=True)
        finally:
            await _stop(processes)


async def _keep_banner(url: str, painter: Path) -> None:
    """Have the page say which weights paint, and how far the download of better ones is."""
    shown = BANNER
    async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
        while True:
            await asyncio.sleep(BANNER_SECONDS)
            with contextlib.suppress(OSError, ValueError, httpx.TransportError):  # not there yet, or not any more
                said = await asyncio.to_thread(painter.read_text, encoding="utf-8")
                sentence = weights_sentence(**json.loads(said))
                text = f"{BANNER} {sentence}" if sentence else shown  # a child that starts has no weights for seconds
                if text != shown:
                    await client.put("/page/banner", content=text)
                    shown = text


def weights_sentence(weights: str, percent: int | None, trouble: str) -> str:
    """Return what the page says of the weights; the arguments are those of `bot.chat.context.Painter`."""
    if weights != "builtin":
        return {"": "", "pretrained": "It paints with the full network."}.get(weights, f"It paints with {weights}.")
    small = "It paints with the small filters that come with it"
    if percent is not None:
        return f"{small}, until the full network is here: {percent} % of the download. Again then paints with it."
    return f"{small}. {trouble}" if trouble else f"{small}."


async def _start_sandbox(
    port: int, samples: Path, processes: list[asyncio.subprocess.Process]
) -> tuple[asyncio.subprocess.Process, str]:
    """Start the sandbox and return its process and its URL, which is in the first line that it prints."""
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
    """Start a process and add it to `processes`."""
    # In a session of its own the process does not get the terminal's Ctrl-C: the supervisor stops it, in order.
    process = await asyncio.create_subprocess_exec(
        *command, env={**os.environ, **environment}, stdout=stdout, start_new_session=True
    )
    processes.append(process)
    return process


async def _stop(processes: list[asyncio.subprocess.Process]) -> None:
    """Stop the processes in the reverse order of their start; kill those that do not stop in time."""
    for process in reversed(processes):
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), STOP_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()
