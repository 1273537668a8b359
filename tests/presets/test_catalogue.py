"""The drawn styles, and those of the operator's folder."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from bot.presets.catalogue import DRAWN, Presets


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
