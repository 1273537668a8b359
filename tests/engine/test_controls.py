"""Controls of a run: the size of the strokes, where it begins."""

from __future__ import annotations

import pytest
from PIL import Image

import engine
from engine.objective import Objective


@pytest.fixture
def style_sizes(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """Height and width of every style picture that statistics are taken of, in order."""
    sizes: list[tuple[int, int]] = []
    inner = Objective.__init__

    def spy(self: Objective, *rest: object, **named: object) -> None:
        styles = named["styles"]
        assert isinstance(styles, list)
        sizes.extend(tuple(style.shape[2:]) for style, _ in styles)
        inner(self, *rest, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(Objective, "__init__", spy)
    return sizes


@pytest.mark.parametrize(("scale", "edges"), [(0.25, [24, 48]), (1, [96, 192]), (2, [192, 384])])
def test_the_style_is_resized_relative_to_the_picture_at_each_scale(
    scale: float,
    edges: list[int],
    pair: tuple[Image.Image, Image.Image],
    model: engine.Model,
    style_sizes: list[tuple[int, int]],
) -> None:
    options = engine.preset("sketch", size=192, iterations=2, style_scale=scale)
    report = engine.stylize(pair[0], [pair[1]], options, model=model).report
    assert style_sizes == [(edge, edge) for edge in edges]
    assert report.style_scale == scale


def test_the_published_recipe_scales_its_style_too(
    pair: tuple[Image.Image, Image.Image], model: engine.Model, style_sizes: list[tuple[int, int]]
) -> None:
    options = engine.preset("paper", size=32, style_scale=0.5)
    engine.stylize(pair[0], [pair[1]], options, model=model, should_stop=lambda: True)
    assert style_sizes == [(16, 16)]


def test_the_smallest_style_of_the_smallest_picture_still_has_statistics(model: engine.Model) -> None:
    content, style = Image.new("RGB", (16, 9), "teal"), Image.effect_noise((200, 3), 80).convert("RGB")
    options = engine.preset("sketch", size=16, iterations=2, style_scale=0.25)
    assert engine.stylize(content, [style], options, model=model).image.size == (16, 9)
