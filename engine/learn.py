"""Filters for VGG19's first layers, learned without labels from a few free pictures.

Layer by layer: 3×3 patches of the layer's input are whitened and clustered by spherical k-means (Coates and
Ng 2012, "Learning feature representations with k-means"); each cluster's centre, seen through the whitening,
is a filter. A share of the filters is learned from the patches' means instead: they see colour and
brightness of flat areas, which whitening all but removes, and without them such areas take on any colour.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from safetensors.torch import save
from skimage import data
from torch import Tensor
from torch.nn import functional

from engine.drawings import draw_all
from engine.pixels import fit, resize, to_tensor
from engine.vgg import CHANNELS, CONVOLUTIONS, normalize

LAYERS = ("conv1_1", "conv1_2", "conv2_1", "conv2_2", "conv3_1")
"""What is learned: the published algorithm's layers, 1.1 MB in float16."""

PATCHES = 50_000
"""Patches for each layer, from all pictures together."""

ROUNDS = 10
"""Of k-means; the filters hardly change after them."""

REGULARIZER = 0.05
"""Share of the mean eigenvalue that is added before whitening, so that noise is not blown up."""

FLAT_SHARE = 0.125
"""Share of the filters learned from patch means."""

THRESHOLD = -0.25
"""Standard deviations from its mean where a response begins: below the mean, so that flat areas, which answer
near it, are not all cut to nothing. Measured from -0.5 to 0.5: above 0 the style statistics get twice worse,
at 0 flat areas take on wrong colours, at -0.5 strokes get faint."""

PHOTOGRAPHS: tuple[Callable[[], NDArray[np.uint8]], ...] = (
    data.chelsea,
    data.astronaut,
    data.coffee,
    data.rocket,
    data.hubble_deep_field,
    data.retina,
    data.immunohistochemistry,
)
"""Free of copyright, and shipped with scikit-image itself: none is downloaded."""

OnLearn = Callable[[float], None]
"""Told of the share of the work that is done, 0..1."""


def learn(seed: int = 0, on_progress: OnLearn | None = None) -> dict[str, Tensor]:
    """Learn the layers; about a minute on two cores.

    Args:
        seed: Same seed, same filters (to rounding, from machine to machine).
        on_progress: Told after each step.

    Returns:
        torchvision's keys to float16 weights (out, in, 3, 3) and biases (out).
    """
    generator = torch.Generator().manual_seed(seed)
    maps = _pictures(np.random.default_rng(seed), generator)
    state: dict[str, Tensor] = {}
    for done, layer in enumerate(LAYERS):
        if layer.endswith("_1") and layer != "conv1_1":
            maps = [functional.max_pool2d(each, 2) for each in maps]
        weight, bias = _learn_layer(_sample(maps, generator), CHANNELS[layer], generator)
        maps = [functional.conv2d(each, weight, bias, padding=1).relu_() for each in maps]
        index = CONVOLUTIONS[layer]
        state |= {f"features.{index}.weight": weight.half(), f"features.{index}.bias": bias.half()}
        if on_progress:
            on_progress((done + 1) / len(LAYERS))
    return state


def write(state: dict[str, Tensor], path: Path) -> None:
    """Write weights as safetensors: the same weights, the same bytes."""
    path.write_bytes(save(state))


def _pictures(rng: np.random.Generator, generator: torch.Generator) -> list[Tensor]:
    """Each picture at two sizes, as it is and with its colours exchanged, as VGG19 would be given it."""
    sources = [Image.fromarray(photograph()).convert("RGB") for photograph in PHOTOGRAPHS] + draw_all(rng)
    exchanges = list(itertools.permutations(range(3)))[1:]
    maps = []
    for source, edge in itertools.product(sources, (512, 256)):
        picture = to_tensor(resize(source, fit(source.size, edge)))
        exchange = exchanges[int(torch.randint(len(exchanges), (), generator=generator))]
        window = picture[:, :, : 256 * (edge // 256), :384]
        maps += [normalize(picture), normalize(window[:, list(exchange)])]
    return maps


def _sample(maps: Sequence[Tensor], generator: torch.Generator) -> Tensor:
    """(PATCHES, C·9): random 3×3 patches, from each map in proportion to its area."""
    area = sum(each.shape[2] * each.shape[3] for each in maps)
    parts = []
    for each in maps:
        _, channels, height, width = each.shape
        count = round(PATCHES * height * width / area)
        rows = torch.randint(height - 2, (count, 1), generator=generator)
        columns = torch.randint(width - 2, (count, 1), generator=generator)
        offsets = torch.tensor([[row * width + column for row in range(3) for column in range(3)]])
        patches = each[0].flatten(1)[:, rows * width + columns + offsets]
        parts.append(patches.permute(1, 0, 2).reshape(count, channels * 9))
    return torch.cat(parts)


def _learn_layer(patches: Tensor, channels: tuple[int, int], generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Weight (out, in, 3, 3) and bias (out) of unit standard deviation over the patches."""
    inputs, outputs = channels
    flat = round(FLAT_SHARE * outputs)
    means = patches.view(-1, inputs, 9).mean(2)
    from_means = _filters(means, flat, generator)[:, :, None].expand(-1, -1, 9).flatten(1) / 9
    weight = torch.cat([_filters(patches, outputs - flat, generator), from_means])
    response = patches @ weight.T
    deviation, mean = torch.std_mean(response, 0)
    weight = weight / deviation[:, None].clamp_min(1e-6)
    bias = -mean / deviation.clamp_min(1e-6) - THRESHOLD
    return weight.view(outputs, inputs, 3, 3), bias


def _filters(points: Tensor, count: int, generator: torch.Generator) -> Tensor:
    """(count, D): directions of the clusters of whitened points, as filters on the points themselves."""
    centred = points - points.mean(0)
    values, vectors = torch.linalg.eigh(centred.T @ centred / len(points))
    values = values.clamp_min(0)
    whitening = vectors / (values + REGULARIZER * values.mean()).sqrt() @ vectors.T
    filters: Tensor = _spherical_kmeans(centred @ whitening, count, generator) @ whitening
    return filters


def _spherical_kmeans(points: Tensor, count: int, generator: torch.Generator) -> Tensor:
    """(count, D): unit vectors, each the direction of the points that lie nearest to it."""
    order = torch.randperm(len(points), generator=generator)
    centres = functional.normalize(points[order[:count]])
    for _ in range(ROUNDS):
        nearness, owner = (points @ centres.T).max(1)
        # Adding the old centres damps the change and keeps one that owns no point.
        centres = functional.normalize(centres.index_add(0, owner, points * nearness[:, None]))
    return centres
