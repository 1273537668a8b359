"""Whether the content's structure is kept, seen by VGG19: which places are like which others."""

from __future__ import annotations

import torch
from torch import Tensor

from engine.study.metrics.positions import even_indices, hypercolumns, unit
from engine.study.metrics.sample import Sample, Seeing

LAYER = "relu3_1"

ROWS = 512
"""At most so many positions are compared with all others, in `cfsd`."""

POSITIONS = 1024
"""At most so many positions are compared with each other, in `self_similarity`."""


def cfsd(sample: Sample, network: Seeing = "main") -> float:
    """Content feature structural distance (Chung, Hyun and Heo 2024, StyleID, as in their evaluation code).

    S is the row-wise softmax of (F/C)ᵀ(F/C), F being the C × N features at relu3_1; KL(S_content ‖ S_output), the mean
    over the rows. The published code sums them, so that sizes cannot be compared; here ROWS evenly spaced rows stand
    for all. Range from 0, lower is better. It depends on the scale of the network's features.
    """
    content, output = (_log_correspondence(sample.features(which, LAYER, network)) for which in ("content", "output"))
    return max(0.0, float((content.exp() * (content - output)).sum(1).mean()))


def self_similarity(sample: Sample, network: Seeing = "main") -> float:
    """Self-similarity distance (Kolkin, Salavon and Shakhnarovich 2019, STROTSS, their content loss).

    D holds the cosine distances between hypercolumns of relu1_1, relu2_1 and relu3_1, each column divided by its sum;
    Σ |D_output - D_content| / N, on a grid of N ≤ POSITIONS positions. Range 0..2, lower is better.
    """
    output, content = (_distances(hypercolumns(sample, which, network, POSITIONS)) for which in ("output", "content"))
    return float((output - content).abs().sum(0).mean())


def content_fidelity(sample: Sample, network: Seeing = "main") -> float:
    """CF (Wang et al. 2021): the cosine of all features of the output and of the content, taken as one vector.

    Range 0..1, higher is better. At relu3_1; they take the mean of conv4_1 and conv5_1, which the weights here lack.
    """
    output, content = (sample.features(which, LAYER, network).flatten()[None] for which in ("output", "content"))
    return min(1.0, float(unit(output.double()) @ unit(content.double()).T))


def _log_correspondence(features: Tensor) -> Tensor:
    """Logarithms of some rows of S, (rows, N)."""
    columns = features.flatten(1) / len(features)
    some = columns[:, even_indices(columns.shape[1], ROWS)]
    return torch.log_softmax((some.T @ columns).double(), dim=1)  # in float32, small divergences would be lost


def _distances(rows: Tensor) -> Tensor:
    distances = (1 - rows @ rows.T).clamp_min(0)
    return distances / distances.sum(0).clamp_min(1e-8)
