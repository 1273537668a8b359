"""Drawings."""

from __future__ import annotations

import numpy as np

from engine.training import drawings


def test_drawings_are_the_same_for_the_same_seed() -> None:
    first, second = (drawings.draw_all(np.random.default_rng(4), 1) for _ in range(2))
    assert [image.tobytes() for image in first] == [image.tobytes() for image in second]
    assert all(image.size == (drawings.EDGE, drawings.EDGE) and image.mode == "RGB" for image in first)
    assert len({image.tobytes() for image in first}) == len(drawings.KINDS)


def test_a_painted_grey_picture_keeps_its_shape_and_takes_on_colours() -> None:
    grey = np.linspace(0, 255, 64 * 48).reshape(64, 48).astype(np.uint8)
    painted = np.asarray(drawings.paint_grey(grey, np.random.default_rng(0))).astype(int)
    assert painted.shape == (64, 48, 3)
    assert np.abs(painted - painted.mean(2, keepdims=True)).max() > 20
