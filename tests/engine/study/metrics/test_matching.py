"""Metrics that match parts with their nearest ones, against scipy's exact transport and known patches."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.optimize import linear_sum_assignment
from torch import Tensor

from engine.study.metrics.matching import local_patterns, relaxed_emd
from engine.study.metrics.positions import even_indices, hypercolumns, spacing
from engine.study.metrics.sample import LAYERS
from tests.support.samples import KnownFeatures


def features(seed: int, height: int = 10, width: int = 12) -> Tensor:
    return torch.randn(8, height, width, generator=torch.Generator().manual_seed(seed)).relu()


def known(output: Tensor, style: Tensor) -> KnownFeatures:
    return KnownFeatures({"output": dict.fromkeys(LAYERS, output), "style": dict.fromkeys(LAYERS, style)})


def test_the_style_in_another_order_is_the_style() -> None:
    style = features(1)
    assert relaxed_emd(known(style.flip(1), style)) == pytest.approx(0, abs=1e-6)
    assert local_patterns(known(style, style)) == pytest.approx(1)


def test_the_relaxed_distance_is_less_than_the_exact_one_and_more_than_none() -> None:
    sample = known(features(2), features(1))
    output, style = (hypercolumns(sample, which, "main", 1024) for which in ("output", "style"))
    costs = (1 - output @ style.T).numpy()
    rows, columns = linear_sum_assignment(costs)
    relaxed = max(costs.min(0).mean(), costs.min(1).mean())
    assert relaxed_emd(sample) == pytest.approx(relaxed, rel=1e-5)
    assert 0 < relaxed <= costs[rows, columns].mean()


def test_what_has_nothing_in_common_with_the_style_is_far_away() -> None:
    one, other = torch.zeros(2, 2, 8, 8)
    one[0], other[1] = 1, 1
    assert relaxed_emd(known(one, other)) == 1


def test_one_patch_of_the_style_is_near_and_not_varied() -> None:
    """The cosine is 1 and one patch of 36 is used: ½ (1 + 1/36)."""
    style = torch.zeros(64, 8, 8)
    for number, (row, column) in enumerate(np.ndindex(8, 8)):
        style[number, row, column] = 1
    assert local_patterns(known(style[:, :3, :3], style)) == pytest.approx((1 + 1 / 36) / 2)


def test_grids_have_no_more_positions_than_asked_for() -> None:
    for height, width in ((96, 72), (5, 1), (32, 32), (33, 32)):
        step = spacing(height, width, 1024)
        assert len(range(0, height, step)) * len(range(0, width, step)) <= 1024
        assert step == 1 or len(range(0, height, step - 1)) * len(range(0, width, step - 1)) > 1024
    assert even_indices(10, 4).tolist() == [0, 3, 6, 9]
    assert even_indices(4, 10).tolist() == [0, 1, 2, 3]
