"""Files that are whole or not there, even if the power fails."""

from __future__ import annotations

import io
import os
from pathlib import Path

from PIL import Image


def write(path: Path, data: bytes) -> None:
    """Write a file beside its place and move it there once it is on the disk."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    with beside.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def png(image: Image.Image) -> bytes:
    """Return a picture as a file that keeps every pixel."""
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()
