"""The drawn styles, and those of the operator's folder."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bot.presets.canvas import EDGE
from bot.presets.catalogue import DRAWN, Presets


@pytest.mark.parametrize("name", list(DRAWN))
def test_a_style_is_drawn_alike_each_time(name: str) -> None:
    """A recipe code names a style, so that its picture must always be the same."""
    first, second = DRAWN[name](), DRAWN[name]()
    assert first.size == (EDGE, EDGE)
    assert np.array_equal(np.asarray(first), np.asarray(second))


@pytest.mark.parametrize("name", list(DRAWN))
def test_a_style_has_strokes_all_over(name: str) -> None:
    """A flat area has no strokes to transfer: most tiles of the picture vary."""
    grey = np.asarray(DRAWN[name]().convert("L"), dtype=np.float64)
    tiles = grey.reshape(8, EDGE // 8, 8, EDGE // 8).std(axis=(1, 3))
    assert (tiles > 4).mean() > 0.8


async def test_the_operator_adds_styles_by_putting_pictures_into_a_folder(tmp_path: Path) -> None:
    """Called by their files' names; what is no picture, or has a name that is taken, is left out."""
    buffer = io.BytesIO()
    Image.new("RGB", (64, 64), "teal").save(buffer, "PNG")
    for name in ("Night Harbour.png", "mosaic.png", "42.png", "Ночь.png"):
        (tmp_path / name).write_bytes(buffer.getvalue())
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8 no picture")
    (tmp_path / "notes.txt").write_text("hello")
    presets = Presets(tmp_path)
    assert presets.names == (*DRAWN, "night-harbour")
    assert await presets.picture("night-harbour") == buffer.getvalue()
    with pytest.raises(KeyError):
        await presets.picture("../notes")
