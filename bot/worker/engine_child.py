"""The engine child process: the only one that loads torch. It paints what its owner sends it.

    python -m bot.worker.engine_child --device auto --weights auto

It ends with its owner: the end of its input, also by the owner's sudden death, ends it at once.
"""

from __future__ import annotations

import argparse
import io
import os
import queue
import signal
import sys
import threading
from pathlib import Path
from typing import BinaryIO

import engine
from bot.worker.protocol import Frame, WireError, encode, read_frame
from bot.worker.render import Send, jpeg, paint_picture, paint_sheet
from engine import environment

_REASONS = {
    engine.ImageError: "image",
    engine.OutOfMemoryError: "memory",
    engine.OptionsError: "options",
}


class Orders(threading.Thread):
    """What the owner sends, read on a thread of its own, so that a stop is heard in the middle of a picture."""

    def __init__(self, source: BinaryIO) -> None:
        super().__init__(daemon=True)
        self.pictures: queue.SimpleQueue[Frame] = queue.SimpleQueue()
        self.stopped = threading.Event()
        self.keep = False  # whether a stopped picture is wanted as it is
        self._source = source

    def run(self) -> None:
        """Read until the owner is gone."""
        try:
            while True:
                self._take(read_frame(self._source))
        except EOFError:
            os._exit(0)  # at once: the main thread may be deep in a picture that nobody wants any more
        except WireError as error:
            sys.stderr.write(f"engine child: {error}\n")
            os._exit(2)

    def _take(self, frame: Frame) -> None:
        if frame.kind == "stop":
            self.keep = frame.fields["keep"]
            self.stopped.set()
        else:
            # The owner sends a picture only after the last one has ended: a stop before it was for that one.
            self.stopped.clear()
            self.pictures.put(frame)


def paint(order: Frame, model: engine.Model, orders: Orders, send: Send) -> Frame:
    """Paint one picture; return the last frame about it."""
    try:
        paint_order = paint_sheet if order.fields["kind"] == "sheet" else paint_picture
        painted = paint_order(order, model, orders.stopped.is_set, send)
    except engine.EngineError as error:
        return Frame("failed", {"reason": _REASONS.get(type(error), "engine"), "message": str(error)})
    if painted.stopped and not orders.keep:
        return Frame("failed", {"reason": "stopped", "message": "The painting was stopped."})
    film = painted.reel.develop(painted.picture) if painted.reel else None
    picture = jpeg(painted.picture, quality=95)
    return Frame("result", {"report": painted.report}, (picture, film) if film else (picture,))


def serve(arguments: argparse.Namespace, orders: Orders, send: Send) -> int:
    """Load the model once, then paint picture after picture."""
    try:
        model = engine.load_model(arguments.weights, arguments.device, cache_dir=arguments.cache)
    except engine.EngineError as error:
        send(Frame("failed", {"reason": "start", "message": str(error)}))
        return 1
    send(Frame("ready", {"device": model.device, "weights": model.weights, "note": model.note}))
    while True:
        order = orders.pictures.get()
        try:
            send(paint(order, model, orders, send))
        except Exception as error:
            # No error of the engine's own: its state, or the device's, cannot be trusted any more.
            send(Frame("failed", {"reason": "broken", "message": f"{type(error).__name__}: {error}"}))
            raise


def main() -> int:
    """Run the child."""
    environment.prepare()
    os.nice(10)  # whoever answers people comes first
    # Ctrl-C and a service manager's stop reach the whole group of processes, but are the owner's to deal with.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    parser = argparse.ArgumentParser(prog="python -m bot.worker.engine_child", description=__doc__)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--weights", default="auto")
    parser.add_argument("--cache", type=Path, help="folder of downloaded weights")
    arguments = parser.parse_args()
    # Frames alone go to the real stdout; whatever else is printed goes to stderr.
    with os.fdopen(os.dup(1), "wb", buffering=0) as wire:
        os.dup2(2, 1)
        orders = Orders(os.fdopen(os.dup(0), "rb"))  # never closed: its thread reads from it to the end
        orders.start()
        return serve(arguments, orders, lambda frame: _write(wire, encode(frame)))


def _write(wire: io.RawIOBase, data: bytes) -> None:
    """Write all of the data: one write to a pipe may take only a part."""
    view = memoryview(data)
    while view:
        view = view[wire.write(view) or 0 :]


if __name__ == "__main__":
    sys.exit(main())
