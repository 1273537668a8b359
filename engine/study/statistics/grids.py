"""What a parameter changes, and whether it matters more than the pictures.

Yeh et al. (arXiv 1910.09447) found that the style picture decides more of how well its style is transferred
than the weights do. Here that is tested: the variance of each metric over a grid of weights, contents and styles is
shared by crossed random effects.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from engine.study.records import Painted, Results
from engine.study.statistics.components import Components, variance_components
from engine.study.statistics.table import grid_rows

RATIO = "ratio"
"""The parameter that stands for style weight / content weight."""


@dataclass(frozen=True)
class Influence:
    """Of one parameter on one metric.

    Attributes:
        metric: Its name.
        method: The grid's name.
        parameter: What was varied.
        settings: Its values, rising where they are numbers.
        quartiles: Lower quartile, median and upper quartile of the metric at each value.
        components: Shares of "parameter", "content", "style" and "rest"; None where they cannot be told apart.
    """

    metric: str
    method: str
    parameter: str
    settings: tuple[float | str, ...]
    quartiles: tuple[tuple[float, float, float], ...]
    components: Components | None


def influences(results: Results) -> list[Influence]:
    """Return the influence of the parameter of each grid on every metric."""
    found = []
    for method, rows in grid_rows(results).items():
        for parameter in sorted({name for row in rows for name in row.parameters}):
            each = (_influence(method, parameter, metric.name, rows) for metric in results.metrics)
            found += [influence for influence in each if influence is not None]
    return found


def _influence(method: str, parameter: str, metric: str, rows: list[Painted]) -> Influence | None:
    known = [
        (row.parameters[parameter], row, value)
        for row in rows
        if parameter in row.parameters and (value := row.metrics.get(metric)) is not None
    ]
    by_setting: dict[float | str, list[float]] = defaultdict(list)
    for setting, _, value in known:
        by_setting[setting].append(value)
    if len(by_setting) < 2:
        return None
    numbers = all(isinstance(setting, int | float) for setting in by_setting)
    settings = tuple(sorted(by_setting) if numbers else by_setting)
    factors = {
        "parameter": [repr(setting) for setting, _, _ in known],
        "content": [row.content for _, row, _ in known],
        "style": [row.style for _, row, _ in known],
    }
    quartiles = [np.quantile(by_setting[setting], [0.25, 0.5, 0.75]).tolist() for setting in settings]
    components = variance_components(np.array([value for _, _, value in known]), factors)
    return Influence(
        metric, method, parameter, settings, tuple((low, middle, high) for low, middle, high in quartiles), components
    )
