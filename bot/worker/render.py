"""How the engine child paints one request: a picture with its timelapse, or a contact sheet."""

from __future__ import annotations

import dataclasses
import io
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, get_args

from PIL import Image

import engine
from bot.presets.sheet import contact_sheet
from bot.storage.models import Quality, Recipe
from bot.worker.protocol import FromChild, Paint, Progress

_PROGRESS_INTERVAL = 0.5  # seconds between two progress frames
_PREVIEW_INTERVAL = 3.0  # seconds between two previews; the first comes after a third of it
_PREVIEW_EDGE = 640  # longest edge in pixels: enough for a chat, and quick to send
_TIMELAPSE_EDGE = 480  # longest edge in pixels: enough for an animation in a chat
_SKETCH_EDGE = 240  # pixels: the first scale that is at least so large and is followed by another is the sketch
_SHEET_ITERATIONS = 30  # for each picture on a contact sheet

_FORECAST_SIZES = (None, 256, 512, 768, 1024, 2048)

_STYLE_SCALES = {"fine": 0.5, "normal": 1.0, "large": 2.0}

T = TypeVar("T")
Send = Callable[[FromChild], None]
ShouldStop = Callable[[], bool]


@dataclasses.dataclass(frozen=True)
class Rendered:
    """What was painted for a request."""

    image: Image.Image
    report: dict[str, Any]
    stopped: bool  # before it was complete
    recorder: engine.Recorder | None = None  # a contact sheet has none


class ProgressSender:
    """Sends progress every half second, and a preview with it every three seconds.

    With it goes what the memory of the device holds.

    Attributes:
        sketched: Whether no sketch will come any more.
    """

    def __init__(self, send: Send, device: str, *, sketched: bool = True) -> None:
        self.sketched = sketched
        self._send = send
        self._device = device
        self._next = time.monotonic()
        self._next_preview = self._next + _PREVIEW_INTERVAL / 3

    def finish_sketch(self) -> None:
        """Note that the sketch is done, and have the next update sent at once, with a preview."""
        self.sketched = True
        self._next = self._next_preview = time.monotonic()

    def update(self, fraction: float, seconds_left: float | None, preview: Callable[[], Image.Image]) -> None:
        """Send progress if it is due; `preview` is called only if a preview is due as well."""
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + _PROGRESS_INTERVAL
        data = None
        if now >= self._next_preview:
            self._next_preview = now + _PREVIEW_INTERVAL
            data = _optional("preview", lambda: _small_jpeg(preview()))
        self._send(
            Progress(
                fraction=fraction,
                seconds_left=seconds_left,
                sketched=self.sketched,
                preview=data,
                memory=engine.device_memory(self._device),
            )
        )


def render_picture(request: Paint, model: engine.Model, should_stop: ShouldStop, send: Send) -> Rendered:
    """Paint the content like the styles. The first coarse scale is the sketch, if one is asked for and is possible.

    Raises:
        EngineError: See `engine.stylize`.
    """
    options = options_of(request.recipe)
    styles = [turned(engine.load_image(style), request.recipe.variation) for style in request.styles]
    mask = None if request.mask is None else engine.load_image(request.mask)
    sketch = request.sketch and request.start is None and options.longest_edge >= 2 * _SKETCH_EDGE
    recorder, sender = engine.Recorder(edge=_TIMELAPSE_EDGE), ProgressSender(send, model.device, sketched=not sketch)
    edge = 0  # longest edge of the scale before this iteration

    def follow(progress: engine.Progress) -> None:
        nonlocal edge
        _optional("frame of the timelapse", lambda: recorder(progress))
        if not sender.sketched and _SKETCH_EDGE <= edge < max(progress.size):
            sender.finish_sketch()
        edge = max(progress.size)
        sender.update(progress.fraction, progress.seconds_left, progress.preview)

    result = engine.stylize(
        request.content,
        styles,
        options,
        model=model,
        masks=None if mask is None else [mask] * len(styles),
        start=request.start,
        on_progress=follow,
        should_stop=should_stop,
    )
    report = result.report.to_dict()
    if max(result.image.size) < options.longest_edge:  # the engine paints it smaller when memory is short
        report["halved"] = True
    return Rendered(result.image, report, result.report.stopped, recorder)


def render_sheet(request: Paint, model: engine.Model, should_stop: ShouldStop, send: Send) -> Rendered:
    """Paint the content like each style, small and quickly, and put the pictures on one contact sheet.

    Raises:
        EngineError: See `engine.stylize`.
    """
    began = time.monotonic()
    options = dataclasses.replace(options_of(request.recipe), iterations=_SHEET_ITERATIONS)
    content, images = engine.load_image(request.content), list[Image.Image]()
    sender = ProgressSender(send, model.device)

    def follow(progress: engine.Progress) -> None:
        fraction = (len(images) + progress.fraction) / len(request.styles)
        seconds_left = (time.monotonic() - began) * (1 / fraction - 1) if fraction else None
        sender.update(fraction, seconds_left, lambda: contact_sheet([*images, progress.preview()]))

    for style in request.styles:
        result = engine.stylize(content, [style], options, model=model, on_progress=follow, should_stop=should_stop)
        images.append(result.image)
        if result.report.stopped:
            break
    sheet = contact_sheet(images)
    report = result.report.to_dict() | {"size": sheet.size, "seconds": time.monotonic() - began}
    return Rendered(sheet, report, result.report.stopped)


def forecast(model: engine.Model) -> dict[Quality, dict[int, float]]:
    """Return how long pictures of each quality will take here; see `bot.storage.models.Forecast`."""
    return {
        quality: {
            size or 0: engine.forecast(model, options_of(Recipe(quality=quality, size=size)))
            for size in _FORECAST_SIZES
        }
        for quality in get_args(Quality)
    }


def options_of(recipe: Recipe) -> engine.Options:
    """Return the engine's options for a recipe; its variation changes the style image instead, see `turned`.

    Raises:
        OptionsError: The engine does not paint by such a recipe.
    """
    settings = recipe.to_dict()
    del settings["variation"]
    style_scale = _STYLE_SCALES[settings.pop("strokes")]
    return engine.preset(settings.pop("quality"), style_scale=style_scale, **settings)


def turned(style: Image.Image, variation: int) -> Image.Image:
    """Return the style for a variation, 0..7: as it is, or turned and mirrored in one of the seven other ways.

    The strokes run in another direction then; the colours are the same.
    """
    return style.transpose(Image.Transpose(variation - 1)) if variation else style


def jpeg(image: Image.Image, *, quality: int) -> bytes:
    """Return the image as JPEG, with colours at full resolution (4:4:4) and without metadata.

    Args:
        image: Of any mode.
        quality: 0..100, see Pillow.
    """
    image = image.convert("RGB")
    image.info = {}
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality, subsampling=0)
    return file.getvalue()


def timelapse(recorder: engine.Recorder, image: Image.Image) -> bytes | None:
    """Return the recorded frames and the finished image as MP4.

    None if nothing was recorded or the MP4 cannot be made: a missing timelapse must not cost the picture.
    """
    if not recorder.frames:
        return None
    return _optional("timelapse", lambda: _film(recorder, image))


def _film(recorder: engine.Recorder, image: Image.Image) -> bytes:
    with tempfile.NamedTemporaryFile(suffix=".mp4") as file:
        recorder.save(file.name, image)
        return Path(file.name).read_bytes()


def _small_jpeg(preview: Image.Image) -> bytes:
    preview.thumbnail((_PREVIEW_EDGE, _PREVIEW_EDGE))
    return jpeg(preview, quality=80)


def _optional(name: str, step: Callable[[], T]) -> T | None:
    """Return what a step gives that must not cost the picture; None, and a line in the log, if it fails."""
    try:
        return step()
    except Exception as error:  # noqa: BLE001 - whatever it is
        sys.stderr.write(f"engine child: no {name}: {error}\n")
        return None
