"""Filters for VGG19's first layers, learned without labels from a few free pictures.

Layer by layer, 3×3 patches of the layer's input are whitened and clustered by spherical k-means (Coates and Ng 2012,
"Learning feature representations with k-means"); each cluster's centre times the whitening matrix is a filter.
A share of the filters is learned from the patches' means instead. These respond to the colour and brightness of flat
areas, which whitening almost removes; without them flat areas get arbitrary colours. The second convolution of a block
is the identity: filters learned there responded to rare patterns only, and pictures kept less of both style and content
(measurements in docs/builtin.md).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np
import torch
from safetensors.torch import save
from torch import Tensor
from torch.nn import functional

from engine.network.layers import CHANNELS, CONVOLUTIONS
from engine.network.vgg import MEAN, STD
from engine.training import pictures

REGULARIZERS: Mapping[str, float | None] = MappingProxyType(
    {"conv1_1": 0.1, "conv1_2": None, "conv2_1": 1.0, "conv2_2": None, "conv3_1": 0.3}
)
"""The layers that are learned, up to the published algorithm's deepest one (1.1 MB in float16), and the regularisation.

It is the share of the mean eigenvalue that is added before whitening. With 0.05, filters respond to noise and to rare
patterns only. None: the layer is the identity.
"""

DRAWINGS = 10
"""Drawings of each kind."""

VIEWS = 160
"""Views of all pictures together."""

PATCHES = 60_000
"""Patches for each layer."""

ROUNDS = 15
"""Rounds of k-means; the filters hardly change after them."""

FLAT_SHARE = 0.125
"""Share of the filters that are learned from patch means."""

THRESHOLDS = (-0.5, 0.3)
"""Range of the filters' thresholds, from which each is drawn, in standard deviations from the filter's mean response.

Most lie below the mean, so that the ReLU does not set the responses of all flat areas, which are near it, to 0.
"""

OnLearn = Callable[[float], None]
"""Called with the share of the work that is done, 0..1."""


def learn(seed: int = 0, on_progress: OnLearn | None = None) -> dict[str, Tensor]:
    """Learn the layers, in about a minute on two cores.

    Args:
        seed: The same seed gives the same filters, except for rounding errors on other machines.
        on_progress: Called after each layer.

    Returns:
        torchvision's keys to float16 weights (out, in, 3, 3) and biases (out).
    """
    generator = torch.Generator().manual_seed(seed)
    windows = pictures.cut_windows(np.random.default_rng(seed), DRAWINGS)
    return learn_from(pictures.view(windows, VIEWS, generator), generator, on_progress)


def learn_from(
    pictures: Tensor, generator: torch.Generator, on_progress: OnLearn | None = None, patches: int = PATCHES
) -> dict[str, Tensor]:
    """Learn the layers from these pictures.

    Args:
        pictures: (N, 3, H, W) in 0..1.
        generator: Draws the patches, the first centres and the thresholds.
        on_progress: Called after each layer.
        patches: Number of patches for each layer.

    Returns:
        As `learn` returns them.
    """
    maps = (pictures - torch.tensor(MEAN).view(3, 1, 1)) / torch.tensor(STD).view(3, 1, 1)
    state: dict[str, Tensor] = {}
    for done, (layer, regularizer) in enumerate(REGULARIZERS.items()):
        if layer.endswith("_1") and layer != "conv1_1":
            maps = functional.max_pool2d(maps, 2)
        if regularizer is None:
            weight, bias = _identity(CHANNELS[layer][1])
        else:
            weight, bias = _learn_layer(_sample(maps, patches, generator), CHANNELS[layer], regularizer, generator)
        parts = (maps[start : start + 16] for start in range(0, len(maps), 16))
        maps = torch.cat([functional.conv2d(part, weight, bias, padding=1).relu_() for part in parts])
        index = CONVOLUTIONS[layer]
        state |= {f"features.{index}.weight": weight.half(), f"features.{index}.bias": bias.half()}
        if on_progress:
            on_progress((done + 1) / len(REGULARIZERS))
    return state


def write(state: dict[str, Tensor], path: Path) -> None:
    """Write weights as safetensors; equal weights give equal bytes."""
    path.write_bytes(save(state))


def _identity(channels: int) -> tuple[Tensor, Tensor]:
    """Weight and bias of a convolution that returns its input."""
    weight = torch.zeros(channels, channels, 3, 3)
    weight[:, :, 1, 1] = torch.eye(channels)
    return weight, torch.zeros(channels)


def _sample(maps: Tensor, count: int, generator: torch.Generator) -> Tensor:
    """Draw random 3×3 patches of (N, C, H, W), (count, C·9)."""
    number, channels, height, width = maps.shape
    which = torch.randint(number, (count, 1), generator=generator)
    rows = torch.randint(height - 2, (count, 1), generator=generator)
    columns = torch.randint(width - 2, (count, 1), generator=generator)
    offsets = torch.tensor([[row * width + column for row in range(3) for column in range(3)]])
    patches = maps.flatten(2)[which, :, rows * width + columns + offsets]
    return patches.transpose(1, 2).reshape(count, channels * 9)


def _learn_layer(
    patches: Tensor, channels: tuple[int, int], regularizer: float, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Weight (out, in, 3, 3) and bias (out), scaled so that responses to the patches have a standard deviation of 1."""
    inputs, outputs = channels
    flat = round(FLAT_SHARE * outputs)
    means = patches.view(-1, inputs, 9).mean(2)
    from_means = _filters(means, flat, regularizer, generator)[:, :, None].expand(-1, -1, 9).flatten(1) / 9
    weight = torch.cat([_filters(patches, outputs - flat, regularizer, generator), from_means])
    deviation, mean = torch.std_mean(patches @ weight.T, 0)
    deviation = deviation.clamp_min(1e-6)
    low, high = THRESHOLDS
    threshold = low + (high - low) * torch.rand(outputs, generator=generator)
    return (weight / deviation[:, None]).view(outputs, inputs, 3, 3), -mean / deviation - threshold


def _filters(points: Tensor, count: int, regularizer: float, generator: torch.Generator) -> Tensor:
    """Filters for points (N, D), (count, D): the centres of the whitened points times the whitening matrix."""
    centred = points - points.mean(0)
    values, vectors = torch.linalg.eigh(centred.T @ centred / len(points))
    values = values.clamp_min(0)
    whitening = vectors / (values + regularizer * values.mean()).sqrt() @ vectors.T
    filters: Tensor = _spherical_kmeans(centred @ whitening, count, generator) @ whitening
    return filters


def _spherical_kmeans(points: Tensor, count: int, generator: torch.Generator) -> Tensor:
    """Cluster points (N, D) by direction; the centres are unit vectors, (count, D)."""
    order = torch.randperm(len(points), generator=generator)
    centres = functional.normalize(points[order[:count]])
    for _ in range(ROUNDS):
        similarity, cluster = (points @ centres.T).max(1)
        # Adding the old centres damps the change, and keeps a centre without points where it is.
        centres = functional.normalize(centres.index_add(0, cluster, points * similarity[:, None]))
    return centres
