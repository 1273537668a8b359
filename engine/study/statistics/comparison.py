"""Methods against each other: by one metric, and on the two axes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.study.records import MetricDescription
from engine.study.statistics.effects import Interval, Values, crossed_mean, effect, share_won, wins
from engine.study.statistics.front import pareto_front
from engine.study.statistics.rank_tests import Friedman, friedman, holm, wilcoxon
from engine.study.statistics.table import AXES, Axis, Table
from engine.study.statistics.validity import deciding
from engine.study.statistics.verdict import NEURAL, Advantage, Comparison


@dataclass(frozen=True)
class Effect:
    """How much better `NEURAL` is than another method by one metric.

    Attributes:
        metric: Its name.
        rival: The other method.
        size: Hedges' g of the paired differences; positive where `NEURAL` is better.
        share: Of the pairs on which `NEURAL` is better.
        p: Wilcoxon's, after Holm's correction over the methods of this metric.
        pairs: On how many both were measured.
    """

    metric: str
    rival: str
    size: Interval
    share: Interval
    p: float
    pairs: int


@dataclass(frozen=True)
class Standing:
    """Where a method stands among others: its mean score on each axis, 0..1, and whether nobody is better on both."""

    method: str
    style: Interval
    content: Interval
    front: bool


def effects_of(table: Table, metric: MetricDescription, rivals: Sequence[str]) -> list[Effect]:
    """Compare `NEURAL` with other methods by one metric; nothing where `NEURAL` is absent."""
    if NEURAL not in table.family("neural"):
        return []
    neural = table.goodness(NEURAL, metric)
    differences = {rival: neural - table.goodness(rival, metric) for rival in rivals}
    measured = {rival: each[~np.isnan(each)] for rival, each in differences.items() if not np.isnan(each).all()}
    corrected = holm([wilcoxon(each) for each in measured.values()])
    floor = table.repeatability.get(metric.name, 0.0)
    return [
        Effect(metric.name, rival, effect(each), share_won(each, floor), p, len(each))
        for (rival, each), p in zip(measured.items(), corrected, strict=True)
    ]


def differences_by_metric(table: Table, methods: Sequence[str]) -> dict[str, Friedman]:
    """Test by each metric whether methods differ at all; their ranks are in the order of `methods`."""
    tables = {
        metric.name: np.stack([table.goodness(method, metric) for method in methods], axis=1)
        for metric in table.metrics
        if methods
    }
    tests = {name: friedman(each) for name, each in tables.items()}
    return {name: test for name, test in tests.items() if test is not None}


def standings(table: Table, methods: Sequence[str]) -> list[Standing]:
    """Score methods among each other on both axes by the metrics that decide; best style first."""
    scores = {axis: table.scores(methods, deciding(table, axis)) for axis in AXES}
    means = {axis: [crossed(table, row) for row in rows] for axis, rows in scores.items()}
    known = [i for i in range(len(methods)) if not any(np.isnan(means[axis][i].value) for axis in AXES)]
    style, content = (np.array([means[axis][i].value for i in known]) for axis in AXES)
    front = {known[index] for index in pareto_front(style, content)}
    found = [Standing(methods[i], means["style"][i], means["content"][i], i in front) for i in known]
    return sorted(found, key=lambda each: (-each.style.value, each.method))


def differ(table: Table, methods: Sequence[str]) -> dict[Axis, float]:
    """Return Friedman's p, after Holm's correction, that the scores of methods differ on an axis."""
    tests = {axis: friedman(table.scores(methods, deciding(table, axis)).T) for axis in AXES}
    known = {axis: test.p for axis, test in tests.items() if test is not None}
    return dict(zip(known, holm(list(known.values())), strict=True))


def crossed(table: Table, values: Values) -> Interval:
    """Return the mean of one value for each pair, with an interval for other contents and styles."""
    known = ~np.isnan(values)
    contents, styles = np.array(table.contents)[known], np.array(table.styles)[known]
    return crossed_mean(values[known], contents.tolist(), styles.tolist())


def compare(table: Table) -> list[Comparison]:
    """Compare `NEURAL` with each traditional method as the verdict's rule has it.

    Returns:
        Nothing where `NEURAL` is absent or where no metric decides on one of the axes.
    """
    rivals = table.family("traditional")
    decisive = {axis: deciding(table, axis) for axis in AXES}
    if NEURAL not in table.family("neural") or not all(decisive.values()):
        return []
    points = [(axis, rival, _points(table, rival, decisive[axis])) for rival in rivals for axis in AXES]
    corrected = holm([wilcoxon(each[~np.isnan(each)] - 0.5) for _, _, each in points])
    advantages = {
        (rival, axis): Advantage(crossed(table, each), p)
        for (axis, rival, each), p in zip(points, corrected, strict=True)
    }
    return [
        Comparison(rival, advantages[rival, "style"], advantages[rival, "content"])
        for rival in rivals
        if not any(np.isnan(advantages[rival, axis].score.value) for axis in AXES)
    ]


def _points(table: Table, rival: str, metrics: Sequence[MetricDescription]) -> Values:
    """Return for each pair the share of the metrics by which `NEURAL` is better; NaN where none was measured."""
    won = []
    for metric in metrics:
        difference = table.goodness(NEURAL, metric) - table.goodness(rival, metric)
        floor = table.repeatability.get(metric.name, 0.0)
        won.append(np.where(np.isnan(difference), np.nan, wins(difference, floor)))
    measured = ~np.isnan(won)
    return np.where(measured.any(axis=0), np.nansum(won, axis=0) / np.maximum(measured.sum(axis=0), 1), np.nan)


def strongest_rival(table: Table, rivals: Sequence[str]) -> str | None:
    """Return the method with the highest mean score in style among these; None where there is none."""
    found = standings(table, rivals) if len(rivals) > 1 else []
    return found[0].method if found else next(iter(rivals), None)
