"""The plots of a report. Texts are in the report's language; colours are roles, see `svg.py`."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, MaxNLocator, NullLocator

from engine.study.records import Results
from engine.study.report.labels import place_labels
from engine.study.report.numbers import number, percent, power_of_ten
from engine.study.report.svg import FAMILIES, INK, MUTED, PARTS, to_svg
from engine.study.report.texts import Language, Texts
from engine.study.report.titles import metric_title
from engine.study.statistics.analysis import Analysis
from engine.study.statistics.comparison import Effect
from engine.study.statistics.grids import RATIO, Influence
from engine.study.statistics.table import main_rows

MARKERS = {"neural": "o", "ablation": "D", "traditional": "s", "control": "x", "combination": "^"}
PANEL = (3.5, 2.5)
"""Inches of one of many small plots; the page lays them side by side or, on a phone, below each other."""

POINTS = 120
"""Points of a curve at most: more cannot be seen."""


@dataclass(frozen=True)
class Plot:
    """A plot as SVG, see `svg.py`; its name in files and ids, and what it shows in words."""

    name: str
    caption: str
    svg: str


def _plot(name: str, caption: str, figure: Figure) -> Plot:
    name = re.sub(r"[^A-Za-z0-9-]+", "-", name)
    return Plot(name, caption, to_svg(figure, name))


def front(analysis: Analysis, texts: Texts) -> Plot | None:
    """Return style against content: each method's mean scores with intervals, and the front that nobody beats."""
    if len(analysis.standings) < 2:
        return None
    families = {method.name: method.family for method in analysis.table.methods}
    figure = Figure(figsize=(7.2, 5.2))
    axes = figure.subplots()
    for each in analysis.standings:
        color, family = FAMILIES[families[each.method]], families[each.method]
        x, y = each.content, each.style
        axes.plot([x.low, x.high], [y.value] * 2, color=color, linewidth=0.7, alpha=0.45)
        axes.plot([x.value] * 2, [y.low, y.high], color=color, linewidth=0.7, alpha=0.45)
        axes.plot(x.value, y.value, MARKERS[family], color=color, markersize=5.5)
    best = [(each.content.value, each.style.value) for each in analysis.standings if each.front]
    axes.plot(*zip(*sorted(best), strict=True), color=MUTED, linewidth=1, linestyle=(0, (4, 3)), zorder=1)
    shown = [family for family in FAMILIES if family in {families[each.method] for each in analysis.standings}]
    for family in shown:
        axes.plot([], [], MARKERS[family], color=FAMILIES[family], label=texts(f"family-{family}"))
    axes.plot([], [], color=MUTED, linewidth=1, linestyle=(0, (4, 3)), label=texts("plot-front-line"))
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.13), ncols=4, columnspacing=1.4, handletextpad=0.4)
    axes.set(xlim=(-0.06, 1.06), ylim=(-0.06, 1.06), xlabel=texts("plot-content"), ylabel=texts("plot-style"))
    _localize(axes, texts.language)
    points = [(each.content.value, each.style.value) for each in analysis.standings]
    place_labels(axes, [each.method for each in analysis.standings], points, INK)
    return _plot("front", texts("plot-front"), figure)


def effects(analysis: Analysis, texts: Texts) -> list[Plot]:
    """Return for each metric that decides: how much better the neural method is than each traditional one."""
    families = {method.name: method.family for method in analysis.table.methods}
    plots = []
    for metric in analysis.table.metrics:
        found = [e for e in analysis.effects if e.metric == metric.name and families[e.rival] == "traditional"]
        if metric.name not in analysis.objections and any(not math.isnan(each.size.value) for each in found):
            title = metric_title(metric.name, metric.title, texts)
            axis = texts(f"against-{metric.against}")
            figure = _forest(found, f"{title} · {axis}", texts)
            plots.append(_plot(f"effect-{metric.name}", texts("plot-effect", metric=title), figure))
    return plots


def _forest(effects: Sequence[Effect], title: str, texts: Texts) -> Figure:
    """Draw an interval for each rival, the largest effect above."""
    known = sorted((e for e in effects if not math.isnan(e.size.value)), key=lambda each: each.size.value)
    figure = Figure(figsize=(PANEL[0], 0.9 + 0.23 * len(known)))
    axes = figure.subplots()
    axes.axvline(0, color=MUTED, linewidth=0.8)
    for row, each in enumerate(known):
        color = FAMILIES["neural" if each.size.value > 0 else "traditional"]
        axes.plot([each.size.low, each.size.high], [row, row], color=color, linewidth=1.4, solid_capstyle="butt")
        axes.plot(
            each.size.value, row, "o", color=color, markersize=4.5, markerfacecolor=color if each.p < 0.05 else "none"
        )
    axes.set_yticks(range(len(known)), [each.rival for each in known])
    axes.set(title=title, ylim=(-0.6, len(known) - 0.4), xlabel=texts("plot-effect-axis"))
    axes.grid(visible=False, axis="y")
    _localize(axes, texts.language, vertical=False)
    return figure


def grids(analysis: Analysis, results: Results, texts: Texts) -> tuple[list[Plot], list[Plot]]:
    """Return metrics against parameters, the median and the middle half: for the ratio of weights, and for the others.

    Every metric of style or content is drawn against the ratio, those that decide against other parameters.
    """
    metrics = {each.name: each for each in results.metrics}
    ratio: list[Plot] = []
    others: list[Plot] = []
    for each in analysis.influences:
        metric = metrics[each.metric]
        if metric.against in ("style", "content") and (
            each.parameter == RATIO or each.metric not in analysis.objections
        ):
            title = f"{metric_title(each.metric, metric.title, texts)} {'↑' if metric.better == 'higher' else '↓'}"
            caption = texts("plot-grid", metric=title, parameter=each.parameter)
            drawn = _plot(f"{each.method}-{each.parameter}-{each.metric}", caption, _curve(each, title, texts))
            (ratio if each.parameter == RATIO else others).append(drawn)
    return ratio, others


def _curve(influence: Influence, title: str, texts: Texts) -> Figure:
    figure = Figure(figsize=PANEL)
    axes = figure.subplots()
    low, middle, high = np.array(influence.quartiles).T
    numbers = [setting for setting in influence.settings if isinstance(setting, int | float)]
    named = len(numbers) < len(influence.settings)
    places = range(len(influence.settings)) if named else numbers
    axes.fill_between(places, low, high, color=FAMILIES["neural"], alpha=0.18, linewidth=0)
    axes.plot(places, middle, "o-", color=FAMILIES["neural"], markersize=3.5, linewidth=1.3)
    axes.set(title=title, xlabel=texts("plot-ratio") if influence.parameter == RATIO else influence.parameter)
    if named:
        axes.set_xticks(list(places), list(map(str, influence.settings)))
    elif min(numbers) > 0:
        axes.set_xscale("log")
        _log_ticks(axes, "x")
    _localize(axes, texts.language, horizontal=not named and min(numbers) <= 0)
    return figure


def losses(results: Results, texts: Texts) -> list[Plot]:
    """Return the loss by iteration of each method that has one: the median over the pairs and the middle half."""
    by_method: dict[str, list[list[float]]] = {}
    for row in main_rows(results):
        if len(row.losses) > 1:
            by_method.setdefault(row.method, []).append(row.losses)
    families = {method.name: method.family for method in results.methods}
    plots = []
    for method, curves in by_method.items():
        length = min(map(len, curves))
        chosen = np.unique(np.linspace(0, length - 1, min(POINTS, length)).round().astype(int))
        low, middle, high = np.quantile(
            np.array([curve[:length] for curve in curves])[:, chosen], [0.25, 0.5, 0.75], axis=0
        )
        figure = Figure(figsize=PANEL)
        axes = figure.subplots()
        color = FAMILIES[families[method]]
        axes.fill_between(chosen + 1, low, high, color=color, alpha=0.18, linewidth=0)
        axes.plot(chosen + 1, middle, color=color, linewidth=1.3)
        axes.set(title=method, xlabel=texts("plot-iteration"))
        if (low > 0).all():
            axes.set_yscale("log")
            _log_ticks(axes, "y")
        _localize(axes, texts.language, vertical=not (low > 0).all())
        plots.append(_plot(f"loss-{method}", texts("plot-loss", method=method), figure))
    return plots


def components(analysis: Analysis, texts: Texts) -> Plot | None:
    """Return the shares of variance of each metric as bars."""
    known = [metric for metric in analysis.table.metrics if metric.name in analysis.components]
    if not known:
        return None
    figure = Figure(figsize=(7.2, 1.0 + 0.24 * len(known)))
    axes = figure.subplots()
    left = np.zeros(len(known))
    for part, color in PARTS.items():
        shares = np.array([analysis.components[metric.name].shares[part] for metric in known])
        axes.barh(range(len(known)), shares, left=left, height=0.68, color=color, label=texts(f"column-share-{part}"))
        left += shares
    axes.set_yticks(range(len(known)), [metric_title(metric.name, metric.title, texts) for metric in known])
    axes.set(xlim=(0, 1), ylim=(len(known) - 0.4, -0.6), xlabel=texts("plot-share"))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: percent(value, texts.language)))
    axes.grid(visible=False, axis="y")
    axes.legend(loc="upper center", bbox_to_anchor=(0.4, -0.55 / (1.0 + 0.24 * len(known)) - 0.02), ncols=4)
    return _plot("components", texts("plot-components"), figure)


def _log_ticks(axes: Axes, which: str) -> None:
    """Label powers of ten by plain text, every second or third where there are many."""
    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_major_locator(LogLocator(numticks=6))
    axis.set_minor_locator(NullLocator())
    low, high = axes.get_xlim() if which == "x" else axes.get_ylim()
    if math.log10(high / low) < 1.2:
        axis.set_major_locator(FixedLocator(_between(low, high)))
        axis.set_major_formatter(FuncFormatter(lambda value, _: number(value, "en", 2)))
    else:
        axis.set_major_formatter(FuncFormatter(lambda value, _: power_of_ten(value)))


def _between(low: float, high: float) -> list[float]:
    """Return round values of a range that spans little more than a decade."""
    decades: Iterable[int] = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    return [step * 10.0**decade for decade in decades for step in (1, 2, 5) if low <= step * 10.0**decade <= high]


def _localize(axes: Axes, language: Language, *, horizontal: bool = True, vertical: bool = True) -> None:
    """Write the numbers of linear axes as the language does."""
    for axis, linear in ((axes.xaxis, horizontal), (axes.yaxis, vertical)):
        if linear:
            axis.set_major_locator(MaxNLocator(5))
            axis.set_major_formatter(FuncFormatter(lambda value, _: number(value, language)))
