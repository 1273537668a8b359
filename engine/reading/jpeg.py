"""JPEG files without their last bytes: viewers show them, as long as nearly nothing of the picture is missing.

Source: ITU-T T.81 (JPEG), annexes B and G.
"""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

END = b"\xff\xd9"
MOST_MISSING = 0.02  # share of the picture
BLOCK = 16  # pixels: the largest sides of a block
FILLER = bytes(range(255))  # every byte but the one with which markers begin
COEFFICIENTS = 64  # of a block
FRAMES = (0xC0, 0xC1, 0xC2, 0xC9, 0xCA)  # markers of frames: sequential and progressive
SCAN = 0xDA


def completed(data: bytes) -> bytes | None:
    """Return a JPEG file that ends early with an end; None if more is missing than nobody would notice.

    What the decoder lacks it takes for grey; from a filler it paints something else. What comes before the first
    difference was in the file.
    """
    if not _has_all_scans(data):
        return None
    filler = FILLER * (len(data) // len(FILLER) + 1)
    differs = (_pixels(data + END) != _pixels(data + filler + END)).any(axis=-1)
    if differs.any():
        height, width = differs.shape
        top = int(differs.any(axis=1).argmax())
        blocks = differs[top : top + BLOCK]  # the row of blocks in which the file ends
        missing = (height - top) * width - int(blocks.any(axis=0).argmax()) * len(blocks)
        if missing > max(MOST_MISSING * differs.size, 2 * BLOCK * BLOCK):  # two blocks are much of a tiny picture
            return None
    return data + END


def _pixels(data: bytes) -> NDArray[np.uint8]:
    with Image.open(io.BytesIO(data), formats=["JPEG"]) as image:
        return np.asarray(image.convert("RGB"))


def _has_all_scans(data: bytes) -> bool:
    """Return whether the last scan has begun: all coefficients of all components come, to their last bit."""
    due, place = dict[int, set[int]](), 2
    while (place := data.find(b"\xff", place)) >= 0 and place + 4 <= len(data):
        marker, length = data[place + 1], int.from_bytes(data[place + 2 : place + 4])
        body = data[place + 4 : place + 2 + length]
        if marker in (0x00, 0x01, 0xFF) or 0xD0 <= marker <= 0xD8:  # in a scan, or no segment
            place += 1 if marker == 0xFF else 2
            continue
        if marker in FRAMES and len(body) >= 6:
            due = {body[at]: set(range(COEFFICIENTS)) for at in range(6, len(body) - 2, 3)}
        if marker == SCAN and len(body) >= 4:
            first, last, low_bit = body[-3], body[-2], body[-1] & 15
            if low_bit == 0:
                for at in range(1, len(body) - 3, 2):
                    due.get(body[at], set()).difference_update(range(first, last + 1))
        place += 2 + length
    return bool(due) and not any(due.values())
