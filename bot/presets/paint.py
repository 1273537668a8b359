"""Styles made with a brush: oil, dots, watercolour."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from bot.presets.canvas import EDGE, Color, Floats, noise, picture_of, shade


def oil_swirl() -> Image.Image:
    """Draw thick strokes of blue and gold along the lines of a field of vortices."""
    rng = np.random.default_rng(2)
    vortices = [(170, 190, 1), (430, 150, -1), (330, 400, 1), (560, 470, -1), (110, 520, -1)]
    image = Image.new("RGB", (EDGE, EDGE), (18, 34, 92))
    draw = ImageDraw.Draw(image)
    palette = [(20, 44, 120), (34, 84, 170), (86, 146, 204), (168, 206, 214), (16, 26, 70)]
    for _ in range(9000):
        start = rng.uniform(-20, EDGE + 20, 2)
        gap = min(math.hypot(start[0] - x, start[1] - y) for x, y, _ in vortices)
        gold = gap < 48 and rng.random() < 0.85
        base = (246, 198, 62) if gold else palette[int(gap / 26 + rng.integers(0, 2)) % len(palette)]
        color = shade(base, rng.normal(1.0, 0.13))
        draw.line(_streamline(start, vortices), fill=color, width=int(rng.integers(4, 9)), joint="curve")
    return image.filter(ImageFilter.UnsharpMask(2, 60))


def _streamline(start: Floats, vortices: list[tuple[int, int, int]]) -> list[tuple[float, float]]:
    """Return the points of a line that follows the field of the vortices from `start` in short steps."""
    x, y = float(start[0]), float(start[1])
    points = [(x, y)]
    for _ in range(7):
        along_x, along_y = 0.35, 0.1
        for vortex_x, vortex_y, turn in vortices:
            away_x, away_y = x - vortex_x, y - vortex_y
            pull = turn * 40 / (away_x * away_x + away_y * away_y + 900)
            along_x, along_y = along_x - pull * away_y, along_y + pull * away_x
        speed = math.hypot(along_x, along_y) + 1e-9
        x, y = x + 5 * along_x / speed, y + 5 * along_y / speed
        points.append((x, y))
    return points


def pointillism() -> Image.Image:
    """Draw sky, hills and a field in dots of pure colour."""
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
        color = shade(palette[int(rng.integers(0, 4))], rng.normal(1.0, 0.07))
        radius = rng.uniform(3.0, 6.0)
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=color)
    return image


def watercolour() -> Image.Image:
    """Draw transparent washes that overlap on rough paper, darker at their edges."""
    rng = np.random.default_rng(7)
    picture = np.ones((EDGE, EDGE, 3)) * np.array([250.0, 246.0, 236.0])
    palette = [(70, 130, 190), (226, 120, 130), (240, 190, 90), (90, 160, 120), (150, 110, 180), (60, 170, 180)]
    y, x = np.mgrid[0:EDGE, 0:EDGE].astype(np.float64)
    for number in range(34):
        center_x, center_y = rng.uniform(0, EDGE, 2)
        ragged = 70 * noise(rng, 6) + 34 * noise(rng, 22) + 10 * noise(rng, 90)
        inside = rng.uniform(60, 150) + ragged - np.hypot(x - center_x, (y - center_y) * rng.uniform(0.7, 1.5))
        wash = np.clip(inside / 5, 0, 1) * (0.34 + 0.3 * noise(rng, 9))
        wash += 0.34 * np.exp(-((inside - 3) ** 2) / 14)  # more pigment at the edge
        tint = np.array(palette[number % len(palette)]) / 255
        picture *= 1 - np.clip(wash, 0, 1)[..., None] * (1 - tint)
    return picture_of(picture * (1 + 0.09 * noise(rng, 200))[..., None])
