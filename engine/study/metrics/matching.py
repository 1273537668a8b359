"""Whether the output is made of the style's parts, seen by VGG19: each part is matched with its nearest one."""

from __future__ import annotations

import numpy as np
from torch import Tensor
from torch.nn import functional

from engine.study.metrics.positions import hypercolumns, spacing, unit
from engine.study.metrics.sample import Sample, Seeing

POSITIONS = 1024
"""At most so many positions of each picture are matched, on a grid."""

PATCH = 3
"""Edge of the patches of `local_patterns`, in features."""


def relaxed_emd(sample: Sample, network: Seeing = "main") -> float:
    """Relaxed earth mover's distance to the style (Kolkin, Salavon and Shakhnarovich 2019, STROTSS).

    max(mean_i min_j d, mean_j min_i d), d being the cosine distance of hypercolumns of relu1_1, relu2_1 and relu3_1 of
    the output, i, and the style, j, on grids of at most POSITIONS positions. Range 0..1, lower is better.
    """
    output, style = (hypercolumns(sample, which, network, POSITIONS) for which in ("output", "style"))
    distances = (1 - output @ style.T).clamp_min(0)
    return float(max(distances.amin(1).mean(), distances.amin(0).mean()))


def local_patterns(sample: Sample, network: Seeing = "main") -> float:
    """LP (Wang et al. 2021): half how near patches are to the style's, half how many of those they use.

    Patches of 3 × 3 features at relu3_1, each matched with the style's patch of the largest cosine. Near: the mean of
    these cosines; many: different patches that were matched, divided by those that the style's own patches match. Range
    0..1, higher is better. They also take conv4_1, which the weights here lack, and all patches; here grids of at most
    POSITIONS stand for all.
    """
    output, style = (_patches(sample.features(which, "relu3_1", network)) for which in ("output", "style"))
    nearness, used = (output @ style.T).max(1)
    available = (style @ style.T).argmax(1)
    variety = np.unique(used).size / np.unique(available).size
    return (min(1.0, float(nearness.mean())) + min(1.0, variety)) / 2


def _patches(features: Tensor) -> Tensor:
    """Patches on a grid, (patches, C · PATCH · PATCH), each of length 1."""
    step = spacing(features.shape[1] - PATCH + 1, features.shape[2] - PATCH + 1, POSITIONS)
    return unit(functional.unfold(features[None], PATCH, stride=step)[0].T)
