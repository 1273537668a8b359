"""Picture files for tests."""

from __future__ import annotations

import io

from PIL import Image


def encoded(image: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    """Return the bytes of a picture file.

    Args:
        image: The picture.
        kind: The format, as Pillow names it.
        options: Of Pillow's encoder.
    """
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()
