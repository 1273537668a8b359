"""`vitrage demo`: serves the web chat until Ctrl-C, or paints one picture as a user of the sandbox."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

from bot.chat.i18n import texts
from bot.chat.status.text import EMPTY
from bot.demo.supervisor import Demo, DemoError, demonstrate
from bot.sandbox.client import Chat, Client, Message

T = TypeVar("T")

START_SECONDS = 60.0
ANSWER_SECONDS = 60.0
BEGIN_SECONDS = 600.0  # from the request to the first sign of painting; enough to load the engine five times
PAINT_SECONDS = 4 * 3600.0  # enough for `fine` on a slow computer; the end of a process is noticed at once anyway


async def serve_until_stopped(port: int, settings: dict[str, str]) -> None:
    """Run the demonstration and print its URL; return when asked to stop.

    Raises:
        DemoError: a part did not start, or ended by itself.
    """
    stop = asyncio.Event()
    _call_on_signals(stop.set)
    async with demonstrate(port, settings) as demo:
        print(f"\n  Vitrage is ready: open {demo.url}\n  Stop it with Ctrl-C.\n", flush=True)  # noqa: T201
        await _while_running(demo, stop.wait())


async def paint_once(content: Path, style: Path, out: Path, settings: dict[str, str]) -> None:
    """Send two photos as a user of the sandbox would, save the picture, and print the seconds of each stage.

    Raises:
        DemoError: a file cannot be read, the bot refuses a picture, or the painting fails; it says why.
    """
    pictures = [_read(content), _read(style)]
    if not out.parent.is_dir():
        raise DemoError(f"There is no folder {out.parent} to put the picture in: make it first.")
    if out.suffix.lower() not in (".jpg", ".jpeg"):
        raise DemoError(f"The chat sends a JPEG: name it {out.with_suffix('.jpg').name} in place of {out.name}.")
    stopwatch = Stopwatch()
    task = asyncio.current_task()
    assert task is not None
    _call_on_signals(task.cancel)
    async with demonstrate(0, settings) as demo:
        stopwatch.lap("sandbox started")
        try:
            picture = await _while_running(demo, _request_picture(demo.url, pictures, stopwatch))
        except TimeoutError as error:
            raise DemoError("The bot did not answer in time: its lines above may say why.") from error
    await asyncio.to_thread(out.write_bytes, picture)
    print(f"{stopwatch.total:8.1f} s  in all: {out}")  # noqa: T201


def _call_on_signals(act: Callable[[], object]) -> None:
    """Call `act` on SIGINT, SIGTERM and SIGHUP, instead of ending the process at once."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, act)


class Stopwatch:
    """Prints how long each stage took."""

    def __init__(self) -> None:
        self._began = self._last = time.monotonic()

    def lap(self, stage: str) -> None:
        """Print the seconds since the last lap."""
        now = time.monotonic()
        print(f"{now - self._last:8.1f} s  {stage}", flush=True)  # noqa: T201
        self._last = now

    @property
    def total(self) -> float:
        """The seconds since the start."""
        return time.monotonic() - self._began


async def _request_picture(url: str, pictures: list[bytes], stopwatch: Stopwatch) -> bytes:
    """Send the content and the style to the bot, and return the picture that it sends back."""
    async with Client(url, name="Ann", language="en") as ann:
        chat = await ann.open(timeout=START_SECONDS)
        stopwatch.lap("bot online")
        [request] = await chat.send_photos(pictures[:1], as_file=True)
        answer = await chat.wait(lambda message: message.reply_to == request.id, timeout=ANSWER_SECONDS)
        if answer.text != texts("en")("draft-content"):
            raise DemoError(f"The bot said of the content picture: {answer.text}")
        stopwatch.lap("content acknowledged")
        [second] = await chat.send_photos(pictures[1:], as_file=True)
        status = await chat.wait(lambda message: message.id > second.id and message.from_bot, timeout=ANSWER_SECONDS)
        if not status.buttons:
            raise DemoError(f"The bot said of the style picture: {status.text}")
        stopwatch.lap("job queued")
        return await _receive_picture(chat, request, status, stopwatch)


async def _receive_picture(chat: Chat, request: Message, status: Message, stopwatch: Stopwatch) -> bytes:
    """Wait until the status message becomes the picture, or the picture comes as a reply to the request."""
    await _wait_for_begin(chat, request, status)
    preview = await chat.wait(lambda m: _ended(m, request, status) or m.photo is not None, timeout=PAINT_SECONDS)
    if not _ended(preview, request, status):
        stopwatch.lap("first preview")
    result = await chat.wait(lambda m: _ended(m, request, status), timeout=PAINT_SECONDS)
    if not result.buttons:
        raise DemoError(f"The bot gave up: {result.text}")
    stopwatch.lap("picture received")
    return await chat.download(result)


async def _wait_for_begin(chat: Chat, request: Message, status: Message) -> None:
    """Return once there is a preview, a bar of progress or the end: a painter that does not start is not waited for."""

    def begun(m: Message) -> bool:
        return _ended(m, request, status) or m.photo is not None or (m.id == status.id and EMPTY in m.text)

    try:
        await chat.wait(begun, timeout=BEGIN_SECONDS)
    except TimeoutError as error:
        [said] = [m.text for m in await chat.messages() if m.id == status.id]
        raise DemoError(f"The painting did not begin within {BEGIN_SECONDS:.0f} s; the bot says: {said}") from error


def _ended(message: Message, request: Message, status: Message) -> bool:
    """Return whether this is the result (with `do:` buttons) or the status message of a failed job (without)."""
    labels = [button.data for row in message.buttons for button in row]
    is_result = message.reply_to == request.id and any(data.startswith("do:") for data in labels)
    return is_result or (message.id == status.id and not labels)


async def _while_running(demo: Demo, work: Coroutine[Any, Any, T]) -> T:
    """Return the result of `work`; stop waiting for it when a process of the demonstration ends.

    Raises:
        DemoError: one of its processes ended by itself.
    """
    task, ended = asyncio.create_task(work), asyncio.create_task(demo.wait())
    try:
        await asyncio.wait((task, ended), return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            ended.result()  # raises its DemoError
        return await task
    finally:
        task.cancel()
        ended.cancel()
        await asyncio.gather(task, ended, return_exceptions=True)


def _read(path: Path) -> bytes:
    """Return the bytes of a picture file, or raise DemoError."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise DemoError(f"{path} cannot be read ({error.strerror}): give a picture file.") from error
