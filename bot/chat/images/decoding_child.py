"""The decoding child process: pictures of strangers are opened here, each in a process of its own with limits.

    python -m bot.chat.images.decoding_child

It never decodes such a picture itself. For each call it forks: what a picture does to the process in which it is
decoded ends with that process, and no picture meets another one. It has no token and no other setting in its
environment. It ends with its parent, whose end of the pipe closes then.
"""

from __future__ import annotations

import contextlib
import io
import os
import signal
import traceback
from typing import Any, NoReturn

import msgspec
from PIL import Image

from bot.chat.errors import BadPictureError
from bot.chat.images.calls import FUNCTIONS, MAX_BODY, Call, Done, Lost, Refused, frame, read_body
from bot.chat.images.check import refused
from bot.chat.images.confinement import confine
from engine.errors import ImageError

ANSWER = 3  # the file descriptor behind standard input, output and error


def main() -> None:
    """Answer calls until the parent is gone."""
    for number in (signal.SIGINT, signal.SIGTERM):  # the parent handles them
        signal.signal(number, signal.SIG_IGN)
    calls, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # only frames are written to the original stdout
    rehearsed: set[str] = set()
    with contextlib.suppress(EOFError, BrokenPipeError):
        while True:
            call = msgspec.msgpack.decode(read_body(calls), type=Call)
            if call.function not in rehearsed:
                rehearse(call)
                rehearsed.add(call.function)
            answers.write(frame(answer_of_fork(call)))


def rehearse(call: Call) -> None:
    """Call a function with a picture of ours, so that what it imports and keeps is here for all forks."""
    file = io.BytesIO()
    Image.linear_gradient("L").convert("RGB").save(file, "JPEG")

    def ours(value: Any) -> Any:
        if isinstance(value, list):
            return [ours(each) for each in value]
        return file.getvalue() if isinstance(value, bytes) else value

    with contextlib.suppress(BadPictureError):
        FUNCTIONS[call.function](*ours(call.arguments))


def answer_of_fork(call: Call) -> bytes:
    """Return the answer of a process of its own, or that there is none."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        _serve(call, writer)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        answer = pipe.read(MAX_BODY)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if code:
        return msgspec.msgpack.encode(Lost(f"signal {-code}" if code < 0 else f"exit code {code}"))
    return answer


def _serve(call: Call, writer: int) -> NoReturn:
    """Answer in the fork, within limits, and end it."""
    try:
        os.dup2(writer, ANSWER)
        os.closerange(ANSWER + 1, 256)  # the parent's pipes too
        confine()
        with os.fdopen(ANSWER, "wb") as pipe:
            pipe.write(msgspec.msgpack.encode(answer_to(call)))
        os._exit(0)
    except BaseException:  # noqa: BLE001 - whatever a decoder raises must not run on in a copy of the parent
        traceback.print_exc()
        os._exit(1)


def answer_to(call: Call) -> Done[Any] | Refused | Lost:
    """Call the function."""
    try:
        return Done(FUNCTIONS[call.function](*call.arguments))
    except BadPictureError as error:
        return Refused(error.name, error.values)
    except ImageError as error:
        return Refused(refused(error).name, refused(error).values)
    except MemoryError:
        return Lost("too little memory")


if __name__ == "__main__":
    main()
