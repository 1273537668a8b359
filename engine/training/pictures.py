"""The pictures that the builtin weights are learned from: views of free photographs and of drawings."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from skimage import data
from torch import Tensor
from torch.nn import functional

from engine.images.tensors import to_tensor
from engine.training import drawings

PHOTOGRAPHS: tuple[Callable[[], NDArray[np.uint8]], ...] = (
    data.chelsea,
    data.astronaut,
    data.coffee,
    data.rocket,
    data.hubble_deep_field,
    data.retina,
    data.immunohistochemistry,
)
"""Photographs free of copyright, which come with scikit-image and are not downloaded."""

TEXTURES: tuple[Callable[[], NDArray[np.uint8]], ...] = (data.brick, data.grass, data.gravel, data.camera)
"""Grey textures, likewise from scikit-image; each is coloured with a random palette."""

WINDOW = 256
"""Edge in pixels of the windows that pictures are divided into."""

VIEW = 128
"""Edge in pixels of a view."""

SHRINK = 1.6
"""Range of the random scale: from 1.1 times larger to 0.9 × SHRINK times smaller than the window."""

TURN = math.pi / 6
"""Largest rotation of a view, in radians, in either direction."""


def cut_windows(rng: np.random.Generator, drawn: int) -> Tensor:
    """Windows of all photographs and textures, and one of each drawing, (N, 3, WINDOW, WINDOW) in 0..1.

    Args:
        rng: Draws palettes and drawings.
        drawn: Number of drawings of each kind.
    """
    photographs = [Image.fromarray(photograph()).convert("RGB") for photograph in PHOTOGRAPHS]
    photographs += [drawings.paint_grey(texture(), rng) for texture in TEXTURES]
    windows = []
    for picture in photographs:
        scale = 2 * WINDOW / min(picture.size)
        size = round(picture.width * scale), round(picture.height * scale)
        tensor = to_tensor(picture.resize(size, Image.Resampling.LANCZOS))
        for row, column in np.ndindex(tensor.shape[2] // WINDOW, tensor.shape[3] // WINDOW):
            windows.append(tensor.narrow(2, row * WINDOW, WINDOW).narrow(3, column * WINDOW, WINDOW))
    windows += [to_tensor(picture)[:, :, :WINDOW, :WINDOW] for picture in drawings.draw_all(rng, drawn)]
    return torch.cat(windows)


def view(windows: Tensor, count: int, generator: torch.Generator) -> Tensor:
    """Parts of random windows, rotated, mirrored, shrunk and recoloured at random, (count, 3, VIEW, VIEW) in 0..1."""
    chosen = windows[torch.randint(len(windows), (count,), generator=generator)]
    grid = functional.affine_grid(_transforms(count, generator), [count, 3, 2 * VIEW, 2 * VIEW], align_corners=False)
    seen = functional.grid_sample(chosen, grid, padding_mode="reflection", align_corners=False)
    return _recolor(functional.avg_pool2d(seen, 2), generator)


def _transforms(count: int, generator: torch.Generator) -> Tensor:
    """Affine maps from the coordinates of views to those of their windows, both -1..1: (count, 2, 3)."""
    angle = _between(-TURN, TURN, (count,), generator)
    half = 0.9 * VIEW / WINDOW * torch.exp(_between(0, math.log(SHRINK), (count,), generator))
    mirror = torch.randint(2, (count,), generator=generator) * 2 - 1
    room = (1 - 1.2 * half).clamp_min(0)
    shift = room[:, None] * _between(-1, 1, (count, 2), generator)
    across, down = half * angle.cos(), half * angle.sin()
    rows = [torch.stack([across * mirror, -down], 1), torch.stack([down * mirror, across], 1)]
    return torch.cat([torch.stack(rows, 1), shift[:, :, None]], 2)


def _recolor(views: Tensor, generator: torch.Generator) -> Tensor:
    """Permute the channels of about half of the views, and change each channel's contrast and brightness a little."""
    count = len(views)
    orders = torch.rand(count, 3, generator=generator).argsort(1)
    kept = torch.rand(count, 1, generator=generator) < 0.5
    orders = torch.where(kept, torch.arange(3), orders)
    views = views.gather(1, orders[:, :, None, None].expand_as(views))
    gain = _between(0.7, 1.3, (count, 3, 1, 1), generator)
    offset = _between(-0.1, 0.1, (count, 3, 1, 1), generator)
    return ((views - 0.5) * gain + 0.5 + offset).clamp(0, 1)


def _between(low: float, high: float, shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
    """Draw uniform random numbers."""
    return low + (high - low) * torch.rand(shape, generator=generator)
