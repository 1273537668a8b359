"""Requests: pictures of any origin are read, and those that do not fit together are refused."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

import engine

QUICK = engine.preset("sketch", size=64, iterations=9)


def test_pictures_may_be_paths_bytes_or_pil(
    cat: Image.Image, glass: Image.Image, model: engine.Model, tmp_path: Path
) -> None:
    cat.save(tmp_path / "cat.png")
    file = io.BytesIO()
    glass.save(file, "PNG")
    from_files = engine.stylize(tmp_path / "cat.png", [file.getvalue()], QUICK, model=model)
    assert from_files.image.tobytes() == engine.stylize(cat, [glass], QUICK, model=model).image.tobytes()


def test_styles_that_do_not_fit_are_refused(cat: Image.Image, glass: Image.Image, model: engine.Model) -> None:
    with pytest.raises(engine.OptionsError, match="one style picture or more"):
        engine.stylize(cat, [], QUICK, model=model)
    with pytest.raises(engine.OptionsError, match="one style picture or more"):
        engine.stylize(cat, glass, QUICK, model=model)  # type: ignore[arg-type]
    with pytest.raises(engine.OptionsError, match="one style weight for each of the 1 styles"):
        engine.stylize(cat, [glass], engine.preset("sketch", style_weights=(1.0, 2.0)), model=model)


def test_a_start_that_does_not_fit_is_refused(cat: Image.Image, glass: Image.Image, model: engine.Model) -> None:
    def refused(preset: str, start: Image.Image, words: str, **choice: str) -> None:
        with pytest.raises(engine.OptionsError, match=words):
            engine.stylize(cat, [glass], engine.preset(preset, size=32, **choice), model=model, start=start)

    refused("sketch", Image.new("RGB", (64, 64)), "of the content's shape; it is 64×64")
    refused("paper", cat, "must be a square; it is 96×64")
    refused("sketch", cat, "a start picture or init noise, not both", init="noise")
