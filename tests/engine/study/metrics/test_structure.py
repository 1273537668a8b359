"""Metrics of structure in features, against their definitions, written out with torch."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from engine.study.metrics.sample import LAYERS
from engine.study.metrics.structure import cfsd, content_fidelity, self_similarity
from tests.support.samples import KnownFeatures

METRICS = (cfsd, self_similarity, content_fidelity)


def features(seed: int, height: int = 12, width: int = 16) -> dict[str, Tensor]:
    """Rectified random features; each layer is half as large as the one before."""
    generator = torch.Generator().manual_seed(seed)
    sizes = zip(LAYERS, (8, 12, 16), (4, 2, 1), strict=True)
    return {
        layer: torch.randn(channels, height * scale, width * scale, generator=generator).relu()
        for layer, channels, scale in sizes
    }


def test_a_kept_structure_is_the_best() -> None:
    same = KnownFeatures({"output": features(1), "content": features(1)})
    other = KnownFeatures({"output": features(2), "content": features(1)})
    assert [metric(same) for metric in METRICS] == pytest.approx([0, 0, 1], abs=1e-6)
    assert cfsd(other) > 0 and self_similarity(other) > 0.1 and content_fidelity(other) < 0.9


def test_cfsd_is_the_published_formula_for_each_row() -> None:
    """The published code sums over the rows; it is given N = 192 of them."""
    found, content = features(2)["relu3_1"] * 5, features(1)["relu3_1"] * 5
    rows = [(each.flatten(1).T / 16) @ (each.flatten(1) / 16) for each in (found, content)]
    expected = functional.kl_div(rows[0].log_softmax(1), rows[1].softmax(1), reduction="sum") / 192
    sample = KnownFeatures({"output": {"relu3_1": found}, "content": {"relu3_1": content}})
    assert cfsd(sample) == pytest.approx(float(expected), rel=1e-3)


def test_some_rows_of_cfsd_stand_for_all() -> None:
    large = KnownFeatures({"output": features(2, 48, 64), "content": features(1, 48, 64)})
    small = KnownFeatures({"output": features(2, 16, 24), "content": features(1, 16, 24)})
    assert cfsd(large) == pytest.approx(cfsd(small), rel=0.1)


def test_self_similarity_is_the_published_formula() -> None:
    sample = KnownFeatures({"output": features(2), "content": features(1)})
    distances = []
    for known in (features(2), features(1)):
        finer = [functional.interpolate(known[layer][None], (12, 16), mode="bilinear")[0] for layer in LAYERS]
        columns = torch.cat(finer).flatten(1).T
        cosine = 1 - functional.cosine_similarity(columns[:, None], columns[None], dim=2)
        distances.append(cosine / cosine.sum(0))
    expected = (distances[0] - distances[1]).abs().mean() * 192
    assert self_similarity(sample) == pytest.approx(float(expected), rel=1e-4)


def test_opposite_structure_is_far_away() -> None:
    """Two kinds of places: where they change sides, each place is like those that it was not like."""
    left = torch.zeros(2, 8, 8)
    left[0, :, :4], left[1, :, 4:] = 1, 1
    known = dict.fromkeys(LAYERS, left)
    rows = dict.fromkeys(LAYERS, left.mT)
    sides = KnownFeatures({"output": dict.fromkeys(LAYERS, left.flip(0)), "content": known})
    assert self_similarity(sides) == pytest.approx(0, abs=1e-6), "which kind is which does not matter"
    assert self_similarity(KnownFeatures({"output": rows, "content": known})) == pytest.approx(1)
    assert content_fidelity(sides) == 0


def test_cf_is_the_cosine_of_torch() -> None:
    sample = KnownFeatures({"output": features(2), "content": features(1)})
    one, other = (features(seed)["relu3_1"].flatten() for seed in (2, 1))
    assert content_fidelity(sample) == pytest.approx(float(functional.cosine_similarity(one, other, dim=0)), rel=1e-5)
