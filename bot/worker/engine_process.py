"""The worker's handle on its child processes."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from bot.worker.protocol import FromChild, ProtocolError, ToChild, encode, receive_frame

SECRETS = ("VITRAGE_TOKEN", "VITRAGE_DATABASE")  # settings that a process which reads hostile pictures must not have
_CLOSING = 1.0  # seconds that a child has to end by itself


def engine_command(
    device: str = "auto",
    weights: str = "auto",
    cache: Path | None = None,
    url: str | None = None,
    kernels: str = "auto",
) -> list[str]:
    """Return the command that starts the engine child with the same Python as ours.

    Args:
        device: `auto`, `cpu`, `cuda`, `cuda:1` …
        weights: `auto`, `pretrained`, `builtin`, or a weights file.
        cache: The folder of downloaded weights; None: the engine's default.
        url: Of the file of weights; None: the engine's default.
        kernels: `auto`, `direct` or `winograd`.
    """
    command = [sys.executable, "-m", "bot.worker.engine_child", "--device", device, "--weights", weights]
    return [*command, "--kernels", kernels, *_weights_options(cache, url)]


def download_command(cache: Path | None = None, url: str | None = None) -> list[str]:
    """Return the command that starts the download child; the arguments are those of `engine_command`."""
    return [sys.executable, "-m", "bot.worker.download_child", *_weights_options(cache, url)]


def _weights_options(cache: Path | None, url: str | None) -> list[str]:
    return [*(["--cache", str(cache)] if cache else []), *(["--url", url] if url else [])]


class ChildDiedError(Exception):
    """The engine child has ended, or was killed because it no longer works as it should."""


class EngineProcess:
    """A running child: sends it frames, receives its frames, and sees that it ends."""

    def __init__(self, process: Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._process = process
        self._stdin = process.stdin
        self._stdout = process.stdout
        self._receiving: asyncio.Task[FromChild] | None = None
        self._lost = False

    @classmethod
    async def start(cls, command: Sequence[str]) -> EngineProcess:
        """Start a child; its stderr is ours.

        Raises:
            ChildDiedError: The command cannot be started.
        """
        inherited = {name: value for name, value in os.environ.items() if name not in SECRETS}
        try:
            return cls(await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, env=inherited))
        except OSError as error:
            raise ChildDiedError(f"The engine child cannot be started: {error}.") from error

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._process.pid

    @property
    def gone(self) -> bool:
        """Whether the child has ended, or is about to end."""
        return self._lost or self._process.returncode is not None

    def send(self, frame: ToChild) -> None:
        """Send a frame without waiting: a child that does not read must not block the worker.

        Raises:
            ProtocolError: The frame is too large.
        """
        self._stdin.write(encode(frame))

    async def receive(self, seconds: float) -> FromChild | None:
        """Return the child's next frame, or None if none has arrived after so many seconds.

        Raises:
            ChildDiedError: The child has ended, or was killed because it sent something else than frames.
        """
        if self._receiving is None:
            self._receiving = asyncio.create_task(receive_frame(self._stdout))
        done, _ = await asyncio.wait({self._receiving}, timeout=seconds)
        if not done:
            return None  # the task is kept, so that the part of a frame that it has read is not lost
        received, self._receiving = self._receiving, None
        try:
            return received.result()
        except EOFError:
            self._lost = True
            raise ChildDiedError(f"The engine child ended ({await self._how_it_ended()}).") from None
        except ProtocolError as error:
            self.kill()
            raise ChildDiedError(f"The engine child sent something else than frames and was killed. {error}") from error

    async def died(self) -> None:
        """Return once the child has ended."""
        await self._process.wait()

    def kill(self) -> None:
        """End the child at once."""
        self._lost = True
        with suppress(ProcessLookupError):
            self._process.kill()

    async def close(self) -> None:
        """End the child and free its pipes: it ends by itself at the end of its input, and is killed if it does not."""
        if self._receiving is not None:
            self._receiving.cancel()
            await asyncio.gather(self._receiving, return_exceptions=True)
        self._stdin.close()
        try:
            async with asyncio.timeout(_CLOSING):
                await self._process.communicate()
        except TimeoutError:
            self.kill()
            await self._process.communicate()

    async def _how_it_ended(self) -> str:
        """Wait for the end of a child whose output has ended."""
        try:
            async with asyncio.timeout(_CLOSING):
                code = await self._process.wait()
        except TimeoutError:
            self.kill()
            return "its output was closed"
        return f"signal {-code}" if code < 0 else f"exit code {code}"
