"""Timelapses: a run's previews as an animation."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PIL import Image

from engine.errors import EngineError
from engine.pixels import fit, resize
from engine.progress import Progress

KINDS = (".gif", ".webp")
"""Suffixes of the formats that Pillow animates; MP4 would need an encoder that is no dependency of ours."""

FRAME = 100
"""Milliseconds that a frame is shown."""

HOLD = 2000
"""Milliseconds that the last frame is shown: the finished picture is what one wants to see."""

EDGE = 640
"""Longest edge of a recorded frame in pixels; a large run's previews would fill the memory."""


class Recorder:
    """Collects previews of a run as its `on_progress`, evenly over its iterations.

    Coarse scales get as many frames for an iteration as fine ones, though they take less time: there the picture
    changes most.

    Args:
        count: Frames in all, at most, from 1.
    """

    def __init__(self, count: int = 48) -> None:
        self.frames: list[Image.Image] = []
        self._count = count

    def __call__(self, progress: Progress) -> None:
        """Take a preview if it is time for one: at the first moment told of, then after each share of the run."""
        taken = len(self.frames)
        if taken < self._count and progress.iteration * self._count >= taken * progress.iterations:
            self.frames.append(_small(progress.preview()))

    def save(self, path: str | Path, output: Image.Image) -> None:
        """Save the frames, and the output as the last of them; see `timelapse`."""
        timelapse([*self.frames, output], path)


def timelapse(frames: Iterable[Image.Image], path: str | Path) -> None:
    """Save pictures as an animation that repeats, 10 a second, the last one held for 2 seconds.

    Args:
        frames: From first to last, any sizes; all are shown at the size of the last, 640 px at most.
        path: Where to save it; the suffix, .gif or .webp, says the format.

    Raises:
        EngineError: There is no frame, or the suffix is another.
        OSError: The file cannot be written.
    """
    path = check_film(path)
    held = list(frames)
    if not held:
        raise EngineError("A timelapse needs one frame at least.")
    size = _small(held[-1]).size
    first, *rest = [resize(frame.convert("RGB"), size) for frame in held]
    durations = [FRAME] * len(rest) + [HOLD]
    first.save(path, save_all=True, append_images=rest, duration=durations if rest else HOLD, loop=0)


def check_film(path: str | Path) -> Path:
    """The path of an animation, if its suffix is of a format that can be saved.

    Raises:
        EngineError: It is another.
    """
    path = Path(path)
    if path.suffix.lower() not in KINDS:
        raise EngineError(f"A timelapse is saved as {' or '.join(KINDS)}, not {path.suffix or 'without a suffix'}.")
    return path


def _small(frame: Image.Image) -> Image.Image:
    """The frame, at most `EDGE` px."""
    return resize(frame, fit(frame.size, min(EDGE, max(frame.size))))
