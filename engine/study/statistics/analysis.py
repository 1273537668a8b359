"""Everything that the statistics say of a study, in one place for the report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from engine.study.records import Results
from engine.study.statistics.comparison import (
    Effect,
    Standing,
    compare,
    differ,
    differences_by_metric,
    effects_of,
    standings,
    strongest_rival,
)
from engine.study.statistics.components import Components, variance_components
from engine.study.statistics.effects import Interval
from engine.study.statistics.grids import Influence, influences
from engine.study.statistics.rank_tests import Friedman
from engine.study.statistics.table import Axis, Table, table_of
from engine.study.statistics.validity import Reason, objection
from engine.study.statistics.verdict import NEURAL, Comparison, Verdict, decide

COMBINED = "sketch"
"""The method that combinations are made of."""

ORDER = "order-"
"""How the names of combinations begin that differ in the order of their steps alone."""


@dataclass(frozen=True)
class Analysis:
    """What the statistics say.

    Attributes:
        table: The main comparison.
        objections: Why a metric does not decide, by its name.
        effects: Of `NEURAL` against every other method but the controls, by every metric.
        methods: The methods that `friedman` ranks.
        friedman: Whether they differ, by metric.
        components: Of the variance of each metric over methods, contents and styles.
        standings: Of all methods but the combinations among each other, best style first.
        combinations: Of `COMBINED` and what is combined with it among each other.
        orders: Of the orders of the same steps among each other.
        orders_p: Friedman's p whether the orders differ at all, by axis.
        influences: Of the parameters of grids, beside that of the pictures.
        comparisons: Of `NEURAL` with the traditional methods, on which the verdict rests.
        verdict: The answer to the work's hypothesis.
    """

    table: Table
    objections: Mapping[str, Reason]
    effects: tuple[Effect, ...]
    methods: tuple[str, ...]
    friedman: Mapping[str, Friedman]
    components: Mapping[str, Components]
    standings: tuple[Standing, ...]
    combinations: tuple[Standing, ...]
    orders: tuple[Standing, ...]
    orders_p: Mapping[Axis, float]
    influences: tuple[Influence, ...]
    comparisons: tuple[Comparison, ...]
    verdict: Verdict


def analyse(results: Results, votes: Mapping[str, Interval] | None = None) -> Analysis:
    """Analyse the results of a study of any size; that there are too few pairs is told, not refused.

    Args:
        results: Of a study.
        votes: Bradley–Terry strengths by method, if people voted.
    """
    table = table_of(results)
    painted = NEURAL in table.family("neural")
    rivals = [name for name in table.family("neural", "ablation", "traditional", "combination") if name != NEURAL]
    compared = ((NEURAL,) if painted else ()) + tuple(rivals)
    combinations = table.family("combination")
    orders = [name for name in combinations if name.startswith(ORDER)]
    combined = [name for name in (*table.family("neural"), *combinations) if name == COMBINED or name in combinations]
    comparisons = tuple(compare(table))
    return Analysis(
        table=table,
        objections={each.name: reason for each in table.metrics if (reason := objection(table, each)) is not None},
        effects=tuple(each for metric in table.metrics for each in effects_of(table, metric, rivals)),
        methods=compared,
        friedman=differences_by_metric(table, compared),
        components=components_by_metric(table, compared),
        standings=tuple(standings(table, [each.name for each in table.methods if each.family != "combination"])),
        combinations=tuple(standings(table, [name for name in combined if name not in orders])),
        orders=tuple(standings(table, orders)),
        orders_p=differ(table, orders),
        influences=tuple(influences(results)),
        comparisons=comparisons,
        verdict=decide(
            comparisons,
            strongest_rival(table, [each.rival for each in comparisons]),
            votes or {},
            pairs=len(table.pairs),
            contents=len(set(table.contents)),
            styles=len(set(table.styles)),
        ),
    )


def components_by_metric(table: Table, methods: tuple[str, ...]) -> dict[str, Components]:
    """Return how the variance of each metric is shared by method, content and style."""
    found = {}
    for metric in table.metrics:
        values = np.concatenate([table.values[method, metric.name] for method in methods] or [np.empty(0)])
        known = ~np.isnan(values)
        factors = {
            "method": np.repeat(methods, len(table.pairs))[known].tolist(),
            "content": np.tile(table.contents, len(methods))[known].tolist(),
            "style": np.tile(table.styles, len(methods))[known].tolist(),
        }
        found[metric.name] = variance_components(values[known], factors)
    return {name: each for name, each in found.items() if each is not None}
