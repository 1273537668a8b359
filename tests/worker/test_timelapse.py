"""The frames of a timelapse: few, evenly taken, from any painting."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from PIL import Image

from bot.worker.timelapse import EDGE, MOST, Reel
from tests.engine.images.test_timelapse import decoded

HELD = 20  # frames that show the finished picture


def shade(level: int) -> Image.Image:
    """Return a grey picture, larger than a frame."""
    return Image.new("RGB", (600, 300), (level, level, level))


@pytest.mark.parametrize("iterations", [1, 47, 48, 49, 300, 1000])
def test_a_film_of_any_painting_has_a_few_dozen_frames(iterations: int, tmp_path: Path) -> None:
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
    (tmp_path / "film.mp4").write_bytes(data)
    _, frames = decoded(tmp_path / "film.mp4", (EDGE, EDGE // 2))
    assert min(iterations, MOST // 2) < len(frames) - HELD + 1 <= MOST + 1
    for frame, level in ((frames[0], 20), (frames[-1], 255)):
        assert frame.convert("L").getpixel((5, 5)) == pytest.approx(level, abs=4)
    assert taken < 6 * MOST


def test_a_painting_without_a_moment_has_no_film() -> None:
    """A picture that was there at once leaves nothing to watch."""
    assert Reel().develop(shade(9)) is None
