"""Scores of a painted picture, by features of a real VGG19 and independently of the engine.

Pictures are compared at one fixed size, in float32 on the CPU, at the convolutions conv1_1 .. conv3_4 before their
ReLU. Rank by style and content together, never by one of them: the content untouched has a perfect content.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file
from skimage.metrics import structural_similarity
from torch import Tensor
from torch.nn import functional

LAYERS = {0: "conv1_1", 2: "conv1_2", 5: "conv2_1", 7: "conv2_2", 10: "conv3_1", 12: "conv3_2", 14: "conv3_3"} | {
    16: "conv3_4"
}
"""Index in torchvision's `vgg19().features` to the name of a convolution."""

CONTENT = "conv3_3"
"""Where content is compared; the engine's own losses sit on other layers."""

MOVED = ("conv1_2", "conv2_2", "conv3_3")
"""Where `Judge.moved` compares."""

_MEAN = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1)  # of ImageNet
_STD = torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1)
_LUMA = torch.tensor([0.299, 0.587, 0.114]).view(3, 1, 1)


@dataclass(frozen=True)
class Score:
    """How a picture compares with its content and its style.

    Attributes:
        style: Geometric mean over the layers of |G(output) - G(style)|² / |G(content) - G(style)|² with Gram matrices
            G: 1 where nothing was moved, 0 where the statistics are the style's.
        content: Mean squared difference of features whose channels have mean 0 and variance 1: 0 for the content
            itself, about 2 for an unrelated picture.
        grain: Standard deviation of the Laplacian of the luminance, relative to the style's.
        ssim: Structural similarity to the content, of the luminance.
        clipped: Share of channel values at 0 or 255.
    """

    style: float
    content: float
    grain: float
    ssim: float
    clipped: float


class Judge:
    """Scores the outputs of one content and one style.

    Args:
        content: RGB.
        style: RGB.
        weights: Tensors `features.N.weight` and `features.N.bias` of `LAYERS`; see `read_metric`.
        size: Longest edge in pixels at which pictures are compared.
    """

    def __init__(self, content: Image.Image, style: Image.Image, weights: dict[str, Tensor], size: int = 384) -> None:
        self._weights, self._size = weights, size
        self._content, self._style = _tensor(content, size), _tensor(style, size)
        features = self._features(self._content)
        self._target = {name: _normalized(features[name]) for name in MOVED}
        self._goal = {name: _gram(part) for name, part in self._features(self._style).items()}
        self._distance = {name: _distance(_gram(part), self._goal[name]) for name, part in features.items()}

    def score(self, output: Image.Image) -> Score:
        """The scores of an output: RGB, of the content's shape and any size."""
        picture = self._picture(output)
        features = self._features(picture)
        residuals = [_distance(_gram(part), self._goal[name]) / self._distance[name] for name, part in features.items()]
        grey = _grey(picture)
        return Score(
            style=float(np.exp(np.mean(np.log(np.maximum(residuals, 1e-9))))),
            content=_distance(_normalized(features[CONTENT]), self._target[CONTENT]),
            grain=_roughness(grey) / _roughness(_grey(self._style)),
            ssim=float(structural_similarity(grey.numpy(), _grey(self._content).numpy(), data_range=1.0)),
            clipped=float(((picture <= 0.5 / 255) | (picture >= 254.5 / 255)).float().mean()),
        )

    def moved(self, output: Image.Image) -> float:
        """How far an output is from the content: 0 where it is the content, about 1.4 where it is another picture.

        Root of the mean squared difference, over the layers of `MOVED`, of features whose channels have mean 0 and
        variance 1.
        """
        features = self._features(self._picture(output))
        return math.sqrt(fmean(_distance(_normalized(features[name]), self._target[name]) for name in MOVED))

    def _picture(self, output: Image.Image) -> Tensor:
        picture = _tensor(output, self._size)
        if picture.shape != self._content.shape:  # by a pixel of rounding
            edges = self._content.shape[2:]
            picture = functional.interpolate(picture, edges, mode="bicubic", antialias=True).clamp(0, 1)
        return picture

    @torch.no_grad()
    def _features(self, picture: Tensor) -> dict[str, Tensor]:
        hidden, found = (picture - _MEAN) / _STD, {}
        for index, name in LAYERS.items():
            if name in ("conv2_1", "conv3_1"):
                hidden = functional.max_pool2d(hidden, 2)
            weight, bias = self._weights[f"features.{index}.weight"], self._weights[f"features.{index}.bias"]
            found[name] = hidden = functional.conv2d(hidden, weight, bias, padding=1)
            hidden = functional.relu(hidden)
        return found


def read_metric(path: Path) -> dict[str, Tensor]:
    """The metric's layers from a safetensors file with torchvision's keys.

    Raises:
        ValueError: The file lacks some of them.
    """
    held = load_file(path)
    missing = [name for index, name in LAYERS.items() if f"features.{index}.weight" not in held]
    if missing:
        raise ValueError(f"{path.name} holds no {', '.join(missing)}, which the metric looks at")
    return {
        key: held[key].float() for index in LAYERS for key in (f"features.{index}.weight", f"features.{index}.bias")
    }


def _tensor(image: Image.Image, size: int) -> Tensor:
    scale = size / max(image.size)
    edges = max(16, round(image.width * scale)), max(16, round(image.height * scale))
    pixels = np.array(image.convert("RGB").resize(edges, Image.Resampling.BICUBIC))
    return torch.from_numpy(pixels).permute(2, 0, 1)[None].float() / 255


def _gram(features: Tensor) -> Tensor:
    rows = features[0].flatten(1)
    return rows @ rows.T / rows.numel()


def _normalized(features: Tensor) -> Tensor:
    spread = features.std((2, 3), keepdim=True).clamp_min(1e-6)
    return (features - features.mean((2, 3), keepdim=True)) / spread


def _distance(one: Tensor, other: Tensor) -> float:
    return float(functional.mse_loss(one, other))


def _grey(picture: Tensor) -> Tensor:
    return (picture[0] * _LUMA).sum(0)


def _roughness(grey: Tensor) -> float:
    """Standard deviation of the Laplacian of (H, W)."""
    around = grey[:-2, 1:-1] + grey[2:, 1:-1] + grey[1:-1, :-2] + grey[1:-1, 2:]
    return float((4 * grey[1:-1, 1:-1] - around).std(correction=0))
