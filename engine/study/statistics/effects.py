"""Effect sizes of paired differences, with bootstrap intervals. All random numbers are seeded."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Values = NDArray[np.float64]
"""One value for each pair of pictures."""

RESAMPLES = 1999
CONFIDENCE = 0.95
SEED = 20261126


@dataclass(frozen=True)
class Interval:
    """A value with its 95 % interval; the limits are NaN where the data give none."""

    value: float
    low: float
    high: float


def wins(differences: Values, floor: float = 0.0) -> Values:
    """Return 1 where a difference is above the floor, 0 where it is below minus the floor, and ½ between.

    The mean is the share of pairs won, the paired probability of superiority (Grissom and Kim, Effect Sizes for
    Research, 2012, chapter 5): 0.5 means that neither side is better.
    """
    return np.where(differences > floor, 1.0, np.where(differences < -floor, 0.0, 0.5))


def standardized(differences: Values) -> float:
    """Return Hedges' g of paired differences: mean / standard deviation × (1 − 3 / (4n − 5)), in standard deviations.

    Source: Borenstein et al., Introduction to Meta-Analysis, 2009, chapter 4. NaN for fewer than two pairs or where all
    differences are equal.
    """
    n = len(differences)
    spread = float(np.std(differences, ddof=1)) if n > 1 else 0.0
    if spread <= 1e-12 * max(1.0, float(np.abs(differences).max(initial=0.0))):
        return math.nan
    return float(np.mean(differences)) / spread * (1 - 3 / (4 * n - 5))


def share_won(differences: Values, floor: float = 0.0) -> Interval:
    """Return the share of pairs won, 0..1, with a BCa interval.

    Where one side wins every pair, resampling sees no spread: then the limits are those of a binomial proportion
    (Clopper and Pearson, 1934).
    """
    won = wins(differences, floor)
    if len(won) and np.ptp(won) == 0 and won[0] != 0.5:
        exact = stats.binomtest(int(won.sum()), len(won)).proportion_ci(CONFIDENCE, "exact")
        return Interval(float(won[0]), float(exact.low), float(exact.high))
    return bca(won, np.mean)


def effect(differences: Values) -> Interval:
    """Return Hedges' g of paired differences with a BCa interval."""

    def statistic(sample: Values, axis: int = -1) -> Any:
        n = sample.shape[axis]
        mean, spread = np.mean(sample, axis=axis), np.std(sample, axis=axis, ddof=1)
        # A resample without spread has no defined effect; a bound far beyond all others keeps its place among them.
        bounded = np.where(
            spread > 1e-6 * np.abs(mean), mean / np.maximum(spread, 1e-6 * np.abs(mean) + 1e-300), 1e6 * np.sign(mean)
        )
        return bounded * (1 - 3 / (4 * n - 5))

    value = standardized(differences)
    return Interval(value, math.nan, math.nan) if math.isnan(value) else bca(differences, statistic)


def bca(values: Values, statistic: Callable[..., Any]) -> Interval:
    """Return a statistic with its bias-corrected and accelerated bootstrap interval (Efron, 1987), by scipy.

    Args:
        values: One for each pair.
        statistic: Of an array along `axis`.
    """
    value = float(statistic(values, axis=-1)) if len(values) else math.nan
    if len(values) < 3 or np.ptp(values) == 0:
        return Interval(value, math.nan, math.nan)
    # Few or nearly equal values can leave resamples or the jackknife without spread: the limits are NaN then, and shown
    # as absent.
    with warnings.catch_warnings(), np.errstate(divide="ignore", invalid="ignore"):
        warnings.simplefilter("ignore", stats.DegenerateDataWarning)
        limits = stats.bootstrap(
            (values,),
            statistic,
            n_resamples=RESAMPLES,
            confidence_level=CONFIDENCE,
            method="BCa",
            vectorized=True,
            rng=np.random.default_rng(SEED),
        ).confidence_interval
    return Interval(value, float(limits.low), float(limits.high))


def crossed_mean(values: Values, contents: list[str], styles: list[str]) -> Interval:
    """Return the mean over pairs with an interval for other contents and other styles, not only for other pairs.

    Pairs that share a picture are alike, so resampling pairs would promise too much. The pigeonhole bootstrap (Owen,
    Annals of Applied Statistics 2007) resamples contents and styles, each with replacement, and is conservative.

    Args:
        values: One for each pair.
        contents: The content of each pair.
        styles: The style of each pair.
    """
    if not len(values):
        return Interval(math.nan, math.nan, math.nan)
    generator = np.random.default_rng(SEED)
    weights = np.ones((RESAMPLES, len(values)))
    for pictures in (contents, styles):
        names, index = np.unique(pictures, return_inverse=True)
        drawn = generator.multinomial(len(names), np.full(len(names), 1 / len(names)), RESAMPLES)
        weights *= drawn[:, index]
    totals = weights.sum(axis=1)
    means = (weights @ values)[totals > 0] / totals[totals > 0]
    low, high = np.quantile(means, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return Interval(float(np.mean(values)), float(low), float(high))
