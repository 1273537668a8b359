"""The mask of a region that a user has drawn on a copy of a photo: both are compared, and what differs is the mask.

The copy went through a messenger: it is recompressed, often smaller, and strokes have soft edges.
"""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from bot.chat.errors import BadPictureError
from engine.reading.load import load_image

EDGE = 640  # pixels: the longer side at which both are compared; a mask needs no more
SHAPE = 0.02  # how far the sides' ratios may be apart
SAME = 10.0  # distance in Lab below which a pixel counts as unchanged: JPEG artefacts stay below it
STROKE = 25.0  # distance in Lab that a stroke reaches somewhere
STROKE_EDGE = 15.0  # distance in Lab down to which its soft edge belongs to it
ONE_COLOUR = 0.07  # largest distance, 0..1, of covered pixels from one colour: other photos have 0.12 and more
UNCHANGED = 0.6  # share of the most detailed quarter of the pixels that must be unchanged in a copy
SPECK = 0.0005  # of the area: smaller strokes are ignored
GAP = 0.01  # of the longer side: gaps between strokes up to twice that are closed
OPEN = 0.035  # of the longer side: an outline open by up to twice that encloses all the same
MOST = 0.97  # of the area: beyond it everything is marked
SOFT = 0.008  # of the longer side: sigma of the mask's edge

Pixels = NDArray[np.float32]
Region = NDArray[np.bool_]


def mask_of(content: bytes, marked: bytes) -> bytes:
    """Return the mask that a marked copy of the content means: a PNG of the content's shape, white where it is marked.

    Raises:
        BadPictureError: it is no such copy, or nothing or everything is marked.
    """
    buffer = io.BytesIO()
    find(*(load_image(data, at_least=(2 * EDGE, 2 * EDGE)) for data in (content, marked))).save(buffer, "PNG")
    return buffer.getvalue()


def find(content: Image.Image, marked: Image.Image) -> Image.Image:
    """Return where the marked copy was painted over or encircled, mode L; RGB pictures that stand upright.

    Raises:
        BadPictureError: it is no copy of the content, or nothing or everything is marked.
    """
    from skimage.color import rgb2lab  # takes a second to import

    before, after = _one_size(content, marked)
    distance = np.linalg.norm(rgb2lab(before) - rgb2lab(after), axis=-1)
    if not _is_copy(before, after, distance):
        raise BadPictureError("part-other")
    marks = _marks(distance)
    if not marks.any():
        raise BadPictureError("part-nothing")
    if marks.mean() > MOST:
        raise BadPictureError("part-everything")
    mask = Image.fromarray(marks).convert("L")
    return mask.filter(ImageFilter.GaussianBlur(SOFT * max(mask.size)))


def _one_size(content: Image.Image, marked: Image.Image) -> tuple[Pixels, Pixels]:
    """Return both at one size, 0..1, so smooth that resampling and JPEG leave little to see."""
    due = marked.width * content.height / content.width
    if abs(marked.height - due) > max(1.0, SHAPE * due):
        raise BadPictureError("part-cropped")
    scale = min(EDGE, max(content.size), max(marked.size)) / max(content.size)
    size = max(1, round(content.width * scale)), max(1, round(content.height * scale))
    resized = (picture.resize(size, Image.Resampling.LANCZOS) for picture in (content, marked))
    smooth = (picture.filter(ImageFilter.GaussianBlur(1)) for picture in resized)
    before, after = (np.asarray(picture, dtype=np.float32) / np.float32(255) for picture in smooth)
    return before, after


def _is_copy(before: Pixels, after: Pixels, distance: Pixels) -> bool:
    """Return whether one is the other with strokes on it: most detail is unchanged, or one colour covers the rest."""
    detail = np.abs(np.gradient(before.mean(axis=-1), axis=(0, 1))).sum(axis=0)
    if (distance[detail >= np.quantile(detail, 0.75)] < SAME).mean() >= UNCHANGED:
        return True
    covered = distance > STROKE
    if not covered.any():
        return False
    # A pen hides the photo, a marker is transparent: colour + share * photo, with one share for all pixels.
    found, below = (pixels[covered] - pixels[covered].mean(axis=0) for pixels in (after, before))
    share = float((found * below).sum() / max(float((below**2).sum()), 1e-6))
    return float(np.quantile(np.abs(found - share * below).max(axis=-1), 0.75)) < ONE_COLOUR


def _marks(distance: Pixels) -> Region:
    """Return the strokes without specks and gaps, and all that they enclose."""
    from skimage.filters import apply_hysteresis_threshold
    from skimage.morphology import isotropic_closing, remove_small_objects

    strokes = apply_hysteresis_threshold(distance, STROKE_EDGE, STROKE)
    strokes = remove_small_objects(strokes, max_size=round(SPECK * strokes.size))
    closed, outlines = (isotropic_closing(strokes, gap * max(strokes.shape)) for gap in (GAP, OPEN))
    enclosed = _filled(outlines) & ~outlines
    marks: Region = isotropic_closing(closed | enclosed, GAP * max(strokes.shape))
    return marks


def _filled(strokes: Region) -> Region:
    """Return the strokes with what they enclose, also where a side of the photo closes the outline."""
    from scipy.ndimage import binary_fill_holes

    framed = np.pad(strokes, 1)
    sides = ((framed[0], strokes[0]), (framed[-1], strokes[-1]), (framed[:, 0], strokes[:, 0]))
    for frame, edge in (*sides, (framed[:, -1], strokes[:, -1])):
        if (touched := np.flatnonzero(edge)).size:
            frame[touched[0] + 1 : touched[-1] + 2] = True
    filled: Region = binary_fill_holes(framed)[1:-1, 1:-1]
    return filled
