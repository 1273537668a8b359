"""Strength: the scale, and what a run makes of it."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

import engine
from engine.optimize.strength import force, opacity, recolored_share, style_weight_factor
from tests.support.quick_runs import painted, pixels


@pytest.mark.parametrize("strength", [0, 3, 10, 37.5, 50, 80, 92, 100])
def test_more_strength_is_more_force_and_80_is_the_presets_own_style_weight(strength: float) -> None:
    assert force(strength) <= force(min(100, strength + 1))
    assert (style_weight_factor(strength) > 1) == (strength > 80) and (style_weight_factor(strength) < 1) == (
        strength < 80
    )
    assert opacity(0) == recolored_share(0) == 0 and opacity(80) == recolored_share(80) == 1


def test_strength_is_monotonic_and_zero_is_nearly_the_content(cat: Image.Image, glass: Image.Image) -> None:
    """In float32: bfloat16's rounding moves so short a run by as much as a few steps of strength do."""
    model = engine.load_model("builtin", "cpu", precision="float32")
    images = [painted(cat, [glass], model, strength=strength) for strength in (0, 25, 50, 75, 90, 100)]
    original = pixels(cat.resize(images[0].size, Image.Resampling.BICUBIC))
    distances = [np.abs(pixels(image) - original).mean() for image in images]
    assert distances == sorted(distances)
    assert distances[0] < 12 < 2 * distances[0] + distances[-1]
