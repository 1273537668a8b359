"""The frames of a painting, for the timelapse of it."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Protocol

from PIL import Image

import engine

MOST = 48  # frames
EDGE = 480  # pixels: enough for an animation in a chat
KIND = ".mp4"


class Scene(Protocol):
    """What can be filmed: the engine's progress is one."""

    def preview(self) -> Image.Image:
        """Return the picture so far."""


class Reel:
    """Takes a frame at every iteration; when there are too many, every second one goes, and it takes half as many.

    So a film of any painting has 24 to 48 frames, evenly over its iterations, and taking them costs next to nothing.
    """

    def __init__(self) -> None:
        self._frames: list[Image.Image] = []
        self._stride = 1
        self._seen = 0

    def take(self, scene: Scene) -> None:
        """Take a frame, if it is time for one."""
        if self._seen % self._stride == 0:
            self._frames.append(_small(scene.preview()))
        self._seen += 1
        if len(self._frames) == MOST:
            del self._frames[1::2]
            self._stride *= 2

    def develop(self, picture: Image.Image) -> bytes | None:
        """Return the film, the finished picture last; None if there is nothing to see or nowhere to put it."""
        if not self._frames:
            return None
        try:
            with tempfile.NamedTemporaryFile(suffix=KIND) as file:
                engine.timelapse([*self._frames, _small(picture)], file.name)
                return Path(file.name).read_bytes()
        except (OSError, engine.EngineError) as error:  # the picture is worth more than the film
            sys.stderr.write(f"engine child: no timelapse: {error}\n")
            return None


def _small(picture: Image.Image) -> Image.Image:
    picture = picture.convert("RGB")
    picture.thumbnail((EDGE, EDGE))
    return picture
