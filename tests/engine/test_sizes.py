"""Sizes: aspect ratios that agree."""

from __future__ import annotations

import pytest

from engine.sizes import same_shape


@pytest.mark.parametrize(
    ("size", "other", "same"),
    [
        ((64, 43), (96, 64), True),
        ((683, 1024), (2000, 3000), True),
        ((33, 1), (2000, 1), True),
        ((98, 64), (96, 64), True),
        ((64, 64), (96, 64), False),
        ((43, 64), (96, 64), False),
        ((1000, 1000), (1000, 1030), False),
    ],
)
def test_shapes_agree_but_for_rounding(size: tuple[int, int], other: tuple[int, int], same: bool) -> None:
    assert same_shape(size, other) is same
