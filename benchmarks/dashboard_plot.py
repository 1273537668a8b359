"""Panels of a Grafana dashboard as a picture: their places, titles and units, with lines that Prometheus answered."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator, MultipleLocator

COLORS = ("#73BF69", "#F2CC0C", "#5794F2", "#FF9830", "#F2495C", "#B877D9", "#8AB8FF", "#FFA6B0", "#96D98D", "#CA95E5")
PAGE, PANEL, TEXT, GRID = "#111217", "#181b1f", "#ccccdc", "#2c3235"
SOURCE = (
    "Drawn by benchmarks/dashboard.py, not by Grafana, from a real Prometheus' answers to the queries of grafana.json."
    "\n{minutes:.0f} minutes of load in which painters died, PostgreSQL was away and the sandbox refused edits."
)


@dataclass(frozen=True)
class Line:
    """A line of a panel.

    Attributes:
        name: What the legend says.
        points: Seconds since the beginning, and values; not-a-number where there is none.
    """

    name: str
    points: Sequence[tuple[float, float]]


def draw(panels: Sequence[Mapping[str, Any]], lines: Mapping[str, Sequence[Line]], seconds: float) -> Figure:
    """Return a figure with each panel at its place in the grid of 24 columns."""
    rows = max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in panels)
    figure = Figure(figsize=(15, 0.38 * rows), facecolor=PAGE, layout="constrained", dpi=100)
    grid = figure.add_gridspec(rows, 24)
    for panel in panels:
        place = panel["gridPos"]
        spans = grid[place["y"] : place["y"] + place["h"], place["x"] : place["x"] + place["w"]]
        axes = figure.add_subplot(spans)
        _draw_panel(axes, panel["title"], panel["fieldConfig"]["defaults"], lines[panel["title"]])
        axes.set_xlim(0, seconds)
    figure.supxlabel(SOURCE.format(minutes=seconds / 60), color=TEXT, fontsize=9)
    return figure


def _draw_panel(axes: Axes, title: str, field: Mapping[str, Any], lines: Sequence[Line]) -> None:
    axes.set_facecolor(PANEL)
    axes.set_title(title, color=TEXT, loc="left", fontsize=11, fontweight="bold")
    for number, line in enumerate(lines):
        color = COLORS[number % len(COLORS)]
        axes.plot(*zip(*line.points, strict=True), color=color, linewidth=1.4, label=line.name)
    if "min" in field:
        axes.set_ylim(bottom=field["min"])
    axes.yaxis.set_major_locator(MaxNLocator(5))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: written(value, field["unit"])))
    axes.xaxis.set_major_locator(MultipleLocator(60))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value // 60:.0f}:{value % 60:02.0f}"))
    axes.tick_params(colors=TEXT, labelsize=8, length=0)
    axes.grid(color=GRID, linewidth=0.8)
    axes.spines[:].set_visible(False)
    axes.legend(loc="upper left", bbox_to_anchor=(0, -0.1), ncols=5, fontsize=7, labelcolor=TEXT, frameon=False)


def written(value: float, unit: str) -> str:
    """Return a value as Grafana writes it in a unit of its list: bytes, percentunit, reqps, s, short."""
    if not math.isfinite(value):
        return ""
    if unit == "percentunit":
        return f"{100 * value:.3g}%"
    if unit == "bytes":
        powers = ("B", "KiB", "MiB", "GiB")
        power = min(int(math.log(max(value, 1), 1024)), len(powers) - 1)
        return f"{value / 1024**power:.3g} {powers[power]}"
    if unit == "s":
        return f"{value / 60:.3g} min" if value >= 60 else f"{value:.3g} s"
    return f"{value:.3g}{' req/s' if unit == 'reqps' else ''}"
