"""All styles that users can choose by name."""

from __future__ import annotations

import asyncio
import io
import re
from pathlib import Path

import structlog

from engine.drawing.canvas import EDGE
from engine.drawing.styles import DRAWN
from engine.errors import EngineError
from engine.reading.load import load_image

log = structlog.get_logger(__name__)

__all__ = ["DRAWN", "Presets"]

NAME = re.compile(r"[a-z][a-z0-9-]{1,29}")  # a part of callback data (64 bytes at most) and of recipe codes
ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif", ".avif", ".jxl", ".tif", ".tiff", ".gif", ".bmp")
MOST = 24  # presets in all, as each has a button


class Presets:
    """The drawn styles, then the pictures of the operator's folder, each named after its file.

    Attributes:
        names: Of all presets, in the order in which they are shown.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._files = _find_pictures(folder) if folder else {}
        self._pictures: dict[str, bytes] = {}
        self.names = (*DRAWN, *self._files)

    async def picture(self, name: str) -> bytes:
        """Return a style's picture file. It is drawn or read once, on another thread.

        Raises:
            KeyError: There is no style of this name.
        """
        if name not in self.names:
            raise KeyError(name)
        if name not in self._pictures:
            self._pictures[name] = await asyncio.to_thread(self._load, name)
        return self._pictures[name]

    def _load(self, name: str) -> bytes:
        if name in self._files:
            return self._files[name].read_bytes()
        buffer = io.BytesIO()
        DRAWN[name]().save(buffer, "JPEG", quality=92, subsampling=0)
        return buffer.getvalue()


def _find_pictures(folder: Path) -> dict[str, Path]:
    """Return the operator's pictures by name. Files that cannot be used are left out, and the log says why."""
    found: dict[str, Path] = {}
    for file in sorted(folder.iterdir()):
        name = re.sub(r"[^a-z0-9]+", "-", file.stem.lower()).strip("-")
        if file.suffix.lower() not in ENDINGS:
            log.info("preset_ignored", file=file.name, reason="not a picture file")
        elif not NAME.fullmatch(name) or name in DRAWN or name in found:
            log.warning(
                "preset_ignored", file=file.name, reason="the name is taken, or is not latin letters and digits"
            )
        elif not _is_picture(file):
            log.warning("preset_ignored", file=file.name, reason="the picture cannot be read")
        elif len(DRAWN) + len(found) < MOST:
            found[name] = file
        else:
            log.warning("preset_ignored", file=file.name, reason=f"there are {MOST} presets already")
    return found


def _is_picture(file: Path) -> bool:
    try:
        load_image(file, at_least=(EDGE, EDGE))
    except EngineError:
        return False
    return True
