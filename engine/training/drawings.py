"""Procedural drawings for learning: flat areas, edges, strokes and textures that are rare in photographs."""

from __future__ import annotations

import colorsys
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter
from scipy import ndimage

EDGE = 512
"""Width and height of a drawing in pixels."""

Field = NDArray[np.float64]
"""A value for each pixel, (EDGE, EDGE)."""


def draw_all(rng: np.random.Generator, each: int = 3) -> list[Image.Image]:
    """Make `each` drawings of each kind, RGB, EDGE × EDGE pixels."""
    return [draw(rng) for draw in KINDS for _ in range(each)]


def draw_glass(rng: np.random.Generator) -> Image.Image:
    """Stained glass: the cells of a Voronoi diagram in random colours, separated by dark lines."""
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
    """Short strokes along a smooth field of directions; their colour depends on their position."""
    image = Image.new("RGB", (EDGE, EDGE), _color(rng))
    pen = ImageDraw.Draw(image)
    waves, palette = rng.uniform(0.004, 0.02, 4), [_color(rng) for _ in range(7)]
    length, width = rng.uniform(3, 14), int(rng.integers(2, 9))
    for x, y in rng.uniform(-20, EDGE + 20, (9000, 2)):
        angle = 3 * (np.sin(waves[0] * x + 2 * np.cos(waves[1] * y)) + np.cos(waves[2] * y))
        place = np.sin(waves[3] * (x + 2 * y)) * 3 + 3 + rng.normal(0, 0.8)
        color = tuple(int(np.clip(value + rng.normal(0, 14), 0, 255)) for value in palette[int(np.clip(place, 0, 6))])
        dx, dy = rng.uniform(0.5, 1.5) * length * np.array([np.cos(angle), np.sin(angle)])
        pen.line((x - dx, y - dy, x + dx, y + dy), fill=color, width=int(rng.integers(1, width)))
    return image


def draw_shapes(rng: np.random.Generator) -> Image.Image:
    """Ellipses and rectangles of flat colour on a gradient between two colours."""
    slope = np.linspace(0, 1, EDGE)[:, None, None] * np.ones((1, EDGE, 1))
    ground = (1 - slope) * np.array(_color(rng)) + slope * np.array(_color(rng))
    image = Image.fromarray(ground.astype(np.uint8))
    pen = ImageDraw.Draw(image)
    for left, top in rng.uniform(-40, EDGE, (40, 2)):
        width, height = rng.uniform(10, 160, 2)
        draw = pen.ellipse if rng.random() < 0.5 else pen.rectangle
        draw((left, top, left + width, top + height), fill=_color(rng))
    return image.filter(ImageFilter.GaussianBlur(float(rng.uniform(0.5, 2))))


def draw_leaves(rng: np.random.Generator) -> Image.Image:
    """Dead leaves model (Lee, Mumford, Huang 2001): polygons of all sizes that hide each other, as objects do."""
    image = Image.new("RGB", (EDGE, EDGE), _color(rng))
    pen = ImageDraw.Draw(image)
    palette = [_color(rng) for _ in range(int(rng.integers(4, 20)))]
    squash, corners = rng.uniform(0.3, 1), int(rng.integers(3, 9))
    for radius in 4 * rng.power(0.6, 1500) ** -1.0:
        x, y = rng.uniform(0, EDGE, 2)
        angles = rng.uniform(0, 2 * np.pi) + np.linspace(0, 2 * np.pi, corners, endpoint=False)
        reach = min(radius, EDGE / 5)
        outline = np.stack([x + reach * np.cos(angles), y + squash * reach * np.sin(angles)], 1)
        pen.polygon([tuple(point) for point in outline], fill=palette[int(rng.integers(len(palette)))])
    return image.filter(ImageFilter.GaussianBlur(float(rng.uniform(0, 1))))


def draw_clouds(rng: np.random.Generator) -> Image.Image:
    """Noise whose power falls with frequency, as in natural pictures; the channels are correlated."""
    steepness, own = rng.uniform(0.8, 2.2), rng.uniform(0, 0.6)
    shared = _noise(rng, steepness)
    channels = [(1 - own) * shared + own * _noise(rng, steepness) for _ in range(3)]
    offset, gain = rng.uniform(60, 200, 3), rng.uniform(20, 70, 3)
    return _image(np.stack(channels, -1) * gain + offset)


def draw_bands(rng: np.random.Generator) -> Image.Image:
    """Bent stripes between a few colours, sharp or soft, as in marble, wood, zebras and water."""
    rows, columns = np.mgrid[:EDGE, :EDGE]
    angle, period = rng.uniform(0, np.pi), rng.uniform(6, 60)
    phase = (rows * np.sin(angle) + columns * np.cos(angle)) / period * 2 * np.pi
    wave = np.sin(phase + rng.uniform(0, 6) * _noise(rng, rng.uniform(1.2, 2)))
    return _colored(np.tanh(rng.uniform(0.5, 6) * wave), rng)


def draw_spots(rng: np.random.Generator) -> Image.Image:
    """Band-pass noise with a soft threshold: the spots and mazes of animal coats (Turing 1952)."""
    sigma = rng.uniform(1.5, 9)
    squash = rng.uniform(0.4, 1)
    white = rng.normal(size=(EDGE, EDGE))
    narrow, wide = (ndimage.gaussian_filter(white, (s, s * squash), mode="wrap") for s in (sigma, 1.6 * sigma))
    ring = (narrow - wide) / (narrow - wide).std()
    return _colored(np.tanh(rng.uniform(1, 6) * (ring + rng.uniform(-1, 1))), rng)


def draw_bristles(rng: np.random.Generator) -> Image.Image:
    """Noise averaged along a swirling field (line integral convolution), as in wet paint, hair and grass."""
    field = np.pi * rng.uniform(0.5, 2) * _noise(rng, 2.2)
    grain = _noise(rng, rng.uniform(0, 0.6))
    rows, columns = np.mgrid[:EDGE, :EDGE].astype(float)
    total = grain.copy()
    for _ in range(int(rng.integers(6, 18))):
        angles = ndimage.map_coordinates(field, (rows, columns), order=1, mode="wrap")
        rows, columns = rows + np.sin(angles), columns + np.cos(angles)
        total += ndimage.map_coordinates(grain, (rows, columns), order=1, mode="wrap")
    return _colored(1.5 * total / total.std(), rng, slow=1.0)


def draw_tiles(rng: np.random.Generator) -> Image.Image:
    """Rows of bricks, checks or planks with joints between them, each of a colour near one of the palette."""
    width, height, joint = int(rng.integers(8, 90)), int(rng.integers(8, 50)), int(rng.integers(0, 5))
    image = Image.new("RGB", (EDGE, EDGE), _color(rng))
    pen = ImageDraw.Draw(image)
    palette, shift, spread = [_color(rng) for _ in range(3)], rng.choice([0, 0.5]), rng.uniform(0, 25)
    for row, top in enumerate(range(0, EDGE, height)):
        for column, left in enumerate(range(-width, EDGE, width)):
            base = palette[(row + column) % len(palette)]
            fill = tuple(int(np.clip(value + rng.normal(0, spread), 0, 255)) for value in base)
            start = left + int(shift * width) * (row % 2)
            pen.rectangle((start, top, start + width - joint, top + height - joint), fill=fill)
    return (
        image.rotate(float(rng.uniform(0, 90)), Image.Resampling.BICUBIC).crop((75, 75, 437, 437)).resize((EDGE, EDGE))
    )


def draw_hatching(rng: np.random.Generator) -> Image.Image:
    """Pen lines on paper of one colour, denser in darker areas."""
    image = Image.new("RGB", (EDGE, EDGE), _color(rng))
    pen = ImageDraw.Draw(image)
    ink, shade = _color(rng), _noise(rng, 1.8)
    angles, width = rng.uniform(0, np.pi, int(rng.integers(1, 4))), int(rng.integers(1, 4))
    for x, y in rng.uniform(0, EDGE - 1, (6000, 2)):
        if shade[int(y), int(x)] > rng.normal(0.3, 0.6):
            angle = rng.choice(angles) + rng.normal(0, 0.08)
            dx, dy = rng.uniform(6, 24) * np.array([np.cos(angle), np.sin(angle)])
            pen.line((x - dx, y - dy, x + dx, y + dy), fill=ink, width=width)
    return image.filter(ImageFilter.GaussianBlur(float(rng.uniform(0.3, 0.8))))


def draw_dots(rng: np.random.Generator) -> Image.Image:
    """Pointillism: dots of pure colours that follow a soft picture."""
    ground = _colored(_noise(rng, 1.8), rng)
    image, pixels = Image.new("RGB", (EDGE, EDGE), _color(rng)), np.asarray(ground).astype(float)
    pen = ImageDraw.Draw(image)
    size, spread = rng.uniform(1.5, 7), rng.uniform(10, 60)
    for x, y in rng.uniform(0, EDGE - 1, (int(60000 / size), 2)):
        fill = tuple(int(value) for value in np.clip(pixels[int(y), int(x)] + rng.normal(0, spread, 3), 0, 255))
        reach = size * rng.uniform(0.6, 1.2)
        pen.ellipse((x - reach, y - reach, x + reach, y + reach), fill=fill)
    return image.filter(ImageFilter.GaussianBlur(0.5))


def draw_curves(rng: np.random.Generator) -> Image.Image:
    """Wandering lines, as in scribbles, branches, cracks and wires."""
    image = _colored(_noise(rng, 2.2), rng)
    pen = ImageDraw.Draw(image)
    inks = [_color(rng) for _ in range(3)]
    bend, steps = rng.uniform(0.05, 0.5), int(rng.integers(10, 80))
    for _ in range(int(6000 / steps)):
        headings = rng.uniform(0, 2 * np.pi) + np.cumsum(rng.normal(0, bend, steps))
        path = rng.uniform(0, EDGE, 2) + 4 * np.cumsum(np.stack([np.cos(headings), np.sin(headings)], 1), 0)
        pen.line([tuple(point) for point in path], fill=inks[int(rng.integers(3))], width=int(rng.integers(1, 5)))
    return image.filter(ImageFilter.GaussianBlur(0.6))


KINDS: tuple[Callable[[np.random.Generator], Image.Image], ...] = (
    draw_glass,
    draw_strokes,
    draw_shapes,
    draw_leaves,
    draw_clouds,
    draw_bands,
    draw_spots,
    draw_bristles,
    draw_tiles,
    draw_hatching,
    draw_dots,
    draw_curves,
)
"""All kinds of drawings."""


def paint_grey(grey: NDArray[np.uint8], rng: np.random.Generator) -> Image.Image:
    """Colour a grey picture, (H, W) in 0..255, with a random palette: the colour depends on the brightness."""
    return _colored((grey - grey.mean()) / max(float(grey.std()), 1e-6), rng)


def _noise(rng: np.random.Generator, steepness: float) -> Field:
    """Noise of mean 0 and standard deviation 1; its amplitude is frequency to the power of -steepness."""
    frequencies = np.hypot(np.fft.fftfreq(EDGE)[:, None], np.fft.rfftfreq(EDGE)[None])
    frequencies[0, 0] = np.inf
    field = np.fft.irfft2(np.fft.rfft2(rng.normal(size=(EDGE, EDGE))) * frequencies**-steepness)
    return np.asarray((field - field.mean()) / field.std())


def _colored(field: Field, rng: np.random.Generator, slow: float = 0.0) -> Image.Image:
    """Colour a field of values in about -2..2 with five random colours; `slow` is the share of slow noise added."""
    stops = np.array([_color(rng) for _ in range(5)], float)
    if slow:
        field = field * 0.6 + slow * _noise(rng, 2.2)
    place = np.clip(field, -2, 2)
    return _image(np.stack([np.interp(place, np.linspace(-2, 2, 5), stops[:, channel]) for channel in range(3)], -1))


def _image(values: NDArray[np.float64]) -> Image.Image:
    return Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))


def _color(rng: np.random.Generator) -> tuple[int, int, int]:
    red, green, blue = colorsys.hsv_to_rgb(rng.random(), rng.uniform(0.2, 1), rng.uniform(0.15, 1))
    return int(255 * red), int(255 * green), int(255 * blue)
