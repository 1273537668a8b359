"""Rank tests against known answers and the libraries' own."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from engine.study.statistics.rank_tests import friedman, holm, wilcoxon


def test_wilcoxon() -> None:
    """Six differences of one sign have an exact p of 2 / 2⁶; no difference is no evidence; no pair is no answer."""
    assert wilcoxon(np.arange(1.0, 7.0)) == pytest.approx(2 / 64)
    values = np.random.default_rng(0).normal(0.3, 1, 40)
    assert wilcoxon(values) == stats.wilcoxon(values, zero_method="pratt").pvalue
    assert wilcoxon(values[:12]) == pytest.approx(stats.wilcoxon(values[:12], method="exact").pvalue)
    tied = np.array([1.0, 1.0, -1.0, 2.0, 0.0, 3.0])  # a quarter of all combinations of signs is as uneven
    assert wilcoxon(tied) == pytest.approx(stats.wilcoxon(tied, zero_method="pratt").pvalue)
    assert wilcoxon(np.zeros(8)) == 1
    assert math.isnan(wilcoxon(np.array([])))


def test_holm() -> None:
    """The example of the textbook; a test that was not possible does not count."""
    assert holm([0.01, math.nan, 0.04, 0.03, 0.005])[::2] == pytest.approx([0.03, 0.06, 0.02])
    assert math.isnan(holm([0.01, math.nan])[1])
    assert holm([]) == []


def test_friedman() -> None:
    """Ten pairs that order three methods alike agree wholly; a pair without a value is left out."""
    table = np.tile([3.0, 1.0, 2.0], (11, 1)) + np.arange(11.0)[:, None]
    table[10, 1] = np.nan
    found = friedman(table)
    assert found is not None
    assert (found.ranks, found.pairs) == ((1, 3, 2), 10)
    assert found.agreement == pytest.approx(1)
    assert found.p == pytest.approx(stats.friedmanchisquare(*table[:10].T).pvalue)


def test_friedman_without_differences_or_data() -> None:
    """Equal methods do not differ; two methods are Wilcoxon's business."""
    equal = friedman(np.ones((5, 3)))
    assert equal is not None
    assert (equal.agreement, equal.p, equal.ranks) == (0, 1, (2, 2, 2))
    assert friedman(np.ones((5, 2))) is None
    assert friedman(np.ones((1, 3))) is None
