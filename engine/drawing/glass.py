"""Styles made of pieces: stained glass and mosaic."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.drawing.canvas import (
    AMBER,
    COBALT,
    CYAN,
    EDGE,
    EMERALD,
    LEAF,
    ROSE,
    RUBY,
    VIOLET,
    Canvas,
    Floats,
    picture_of,
)


def stained_glass(size: int = EDGE, seed: int = 0) -> Image.Image:
    """Draw a rose window: panes on rings around a centre, with dark lead between them."""
    canvas = Canvas(1, size, seed)
    seeds, colors = _window(canvas.rng)
    y, x = canvas.grid()
    nearest, second, pane = _two_nearest(x, y, seeds)
    light = 0.78 + 0.34 * canvas.noise(7) + 0.10 * canvas.noise(60)
    light *= 1.12 - nearest / 95  # glass is brightest in the middle of a pane
    picture = colors[pane] * light[..., None]
    lead = np.clip((second - nearest - 3.0) / 2.0, 0, 1)[..., None]
    return picture_of(picture * lead + np.array([22.0, 20.0, 24.0]) * (1 - lead))


def mosaic(size: int = EDGE, seed: int = 0) -> Image.Image:
    """Draw a mosaic of sea, sun and shore: small stones in wavy rows, with pale mortar between them."""
    canvas = Canvas(4, size, seed)
    rng, cell = canvas.rng, 15.0
    rows, columns = np.mgrid[-2 : EDGE // cell + 3, -2 : EDGE // cell + 3]
    x = (columns + rng.uniform(-0.16, 0.16, rows.shape)) * cell
    y = (rows + rng.uniform(-0.16, 0.16, rows.shape)) * cell + 16 * np.sin(x / 70)  # wavy rows
    seeds = np.stack([x.ravel(), y.ravel()], axis=-1)
    colors = _shore(seeds) * rng.normal(1.0, 0.11, (len(seeds), 1))
    grid_y, grid_x = canvas.grid()
    nearest, second, stone = _two_nearest(grid_x, grid_y, seeds)
    light = 1.08 - nearest / 60 + 0.16 * canvas.noise(90)
    mortar = np.clip((second - nearest - 1.2) / 1.4, 0, 1)[..., None]
    return picture_of(colors[stone] * light[..., None] * mortar + np.array([206.0, 198.0, 182.0]) * (1 - mortar))


def _shore(seeds: Floats) -> Floats:
    """Return the colour of each stone, n×3 in 0..255: a sun with rays above a sea in bands."""
    x, y = seeds[:, 0], seeds[:, 1]
    away = np.hypot(x - 420, y - 180)
    rays = np.sin(12 * np.arctan2(y - 180, x - 420)) > 0.1
    sky = np.where((rays & (away < 260))[:, None], (240.0, 196.0, 110.0), (70.0, 150.0, 186.0))
    sky = np.where((away < 96)[:, None], (232.0, 130.0, 40.0), sky)
    bands = np.array([(20.0, 66.0, 110.0), (28.0, 112.0, 136.0), (60.0, 160.0, 150.0), (222.0, 206.0, 160.0)])
    sea = bands[(np.floor((y - 340 + 22 * np.sin(x / 60)) / 46).astype(int) % 4)]
    return np.where((y > 350 + 10 * np.sin(x / 50))[:, None], sea, sky)


def _window(rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Return the centres of the panes, n×2 units, and their colours, n×3 in 0..255."""
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
    """Return each pixel's distance to its nearest seed and to the second nearest, and the index of the nearest."""
    from scipy.spatial import cKDTree  # its import takes a third of the time in which the bot starts

    distances, which = cKDTree(seeds).query(np.stack([x, y], axis=-1), k=2)
    return distances[..., 0], distances[..., 1], which[..., 0]
