"""Styles made with lines: ink, woodcut, blueprint."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from bot.presets.canvas import EDGE, Floats, noise, picture_of


def ink_wash() -> Image.Image:
    """Draw mountains in mist and a branch in diluted black ink, with a red seal."""
    rng = np.random.default_rng(5)
    y, x = np.mgrid[0:EDGE, 0:EDGE].astype(np.float64)
    paper = np.array([240.0, 234.0, 218.0]) * (1 + 0.05 * noise(rng, 160))[..., None]
    ink = np.zeros((EDGE, EDGE))
    for layer in range(5):
        line = _ridge(rng, 160 + 90 * layer, 130 - 12 * layer)
        depth = y - line[None, :]
        wash = np.exp(-np.clip(depth, 0, None) / (70 + 30 * layer)) * (depth > 0)
        brush = np.exp(-(depth**2) / 30) * (0.75 + 0.6 * noise(rng, 40))
        ink += (0.14 + 0.1 * layer) * wash * (1 + 0.9 * noise(rng, 14)) + 0.35 * brush
    strokes = _branch(rng)
    ink = np.clip(ink + strokes, 0, 0.97)[..., None]
    picture = paper * (1 - ink) + np.array([26.0, 26.0, 34.0]) * ink
    seal = (np.abs(x - 566) < 24) & (np.abs(y - 70) < 24) & (noise(rng, 24) > -0.22)
    picture[seal] = (186, 44, 36)
    return picture_of(picture)


def _ridge(rng: np.random.Generator, level: float, height: float) -> Floats:
    """Return the y coordinate of a mountain ridge at each column, in pixels."""
    columns = np.arange(EDGE)
    line = np.zeros(EDGE)
    for wave in range(1, 7):
        line += np.sin(columns * wave / 90 + rng.uniform(0, 2 * math.pi)) / wave
    return level - height * np.abs(line) / 2


def _branch(rng: np.random.Generator) -> Floats:
    """Return the ink of a branch with pointed leaves, EDGE×EDGE in 0..1."""
    image = Image.new("L", (EDGE, EDGE))
    draw = ImageDraw.Draw(image)
    stem = [(660 - 450 * t, 660 - 320 * t + 60 * math.sin(5 * t)) for t in np.linspace(0, 1, 40)]
    draw.line(stem, fill=240, width=7, joint="curve")
    for x, y in stem[4:]:
        for _ in range(3):
            angle, length = rng.uniform(-2.9, -0.2), rng.uniform(24, 62)
            for step in range(12):
                radius = 4.6 * math.sin(math.pi * (step + 1) / 13)
                px, py = x + length * step / 12 * math.cos(angle), y + length * step / 12 * math.sin(angle)
                draw.ellipse((px - radius, py - radius, px + radius, py + radius), fill=230)
    return np.asarray(image.filter(ImageFilter.GaussianBlur(0.8)), dtype=np.float64) / 255


def woodcut() -> Image.Image:
    """Draw a sun over hills in black lines of varying width, on flat colours."""
    rng = np.random.default_rng(6)
    y, x = np.mgrid[0:EDGE, 0:EDGE].astype(np.float64)
    away = np.hypot(x - 210, y - 190)
    hills = [_ridge(rng, 420 + 80 * layer, 70) for layer in range(3)]
    phase, width = away / 3.6, 0.1 + 0.4 * np.clip(away / 520, 0, 1)  # rings around the sun
    ground = np.full((EDGE, EDGE, 3), (236.0, 214.0, 168.0))
    ground[away < 84] = (206, 74, 40)
    for layer, line in enumerate(hills):
        below = y > line[None, :]
        slope = (x * math.cos(0.5 + layer) + (y - line[None, :]) * 1.6) / 2.7
        phase, width = np.where(below, slope, phase), np.where(below, 0.12 + 0.16 * layer, width)
        ground[below] = [(150, 168, 120), (96, 136, 116), (60, 96, 100)][layer]
    carved = np.sin(phase + 2.2 * noise(rng, 12)) > np.cos(math.pi * (width + 0.22 * noise(rng, 50)))
    outline = np.zeros((EDGE, EDGE), dtype=bool)
    for line in hills:
        outline |= np.abs(y - line[None, :]) < 3.5
    outline |= np.abs(away - 84) < 3.5
    ground[(carved & (away > 84)) | outline] = (24, 20, 22)
    return picture_of(ground).filter(ImageFilter.SMOOTH)


def blueprint() -> Image.Image:
    """Draw white construction lines on blue paper: a grid, arcs, axes and hatched rectangles."""
    rng = np.random.default_rng(8)
    scale = 2  # drawn twice as large and then reduced, for smooth thin lines
    image = Image.new("RGB", (EDGE * scale, EDGE * scale), (22, 66, 140))
    draw = ImageDraw.Draw(image)
    for at in range(0, EDGE * scale, 32):
        tint = (62, 110, 184) if at % 160 == 0 else (38, 84, 158)
        draw.line([(at, 0), (at, EDGE * scale)], fill=tint, width=2)
        draw.line([(0, at), (EDGE * scale, at)], fill=tint, width=2)
    for _ in range(26):
        x, y = rng.uniform(0, EDGE * scale, 2)
        for radius in rng.uniform(30, 190) * np.array([1.0, 0.86, 0.4]):
            start = rng.uniform(0, 360)
            box = (x - radius, y - radius, x + radius, y + radius)
            draw.arc(box, start, start + rng.uniform(150, 360), fill=(226, 236, 248), width=int(rng.integers(3, 6)))
        draw.line([(x - 210, y), (x + 210, y)], fill=(170, 200, 236), width=2)
        draw.line([(x, y - 210), (x, y + 210)], fill=(170, 200, 236), width=2)
    for _ in range(24):
        x, y, width, height = *rng.uniform(0, EDGE * scale, 2), *rng.uniform(60, 320, 2)
        draw.rectangle((x, y, x + width, y + height), outline=(236, 242, 250), width=4)
        for step in np.arange(0, width, 14):  # hatching
            end = (x + max(0.0, step - height), y + min(height, step))
            draw.line([(x + step, y), end], fill=(200, 220, 244), width=2)
    small = image.resize((EDGE, EDGE), Image.Resampling.LANCZOS)
    return picture_of(np.asarray(small, dtype=np.float64) * (1 + 0.16 * noise(rng, 120))[..., None])
