"""Pictures drawn by rule, for learning: flat coloured areas, leaded edges and strokes, rare in photographs."""

from __future__ import annotations

import colorsys

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

EDGE = 512
"""Width and height of a drawing, in pixels."""


def draw_all(rng: np.random.Generator) -> list[Image.Image]:
    """A few drawings of each kind, RGB, EDGE × EDGE."""
    kinds = (draw_glass, draw_strokes, draw_shapes)
    return [draw(rng) for draw in kinds for _ in range(3)]


def draw_glass(rng: np.random.Generator) -> Image.Image:
    """Panes of saturated colour between dark leads: a Voronoi diagram, its cells joined in places."""
    count = int(rng.integers(40, 160))
    points = rng.uniform(0, EDGE, (count, 2))
    grid = np.moveaxis(np.mgrid[:EDGE, :EDGE], 0, -1).reshape(-1, 1, 2)
    nearest = np.concatenate([((part - points) ** 2).sum(-1).argmin(-1) for part in np.array_split(grid, 64)])
    panes = nearest.reshape(EDGE, EDGE)
    image = Image.fromarray(np.array([_color(rng) for _ in range(count)], np.uint8)[panes])
    edges = np.zeros((EDGE, EDGE), np.uint8)
    edges[:, 1:] |= (panes[:, 1:] != panes[:, :-1]) * np.uint8(255)
    edges[1:] |= (panes[1:] != panes[:-1]) * np.uint8(255)
    leads = Image.fromarray(edges).filter(ImageFilter.MaxFilter(int(rng.choice([3, 5, 7]))))
    image.paste((20, 18, 22), mask=leads)
    return image.filter(ImageFilter.GaussianBlur(0.7))


def draw_strokes(rng: np.random.Generator) -> Image.Image:
    """Short strokes along a smooth field of directions, coloured by place."""
    image = Image.new("RGB", (EDGE, EDGE), _color(rng))
    pen = ImageDraw.Draw(image)
    waves, palette = rng.uniform(0.004, 0.02, 4), [_color(rng) for _ in range(7)]
    for x, y in rng.uniform(-20, EDGE + 20, (9000, 2)):
        angle = 3 * (np.sin(waves[0] * x + 2 * np.cos(waves[1] * y)) + np.cos(waves[2] * y))
        place = np.sin(waves[3] * (x + 2 * y)) * 3 + 3 + rng.normal(0, 0.8)
        color = tuple(int(np.clip(value + rng.normal(0, 14), 0, 255)) for value in palette[int(np.clip(place, 0, 6))])
        dx, dy = rng.uniform(5, 16) * np.array([np.cos(angle), np.sin(angle)])
        pen.line((x - dx, y - dy, x + dx, y + dy), fill=color, width=int(rng.integers(2, 7)))
    return image


def draw_shapes(rng: np.random.Generator) -> Image.Image:
    """Discs and blocks of flat colour on a slope from one colour to another."""
    slope = np.linspace(0, 1, EDGE)[:, None, None] * np.ones((1, EDGE, 1))
    ground = (1 - slope) * np.array(_color(rng)) + slope * np.array(_color(rng))
    image = Image.fromarray(ground.astype(np.uint8))
    pen = ImageDraw.Draw(image)
    for left, top in rng.uniform(-40, EDGE, (40, 2)):
        width, height = rng.uniform(10, 160, 2)
        draw = pen.ellipse if rng.random() < 0.5 else pen.rectangle
        draw((left, top, left + width, top + height), fill=_color(rng))
    return image.filter(ImageFilter.GaussianBlur(float(rng.uniform(0.5, 2))))


def _color(rng: np.random.Generator) -> tuple[int, int, int]:
    red, green, blue = colorsys.hsv_to_rgb(rng.random(), rng.uniform(0.2, 1), rng.uniform(0.15, 1))
    return int(255 * red), int(255 * green), int(255 * blue)
