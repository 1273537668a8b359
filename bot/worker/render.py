"""Where one order is painted, within the engine child: a picture and its timelapse, or a contact sheet."""

from __future__ import annotations

import dataclasses
import io
import time
from collections.abc import Callable
from typing import Any, Protocol

from PIL import Image

import engine
from bot.presets.sheet import contact_sheet
from bot.worker.protocol import Frame
from bot.worker.timelapse import Reel

_PROGRESS = 0.5  # seconds between two progress frames
_PREVIEW = 3.0  # seconds between two previews; the first comes after a third of it
_SHEET_ITERATIONS = 30  # of each picture on a contact sheet
_PREVIEW_EDGE = 640  # pixels: enough for a chat, and quick to send

_STYLE_SCALES = {"fine": 0.5, "normal": 1.0, "large": 2.0}
_SKETCH_EDGE = 240  # pixels: the first scale that is at least so large and is followed by another is the sketch

Send = Callable[[Frame], None]
Stop = Callable[[], bool]


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
    """Tells the owner of progress, now and then with a preview.

    Attributes:
        sketched: Whether no sketch is to come any more.
    """

    def __init__(self, send: Send, *, sketched: bool = True) -> None:
        self.sketched = sketched
        self._send = send
        self._next = time.monotonic()
        self._next_preview = self._next + _PREVIEW / 3

    def show_sketch(self) -> None:
        """Note that the sketch is done: it is shown with the next progress."""
        self.sketched = True
        self._next = self._next_preview = time.monotonic()

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
        fields = {"fraction": progress.fraction, "seconds_left": progress.seconds_left, "sketched": self.sketched}
        self._send(Frame("progress", fields, parts))


@dataclasses.dataclass(frozen=True)
class Painted:
    """What came of an order."""

    picture: Image.Image
    report: dict[str, Any]
    stopped: bool
    reel: Reel | None = None  # a sheet has none


def paint_picture(order: Frame, model: engine.Model, stop: Stop, send: Send) -> Painted:
    """Paint the content like the styles. Its coarse scales are the sketch, where one is asked for and has a sense."""
    content, *styles = order.parts
    mask = styles.pop() if order.fields["mask"] else None
    start = styles.pop() if order.fields["start"] else None
    options = options_of(order)
    sketch = order.fields["sketch"] and start is None and options.longest_edge >= 2 * _SKETCH_EDGE
    reel, tell = Reel(), Teller(send, sketched=not sketch)
    edge = 0  # of the present scale

    def follow(progress: engine.Progress) -> None:
        nonlocal edge
        reel.take(progress)
        if not tell.sketched and _SKETCH_EDGE <= edge < max(progress.size):
            tell.show_sketch()
        edge = max(progress.size)
        tell(progress)

    laid = [turned(style, order.fields["recipe"]["variation"]) for style in styles]
    masks = [mask] * len(laid) if mask else None
    result = engine.stylize(
        content, laid, options, model=model, masks=masks, start=start, on_progress=follow, should_stop=stop
    )
    report = result.report.to_dict()
    if max(result.image.size) < options.longest_edge:  # the engine's own way out when memory is short
        report["halved"] = True
    return Painted(result.image, report, result.report.stopped, reel)


def turned(style: bytes, variation: int) -> bytes | Image.Image:
    """Return the style for a variation of the picture: its strokes go another way, its colours stay."""
    return engine.load_image(style).transpose(Image.Transpose(variation - 1)) if variation else style


def paint_sheet(order: Frame, model: engine.Model, stop: Stop, send: Send) -> Painted:
    """Paint the content in each style, small and quickly, and put the pictures on one sheet."""
    began = time.monotonic()
    options, tell = dataclasses.replace(options_of(order), iterations=_SHEET_ITERATIONS), Teller(send)
    content, *styles = order.parts
    pictures: list[Image.Image] = []
    for style in styles:
        part = _Part(pictures, len(styles), began, tell)
        result = engine.stylize(content, [style], options, model=model, on_progress=part, should_stop=stop)
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
    del recipe["variation"]  # of the style, not of the painting
    scale = _STYLE_SCALES[recipe.pop("strokes")]
    return engine.preset(recipe.pop("quality"), style_scale=scale, **recipe)


def jpeg(picture: Image.Image, *, quality: int) -> bytes:
    """Return the picture as JPEG without loss of colour detail and without metadata."""
    picture = picture.convert("RGB")
    picture.info = {}
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality, subsampling=0)
    return file.getvalue()
