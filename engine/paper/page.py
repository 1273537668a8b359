"""An explanation as a page of HTML that needs no other file."""

from __future__ import annotations

import base64
import io
import math
from dataclasses import dataclass
from pathlib import Path

import jinja2
from PIL import Image

from engine.paper.explain import Explanation, Scores
from engine.paper.stages import Words, stages

SHOWN_EDGE = 960
"""Longest edge in pixels to which the given pictures are reduced in the page."""

WIDTH, HEIGHT, LEFT, BOTTOM, MARGIN = 640, 320, 48, 28, 10
"""Size of the plot, and the room for its axes, in units of the SVG."""

_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def page(seen: Explanation, words: Words) -> str:
    """Write an explanation as HTML, with the pictures and the plot in it."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"picture": _picture, "photograph": _photograph}
    return environment.get_template("page.html").render(
        seen=seen, words=words, stages=stages(seen, words), kept=_kept, plot=_Plot(seen.scores)
    )


def _picture(image: Image.Image) -> str:
    """A small picture as an URL, without loss."""
    return _url(image, "PNG")


def _photograph(image: Image.Image) -> str:
    """A given picture as an URL, reduced."""
    image = image.copy()
    image.thumbnail((SHOWN_EDGE, SHOWN_EDGE))
    return _url(image, "JPEG")


def _url(image: Image.Image, kind: str) -> str:
    file = io.BytesIO()
    image.save(file, kind)
    return f"data:image/{kind.lower()};base64,{base64.b64encode(file.getvalue()).decode()}"


def _kept(image: Image.Image) -> str:
    """Where the square that the loader keeps lies in a picture, in CSS."""
    width, height = image.size
    edge = min(width, height)
    shares = {
        "left": (width - edge) / 2 / width,
        "top": (height - edge) / 2 / height,
        "width": edge / width,
        "height": edge / height,
    }
    return "; ".join(f"{name}: {share:.2%}" for name, share in shares.items())


@dataclass(frozen=True)
class _Tick:
    at: float
    label: str


class _Plot:
    """The losses by iteration on a logarithmic axis, in units of the SVG.

    Attributes:
        curves: Name of a loss to the points of its line.
        decades: Powers of ten on the vertical axis.
        iterations: Numbers on the horizontal axis.
    """

    width, height, left, right, bottom = WIDTH, HEIGHT, LEFT, WIDTH - MARGIN, HEIGHT - BOTTOM

    def __init__(self, scores: tuple[Scores, ...]) -> None:
        totals = [math.log10(each.total) for each in scores if 0 < each.total < math.inf] or [0.0]
        # The content loss begins at 0: what lies more than a decade below the lowest sum is drawn at the edge.
        self._low, self._high = math.floor(min(totals)) - 1, math.floor(max(totals)) + 1
        self._count = len(scores)
        self.curves = {
            name: " ".join(self._point(each.evaluation, getattr(each, name)) for each in scores)
            for name in ("total", "style", "content")
        }
        step = math.ceil((self._high - self._low) / 8)
        self.decades = [
            _Tick(self._y(power), f"10{str(power).translate(_SUPERSCRIPT)}")
            for power in range(self._low, self._high + 1, step)
        ]
        self.iterations = [_Tick(self._x(number), str(number)) for number in (1, *range(50, self._count + 1, 50))]

    def _point(self, evaluation: int, value: float) -> str:
        power = math.log10(max(value, 10.0**self._low)) if value < math.inf else self._high
        return f"{self._x(evaluation):.1f},{self._y(min(power, self._high)):.1f}"

    def _x(self, evaluation: int) -> float:
        return LEFT + (evaluation - 1) / max(self._count - 1, 1) * (WIDTH - MARGIN - LEFT)

    def _y(self, power: float) -> float:
        return MARGIN + (self._high - power) / (self._high - self._low) * (HEIGHT - BOTTOM - MARGIN)
