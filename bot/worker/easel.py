"""Where one order is painted, within the engine child: a picture, its sketch and its timelapse, or a contact sheet."""

from __future__ import annotations

import dataclasses
import io
import time
from collections.abc import Callable
from typing import Any, Protocol

from PIL import Image

import engine
from bot.presets.sheet import contact_sheet
from bot.worker.reel import Reel
from bot.worker.wire import Frame
from engine.options import SIZES

_PROGRESS = 0.5  # seconds between two progress frames
_PREVIEW = 3.0  # seconds between two previews; the first comes after a third of it
_SHEET_ITERATIONS = 30  # of each picture on a contact sheet
_PREVIEW_EDGE = 640  # pixels: enough for a chat, and quick to send

_STYLE_SCALES = {"fine": 0.5, "normal": 1.0, "large": 2.0}
SKETCH = engine.PRESETS["sketch"]
_AFTER_SKETCH = 1.5  # work after the sketch for each sketch's worth of pixels

Send = Callable[[Frame], None]


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

    def __init__(self, send: Send) -> None:
        self.sketched = False
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


class Easel:
    """Where one order is painted."""

    def __init__(self, order: Frame, model: engine.Model, stop: Callable[[], bool], tell: Teller) -> None:
        parts = list(order.parts)
        self._start = parts.pop() if order.fields["start"] else None
        self._content, *self._styles = parts
        self._options = options_of(order)
        self._variation: int = order.fields["variation"]
        self._sketch = order.fields["sketch"] and self._options.longest_edge > SKETCH.longest_edge
        tell.sketched = not self._sketch
        self._model = model
        self._stop = stop
        self._tell = tell
        self._began = time.monotonic()

    def picture(self) -> Painted:
        """Paint the content like the styles; a sketch comes first where one is asked for and has less to paint."""
        reel, share = Reel(), self._share_of_sketch()
        start: bytes | Image.Image | None = self._start
        if self._sketch:
            sketch = self._paint(self._styles, self._sketched(), start, _Share(self, 0.0, share, reel=reel))
            if sketch.report.stopped:
                return self._painted(sketch, reel)
            start = sketch.image
            self._tell.show_sketch()
        result = self._paint(self._styles, self._options, start, _Share(self, share, 1 - share, reel=reel))
        return self._painted(result, reel)

    def sheet(self) -> Painted:
        """Paint the content in each style, small and quickly, and put the pictures on one sheet."""
        options = dataclasses.replace(self._options, iterations=_SHEET_ITERATIONS)
        pictures: list[Image.Image] = []
        for number, style in enumerate(self._styles):
            part = _Share(self, number / len(self._styles), 1 / len(self._styles), before=pictures)
            result = self._paint([style], options, None, part)
            pictures.append(result.image)
            if result.report.stopped:
                break
        sheet = contact_sheet(pictures)
        report = result.report.to_dict() | {"size": sheet.size, "seconds": self.seconds()}
        return Painted(sheet, report, result.report.stopped)

    def tell(self, step: Step) -> None:
        """Tell the owner how far the whole order is."""
        self._tell(step)

    def seconds(self) -> float:
        """Return how long it has been painted."""
        return time.monotonic() - self._began

    def _paint(
        self, styles: list[bytes], options: engine.Options, start: bytes | Image.Image | None, share: _Share
    ) -> engine.Result:
        if (
            start is None and self._variation
        ):  # noise leads every descent elsewhere; what goes on has gone there already
            options = dataclasses.replace(options, init="noise", seed=self._variation)
        return engine.stylize(
            self._content, styles, options, model=self._model, start=start, on_progress=share, should_stop=self._stop
        )

    def _painted(self, result: engine.Result, reel: Reel) -> Painted:
        report = result.report.to_dict() | {"seconds": self.seconds()}
        return Painted(result.image, report, result.report.stopped, reel)

    def _sketched(self) -> engine.Options:
        """Return the options of the sketch: all as wanted, but small and quick."""
        return dataclasses.replace(self._options, preset="sketch", size=SKETCH.longest_edge)

    def _share_of_sketch(self) -> float:
        """Return about how much of the work the sketch is: the rest grows with its pixels."""
        growth = (self._options.longest_edge / SKETCH.longest_edge) ** 2
        return 1 / (1 + _AFTER_SKETCH * growth) if self._sketch else 0.0


class _Share:
    """One run's share in the progress of an order."""

    def __init__(
        self,
        easel: Easel,
        begin: float,
        share: float,
        *,
        reel: Reel | None = None,
        before: list[Image.Image] | None = None,
    ) -> None:
        self.fraction = begin
        self.seconds_left: float | None = None
        self._easel = easel
        self._begin, self._share = begin, share
        self._reel = reel
        self._before = before  # the pictures of a sheet that are done
        self._progress: engine.Progress | None = None

    def __call__(self, progress: engine.Progress) -> None:
        """Tell of the whole order."""
        self._progress = progress
        self.fraction = self._begin + self._share * progress.fraction
        self.seconds_left = self._left(progress)
        if self._reel is not None:
            self._reel.take(progress)
        self._easel.tell(self)

    def preview(self) -> Image.Image:
        """Return the picture, or the sheet, so far."""
        assert self._progress is not None
        picture = self._progress.preview()
        return picture if self._before is None else contact_sheet([*self._before, picture])

    def _left(self, progress: engine.Progress) -> float | None:
        if self._begin + self._share == 1 and self._before is None:  # nothing comes after it
            return progress.seconds_left
        return self._easel.seconds() * (1 / self.fraction - 1) if self.fraction else None


def options_of(order: Frame) -> engine.Options:
    """Return the engine's options for the recipe of a job."""
    recipe = dict(order.fields["recipe"])
    scale = _STYLE_SCALES[recipe.pop("strokes")]
    options = engine.preset(recipe.pop("quality"), style_scale=scale, **recipe)
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
