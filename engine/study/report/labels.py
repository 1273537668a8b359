"""Labels beside the points of a scatter plot, where they cover neither points nor each other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

Box = tuple[float, float, float, float]
"""Left, bottom, right, top in points."""

SIZE = 7.5
WIDTH = 0.62
"""Mean width of a character as a part of the size of the font: more than that of the widest common font."""


def place_labels(axes: Axes, labels: Sequence[str], points: Sequence[tuple[float, float]], color: str) -> None:
    """Write a label beside each point, at the place nearest to it that is free."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    figure.draw_without_rendering()  # fixes where data lie on the figure
    scale = 72 / figure.dpi
    anchors = axes.transData.transform(np.asarray(points)) * scale
    window = np.asarray(axes.get_window_extent().extents) * scale
    taken: list[Box] = [(x - 4, y - 4, x + 4, y + 4) for x, y in anchors]
    for label, (x, y), point in zip(labels, anchors, points, strict=True):
        width, height = len(label) * SIZE * WIDTH, SIZE * 1.15
        places = [
            (x + dx - (width if dx < 0 else 0), y + dy - height / 2)
            for distance in (6, 12, 20, 30, 42)
            for dx, dy in (
                (distance, 0),
                (-distance, 0),
                (3, distance),
                (-3, distance),
                (3, -distance),
                (-3, -distance),
            )
        ]
        boxes = [(left, bottom, left + width, bottom + height) for left, bottom in places]
        left, bottom, right, top = min(boxes, key=lambda box: _cost(box, taken, window))
        taken.append((left, bottom, right, top))
        far = abs((left + right) / 2 - x) > width / 2 + 12 or abs((bottom + top) / 2 - y) > 14
        line = {"arrowstyle": "-", "color": color, "linewidth": 0.4, "shrinkA": 0, "shrinkB": 4}
        axes.annotate(
            label,
            point,
            (left - x, (bottom + top) / 2 - y),
            textcoords="offset points",
            fontsize=SIZE,
            color=color,
            verticalalignment="center_baseline",
            arrowprops=line if far else None,
        )


def _cost(box: Box, taken: Sequence[Box], window: np.ndarray) -> float:
    """Return the area of a box that is covered already, and heavily what lies outside the axes."""
    left, bottom, right, top = box
    covered = sum(
        max(0.0, min(right, other[2]) - max(left, other[0])) * max(0.0, min(top, other[3]) - max(bottom, other[1]))
        for other in taken
    )
    outside = (
        max(0, window[0] - left) + max(0, right - window[2]) + max(0, window[1] - bottom) + max(0, top - window[3])
    )
    return covered + 100 * float(outside)
