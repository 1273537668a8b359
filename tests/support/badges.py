"""Pictures that carry a number, which can be read after they were recompressed, scaled or painted."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

CELLS = 4
CONTRAST = 64  # least distance of a cell from the middle grey, 0..127
MOST = 2 ** (CELLS * CELLS - 4)


def badge(number: int, size: tuple[int, int] = (64, 48)) -> bytes:
    """Return a JPEG with black and white cells for the bits of a number below `MOST`, and of its remainder by 13."""
    bits = [number >> place & 1 for place in range(12)] + [number % 13 >> place & 1 for place in range(4)]
    cells = Image.fromarray(np.array(bits, np.uint8).reshape(CELLS, CELLS) * 255)
    buffer = io.BytesIO()
    cells.resize(size, Image.Resampling.NEAREST).convert("RGB").save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def number_of(picture: bytes) -> int:
    """Read a badge; ValueError if it is none, or a mix of several."""
    with Image.open(io.BytesIO(picture)) as image:
        cells = np.asarray(image.convert("L").resize((CELLS, CELLS), Image.Resampling.BOX), np.int16).ravel()
    if np.abs(cells - 128).min() < CONTRAST:
        raise ValueError("the cells are neither black nor white")
    bits = [int(cell > 128) for cell in cells]
    number, check = (sum(bit << place for place, bit in enumerate(part)) for part in (bits[:12], bits[12:]))
    if number % 13 != check:
        raise ValueError("the bits are not of one number")
    return number
