"""The main comparison as a table: every method but the grids, painted with the first seed, on every pair."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from scipy import stats

from engine.study.records import MethodDescription, MetricDescription, Painted, Results
from engine.study.statistics.components import repeatability
from engine.study.statistics.effects import Values

Axis = Literal["style", "content"]
AXES: tuple[Axis, ...] = ("style", "content")
Pair = tuple[str, str]
"""File names of the content and the style."""


@dataclass(frozen=True)
class Table:
    """Measured values of the main comparison.

    Attributes:
        methods: Those that painted a picture, in the order of the results.
        metrics: Those with a value of one picture at least.
        pairs: Pairs on which a picture was painted, sorted.
        values: One for each pair by method and metric, NaN where there is none.
        repeatability: Of each metric whose runs were repeated with another seed.
    """

    methods: tuple[MethodDescription, ...]
    metrics: tuple[MetricDescription, ...]
    pairs: tuple[Pair, ...]
    values: Mapping[tuple[str, str], Values]
    repeatability: Mapping[str, float]

    @cached_property
    def contents(self) -> list[str]:
        """The content of each pair."""
        return [content for content, _ in self.pairs]

    @cached_property
    def styles(self) -> list[str]:
        """The style of each pair."""
        return [style for _, style in self.pairs]

    def family(self, *families: str) -> list[str]:
        """Return the names of the methods of these families."""
        return [method.name for method in self.methods if method.family in families]

    def goodness(self, method: str, metric: MetricDescription) -> Values:
        """Return the values of a method with the sign that makes larger better."""
        return self.values[method, metric.name] * (1.0 if metric.better == "higher" else -1.0)

    def scores(self, methods: Sequence[str], metrics: Sequence[MetricDescription]) -> Values:
        """Return how methods stand among each other: methods × pairs, 0 the worst .. 1 the best.

        It is the rank within the pair, averaged over the metrics. A pair that lacks a value of any method for a metric
        is without that metric; NaN where no metric is left.
        """
        if len(methods) < 2 or not metrics:
            return np.full((len(methods), len(self.pairs)), np.nan)
        goodness = np.stack([[self.goodness(method, metric) for method in methods] for metric in metrics])
        complete = ~np.isnan(goodness).any(axis=1, keepdims=True)
        ranks = (stats.rankdata(np.nan_to_num(goodness), axis=1) - 1) / (len(methods) - 1)
        counted = complete.sum(axis=0)
        total = np.where(complete, ranks, 0.0).sum(axis=0)
        return np.where(counted > 0, total / np.maximum(counted, 1), np.nan)


def main_rows(results: Results) -> list[Painted]:
    """Return the outputs of the main comparison: the first seed, and no grids."""
    grids = _grids(results)
    return [row for row in _first_seed(results) if row.method not in grids]


def grid_rows(results: Results) -> dict[str, list[Painted]]:
    """Return the outputs of each grid: a grid is what has one method's name and several sets of parameters."""
    found: dict[str, list[Painted]] = {name: [] for name in _grids(results)}
    for row in _first_seed(results):
        if row.method in found:
            found[row.method].append(row)
    return found


def _first_seed(results: Results) -> list[Painted]:
    return [row for row in results.painted if row.error is None and row.seed == results.settings.seed]


def _grids(results: Results) -> list[str]:
    parameters: dict[str, list[object]] = {}
    for row in results.painted:
        known = parameters.setdefault(row.method, [])
        if row.parameters not in known:
            known.append(row.parameters)
    return [method for method, known in parameters.items() if len(known) > 1]


def repeated_groups(results: Results, metric: str) -> list[list[float]]:
    """Return the values of pictures that differ in their seed alone, a group for each method and pair.

    Methods that draw no random number repeat exactly and would make the metrics look better than they are: groups with
    equal values of all metrics are left out.
    """
    groups: dict[tuple[object, ...], list[Painted]] = defaultdict(list)
    for row in results.painted:
        if row.error is None:
            groups[row.content, row.style, row.method, repr(sorted(row.parameters.items())), row.size].append(row)
    varied = (rows for rows in groups.values() if any(row.metrics != rows[0].metrics for row in rows))
    found = ([row.metrics.get(metric) for row in rows] for rows in varied)
    return [[value for value in group if value is not None] for group in found]


def table_of(results: Results) -> Table:
    """Arrange the results of the main comparison."""
    rows = {(row.method, row.content, row.style): row.metrics for row in main_rows(results)}
    painted = {method for method, _, _ in rows}
    measured = {name for metrics in rows.values() for name, value in metrics.items() if value is not None}
    methods = tuple({method.name: method for method in results.methods if method.name in painted}.values())
    metrics = tuple(metric for metric in results.metrics if metric.name in measured)
    pairs = tuple(sorted({(content, style) for _, content, style in rows}))

    def value(method: str, metric: str, pair: Pair) -> float:
        found = rows.get((method, *pair), {}).get(metric)
        return found if found is not None and math.isfinite(found) else math.nan

    values = {
        (method.name, metric.name): np.array([value(method.name, metric.name, pair) for pair in pairs])
        for method in methods
        for metric in metrics
    }
    floors = {metric.name: repeatability(repeated_groups(results, metric.name)) for metric in metrics}
    return Table(methods, metrics, pairs, values, {name: floor for name, floor in floors.items() if floor is not None})
