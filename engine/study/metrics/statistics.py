"""Whether the output has the style's statistics, seen by VGG19: means, covariances, Gram matrices.

Neural style transfer minimises such statistics of the network that paints. So these metrics favour it there; those of
the other network (`-other`) do not.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from engine.model import Model
from engine.sizes import fit
from engine.study.metrics.arrays import Array, rgb
from engine.study.metrics.sample import LAYERS, Sample, Seeing, features_of
from engine.training.pictures import PHOTOGRAPHS

T = TypeVar("T")

COMPONENTS = {"relu1_1": 32, "relu2_1": 48, "relu3_1": 128}
"""Principal components of each layer that E looks at (Yeh et al. 2020)."""

REFERENCE_EDGE = 256
"""Longest edge in pixels of the pictures whose covariances give the principal components."""

LEAST_DIVERGENCE = 1e-6
"""A smaller divergence counts as this: it would be a rounding error."""

HIGHEST_E = -math.log(LEAST_DIVERGENCE)


def bounded_gram(sample: Sample, network: Seeing = "main") -> float:
    """Difference of Gram matrices G of the output and the style, bounded: ‖G - G'‖² / (‖G‖² + ‖G'‖²).

    The mean over relu1_1, relu2_1 and relu3_1. The style loss divided by the largest value that matrices of these norms
    allow (Cheng et al. 2021). Range 0..1, lower is better.
    """
    grams = [_both(_gram, sample, layer, network) for layer in LAYERS]
    return float(np.mean([_squared(one - other) / max(_squared(one) + _squared(other), 1e-30) for one, other in grams]))


def global_effects(sample: Sample, network: Seeing = "main") -> float:
    """GE (Wang et al. 2021): half the cosine of colour histograms, half that of Gram matrices, output to style.

    Histograms of red, green and blue, 256 bins each, and Gram matrices at relu2_1 and relu3_1; the mean of each. Range
    0..1, higher is better. They also take conv4_1 and conv5_1, which the weights here lack; their code has 128 bins
    over the values that it finds, which differ from picture to picture.
    """
    grams = [_cosine(*_both(_gram, sample, layer, network)) for layer in LAYERS[1:]]
    colours = [
        _cosine(*(np.histogram(rgb(image)[..., channel], 256, (0, 1))[0] for image in (sample.output, sample.style)))
        for channel in range(3)
    ]
    return float((np.mean(colours) + np.mean(grams)) / 2)


def frechet(sample: Sample, network: Seeing = "main") -> float:
    """Fréchet distance of one picture's features to the style's: |μ - μ'|² + tr(Σ + Σ' - 2(ΣΣ')^½) at relu3_1.

    The pixels are the samples, as in SIFID (Rott Shaham et al. 2019), but of VGG19 in place of Inception: it is no FID.
    Range from 0, lower is better. It depends on the scale of the network's features.
    """
    output, style = _both(_gaussian, sample, LAYERS[-1], network)
    values, vectors = torch.linalg.eigh(style.covariance)
    root = (vectors * values.clamp_min(0).sqrt()) @ vectors.T
    cross = torch.linalg.eigvalsh(root @ output.covariance @ root).clamp_min(0).sqrt().sum()
    traces = (output.covariance + style.covariance).trace()
    return max(0.0, float((output.mean - style.mean).square().sum() + traces - 2 * cross))


def effectiveness(sample: Sample, network: Seeing = "main") -> float:
    """E (Yeh et al. 2020): -ln KL(N_output ‖ N_style), N being Gaussians of the features; the mean over three layers.

    At relu1_1, relu2_1, relu3_1 the features are projected on the first 32, 48, 128 principal components of the mean of
    reference covariances. Ours are of the seven photographs of `engine.training.pictures` at 256 pixels; theirs, of
    paintings, are not published. A millionth of the mean reference variance is added to each variance, because flat
    pictures have none. Range up to 13.8 (KL = 1e-6), higher is better.
    """
    spaces = _reference_spaces(sample.model(network))
    divergences = [
        _divergence(*(spaces[layer].project(picture) for picture in _both(_gaussian, sample, layer, network)))
        for layer in LAYERS
    ]
    return float(np.mean([-math.log(max(divergence, LEAST_DIVERGENCE)) for divergence in divergences]))


@dataclass(frozen=True)
class _Gaussian:
    """Mean, (C,), and covariance, (C, C), of the features of a picture; float64."""

    mean: Tensor
    covariance: Tensor


@dataclass(frozen=True)
class _Space:
    """Principal components, (C, k), and the variance that is added along each of them."""

    components: Tensor
    floor: float

    def project(self, gaussian: _Gaussian) -> _Gaussian:
        covariance = self.components.T @ gaussian.covariance @ self.components
        return _Gaussian(self.components.T @ gaussian.mean, covariance + self.floor * torch.eye(len(covariance)))


def _reference_spaces(model: Model) -> dict[str, _Space]:
    """The spaces on which features are projected, by layer; computed once for each model."""

    def make() -> dict[str, _Space]:
        totals = {layer: torch.zeros(()) for layer in LAYERS}
        for photograph in PHOTOGRAPHS:
            picture = Image.fromarray(photograph()).convert("RGB")
            picture = picture.resize(fit(picture.size, REFERENCE_EDGE), Image.Resampling.LANCZOS)
            for layer, features in features_of(picture.tobytes(), picture.size, model).items():
                totals[layer] = totals[layer] + _gaussian(features).covariance / len(PHOTOGRAPHS)
        return {
            layer: _Space(
                torch.linalg.eigh(total).eigenvectors.flip(1)[:, : COMPONENTS[layer]],
                float(total.trace()) * 1e-6 / len(total),
            )
            for layer, total in totals.items()
        }

    return model.cached("reference spaces of E", make)


def _divergence(one: _Gaussian, other: _Gaussian) -> float:
    """Kullback–Leibler divergence of two Gaussians, KL(one ‖ other)."""
    factor, own = torch.linalg.cholesky(other.covariance), torch.linalg.cholesky(one.covariance)
    shift = torch.linalg.solve_triangular(factor, (other.mean - one.mean)[:, None], upper=False)
    spread = torch.linalg.solve_triangular(factor, own, upper=False)
    logarithms = factor.diagonal().log().sum() - own.diagonal().log().sum()
    return float((spread.square().sum() + shift.square().sum() - len(factor)) / 2 + logarithms)


def _both(statistic: Callable[[Tensor], T], sample: Sample, layer: str, network: Seeing) -> tuple[T, T]:
    return statistic(sample.features("output", layer, network)), statistic(sample.features("style", layer, network))


def _gram(features: Tensor) -> Array:
    """Gram matrix of features (C, H, W), divided by the pixels."""
    maps = features.flatten(1)
    return (maps @ maps.T / maps.shape[1]).double().numpy()


def _gaussian(features: Tensor) -> _Gaussian:
    maps = features.flatten(1).double()
    mean = maps.mean(1)
    return _Gaussian(mean, maps @ maps.T / maps.shape[1] - mean.outer(mean))


def _squared(matrix: Array) -> float:
    return float(np.square(matrix).sum())


def _cosine(one: Array, other: Array) -> float:
    lengths = float(np.linalg.norm(one)) * float(np.linalg.norm(other))
    return min(1.0, float(np.vdot(one, other)) / max(lengths, 1e-30))
