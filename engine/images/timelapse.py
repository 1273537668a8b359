"""Timelapses: a run's previews as an animation."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.errors import EngineError
from engine.images.tensors import fit, resize
from engine.progress import Progress

KINDS = (".gif", ".webp", ".mp4")
"""Suffixes of the formats: Pillow writes the first two, ffmpeg the last."""

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
    """Save pictures as an animation, 10 a second, the last one held for 2 seconds.

    GIF and WebP repeat by themselves. MP4 is H.264 as messengers and browsers play it: 4:2:0 in the colours of
    BT.709, ready to play while it loads; edges of odd length are continued by a pixel.

    Args:
        frames: From first to last, any sizes; all are shown at the size of the last, 640 px at most.
        path: Where to save it; the suffix, .gif, .webp or .mp4, says the format.

    Raises:
        EngineError: There is no frame, the suffix is another, or ffmpeg cannot be run for an MP4.
        OSError: The file cannot be written.
    """
    path = check_film(path)
    held = list(frames)
    if not held:
        raise EngineError("A timelapse needs one frame at least.")
    size = _small(held[-1]).size
    first, *rest = [resize(frame.convert("RGB"), size) for frame in held]
    if path.suffix.lower() == ".mp4":
        path.write_bytes(_mp4([first, *rest]))
        return
    durations = [FRAME] * len(rest) + [HOLD]
    first.save(path, save_all=True, append_images=rest, duration=durations if rest else HOLD, loop=0)


def check_film(path: str | Path) -> Path:
    """The path of an animation, if its suffix is of a format that can be saved.

    Raises:
        EngineError: It is another.
    """
    path = Path(path)
    if path.suffix.lower() not in KINDS:
        kinds = f"{', '.join(KINDS[:-1])} or {KINDS[-1]}"
        raise EngineError(f"A timelapse is saved as {kinds}, not {path.suffix or 'without a suffix'}.")
    return path


def _small(frame: Image.Image) -> Image.Image:
    """The frame, at most `EDGE` px."""
    return resize(frame, fit(frame.size, min(EDGE, max(frame.size))))


def _mp4(frames: Sequence[Image.Image]) -> bytes:
    """Frames of one size as a file, made by the ffmpeg that imageio-ffmpeg brings, in a process of its own."""
    pixels = [_even(frame) for frame in frames]
    height, width, _ = pixels[0].shape
    source = f"-f rawvideo -pixel_format rgb24 -video_size {width}x{height} -framerate {1000 // FRAME} -i pipe:"
    colors = "-vf scale=out_color_matrix=bt709:out_range=tv,setparams=color_primaries=bt709:color_trc=bt709"
    target = "-codec:v libx264 -crf 18 -pix_fmt yuv420p -movflags +faststart"
    shown = b"".join(frame.tobytes() for frame in [*pixels[:-1], *pixels[-1:] * (HOLD // FRAME)])
    with tempfile.TemporaryDirectory() as folder:
        film = Path(folder) / "film.mp4"  # a file, for the index is put before the pictures at the end
        _ffmpeg([*f"{source} {colors} {target}".split(), str(film)], shown)
        return film.read_bytes()


def _ffmpeg(arguments: Sequence[str], data: bytes) -> None:
    import imageio_ffmpeg

    try:
        program = imageio_ffmpeg.get_ffmpeg_exe()
        done = subprocess.run([program, "-loglevel", "error", *arguments], input=data, capture_output=True, check=False)
    except (OSError, RuntimeError):
        raise EngineError("An MP4 needs ffmpeg, which cannot be started here; save a .gif or .webp.") from None
    if done.returncode:
        reason = done.stderr.decode(errors="replace").strip().splitlines()
        raise EngineError(f"ffmpeg could not make the MP4: {reason[-1] if reason else done.returncode}.")


def _even(frame: Image.Image) -> NDArray[np.uint8]:
    """(H, W, 3) with H and W even, as 4:2:0 needs them."""
    pixels = np.asarray(frame)
    return np.pad(pixels, ((0, frame.height % 2), (0, frame.width % 2), (0, 0)), mode="edge")
