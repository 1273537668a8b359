"""Which metrics may decide: those that no method optimises, and that judge the controls as anybody would."""

from __future__ import annotations

from typing import Literal

import numpy as np

from engine.study.records import MetricDescription
from engine.study.statistics.table import Axis, Table
from engine.study.statistics.verdict import OPTIMISED, REDUNDANT

CONTENT, STYLE = "content", "style"
"""Names of the two controls that paint nothing: the content untouched, and the style picture itself."""

Reason = Literal["against", "network", "optimised", "redundant", "best", "worst", "controls"]


def objection(table: Table, metric: MetricDescription) -> Reason | None:
    """Return why a metric may not decide, or None.

    - "against": it judges neither style nor content alone;
    - "network": it reads the network that painted;
    - "optimised": it is what a traditional method optimises; "redundant": it orders pictures as another metric does;
    - "controls": the controls were not measured, so that nobody knows whether it is valid;
    - "best": in the median over the pairs, the untouched content is not the best of all methods in content, or the
      style picture not the best of the controls in style (it is cropped, so that another method may come nearer);
    - "worst": the control that has nothing of the picture that the metric is measured against is not the worst control.
    """
    if metric.against not in ("style", "content"):
        return "against"
    if metric.network == "main":
        return "network"
    if metric.name in OPTIMISED:
        return "optimised"
    return "redundant" if metric.name in REDUNDANT else _controls(table, metric)


def _controls(table: Table, metric: MetricDescription) -> Reason | None:
    same, foreign = (STYLE, CONTENT) if metric.against == "style" else (CONTENT, STYLE)
    medians = {
        method.name: float(np.nanmedian(goodness))
        for method in table.methods
        if not np.isnan(goodness := table.goodness(method.name, metric)).all()
    }
    if same not in medians or foreign not in medians:
        return "controls"
    controls = [medians[name] for name in table.family("control") if name in medians]
    if medians[same] < max(controls if same == STYLE else medians.values()):
        return "best"
    return "worst" if medians[foreign] > min(controls) else None


def deciding(table: Table, axis: Axis) -> list[MetricDescription]:
    """Return the metrics that decide on an axis."""
    return [metric for metric in table.metrics if metric.against == axis and objection(table, metric) is None]
