"""A contact sheet: numbered thumbnails in rows."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont, ImageOps

COLUMNS = 4
TILE = 240  # pixels, both sides
GAP = 12  # pixels between two tiles
_LABEL = 40  # pixels, the diameter of the disc behind a number


def contact_sheet(pictures: Sequence[Image.Image]) -> Image.Image:
    """Return the pictures as square tiles in rows of COLUMNS, cropped to their centres and numbered from 1."""
    columns, rows = min(COLUMNS, len(pictures)), -(-len(pictures) // COLUMNS)
    sheet = Image.new("RGB", (columns * (TILE + GAP) + GAP, rows * (TILE + GAP) + GAP), "white")
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(28)
    for number, picture in enumerate(pictures):
        x, y = (GAP + place * (TILE + GAP) for place in (number % COLUMNS, number // COLUMNS))
        sheet.paste(ImageOps.fit(picture.convert("RGB"), (TILE, TILE), Image.Resampling.LANCZOS), (x, y))
        draw.ellipse((x + 8, y + 8, x + 8 + _LABEL, y + 8 + _LABEL), fill="white", outline="black", width=2)
        draw.text((x + 8 + _LABEL / 2, y + 8 + _LABEL / 2), str(number + 1), fill="black", font=font, anchor="mm")
    return sheet
