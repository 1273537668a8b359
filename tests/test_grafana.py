"""Every query of deploy/grafana.json names metrics and labels that the bot has, and no metric is left out."""

from __future__ import annotations

import json
import re
from pathlib import Path

from prometheus_client.metrics import MetricWrapperBase

from bot import meters

PANELS = json.loads((Path(__file__).parents[1] / "deploy" / "grafana.json").read_text(encoding="utf-8"))["panels"]
SUFFIXES = {"counter": ("_total",), "gauge": ("",), "histogram": ("_bucket", "_sum", "_count")}
METRICS = [metric for metric in vars(meters).values() if isinstance(metric, MetricWrapperBase)]
SERIES = {
    f"{family.name}{suffix}": metric
    for metric in METRICS
    for family in metric.describe()
    for suffix in SUFFIXES[family.type]
}


def test_every_query_names_metrics_and_labels_that_exist() -> None:
    """Labels are those of the metrics, the bounds of a histogram, or what Prometheus adds."""
    for panel in PANELS:
        for target in panel["targets"]:
            named = re.findall(r"vitrage_\w+", target["expr"])
            assert named, panel["title"]
            assert set(named) <= set(SERIES), panel["title"]
            labels = {"instance", "le"} | {label for name in named for label in SERIES[name]._labelnames}
            grouped = ", ".join(re.findall(r"by \(([^)]*)\)", target["expr"]))
            used = [*re.findall(r"{{(\w+)}}", target["legendFormat"]), *re.findall(r"\w+", grouped)]
            assert {*used, *re.findall(r"(\w+)=", target["expr"])} <= labels, panel["title"]


def test_every_metric_is_shown() -> None:
    """What the bot counts is worth a look."""
    shown = {
        SERIES[name]
        for panel in PANELS
        for target in panel["targets"]
        for name in re.findall(r"vitrage_\w+", target["expr"])
    }
    assert shown == set(METRICS)
