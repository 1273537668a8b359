"""What pictures do to the process that decodes them, as functions that a decoding child can be asked for.

    python -m tests.support.hostile

It runs a decoding child that knows these functions too, and whose patience is a second. `check` crashes on files that
begin with CRASHING.
"""

from __future__ import annotations

import os
import resource
import signal
import socket
import time
from pathlib import Path

from bot.chat.images import calls, check, confinement, decoding_child

CRASHING = b"\xff\xd8\xffcrash"
SECONDS = 1


def crash() -> None:
    """End as an access beyond an array does."""
    os.kill(os.getpid(), signal.SIGSEGV)


def fail() -> None:
    """Raise what no decoder is known to raise."""
    raise RuntimeError("no reason")


def loop() -> None:
    """Compute for ever."""
    while True:
        pass


def wait() -> None:
    """Compute nothing, for ever."""
    time.sleep(1000)


def grab() -> None:
    """Take more memory than there is for a picture."""
    bytearray(confinement.MEMORY)


def lie() -> bytes:
    """Return something else than is promised."""
    return ["no", "bytes"]  # type: ignore[return-value]


def forge() -> bytes:
    """Write to whatever is open, as a process does that a picture has taken over."""
    for number in range(4, 64):
        try:
            os.write(number, b"\0\0\0\1x")
        except OSError:
            continue
        return b"written"
    return b"all closed"


def surroundings() -> dict[str, str]:
    """Return the environment as the system keeps it, with what it inherited at its start."""
    return dict(os.environ)


def privileges() -> list[int]:
    """Return the limits of open files and of core dumps, which nobody can raise."""
    return [limit for kind in (resource.RLIMIT_NOFILE, resource.RLIMIT_CORE) for limit in resource.getrlimit(kind)]


def reach(path: str, port: int, process: int) -> list[str]:
    """Return what can be reached: a file to read, one to write, a port of this machine, a signal to a process."""
    reached = []
    for name, attempt in (
        ("read", lambda: Path(path).read_bytes()),
        ("write", lambda: Path(f"{path}.new").write_bytes(b"")),
        ("connect", lambda: socket.create_connection(("127.0.0.1", port), 1).close()),
        ("signal", lambda: os.kill(process, 0)),
    ):
        try:
            attempt()
        except OSError:
            continue
        reached.append(name)
    return reached


def process() -> tuple[int, int]:
    """Return its process id and that of its parent."""
    return os.getpid(), os.getppid()


def checked(data: bytes) -> None:
    """Crash on some files, check the others."""
    if data.startswith(CRASHING):
        crash()
    check.check(data)


if __name__ == "__main__":
    own = (crash, fail, loop, wait, grab, lie, forge, surroundings, privileges, reach, process)
    rehearse = decoding_child.rehearse
    vars(decoding_child).update(
        FUNCTIONS={**calls.FUNCTIONS, **{f"hostile.{each.__name__}": each for each in own}, "check.check": checked},
        rehearse=lambda call: rehearse(call) if call.function in calls.FUNCTIONS else None,
    )
    vars(confinement).update(
        LIMITS=[(kind, SECONDS if kind == resource.RLIMIT_CPU else most) for kind, most in confinement.LIMITS],
        SECONDS=SECONDS,
    )
    decoding_child.main()
