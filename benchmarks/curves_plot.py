"""The curves as a picture: style and content against seconds, and one against the other."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from benchmarks.curves_results import Comparison, Curve

Color = tuple[float, ...]


def draw(comparison: Comparison) -> Figure:
    """The curves of style and of content, and the plane of both."""
    sweeps = {curve.sweep: _color(curve.sweep, comparison) for curve in comparison.curves}
    rows = -(-len(sweeps) // 3)
    figure = Figure(figsize=(16, 5.6 + 0.25 * rows), layout="constrained", dpi=110)
    over_style, over_content, plane = figure.subplots(1, 3)
    over_style.set(yscale="log", ylabel="style (geometric mean)")
    _draw_curves(over_style, "style", comparison, sweeps)
    over_content.set(ylabel="content (mean)")
    _draw_curves(over_content, "content", comparison, sweeps)
    _draw_plane(plane, comparison, sweeps)
    pairs = f"{len(comparison.pairs)} pairs" if len(comparison.pairs) > 1 else comparison.pairs[0]
    figure.suptitle(f"Means over {pairs}, {comparison.setting}; lower is better", fontsize=13)
    handles, labels = plane.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3, frameon=False)
    return figure


def _draw_curves(axes: Axes, score: str, comparison: Comparison, colors: Mapping[str, Color]) -> None:
    """A score while the runs last: dots on the way, a larger one for the output."""
    for curve in comparison.curves:
        seconds = [point.seconds for point in curve.points]
        values = [getattr(point, score) for point in curve.points]
        axes.plot(seconds, values, color=colors[curve.sweep], marker=".", linewidth=1.5, alpha=0.85)
        axes.plot(seconds[-1:], values[-1:], color=colors[curve.sweep], marker="o", markersize=9)
    axes.set(xscale="log", xlabel="seconds (median)", title=f"{score} on the way")
    _finish(axes)


def _draw_plane(axes: Axes, comparison: Comparison, colors: Mapping[str, Color]) -> None:
    """The outputs: each a dot, strengths of one sweep joined."""
    for sweep, color in colors.items():
        curves = sorted((curve for curve in comparison.curves if curve.sweep == sweep), key=_strength)
        ends = [curve.points[-1] for curve in curves]
        style, content = [end.style for end in ends], [end.content for end in ends]
        axes.plot(style, content, color=color, marker="o", markersize=9, label=sweep)
        for curve, x, y in zip(curves, style, content, strict=True):
            if len(curves) > 1:
                axes.annotate(f"{curve.strength:g}", (x, y), (7, 5), textcoords="offset points", color=color)
    axes.set(xscale="log", xlabel="style (geometric mean)", ylabel="content (mean)", title="outputs, by strength")
    _finish(axes)


def _finish(axes: Axes) -> None:
    """Plain numbers, as many as there is room for, and a grid."""
    axes.grid(which="both", alpha=0.25)
    axes.margins(0.08)
    for axis in (axes.xaxis, axes.yaxis):
        low, high = axis.get_view_interval()
        digits = "123456789" if high < 6 * low else "125"
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axis.set_minor_formatter(FuncFormatter(partial(_label, digits=digits)))


def _label(value: float, _: int, *, digits: str) -> str:
    return f"{value:g}" if f"{value:e}"[0] in digits else ""


def _color(sweep: str, comparison: Comparison) -> Color:
    order = list(dict.fromkeys(curve.sweep for curve in comparison.curves))
    palette = colormaps["tab10" if len(order) <= 10 else "tab20"]
    return tuple(palette(order.index(sweep) % palette.N))


def _strength(curve: Curve) -> float:
    return curve.strength
