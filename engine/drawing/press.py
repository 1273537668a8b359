"""Styles made with lines: ink, woodcut, blueprint."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from engine.drawing.canvas import EDGE, Canvas, Color, Floats, picture_of


def ink_wash(size: int = EDGE, seed: int = 0) -> Image.Image:
    """Draw mountains in mist and a branch in diluted black ink, with a red seal."""
    canvas = Canvas(5, size, seed)
    y, x = canvas.grid()
    paper = np.array([240.0, 234.0, 218.0]) * (1 + 0.05 * canvas.noise(160))[..., None]
    ink = np.zeros((size, size))
    for layer in range(5):
        line = _ridge(canvas, 160 + 90 * layer, 130 - 12 * layer)
        depth = y - line[None, :]
        wash = np.exp(-np.clip(depth, 0, None) / (70 + 30 * layer)) * (depth > 0)
        brush = np.exp(-(depth**2) / 30) * (0.75 + 0.6 * canvas.noise(40))
        ink += (0.14 + 0.1 * layer) * wash * (1 + 0.9 * canvas.noise(14)) + 0.35 * brush
    strokes = _branch(canvas)
    ink = np.clip(ink + strokes, 0, 0.97)[..., None]
    picture = paper * (1 - ink) + np.array([26.0, 26.0, 34.0]) * ink
    seal = (np.abs(x - 566) < 24) & (np.abs(y - 70) < 24) & (canvas.noise(24) > -0.22)
    picture[seal] = (186, 44, 36)
    return picture_of(picture)


def _ridge(canvas: Canvas, level: float, height: float) -> Floats:
    """Return the y coordinate of a mountain ridge at each column, in units."""
    columns = canvas.columns()
    line = np.zeros(canvas.size)
    for wave in range(1, 7):
        line += np.sin(columns * wave / 90 + canvas.rng.uniform(0, 2 * math.pi)) / wave
    return level - height * np.abs(line) / 2


def _branch(canvas: Canvas) -> Floats:
    """Return the ink of a branch with pointed leaves, size×size in 0..1."""
    rng = canvas.rng
    image = Image.new("L", (canvas.size, canvas.size))
    draw = ImageDraw.Draw(image)
    stem = [(660 - 450 * t, 660 - 320 * t + 60 * math.sin(5 * t)) for t in np.linspace(0, 1, 40)]
    draw.line(canvas.pixels(stem), fill=240, width=canvas.width(7), joint="curve")
    for x, y in stem[4:]:
        for _ in range(3):
            angle, length = rng.uniform(-2.9, -0.2), rng.uniform(24, 62)
            for step in range(12):
                radius = 4.6 * math.sin(math.pi * (step + 1) / 13)
                px, py = x + length * step / 12 * math.cos(angle), y + length * step / 12 * math.sin(angle)
                leaf = [(px - radius, py - radius), (px + radius, py + radius)]
                draw.ellipse(canvas.pixels(leaf), fill=230)
    return np.asarray(image.filter(ImageFilter.GaussianBlur(0.8 * canvas.unit)), dtype=np.float64) / 255


def woodcut(size: int = EDGE, seed: int = 0) -> Image.Image:
    """Draw a sun over hills in black lines of varying width, on flat colours."""
    canvas = Canvas(6, size, seed)
    y, x = canvas.grid()
    away = np.hypot(x - 210, y - 190)
    hills = [_ridge(canvas, 420 + 80 * layer, 70) for layer in range(3)]
    phase, width = away / 3.6, 0.1 + 0.4 * np.clip(away / 520, 0, 1)  # rings around the sun
    ground = np.full((size, size, 3), (236.0, 214.0, 168.0))
    ground[away < 84] = (206, 74, 40)
    for layer, line in enumerate(hills):
        below = y > line[None, :]
        slope = (x * math.cos(0.5 + layer) + (y - line[None, :]) * 1.6) / 2.7
        phase, width = np.where(below, slope, phase), np.where(below, 0.12 + 0.16 * layer, width)
        ground[below] = [(150, 168, 120), (96, 136, 116), (60, 96, 100)][layer]
    carved = np.sin(phase + 2.2 * canvas.noise(12)) > np.cos(math.pi * (width + 0.22 * canvas.noise(50)))
    outline = np.zeros((size, size), dtype=bool)
    for line in hills:
        outline |= np.abs(y - line[None, :]) < 3.5
    outline |= np.abs(away - 84) < 3.5
    ground[(carved & (away > 84)) | outline] = (24, 20, 22)
    return picture_of(ground).filter(ImageFilter.SMOOTH)


def blueprint(size: int = EDGE, seed: int = 0) -> Image.Image:
    """Draw white construction lines on blue paper: a grid, arcs, axes and hatched rectangles."""
    canvas = Canvas(8, size, seed)
    image = Image.new("RGB", (size * 2, size * 2), (22, 66, 140))  # reduced in the end, for smooth thin lines
    pen = _Pen(ImageDraw.Draw(image), canvas.unit)
    for at in range(0, EDGE * 2, 32):
        tint = (62, 110, 184) if at % 160 == 0 else (38, 84, 158)
        pen.line((at, 0), (at, EDGE * 2), tint)
        pen.line((0, at), (EDGE * 2, at), tint)
    for _ in range(26):
        _arcs(pen, canvas.rng)
    for _ in range(24):
        _hatched_rectangle(pen, canvas.rng)
    small = image.resize((size, size), Image.Resampling.LANCZOS)
    return picture_of(np.asarray(small, dtype=np.float64) * (1 + 0.16 * canvas.noise(120))[..., None])


@dataclass(frozen=True)
class _Pen:
    """Draws in half units, of which one has `scale` pixels."""

    draw: ImageDraw.ImageDraw
    scale: float

    def line(self, start: tuple[float, float], end: tuple[float, float], color: Color) -> None:
        self.draw.line(self._pixels(*start, *end), fill=color, width=self._width(2))

    def arc(self, box: tuple[float, float, float, float], start: float, end: float, width: int) -> None:
        self.draw.arc(self._pixels(*box), start, end, fill=(226, 236, 248), width=self._width(width))

    def rectangle(self, box: tuple[float, float, float, float]) -> None:
        self.draw.rectangle(self._pixels(*box), outline=(236, 242, 250), width=self._width(4))

    def _pixels(self, *values: float) -> list[float]:
        return [value * self.scale for value in values]

    def _width(self, half_units: int) -> int:
        return max(1, round(half_units * self.scale))


def _arcs(pen: _Pen, rng: np.random.Generator) -> None:
    x, y = rng.uniform(0, EDGE * 2, 2)
    for radius in rng.uniform(30, 190) * np.array([1.0, 0.86, 0.4]):
        start = rng.uniform(0, 360)
        box = (x - radius, y - radius, x + radius, y + radius)
        pen.arc(box, start, start + rng.uniform(150, 360), int(rng.integers(3, 6)))
    pen.line((x - 210, y), (x + 210, y), (170, 200, 236))
    pen.line((x, y - 210), (x, y + 210), (170, 200, 236))


def _hatched_rectangle(pen: _Pen, rng: np.random.Generator) -> None:
    x, y, width, height = *rng.uniform(0, EDGE * 2, 2), *rng.uniform(60, 320, 2)
    pen.rectangle((x, y, x + width, y + height))
    for step in np.arange(0, width, 14):
        end = (x + max(0.0, step - height), y + min(height, step))
        pen.line((x + step, y), end, (200, 220, 244))
