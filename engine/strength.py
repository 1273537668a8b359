"""What a caller's strength means: a scale on which equal steps look equal."""

from __future__ import annotations

import numpy as np

FORCE = {0: 0, 10: 14, 20: 21, 30: 27, 40: 38, 50: 50, 60: 54.5, 70: 59, 80: 65, 90: 72.5, 100: 100}
"""Strength to force, by measurement: below 50, and again above it, equal steps move the picture equally far from its
content in VGG19's features (conv1_2, conv2_2, conv3_3, channels normalised; three pairs at 256 px). 50 is the recipe's
own balance; steps above it are a third as large as those below, for there a picture is nearly all style.
"""

THIN_BELOW = 30.0
"""Forces below this blend the painted picture with the content."""


def force(strength: float) -> float:
    """The force of a strength, both 0..100."""
    return float(np.interp(strength, list(FORCE), list(FORCE.values())))


def balance(strength: float) -> float:
    """What the style weight is multiplied by: 1 at a force of 50, a decade for each 25."""
    return float(10 ** ((force(strength) - 50) / 25))


def recolored_share(strength: float) -> float:
    """How much of the style's colours a run begins with, 0..1."""
    return min(1.0, force(strength) / 50)


def opacity(strength: float) -> float:
    """How much of the painted picture is laid on the content at the end, 0..1.

    Without it a weak descent still wanders off, for Adam's steps do not shrink with the loss.
    """
    return min(1.0, force(strength) / THIN_BELOW)
