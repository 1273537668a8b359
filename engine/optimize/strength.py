"""What a caller's strength means: a scale on which equal steps look equal."""

from __future__ import annotations

import numpy as np

FORCE = {0: 0, 10: 4, 20: 8, 30: 12.5, 40: 16.5, 50: 20.5, 60: 25, 70: 33.5, 80: 50, 90: 69, 100: 114}
"""Strength to force, by measurement (`benchmarks.strengths`): equal steps move the picture equally far from its content
in VGG19's features. 80 is the recipe's own balance; above it a picture is nearly all style, and takes much to move.
"""

THIN_BELOW = 30.0
"""Forces below this blend the painted picture with the content."""


def force(strength: float) -> float:
    """The force of a strength of 0..100."""
    return float(np.interp(strength, list(FORCE), list(FORCE.values())))


def balance(strength: float) -> float:
    """What the style weight is multiplied by: 1 at a force of 50, a decade for each 25."""
    return float(10 ** ((force(strength) - 50) / 25))


def recolored_share(strength: float) -> float:
    """How much of the style's colours a run begins with, 0..1."""
    return min(1.0, force(strength) / 50)


def opacity(strength: float) -> float:
    """How much of the painted picture is laid on the content at the end, 0..1.

    Without it a descent at the weakest force still moves a picture by half as much as at the recipe's own balance.
    """
    return min(1.0, force(strength) / THIN_BELOW)
