"""What every comparison needs beside it: pictures that are no transfer of style, or no more than one of colour."""

from __future__ import annotations

from PIL import Image

from engine.study.methods.colour import monge_kantorovich
from engine.study.methods.frame import at_edge, filling
from engine.study.records import Method, Work


def content_untouched(content: Image.Image, _: Image.Image, work: Work) -> Image.Image:
    """The content, resized."""
    return at_edge(content, work.size)


def style_itself(content: Image.Image, style: Image.Image, work: Work) -> Image.Image:
    """The style, cropped in the middle and resized to the content's shape."""
    return filling(style, at_edge(content, work.size).size)


def blend(content: Image.Image, style: Image.Image, work: Work) -> Image.Image:
    """The mean of both, pixel by pixel."""
    return Image.blend(content_untouched(content, style, work), style_itself(content, style, work), 0.5)


METHODS = (
    Method("content", "control", "the content untouched", content_untouched),
    Method("style", "control", "the style itself", style_itself),
    Method("colours", "control", "colour transfer alone, which neural methods begin with", monge_kantorovich),
    Method("blend", "control", "the mean of content and style, pixel by pixel", blend),
)
