"""Paired rank tests, and Holm's correction for many of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from engine.study.statistics.effects import Values

EXACT = 13
"""Up to so many pairs every combination of signs is looked at, which is exact also with ties."""


def wilcoxon(differences: Values) -> float:
    """Return the two-sided p of Wilcoxon's signed-rank test, zeros counted as Pratt has it; 1 where all are zero.

    Exact for up to `EXACT` pairs and, without ties, for up to 50; else by the normal approximation.
    """
    if not len(differences):
        return math.nan
    if not np.any(differences):
        return 1.0
    if len(differences) > EXACT:
        return float(stats.wilcoxon(differences, zero_method="pratt").pvalue)
    ranks = stats.rankdata(np.abs(differences))[differences != 0]
    signs = np.array(list(product((-1.0, 1.0), repeat=len(ranks))))
    observed = abs(float(ranks @ np.sign(differences[differences != 0])))
    return float(np.mean(np.abs(signs @ ranks) >= observed - 1e-9))


def holm(probabilities: Sequence[float]) -> list[float]:
    """Return p values that keep the chance of any false finding below the level (Holm, 1979); NaN stays NaN."""
    given = np.array(probabilities, dtype=float)
    order = np.argsort(given)[: np.count_nonzero(~np.isnan(given))]  # NaN is sorted last
    tests_left = np.arange(len(order), 0, -1)
    given[order] = np.maximum.accumulate(np.minimum(1.0, tests_left * given[order]))
    return [float(p) for p in given]


@dataclass(frozen=True)
class Friedman:
    """Whether methods differ over pairs.

    Attributes:
        ranks: Mean rank of each method, 1 the best.
        agreement: Kendall's W, 0 where pairs order the methods at random .. 1 where all order them alike.
        p: Of Friedman's test.
        pairs: How many have a value of every method.
    """

    ranks: tuple[float, ...]
    agreement: float
    p: float
    pairs: int


def friedman(table: NDArray[np.float64]) -> Friedman | None:
    """Compare methods over pairs of pictures (Friedman, 1937).

    Args:
        table: Pairs × methods, larger is better; pairs without a value of every method are left out.

    Returns:
        None for fewer than three methods or two complete pairs.
    """
    complete = table[~np.isnan(table).any(axis=1)]
    pairs, methods = complete.shape
    if methods < 3 or pairs < 2:
        return None
    ranks = stats.rankdata(-complete, axis=1).mean(axis=0)
    if np.ptp(complete, axis=1).max() == 0:  # all methods alike on every pair
        return Friedman(tuple(map(float, ranks)), 0.0, 1.0, pairs)
    statistic, p = stats.friedmanchisquare(*complete.T)
    return Friedman(tuple(map(float, ranks)), float(statistic) / (pairs * (methods - 1)), float(p), pairs)
