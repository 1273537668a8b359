"""The frames of a timelapse: few, evenly taken, from any painting."""

from __future__ import annotations

import io
from types import SimpleNamespace

import pytest
from PIL import Image

from bot.worker.reel import EDGE, MOST, Reel


def shade(level: int) -> Image.Image:
    """Return a grey picture, larger than a frame."""
    return Image.new("RGB", (600, 300), (level, level, level))


@pytest.mark.parametrize("iterations", [1, 47, 48, 49, 300, 1000])
def test_a_film_of_any_painting_has_a_few_dozen_frames(iterations: int) -> None:
    """The first moment is in it, the finished picture is its last, and none is taken that is not kept or thinned."""
    reel, taken = Reel(), 0

    def look(level: int) -> Image.Image:
        nonlocal taken
        taken += 1
        return shade(level)

    for number in range(iterations):
        level = 20 + number * 200 // iterations
        reel.take(SimpleNamespace(preview=lambda level=level: look(level)))
    data = reel.develop(shade(255))
    assert data is not None
    with Image.open(io.BytesIO(data)) as film:
        frames = getattr(film, "n_frames", 1)
        assert min(iterations, MOST // 2) < frames <= MOST + 1
        assert film.size == (EDGE, EDGE // 2)
        assert film.convert("L").getpixel((5, 5)) == pytest.approx(20, abs=4)
        film.seek(frames - 1)
        assert film.convert("L").getpixel((5, 5)) == 255
    assert taken < 6 * MOST


def test_a_painting_without_a_moment_has_no_film() -> None:
    """A picture that was there at once leaves nothing to watch."""
    assert Reel().develop(shade(9)) is None
