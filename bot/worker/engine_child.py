"""The engine child process: the only process that loads torch. It paints what its parent, the worker, sends it.

    python -m bot.worker.engine_child --device auto --weights auto

It ends with its parent: the end of its input, also after the parent's sudden death, ends it at once.
"""

from __future__ import annotations

import argparse
import io
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import engine
from bot.worker.protocol import (
    Failed,
    Loading,
    Paint,
    ProtocolError,
    Ready,
    Reason,
    Result,
    Stop,
    encode,
    read_frame,
)
from bot.worker.render import Send, forecast, jpeg, render_picture, render_sheet, timelapse
from engine import environment

_DOWNLOAD_INTERVAL = 1.0  # seconds between two frames about a download

_REASONS: dict[type[engine.EngineError], Reason] = {
    engine.ImageError: "image",
    engine.OutOfMemoryError: "memory",
    engine.OptionsError: "options",
}


class FrameReader(threading.Thread):
    """Reads the parent's frames on a thread of its own, so that a stop arrives while a picture is painted.

    Attributes:
        requests: What is to be painted.
        stopped: Set when the picture that is being painted is to be stopped.
        keep: Whether the stopped picture is wanted as it is.
    """

    def __init__(self, source: BinaryIO) -> None:
        super().__init__(daemon=True)
        self.requests: queue.SimpleQueue[Paint] = queue.SimpleQueue()
        self.stopped = threading.Event()
        self.keep = False
        self._source = source

    def run(self) -> None:
        """Read until the parent is gone; then end the process."""
        try:
            while True:
                match read_frame(self._source):
                    case Stop(keep=keep):
                        self.keep = keep
                        self.stopped.set()
                    case Paint() as request:
                        # The parent sends a request only after the last picture has ended: an earlier stop was for it.
                        self.stopped.clear()
                        self.requests.put(request)
        except EOFError:
            os._exit(0)  # at once: the main thread may be painting a picture that nobody wants any more
        except ProtocolError as error:
            sys.stderr.write(f"engine child: {error}\n")
            os._exit(2)


def paint(request: Paint, model: engine.Model, reader: FrameReader, send: Send) -> Result | Failed:
    """Paint one request, sending progress; return the last frame about it."""
    try:
        render = render_sheet if request.kind == "sheet" else render_picture
        rendered = render(request, model, reader.stopped.is_set, send)
    except engine.EngineError as error:
        return Failed(reason=_REASONS.get(type(error), "engine"), message=str(error))
    if rendered.stopped and not reader.keep:
        return Failed(reason="stopped", message="The painting was stopped.")
    return Result(
        report=rendered.report,
        picture=jpeg(rendered.image, quality=95),
        timelapse=timelapse(rendered.recorder, rendered.image) if rendered.recorder else None,
    )


def report_download(send: Send) -> Callable[[int, int | None], None]:
    """Return what tells the parent, every second, how much of the weights has been downloaded."""
    due = time.monotonic()

    def tell(received: int, total: int | None) -> None:
        nonlocal due
        if time.monotonic() >= due:
            due = time.monotonic() + _DOWNLOAD_INTERVAL
            send(Loading(received=received, total=total))

    return tell


def serve(arguments: argparse.Namespace, reader: FrameReader, send: Send) -> int:
    """Load the model once, then paint one request after the other; return the exit code if the model is missing."""
    try:
        tell = report_download(send)
        model = engine.load_model(
            arguments.weights,
            arguments.device,
            cache_dir=arguments.cache,
            kernels=arguments.kernels,
            url=arguments.url,
            on_download=tell,
        )
        kind, expected = engine.device_name(model.device), forecast(model)
    except engine.EngineError as error:
        send(Failed(reason=_REASONS.get(type(error), "start"), message=str(error)))
        return 1
    send(
        Ready(
            device=model.device,
            weights=model.weights,
            note=model.note,
            kind=kind,
            forecast=expected,
            others=engine.auto_devices()[1:] if arguments.device == "auto" else (),
            memory=engine.device_memory(model.device),
        )
    )
    while True:
        request = reader.requests.get()
        try:
            send(paint(request, model, reader, send))
        except Exception as error:
            # Not an error that the engine knows: the state of the engine or of the device may be damaged.
            send(Failed(reason="broken", message=f"{type(error).__name__}: {error}"))
            raise


def main() -> int:
    """Run the child process."""
    environment.prepare()
    os.nice(10)  # the processes that answer people come first
    # Ctrl-C and a service manager's stop reach the whole process group; the parent handles them and stops this child.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    parser = argparse.ArgumentParser(prog="python -m bot.worker.engine_child", description=__doc__)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--weights", default="auto")
    parser.add_argument("--cache", type=Path, help="folder of downloaded weights")
    parser.add_argument("--kernels", default="auto", help="auto, direct, winograd")
    parser.add_argument("--url", help="of the file of pretrained weights")
    arguments = parser.parse_args()
    # Only frames are written to the original stdout; whatever else is printed goes to stderr.
    with os.fdopen(os.dup(1), "wb", buffering=0) as pipe:
        os.dup2(2, 1)
        reader = FrameReader(os.fdopen(os.dup(0), "rb"))  # never closed: the thread reads from it to the end
        reader.start()
        return serve(arguments, reader, lambda frame: _write(pipe, encode(frame)))


def _write(pipe: io.RawIOBase, data: bytearray) -> None:
    """Write all of the data: one write to a pipe may take only a part."""
    view = memoryview(data)
    while view:
        view = view[pipe.write(view) or 0 :]


if __name__ == "__main__":
    sys.exit(main())
