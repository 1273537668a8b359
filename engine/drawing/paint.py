"""Styles made with a brush: oil, dots, watercolour."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from engine.drawing.canvas import EDGE, Canvas, Color, Floats, Points, picture_of, shade


def oil_swirl(size: int = EDGE, seed: int = 0) -> Image.Image:
    """Draw thick strokes of blue and gold along the lines of a field of vortices."""
    canvas = Canvas(2, size, seed)
    rng = canvas.rng
    vortices = [(170, 190, 1), (430, 150, -1), (330, 400, 1), (560, 470, -1), (110, 520, -1)]
    image = Image.new("RGB", (size, size), (18, 34, 92))
    draw = ImageDraw.Draw(image)
    palette = [(20, 44, 120), (34, 84, 170), (86, 146, 204), (168, 206, 214), (16, 26, 70)]
    for _ in range(9000):
        start = rng.uniform(-20, EDGE + 20, 2)
        gap = min(math.hypot(start[0] - x, start[1] - y) for x, y, _ in vortices)
        gold = gap < 48 and rng.random() < 0.85
        base = (246, 198, 62) if gold else palette[int(gap / 26 + rng.integers(0, 2)) % len(palette)]
        color = shade(base, rng.normal(1.0, 0.13))
        width = canvas.width(int(rng.integers(4, 9)))
        draw.line(canvas.pixels(_streamline(start, vortices)), fill=color, width=width, joint="curve")
    return image.filter(ImageFilter.UnsharpMask(2 * canvas.unit, 60))


def _streamline(start: Floats, vortices: list[tuple[int, int, int]]) -> Points:
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


def pointillism(size: int = EDGE, seed: int = 0) -> Image.Image:
    """Draw sky, hills and a field in dots of pure colour."""
    canvas = Canvas(3, size, seed)
    rng = canvas.rng
    image = Image.new("RGB", (size, size), (240, 230, 206))
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
        palette = bands[int(min(max(level, 0.0), 3.0))]
        color = shade(palette[int(rng.integers(0, 4))], rng.normal(1.0, 0.07))
        radius = rng.uniform(3.0, 6.0)
        draw.ellipse(canvas.pixels([(x - radius, y - radius), (x + radius, y + radius)]), fill=color)
    return image


def watercolour(size: int = EDGE, seed: int = 0) -> Image.Image:
    """Draw transparent washes that overlap on rough paper, darker at their edges."""
    canvas = Canvas(7, size, seed)
    rng = canvas.rng
    picture = np.ones((size, size, 3)) * np.array([250.0, 246.0, 236.0])
    palette = [(70, 130, 190), (226, 120, 130), (240, 190, 90), (90, 160, 120), (150, 110, 180), (60, 170, 180)]
    y, x = canvas.grid()
    for number in range(34):
        center_x, center_y = rng.uniform(0, EDGE, 2)
        ragged = 70 * canvas.noise(6) + 34 * canvas.noise(22) + 10 * canvas.noise(90)
        inside = rng.uniform(60, 150) + ragged - np.hypot(x - center_x, (y - center_y) * rng.uniform(0.7, 1.5))
        wash = np.clip(inside / 5, 0, 1) * (0.34 + 0.3 * canvas.noise(9))
        wash += 0.34 * np.exp(-((inside - 3) ** 2) / 14)  # more pigment at the edge
        tint = np.array(palette[number % len(palette)]) / 255
        picture *= 1 - np.clip(wash, 0, 1)[..., None] * (1 - tint)
    return picture_of(picture * (1 + 0.09 * canvas.noise(200))[..., None])
