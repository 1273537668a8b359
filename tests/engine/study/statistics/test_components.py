"""Variance components of simulated data, and the repeatability of known repetitions."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy import stats

from engine.study.statistics.components import repeatability, variance_components
from engine.study.statistics.front import pareto_front


def test_known_components_are_recovered_within_their_intervals() -> None:
    """Variances 4, 1 and 0.25 of 12 methods, 10 styles and 8 contents, and 1 of the rest."""
    generator = np.random.default_rng(5)
    true = {"method": (12, 4.0), "style": (10, 1.0), "content": (8, 0.25)}
    effects = {name: generator.normal(0, variance**0.5, levels) for name, (levels, variance) in true.items()}
    cells = list(product(*(range(levels) for levels, _ in true.values())))
    noise = generator.normal(0, 1, len(cells))
    values = np.array([sum(effects[n][i] for n, i in zip(true, cell, strict=True)) for cell in cells]) + noise
    factors = {name: [str(cell[place]) for cell in cells] for place, name in enumerate(true)}
    found = variance_components(values, factors)
    assert found is not None
    assert sum(found.shares.values()) == pytest.approx(1)
    scale = 1 / found.shares["rest"]  # the rest has the variance 1
    for name, (levels, variance) in true.items():
        low, high = (levels - 1) / stats.chi2.ppf([0.995, 0.005], levels - 1)
        assert low * found.shares[name] * scale <= variance * 1.1
        assert high * found.shares[name] * scale >= variance / 1.1
    assert found.levels == {"method": 12, "style": 10, "content": 8}


def test_a_factor_without_influence_has_no_share() -> None:
    """Where the style alone decides, it has nearly all of the variance."""
    generator = np.random.default_rng(6)
    cells = list(product(range(8), range(8)))
    effects = generator.normal(0, 1, 8)
    values = np.array([effects[style] + generator.normal(0, 0.01) for style, _ in cells])
    found = variance_components(values, {"style": [f"{s}" for s, _ in cells], "content": [f"{c}" for _, c in cells]})
    assert found is not None
    assert found.shares["style"] > 0.99
    assert found.shares["content"] < 0.01


def test_what_cannot_be_told_apart_is_not_told() -> None:
    """Equal values, one picture of each kind, or fewer values than pictures."""
    assert variance_components(np.ones(9), {"style": list("aaabbbccc"), "content": list("abcabcabc")}) is None
    assert variance_components(np.arange(3.0), {"style": list("aaa"), "content": list("bbb")}) is None
    assert variance_components(np.arange(4.0), {"style": list("abcd"), "content": list("abcd")}) is None
    assert variance_components(np.array([]), {"style": []}) is None


def test_repeatability() -> None:
    """Two pairs of repetitions with a variance of 0.5 within: 1.96 · √2 · √0.5 = 1.96; single runs tell nothing."""
    assert repeatability([[1.0, 2.0], [5.0, 4.0], [7.0]]) == pytest.approx(1.96)
    assert repeatability([[1.0], []]) is None


def test_the_front() -> None:
    """Of equal points both stay; what is worse on one side and no better on the other does not."""
    style = np.array([1.0, 0.5, 0.5, 0.4, 0.0])
    content = np.array([0.0, 0.5, 0.5, 0.5, 1.0])
    assert pareto_front(style, content) == [0, 1, 2, 4]
    assert pareto_front(np.array([]), np.array([])) == []
