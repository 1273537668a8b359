"""Which methods nobody beats on both axes."""

from __future__ import annotations

import numpy as np

from engine.study.statistics.effects import Values


def pareto_front(style: Values, content: Values) -> list[int]:
    """Return the indices of the points that no other point dominates, by falling style.

    A point dominates another if it is at least as good on both axes and better on one. Larger is better.
    """
    at_least = (style[:, None] >= style) & (content[:, None] >= content)
    better = (style[:, None] > style) | (content[:, None] > content)
    dominated = (at_least & better).any(axis=0)
    return sorted(np.flatnonzero(~dominated).tolist(), key=lambda index: (-style[index], -content[index]))
