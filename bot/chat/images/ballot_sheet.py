"""Two outputs of a study on one picture, with their content and style above."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw, ImageFont, ImageOps

from engine.reading.load import load_image

WIDTH = 1280  # pixels: the longer side of a photo at Telegram
TALLEST = 1.4  # height of an output by its width, so that a portrait leaves room for the buttons
GIVEN = 300  # pixels: the height of content and style
GAP = 12  # pixels
LABEL = 72  # pixels, the diameter of the disc behind a letter


def ballot_sheet(content: bytes, style: bytes, left: bytes, right: bytes) -> bytes:
    """Return a JPEG: content and style in the middle above, the outputs below as A and B.

    It decodes files: call it by `decoding.in_child`.

    Raises:
        ImageError: a file is no picture.
    """
    column = (WIDTH - GAP) // 2
    outputs = [_within(load_image(data), column, round(TALLEST * column)) for data in (left, right)]
    given = [_within(load_image(data), column, GIVEN) for data in (content, style)]
    sheet = Image.new("RGB", (WIDTH, GIVEN + 2 * GAP + max(picture.height for picture in outputs)), "white")
    for index, picture in enumerate(given):
        sheet.paste(picture, (index * (column + GAP) + (column - picture.width) // 2, (GIVEN - picture.height) // 2))
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(44)
    for index, picture in enumerate(outputs):
        x, y = index * (column + GAP), GIVEN + 2 * GAP
        sheet.paste(picture, (x + (column - picture.width) // 2, y))
        draw.ellipse((x + 8, y + 8, x + 8 + LABEL, y + 8 + LABEL), fill="white", outline="black", width=3)
        draw.text((x + 8 + LABEL / 2, y + 8 + LABEL / 2), "AB"[index], fill="black", font=font, anchor="mm")
    buffer = io.BytesIO()
    sheet.save(buffer, "JPEG", quality=92)
    return buffer.getvalue()


def _within(picture: Image.Image, width: int, height: int) -> Image.Image:
    """Return the picture as large as it fits."""
    return ImageOps.contain(picture, (width, height), Image.Resampling.LANCZOS)
