"""Effect sizes and their intervals against known answers and scipy's own."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from engine.study.statistics.effects import RESAMPLES, SEED, bca, crossed_mean, effect, share_won, standardized, wins


def test_wins_counts_ties_half() -> None:
    """A difference within the floor is a tie."""
    assert wins(np.array([2.0, 0.5, 0.0, -0.5, -2.0]), 0.5).tolist() == [1, 0.5, 0.5, 0.5, 0]
    assert share_won(np.array([1.0, 1.0, -1.0, 0.0])).value == 0.625


def test_hedges_g_of_paired_differences() -> None:
    """The mean 2 over the deviation 2 with the correction 1 − 3 / (4 · 5 − 5) = 0.8; no spread has no size."""
    differences = np.array(
        [0.0, 4.0, 2.0, 2.0 + 2 * math.sqrt(2) / math.sqrt(2), 2.0 - 2 * math.sqrt(2) / math.sqrt(2)]
    )
    assert standardized(differences) == pytest.approx(2 / 2 * 0.8)
    assert math.isnan(standardized(np.ones(5)))
    assert math.isnan(standardized(np.ones(1)))


def test_the_interval_is_scipys_bca() -> None:
    """Of the mean, with the same resamples."""
    values = np.random.default_rng(1).gamma(2.0, size=30)
    expected = stats.bootstrap(
        (values,), np.mean, n_resamples=RESAMPLES, method="BCa", rng=np.random.default_rng(SEED)
    ).confidence_interval
    found = bca(values, np.mean)
    assert (found.value, found.low, found.high) == (values.mean(), expected.low, expected.high)
    assert bca(values, np.mean) == found


def test_intervals_of_effects_contain_the_truth() -> None:
    """Of 60 samples with a true size of 1, about 95% of the intervals contain it."""
    samples = np.random.default_rng(2).normal(1.0, 1.0, (60, 30))
    inside = [found.low <= 1 <= found.high for found in map(effect, samples)]
    assert 0.85 <= np.mean(inside) <= 1


def test_a_side_that_wins_every_pair_has_the_interval_of_a_proportion() -> None:
    """Resampling 10 wins gives 10 wins; Clopper and Pearson's lower limit is 0.025 ** (1 / 10)."""
    found = share_won(np.arange(1.0, 11.0))
    assert (found.value, found.high) == (1, 1)
    assert found.low == pytest.approx(0.025**0.1)


def test_few_values_have_no_interval() -> None:
    """Two pairs, or none."""
    assert math.isnan(bca(np.array([1.0, 2.0]), np.mean).low)
    assert math.isnan(share_won(np.array([])).value)
    assert share_won(np.array([1.0, 1.0, -1.0])).value == pytest.approx(2 / 3)  # whatever its limits are
    assert math.isnan(crossed_mean(np.array([]), [], []).value)


def test_crossed_intervals_know_that_pairs_share_pictures() -> None:
    """Where the style decides everything, 36 pairs of 6 styles are 6 observations: the interval is much wider."""
    effects = np.random.default_rng(3).normal(0, 1, 6)
    styles = [str(index) for index in range(6) for _ in range(6)]
    contents = [str(index) for _ in range(6) for index in range(6)]
    values = np.array([effects[int(style)] for style in styles])
    crossed, pairs = crossed_mean(values, contents, styles), bca(values, np.mean)
    assert crossed.value == pytest.approx(effects.mean())
    assert crossed.high - crossed.low > 2 * (pairs.high - pairs.low)
    assert crossed_mean(values, contents, styles) == crossed
