"""The strength that a caller chooses, 0..100, converted to the style weight and to blending.

A strength is first converted to a force, which is linear in the logarithm of the style weight.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

FORCE = {0: 0, 10: 4, 20: 8, 30: 12.5, 40: 16.5, 50: 20.5, 60: 25, 70: 33.5, 80: 50, 90: 69, 100: 114}
"""Strength to force, measured by `benchmarks.strengths`; values between are interpolated.

Equal steps of strength move the picture equally far from its content, by the distance of VGG19's features. 80 is the
style weight of the preset; above it the picture is nearly all style, and large changes of the weight change it little.
"""

MOVED = {0: 0, 10: 0.13, 20: 0.27, 30: 0.40, 40: 0.53, 50: 0.66, 60: 0.80, 70: 0.86, 80: 0.92, 90: 1.05, 100: 1.20}
"""Strength to the distance that it moves a picture from its content, by `engine.optimize.distance.moved`.

Up to 50, means over pairs of the forces above, at the end of the first scale (docs/curves.md). From 80 on a limit,
chosen by eye: subjects of pictures that have moved further are hard to recognise. Between, steps towards that limit.
"""

STYLE_LEFT = {
    0: 1.0,
    10: 0.9,
    20: 0.7,
    30: 0.5,
    40: 0.35,
    50: 0.22,
    60: 0.1,
    70: 0.008,
    80: 0.0045,
    90: 0.0015,
    100: 0.0004,
}
"""Strength to the share of the style's distance that it leaves, by `Objective.style_left`, for most pairs."""

LACKING = 4
"""A picture of which so many times the usual share is left lacks the style, however far it has moved."""

MOST_RAISED, MOST_LOWERED = 22.5, 30.0
"""A force is corrected by so much at most: up to 8 times the style weight, down to a sixteenth."""

NEARLY_ALL_STYLE = 80.0
"""No force is raised beyond that of this strength: style is nearly all there, and more weight would only take from the
content (docs/curves.md)."""

BLEND_BELOW = 30.0
"""Forces below this also blend the painted picture with the content."""


def force(strength: float) -> float:
    """Force of a strength, both from 0."""
    return float(np.interp(strength, list(FORCE), list(FORCE.values())))


def style_weight_factor(force: float) -> float:
    """Factor of the style weight: 1 at a force of 50, ten times as much for each 25 more."""
    return float(10 ** ((force - 50) / 25))


def recolored_share(strength: float) -> float:
    """Share of the style's colours in the picture that the optimisation begins with, 0..1."""
    return min(1.0, force(strength) / 50)


def opacity(force: float) -> float:
    """Share of the painted picture when it is blended with the content at the end, 0..1.

    Without blending, the weakest force would still move a picture half as far as the preset's own style weight does.
    """
    return min(1.0, force / BLEND_BELOW)


def moved(strength: float) -> float:
    """How far a strength moves a picture from its content on the average, from 0."""
    return float(np.interp(strength, list(MOVED), list(MOVED.values())))


def reached(distance: float, style_left: float, strength: float) -> float:
    """How far a picture has moved, in content and in style: as a distance from the content, the mean of the two.

    By the content alone letters move far in any style, and so does a blur by the least of strokes, whether or not they
    have got the style; and what is painted like a picture of low contrast has all of it long before it looks lost.
    What lacks the style by far has moved as far as its style says.

    Args:
        distance: From its content, by `engine.optimize.distance.moved`.
        style_left: Share of the style's distance that is left, by `Objective.style_left`.
        strength: What the caller asked for, 0..100.
    """
    shares, left = [-math.log(share) for share in STYLE_LEFT.values()], -math.log(max(style_left, 1e-9))
    by_style = float(np.interp(left, shares, list(MOVED.values())))
    lacks = left < np.interp(strength, list(STYLE_LEFT), shares) - math.log(LACKING)
    return min(distance, by_style) if lacks else (distance + by_style) / 2


def corrected_force(tried: Sequence[tuple[float, float]], strength: float) -> float:
    """The force that moves a picture as far as its strength moves pictures on the average; from 80 on, at most so far.

    Args:
        tried: Forces so far, at least one, and how far each has moved the picture (`reached`).
        strength: What the caller asked for, 0..100.
    """
    wanted, far = force(strength), moved(strength)
    present, distance = tried[-1]
    distances, forces = zip(*sorted((distance, force) for force, distance in tried[-2:]), strict=True)
    if distances[0] < far < distances[-1] and forces[0] != forces[-1]:
        better = np.interp(far, distances, forces)
    else:
        better = present + wanted - np.interp(distance, list(MOVED.values()), list(FORCE.values()))
    # The factors are for low forces, which are mostly the share of the painted picture in the blend.
    least = max(wanted - MOST_LOWERED, wanted / 3)
    most = min(wanted + MOST_RAISED, wanted * 3, max(wanted, force(NEARLY_ALL_STYLE)))
    return float(np.clip(better, least, most))
