"""All methods keep the interface's promises."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from PIL import Image

import engine
from engine.study.methods import METHODS
from engine.study.records import Family
from tests.support.painting import work_of

SLOW = ("paper", "standard", "fine")  # the same way as sketch, and tested elsewhere


def test_every_method_of_the_study_is_there() -> None:
    by_family = {family: [m.name for m in METHODS.values() if m.family == family] for family in get_args(Family)}
    assert by_family["neural"] == ["paper", "sketch", "standard", "fine"]
    assert by_family["control"] == ["content", "style", "colours", "blend"]
    assert by_family["traditional"] == [
        "reinhard", "histogram", "monge-kantorovich", "sliced-transport", "texture-transfer", "kuwahara",
        "kuwahara-recoloured", "stylization", "oil-painting",
    ]  # fmt: skip
    assert len(by_family["ablation"]) == 9
    assert len(by_family["combination"]) == 16
    assert all(method.purpose and not method.purpose.endswith(".") for method in METHODS.values())


@pytest.mark.parametrize("name", [name for name in METHODS if name not in SLOW])
@pytest.mark.parametrize("size", [(60, 40), (25, 60)])
def test_an_output_has_the_contents_shape_and_the_size_asked_for_and_is_reproduced(
    name: str, size: tuple[int, int], pair: tuple[Image.Image, Image.Image], model: engine.Model, quick: None
) -> None:
    method = METHODS[name]
    if why := method.missing():
        pytest.skip(why)
    content, style = pair[0].resize(size), pair[1].resize((50, 33))
    made, again = (method.paint(content, style, work_of(32, model, seed=1)) for _ in range(2))
    assert (made.mode, max(made.size)) == ("RGB", 32)
    assert made.size[0] / made.size[1] == pytest.approx(size[0] / size[1], rel=0.1)
    assert made.tobytes() == again.tobytes()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine paints with two iterations."""
    from dataclasses import replace

    inner = engine.stylize

    def stylize(content: Any, styles: Any, options: engine.Options, **more: Any) -> engine.Result:
        return inner(content, styles, replace(options, iterations=2), **more)

    monkeypatch.setattr(engine, "stylize", stylize)


def test_controls_are_what_they_are_called(cat: Image.Image, glass: Image.Image) -> None:
    work = work_of(48)
    content, style = (METHODS[name].paint(cat, glass, work) for name in ("content", "style"))
    assert content.tobytes() == cat.resize((48, 32), Image.Resampling.LANCZOS).tobytes()
    middle = glass.crop((0, 13, 80, 67)).resize((48, 32), Image.Resampling.LANCZOS)
    assert style.size == middle.size
    assert METHODS["blend"].paint(cat, glass, work).tobytes() == Image.blend(content, style, 0.5).tobytes()
    assert METHODS["colours"].paint(cat, glass, work) == METHODS["monge-kantorovich"].paint(cat, glass, work)


def test_listing_the_methods_loads_no_torch() -> None:
    import subprocess
    import sys

    code = "import sys, engine.study.methods; print('torch' in sys.modules, 'skimage' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
