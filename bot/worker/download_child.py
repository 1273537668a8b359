"""The download child process: brings the full weights while the engine child paints. It loads no torch.

    python -m bot.worker.download_child

It says by frames how far it is, and ends with its parent, whose end of the pipe closes then.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import BinaryIO

from bot.worker.protocol import Failed, Fetched, FromChild, Loading, encode
from engine.errors import WeightsError
from engine.weights.download import delete, fetch
from engine.weights.kept import verify
from engine.weights.source import source

_INTERVAL = 1.0  # seconds between two frames about the progress


def download(cache: Path | None, url: str | None, pipe: BinaryIO) -> None:
    """Bring the weights, or find that they are here and in order; send one frame about the end."""
    due = time.monotonic()

    def send(frame: FromChild) -> None:
        pipe.write(encode(frame))
        pipe.flush()

    def tell(received: int, total: int | None) -> None:
        nonlocal due
        if time.monotonic() >= due:
            due = time.monotonic() + _INTERVAL
            send(Loading(received=received, total=total))

    try:
        try:
            verify(fetch(cache, url, tell))
        except WeightsError:
            if not source(cache, url).kept.exists():
                raise
            delete(source(cache, url))  # damaged on the disk
            fetch(cache, url, tell)
        send(Fetched())
    except WeightsError as error:
        send(Failed(reason="start", message=str(error)))


def main() -> None:
    """Run the child process."""
    os.nice(15)  # after the engine child
    for number in (signal.SIGINT, signal.SIGTERM):  # the parent handles them
        signal.signal(number, signal.SIG_IGN)
    parser = argparse.ArgumentParser(prog="python -m bot.worker.download_child", description=__doc__)
    parser.add_argument("--cache", type=Path, help="folder of downloaded weights")
    parser.add_argument("--url", help="of the file of weights")
    arguments = parser.parse_args()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with os.fdopen(os.dup(1), "wb") as pipe:
        os.dup2(2, 1)  # only frames are written to the original stdout
        download(arguments.cache, arguments.url, pipe)


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    main()
