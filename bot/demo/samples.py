"""Pictures to try: a cat, and three styles that are drawn here. Every call draws the same."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import skimage.data
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter
from scipy.spatial import cKDTree

EDGE = 640  # pixels, both sides of a style picture

Floats = NDArray[np.float64]
Color = tuple[int, int, int]

RUBY, COBALT, EMERALD, AMBER, VIOLET, CYAN, ROSE, LEAF = (
    (190, 24, 44),
    (24, 62, 178),
    (14, 128, 84),
    (244, 178, 30),
    (112, 44, 150),
    (72, 178, 214),
    (232, 108, 130),
    (140, 186, 50),
)


def write_samples(folder: Path) -> list[Path]:
    """Write all sample pictures into `folder` and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    drawings: dict[str, Callable[[], Image.Image]] = {
        "content-cat.jpg": cat,
        "style-stained-glass.jpg": stained_glass,
        "style-oil-swirl.jpg": oil_swirl,
        "style-pointillism.jpg": pointillism,
    }
    for name, draw in drawings.items():
        draw().save(folder / name, quality=95)
    return [folder / name for name in drawings]


def cat() -> Image.Image:
    """Chelsea the cat, by Stéfan van der Walt (CC0), as scikit-image bundles it: 451×300."""
    return Image.fromarray(skimage.data.chelsea())


def stained_glass() -> Image.Image:
    """A rose window: panes on rings around a centre, held by dark lead."""
    rng = np.random.default_rng(1)
    seeds, colors = _window(rng)
    y, x = np.mgrid[0:EDGE, 0:EDGE].astype(np.float64)
    nearest, second, pane = _two_nearest(x, y, seeds)
    light = 0.78 + 0.34 * _noise(rng, 7) + 0.10 * _noise(rng, 60)
    light *= 1.12 - nearest / 95  # glass is brightest in the middle of a pane
    picture = colors[pane] * light[..., None]
    lead = np.clip((second - nearest - 3.0) / 2.0, 0, 1)[..., None]
    picture = picture * lead + np.array([22.0, 20.0, 24.0]) * (1 - lead)
    return Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8))


def _window(rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Return the centres of the panes, n×2 pixels, and their colours, n×3 in 0..255."""
    rings = [(0, 1), (42, 8), (92, 12), (142, 20), (196, 28), (250, 36), (306, 44), (362, 52), (420, 60)]
    palettes = [[AMBER], [RUBY, AMBER], [COBALT, CYAN], [RUBY, ROSE, AMBER], [EMERALD, LEAF], [COBALT, VIOLET]]
    seeds, colors = [], []
    for number, (radius, count) in enumerate(rings):
        palette = palettes[number % len(palettes)]
        for pane in range(count):
            angle = 2 * np.pi * (pane + number % 2 / 2) / count
            wobble = rng.normal(0, 3.0, 2)
            seeds.append(EDGE / 2 + radius * np.array([np.cos(angle), np.sin(angle)]) + wobble)
            colors.append(np.array(palette[pane % len(palette)]) * rng.uniform(0.8, 1.2))
    return np.array(seeds), np.array(colors)


def _two_nearest(x: Floats, y: Floats, seeds: Floats) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """Return each pixel's distance to its nearest and second nearest seed, and which the nearest is."""
    distances, which = cKDTree(seeds).query(np.stack([x, y], axis=-1), k=2)
    return distances[..., 0], distances[..., 1], which[..., 0]


def oil_swirl() -> Image.Image:
    """Thick strokes of blue and gold that follow a field of whirls."""
    rng = np.random.default_rng(2)
    whirls = [(170, 190, 1), (430, 150, -1), (330, 400, 1), (560, 470, -1), (110, 520, -1)]
    image = Image.new("RGB", (EDGE, EDGE), (18, 34, 92))
    draw = ImageDraw.Draw(image)
    palette = [(20, 44, 120), (34, 84, 170), (86, 146, 204), (168, 206, 214), (16, 26, 70)]
    for _ in range(9000):
        start = rng.uniform(-20, EDGE + 20, 2)
        gap = min(math.hypot(start[0] - x, start[1] - y) for x, y, _ in whirls)
        gold = gap < 48 and rng.random() < 0.85
        base = (246, 198, 62) if gold else palette[int(gap / 26 + rng.integers(0, 2)) % len(palette)]
        color = _shade(base, rng.normal(1.0, 0.13))
        draw.line(_streamline(start, whirls), fill=color, width=int(rng.integers(4, 9)), joint="curve")
    return image.filter(ImageFilter.UnsharpMask(2, 60))


def _streamline(start: Floats, whirls: list[tuple[int, int, int]]) -> list[tuple[float, float]]:
    """Follow the whirls' field from a point, in short steps."""
    x, y = float(start[0]), float(start[1])
    points = [(x, y)]
    for _ in range(7):
        along_x, along_y = 0.35, 0.1
        for whirl_x, whirl_y, turn in whirls:
            away_x, away_y = x - whirl_x, y - whirl_y
            pull = turn * 40 / (away_x * away_x + away_y * away_y + 900)
            along_x, along_y = along_x - pull * away_y, along_y + pull * away_x
        speed = math.hypot(along_x, along_y) + 1e-9
        x, y = x + 5 * along_x / speed, y + 5 * along_y / speed
        points.append((x, y))
    return points


def pointillism() -> Image.Image:
    """Dots of pure colour: sky, hills and a field, mixed by the eye."""
    rng = np.random.default_rng(3)
    image = Image.new("RGB", (EDGE, EDGE), (240, 230, 206))
    draw = ImageDraw.Draw(image)
    bands: list[list[Color]] = [
        [(116, 170, 220), (160, 200, 232), (240, 214, 190), (92, 140, 206)],
        [(238, 170, 120), (240, 206, 140), (222, 120, 120), (160, 150, 200)],
        [(64, 110, 120), (90, 84, 150), (60, 140, 110), (180, 120, 90)],
        [(120, 160, 50), (214, 190, 60), (56, 120, 62), (226, 110, 60)],
    ]
    for _ in range(16000):
        x, y = rng.uniform(0, EDGE, 2)
        level = y / EDGE * 4 + 0.35 * np.sin(x / 95) + rng.normal(0, 0.12)
        palette = bands[int(np.clip(level, 0, 3))]
        color = _shade(palette[int(rng.integers(0, 4))], rng.normal(1.0, 0.07))
        radius = rng.uniform(3.0, 6.0)
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=color)
    return image


def _shade(color: Color, light: float) -> Color:
    red, green, blue = (int(np.clip(value * light, 0, 255)) for value in color)
    return red, green, blue


def _noise(rng: np.random.Generator, cells: int) -> Floats:
    """Return smooth noise in -0.5..0.5, EDGE×EDGE, with about `cells` bumps along an edge."""
    coarse = Image.fromarray((rng.random((cells, cells)) * 255).astype(np.uint8))
    return np.asarray(coarse.resize((EDGE, EDGE), Image.Resampling.BICUBIC), dtype=np.float64) / 255 - 0.5
