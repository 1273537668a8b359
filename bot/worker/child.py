"""The engine child process: the only one that loads torch. It paints what its owner sends it.

    python -m bot.worker.child --device auto --weights auto

It ends with its owner: the end of its input, also by the owner's sudden death, ends it at once.
"""

from __future__ import annotations

import argparse
import dataclasses
import io
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable
from typing import Any, BinaryIO, Protocol

from PIL import Image

import engine
from bot.presets.sheet import contact_sheet
from bot.worker.wire import Frame, WireError, encode, read_frame
from engine.options import SIZES

_PROGRESS = 0.5  # seconds between two progress frames
_PREVIEW = 3.0  # seconds between two previews; the first comes after a third of it
_SHEET_ITERATIONS = 30  # of each picture on a contact sheet
_PREVIEW_EDGE = 640  # pixels: enough for a chat, and quick to send

_REASONS = {
    engine.ImageError: "image",
    engine.OutOfMemoryError: "memory",
    engine.OptionsError: "options",
}

Send = Callable[[Frame], None]


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


class Step(Protocol):
    """How far a painting is: the engine's progress is one."""

    @property
    def fraction(self) -> float:
        """Done, 0..1."""

    @property
    def seconds_left(self) -> float | None:
        """As far as it is known."""

    def preview(self) -> Image.Image:
        """Return the picture so far."""


class Teller:
    """Tells the owner of progress, now and then with a preview."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._next = time.monotonic()
        self._next_preview = self._next + _PREVIEW / 3

    def __call__(self, progress: Step) -> None:
        """Take one iteration's progress."""
        now = time.monotonic()
        if now < self._next:
            return
        parts: tuple[bytes, ...] = ()
        if now >= self._next_preview:
            picture = progress.preview()
            picture.thumbnail((_PREVIEW_EDGE, _PREVIEW_EDGE))
            parts = (jpeg(picture, quality=80),)
            self._next_preview = now + _PREVIEW
        self._next = now + _PROGRESS
        fields = {"fraction": progress.fraction, "seconds_left": progress.seconds_left}
        self._send(Frame("progress", fields, parts))


def paint(order: Frame, model: engine.Model, orders: Orders, send: Send) -> Frame:
    """Paint one picture; return the last frame about it."""
    try:
        painter = _sheet if order.fields["kind"] == "sheet" else _picture
        painted = painter(order.parts, options_of(order), model, orders, Teller(send))
    except engine.EngineError as error:
        return Frame("failed", {"reason": _REASONS.get(type(error), "engine"), "message": str(error)})
    if painted.stopped and not orders.keep:
        return Frame("failed", {"reason": "stopped", "message": "The painting was stopped."})
    return Frame("result", {"report": painted.report}, (jpeg(painted.picture, quality=95),))


@dataclasses.dataclass(frozen=True)
class Painted:
    """What came of an order."""

    picture: Image.Image
    report: dict[str, Any]
    stopped: bool


def _picture(
    parts: tuple[bytes, ...], options: engine.Options, model: engine.Model, orders: Orders, tell: Teller
) -> Painted:
    content, *styles = parts
    result = engine.stylize(content, styles, options, model=model, on_progress=tell, should_stop=orders.stopped.is_set)
    return Painted(result.image, result.report.to_dict(), result.report.stopped)


def _sheet(
    parts: tuple[bytes, ...], options: engine.Options, model: engine.Model, orders: Orders, tell: Teller
) -> Painted:
    """Paint the content in each style, small and quickly, and put the pictures on one sheet."""
    began = time.monotonic()
    options = dataclasses.replace(options, iterations=_SHEET_ITERATIONS)
    content, *styles = parts
    pictures: list[Image.Image] = []
    for style in styles:
        part = _Part(pictures, len(styles), began, tell)
        result = engine.stylize(
            content, [style], options, model=model, on_progress=part, should_stop=orders.stopped.is_set
        )
        pictures.append(result.image)
        if result.report.stopped:
            break
    sheet = contact_sheet(pictures)
    report = result.report.to_dict() | {"size": sheet.size, "seconds": time.monotonic() - began}
    return Painted(sheet, report, result.report.stopped)


class _Part:
    """One picture's share in the progress of its sheet."""

    def __init__(self, pictures: list[Image.Image], count: int, began: float, tell: Teller) -> None:
        self.fraction = 0.0
        self.seconds_left: float | None = None
        self._pictures = pictures
        self._count = count
        self._began = began
        self._tell = tell
        self._progress: engine.Progress | None = None

    def __call__(self, progress: engine.Progress) -> None:
        """Tell of the whole sheet."""
        self.fraction = (len(self._pictures) + progress.fraction) / self._count
        self.seconds_left = (time.monotonic() - self._began) * (1 / self.fraction - 1) if self.fraction else None
        self._progress = progress
        self._tell(self)

    def preview(self) -> Image.Image:
        """Return the sheet so far."""
        assert self._progress is not None
        return contact_sheet([*self._pictures, self._progress.preview()])


def options_of(order: Frame) -> engine.Options:
    """Return the engine's options for the recipe of a job."""
    recipe = dict(order.fields["recipe"])
    options = engine.preset(recipe.pop("quality"), **recipe)
    if order.fields["halve"]:
        options = dataclasses.replace(options, size=max(SIZES[0], options.longest_edge // 2))
    return options


def jpeg(picture: Image.Image, *, quality: int) -> bytes:
    """Return the picture as JPEG without loss of colour detail and without metadata."""
    picture = picture.convert("RGB")
    picture.info = {}
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality, subsampling=0)
    return file.getvalue()


def serve(arguments: argparse.Namespace, orders: Orders, send: Send) -> int:
    """Load the model once, then paint picture after picture."""
    try:
        model = engine.load_model(arguments.weights, arguments.device)
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
    # Before torch is loaded: threads that spin while they wait slow down whatever else the machine does.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.nice(10)  # whoever answers people comes first
    # Ctrl-C and a service manager's stop reach the whole group of processes, but are the owner's to deal with.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    parser = argparse.ArgumentParser(prog="python -m bot.worker.child", description=__doc__)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--weights", default="auto")
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
