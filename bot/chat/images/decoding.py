"""Pictures are decoded in child processes, two at a time: one that crashes or never ends does not harm the bot."""

from __future__ import annotations

import asyncio
import atexit
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from subprocess import PIPE, Popen
from typing import Any, BinaryIO, TypeVar, TypeVarTuple, cast, get_type_hints
from weakref import WeakKeyDictionary

import msgspec
import structlog

from bot.chat.errors import BadPictureError
from bot.chat.images.calls import Call, Done, Lost, Refused, frame, name_of, read_body

log = structlog.get_logger(__name__)

Arguments = TypeVarTuple("Arguments")
R = TypeVar("R")

PLACES = 2  # decoding takes memory in proportion to the picture
PATIENCE = 45.0  # seconds: a child gives a call up sooner, so one that takes longer is broken itself
COMMAND = (sys.executable, "-m", "bot.chat.images.decoding_child")
INHERITED = ("PATH", "PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "TMPDIR")  # and no token
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # a process with threads cannot be forked

_idle: list[_Child] = []
_places: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


class _Child:
    """A running decoding child; the same one serves many calls."""

    def __init__(self) -> None:
        kept = {name: os.environ[name] for name in INHERITED if name in os.environ}
        self._process = Popen(COMMAND, stdin=PIPE, stdout=PIPE, env=kept | ONE_THREAD, start_new_session=True)
        self._calls, self._answers = cast("BinaryIO", self._process.stdin), cast("BinaryIO", self._process.stdout)

    def ask(self, call: Call, promised: Any) -> Done[Any] | Refused | Lost:
        """Send a call and wait for its answer, which may take as long as the child lives.

        Raises:
            EOFError: The child has ended, or writes no frames.
            OSError: It has ended.
            ValueError: Its answer is not well formed, or not of the promised type.
        """
        self._calls.write(frame(msgspec.msgpack.encode(call)))
        self._calls.flush()
        expected: Any = Done[promised] | Refused | Lost
        answer: Done[Any] | Refused | Lost = msgspec.msgpack.decode(read_body(self._answers), type=expected)
        return answer

    def has_ended(self) -> bool:
        """Return whether the child has ended by itself, or was ended by the system."""
        return self._process.poll() is not None

    def end(self) -> None:
        """End the child at once, with what it has forked; a thread that waits for its answer finds the pipe closed."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for pipe in (self._calls, self._answers):
            with suppress(OSError):  # what was still to be written
                pipe.close()


async def in_child(function: Callable[[*Arguments], R], *arguments: *Arguments) -> R:
    """Call a function of `calls.FUNCTIONS` in a child process, once one of the two places is free.

    Raises:
        BadPictureError: the function has raised it, or has taken more time or memory than there is, or has crashed.
    """
    call = Call(name_of(function), list(arguments))
    async with _places.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(PLACES)):
        answer = await _answer(call, get_type_hints(function)["return"])
    match answer:
        case Done():
            result: R = answer.value
            return result
        case Refused():
            raise BadPictureError(answer.name, **answer.values)
    log.warning("a picture was given up", function=call.function, reason=answer.reason)
    raise BadPictureError("bad-heavy")


async def _answer(call: Call, promised: Any) -> Done[Any] | Refused | Lost:
    """Return a child's answer. A child that fails, or whose call is cancelled, is ended; another takes its place."""
    child = _idle.pop() if _idle else _Child()
    if child.has_ended():  # since its last call
        child.end()
        child = _Child()
    try:
        async with asyncio.timeout(PATIENCE):
            answer = await asyncio.to_thread(child.ask, call, promised)
    except (TimeoutError, EOFError, OSError, ValueError) as error:
        child.end()
        return Lost(f"its child failed: {error!r}")
    except BaseException:
        child.end()
        raise
    _idle.append(child)
    return answer


@atexit.register
def _end_all() -> None:
    while _idle:
        _idle.pop().end()
