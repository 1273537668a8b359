"""Several pictures painted at once."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

import engine

QUICK = engine.preset("sketch", size=64, iterations=9)


def requests(cat: Image.Image, glass: Image.Image) -> list[engine.Request]:
    """Of one bucket: other styles, strengths, colours and seeds."""
    turned = cat.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    return [
        engine.Request(cat, [glass], QUICK),
        engine.Request(turned, [cat, glass], engine.preset("sketch", size=64, iterations=9, strength=80)),
        engine.Request(cat, [glass], engine.preset("sketch", size=64, iterations=9, colors="content", init="noise")),
    ]


def test_a_batch_gives_what_its_pictures_give_one_by_one(cat: Image.Image, glass: Image.Image) -> None:
    """In float32, but for the order of sums; and each has its own report."""
    model = engine.load_model("builtin", "cpu", precision="float32")
    asked = requests(cat, glass)
    together = engine.stylize_batch(asked, model=model)
    for request, result in zip(asked, together, strict=True):
        alone = engine.stylize(request.content, request.styles, request.options, model=model)
        difference = np.abs(np.asarray(result.image, dtype=float) - np.asarray(alone.image))
        assert difference.mean() < 0.5
        assert result.report.losses == pytest.approx(alone.report.losses, rel=0.02)
        assert result.report.strength == request.options.strength


def test_masks_go_along_in_a_batch(cat: Image.Image, glass: Image.Image, model: engine.Model) -> None:
    left = Image.new("L", cat.size)
    left.paste(255, (0, 0, cat.width // 2, cat.height))
    right = left.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    asked = [engine.Request(cat, [glass], QUICK, masks=[mask]) for mask in (left, right)]
    images = [np.asarray(result.image, dtype=float) for result in engine.stylize_batch(asked, model=model)]
    assert (images[0][:, 33:] == np.asarray(cat.resize((64, 43), Image.Resampling.BICUBIC))[:, 33:]).all()
    assert np.abs(images[1][:, 33:] - images[0][:, 33:]).mean() > 5


def test_each_picture_has_its_own_progress_and_a_stop_ends_all(
    cat: Image.Image, glass: Image.Image, model: engine.Model
) -> None:
    seen: list[list[engine.Progress]] = [[], []]
    asked = [
        engine.Request(cat, [glass], QUICK, on_progress=seen[0].append),
        engine.Request(glass.resize(cat.size), [cat], QUICK, on_progress=seen[1].append),
    ]
    results = engine.stylize_batch(asked, model=model, should_stop=lambda: len(seen[0]) >= 3)
    assert [len(each) for each in seen] == [3, 3]
    assert seen[0][-1].loss != seen[1][-1].loss
    assert seen[0][-1].preview().tobytes() != seen[1][-1].preview().tobytes()
    assert all(result.report.stopped for result in results)


def test_pictures_of_different_buckets_are_refused_in_one_sentence(
    cat: Image.Image, glass: Image.Image, model: engine.Model
) -> None:
    with pytest.raises(engine.OptionsError, match="equal sizes, one preset"):
        engine.stylize_batch([engine.Request(cat, [glass], QUICK), engine.Request(glass, [cat], QUICK)], model=model)
    paper = engine.Request(cat, [glass], engine.preset("paper", size=32))
    with pytest.raises(engine.OptionsError, match="another preset than paper"):
        engine.stylize_batch([paper, paper], model=model)
    with pytest.raises(engine.OptionsError, match="one request or more"):
        engine.stylize_batch([], model=model)
