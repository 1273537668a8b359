"""Plots of matplotlib as SVG: inline in a page that can be light or dark, or as a file of their own."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

# Colours stand for a role while a plot is drawn. In the page they become CSS variables, in a file the light colours.
INK, MUTED, RULE = "#010101", "#020202", "#030303"
FAMILIES = {
    "neural": "#040404",
    "ablation": "#050505",
    "traditional": "#060606",
    "control": "#070707",
    "combination": "#080808",
}
PARTS = {"method": "#090909", "style": "#0a0a0a", "content": "#0b0b0b", "rest": "#0c0c0c"}
LIGHT = {
    INK: "#1a1a1a",
    MUTED: "#5c5c5c",
    RULE: "#d5d2cb",
    FAMILIES["neural"]: "#0b62a4",
    FAMILIES["ablation"]: "#7a4fb5",
    FAMILIES["traditional"]: "#b4500b",
    FAMILIES["control"]: "#5c5c5c",
    FAMILIES["combination"]: "#0a7558",
    PARTS["method"]: "#44546a",
    PARTS["style"]: "#c0377a",
    PARTS["content"]: "#2a8a8a",
    PARTS["rest"]: "#d5d2cb",
}
"""Colours on white; style.css has the same for the page, and others for the dark."""

VARIABLES = {
    INK: "ink",
    MUTED: "muted",
    RULE: "rule",
    **{color: family for family, color in FAMILIES.items()},
    **{color: f"part-{part}" for part, color in PARTS.items()},
}

STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",  # text stays text: small, searchable, in the page's font
    "svg.hashsalt": "vitrage",  # the same plot gives the same file
    "text.parse_math": False,  # a file name with dollar signs is no formula
    "font.size": 9,
    "text.color": INK,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "axes.titlesize": 9.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.7,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": RULE,
    "grid.linewidth": 0.6,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "legend.frameon": False,
    "legend.fontsize": 8,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
}
FONT = re.compile(r"font(-family)?: ?[^;\"]*'DejaVu Sans'[^;\"]*")


@contextmanager
def drawing() -> Iterator[None]:
    """Draw plots in the report's style, whatever the machine's own settings of matplotlib are."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(STYLE)
        yield


def to_svg(figure: Figure, name: str) -> str:
    """Return a figure as an `<svg>` element whose ids begin with `name`, so that a page can hold many."""
    buffer = io.StringIO()
    figure.savefig(
        buffer,
        format="svg",
        bbox_inches="tight",
        pad_inches=0.04,
        metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")),
    )
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->", "", text, flags=re.DOTALL)
    text = re.sub(r'<g id="[^"]*">', "<g>", text)  # names of parts, which nothing refers to
    text = re.sub(r'( id="|href="#|url\(#)', rf"\g<1>{name}-", text)
    text = text.replace("xlink:href", "href").replace(' xmlns:xlink="http://www.w3.org/1999/xlink"', "")
    text = re.sub(r'<style type="text/css">.*?</style>', "", text, flags=re.DOTALL)
    text = re.sub(r"font-family: [^;\"]*;? ?", "", text)
    text = re.sub(r"\s*\n\s*", " ", text)
    return text.replace("> <", "><").strip()


def inline(svg: str) -> str:
    """Return an SVG element for the page: colours are the page's variables, its size follows the page."""
    for color, variable in VARIABLES.items():
        svg = svg.replace(color, f"var(--{variable})")
    size = re.search(r'width="([\d.]+)pt" height="([\d.]+)pt"', svg)
    width = float(size[1]) * 4 / 3 if size else 0
    return re.sub(
        r'width="[\d.]+pt" height="[\d.]+pt"', f'style="max-width: {width:.0f}px" aria-hidden="true"', svg, count=1
    )


def standalone(svg: str) -> str:
    """Return an SVG element as a file of its own, on white."""
    for color, light in LIGHT.items():
        svg = svg.replace(color, light)
    return svg.replace(">", ' font-family="sans-serif" style="background: white">', 1) + "\n"
