"""Timelapses: the previews of a run as an animation."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.errors import EngineError
from engine.images.tensors import resize
from engine.progress import Progress
from engine.sizes import fit

KINDS = (".gif", ".webp", ".mp4")
"""Suffixes of the formats; Pillow writes the first two, ffmpeg the last."""

FRAME = 100
"""Milliseconds that a frame is shown."""

HOLD = 2000
"""Milliseconds that the last frame, the finished picture, is shown."""

EDGE = 640
"""Longest edge of a frame in pixels, unless a recorder is given another."""


class Recorder:
    """Collects previews of a run, evenly over its iterations; to be passed as `on_progress`.

    Coarse scales get as many frames for an iteration as fine ones, though their iterations are shorter, because the
    picture changes most there. Memory is bounded: there are few frames, and each is made small when it is taken.

    Args:
        count: Most frames, from 1.
        edge: Longest edge of a frame in pixels.

    Attributes:
        frames: The previews so far, in their order.
    """

    def __init__(self, count: int = 48, *, edge: int = EDGE) -> None:
        self.frames: list[Image.Image] = []
        self._count = count
        self._edge = edge

    def __call__(self, progress: Progress) -> None:
        """Take a preview if one is due: of the first progress, then of each further 1/`count` of the iterations."""
        taken = len(self.frames)
        if taken < self._count and progress.iteration * self._count >= taken * progress.iterations:
            self.frames.append(_shrink(progress.preview(), self._edge))

    def save(self, path: str | Path, output: Image.Image) -> None:
        """Save the frames, and the output as the last of them, no larger than they are; see `timelapse`."""
        timelapse([*self.frames, _shrink(output, self._edge)], path)


def timelapse(frames: Iterable[Image.Image], path: str | Path) -> None:
    """Save pictures as an animation: 10 frames a second, the last frame for 2 seconds.

    GIF and WebP loop for ever. MP4 is H.264 in the form that messengers and browsers play: 4:2:0 subsampling, BT.709
    colours, the index before the frames so that it plays while it loads. H.264 with 4:2:0 needs even edges: an odd
    edge is extended by one pixel that repeats its neighbour.

    Args:
        frames: From first to last, of any sizes; all are resized to the size of the last, at most 640 px.
        path: Where to save it; the suffix, .gif, .webp or .mp4, decides on the format.

    Raises:
        EngineError: There is no frame, the suffix is another, or ffmpeg cannot make the MP4.
        OSError: The file cannot be written.
    """
    path = checked_path(path)
    held = list(frames)
    if not held:
        raise EngineError("A timelapse needs one frame at least.")
    size = _shrink(held[-1], EDGE).size
    first, *rest = [resize(frame.convert("RGB"), size) for frame in held]
    if path.suffix.lower() == ".mp4":
        path.write_bytes(_mp4([first, *rest]))
        return
    durations = [FRAME] * len(rest) + [HOLD]
    first.save(path, save_all=True, append_images=rest, duration=durations if rest else HOLD, loop=0)


def checked_path(path: str | Path) -> Path:
    """Return the path of a timelapse.

    Raises:
        EngineError: Its suffix is not of a format that can be saved.
    """
    path = Path(path)
    if path.suffix.lower() not in KINDS:
        kinds = f"{', '.join(KINDS[:-1])} or {KINDS[-1]}"
        raise EngineError(f"A timelapse is saved as {kinds}, not {path.suffix or 'without a suffix'}.")
    return path


def _shrink(image: Image.Image, edge: int) -> Image.Image:
    """Return the image with its longest edge at most `edge`."""
    return resize(image, fit(image.size, min(edge, max(image.size))))


def _mp4(frames: Sequence[Image.Image]) -> bytes:
    """Encode frames of one size with the ffmpeg program that imageio-ffmpeg contains."""
    pixels = [_even(frame) for frame in frames]
    height, width, _ = pixels[0].shape
    source = f"-f rawvideo -pixel_format rgb24 -video_size {width}x{height} -framerate {1000 // FRAME} -i pipe:"
    colors = "-vf scale=out_color_matrix=bt709:out_range=tv,setparams=color_primaries=bt709:color_trc=bt709"
    target = "-codec:v libx264 -crf 18 -pix_fmt yuv420p -movflags +faststart"
    shown = b"".join(frame.tobytes() for frame in [*pixels[:-1], *pixels[-1:] * (HOLD // FRAME)])
    with tempfile.TemporaryDirectory() as folder:
        # A file and no pipe: ffmpeg moves the index to the front after all frames are written.
        file = Path(folder) / "timelapse.mp4"
        _ffmpeg([*f"{source} {colors} {target}".split(), str(file)], shown)
        return file.read_bytes()


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
    """Return the frame as (H, W, 3), with H and W made even by repeating the last row and column."""
    pixels = np.asarray(frame)
    return np.pad(pixels, ((0, frame.height % 2), (0, frame.width % 2), (0, 0)), mode="edge")
