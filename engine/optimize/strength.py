"""The strength that a caller chooses, 0..100, converted to the style weight and to blending.

A strength is first converted to a force, which is linear in the logarithm of the style weight.
"""

from __future__ import annotations

import numpy as np

FORCE = {0: 0, 10: 4, 20: 8, 30: 12.5, 40: 16.5, 50: 20.5, 60: 25, 70: 33.5, 80: 50, 90: 69, 100: 114}
"""Strength to force, measured by `benchmarks.strengths`; values between are interpolated.

Equal steps of strength move the picture equally far from its content, by the distance of VGG19's features. 80 is the
style weight of the preset; above it the picture is nearly all style, and large changes of the weight change it little.
"""

BLEND_BELOW = 30.0
"""Forces below this also blend the painted picture with the content."""


def force(strength: float) -> float:
    """Force of a strength, both from 0."""
    return float(np.interp(strength, list(FORCE), list(FORCE.values())))


def style_weight_factor(strength: float) -> float:
    """Factor of the style weight: 1 at a force of 50, ten times as much for each 25 more."""
    return float(10 ** ((force(strength) - 50) / 25))


def recolored_share(strength: float) -> float:
    """Share of the style's colours in the picture that the optimisation begins with, 0..1."""
    return min(1.0, force(strength) / 50)


def opacity(strength: float) -> float:
    """Share of the painted picture when it is blended with the content at the end, 0..1.

    Without blending, the weakest force would still move a picture half as far as the preset's own style weight does.
    """
    return min(1.0, force(strength) / BLEND_BELOW)
