"""How much of a metric's variance style, content, method or weights account for, and how much repeating does."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.study.statistics.effects import Values

REPEATABILITY = 1.96 * math.sqrt(2)


@dataclass(frozen=True)
class Components:
    """Shares of the variance of a metric.

    Attributes:
        shares: Of each factor, and "rest" for interactions and chance; they add up to 1.
        levels: Number of different values of each factor. With few levels a share is known only roughly.
        values: Number of values.
    """

    shares: Mapping[str, float]
    levels: Mapping[str, int]
    values: int


def variance_components(values: Values, factors: Mapping[str, Sequence[str]]) -> Components | None:
    """Fit crossed random effects by restricted maximum likelihood: value = mean + effect of each factor + rest.

    Source: Baayen, Davidson and Bates, Journal of Memory and Language 2008; fitted by statsmodels' MixedLM.

    Args:
        values: Measured values.
        factors: The level of each factor at each value, such as the name of the style picture. Factors with one level
            are left out.

    Returns:
        None where the values are all equal or too few for the factors, or where the fit does not converge.
    """
    used = {name: np.unique(levels, return_inverse=True) for name, levels in factors.items() if len(set(levels)) > 1}
    spread = float(np.std(values)) if len(values) else 0.0
    if not used or spread <= 1e-12 or len(values) <= 1 + sum(len(names) for names, _ in used.values()):
        return None
    estimates = _fitted((values - values.mean()) / spread, {name: index for name, (_, index) in used.items()})
    if estimates is None:
        return None
    total = sum(estimates.values())
    shares = {name: estimates.get(name, 0.0) / total for name in (*factors, "rest")}
    levels = {name: len(set(each)) for name, each in factors.items()}
    return Components(shares, levels, len(values))


def _fitted(values: Values, factors: Mapping[str, NDArray[np.int64]]) -> dict[str, float] | None:
    """Return the variance of each factor and of the rest."""
    from statsmodels.regression.mixed_linear_model import MixedLM, MixedLMParams, VCSpec

    columns = [[[f"{name}{level}" for level in range(index.max() + 1)]] for name, index in factors.items()]
    designs = [[np.eye(index.max() + 1)[index]] for index in factors.values()]
    model = MixedLM(
        values,
        np.ones((len(values), 1)),
        groups=np.zeros(len(values)),
        exog_vc=VCSpec(list(factors), columns, designs),
    )
    start = MixedLMParams.from_components(
        fe_params=np.array([values.mean()]), cov_re=np.zeros((0, 0)), vcomp=_moments(values, factors)
    )
    with warnings.catch_warnings():
        # A variance at zero and a singular covariance are answers here; what does not converge is told by the result.
        warnings.simplefilter("ignore")
        try:
            fit = model.fit(reml=True, method=["powell"], start_params=start)
        except np.linalg.LinAlgError:
            return None
    variances = [max(0.0, float(each)) for each in (*fit.vcomp, fit.scale)]
    if not fit.converged or not math.isfinite(sum(variances)) or sum(variances) <= 0:
        return None
    return dict(zip((*factors, "rest"), variances, strict=True))


def _moments(values: Values, factors: Mapping[str, NDArray[np.int64]]) -> Values:
    """Return the variance of each factor relative to the rest, by the method of moments.

    On a complete grid this is the answer already. From elsewhere the search can stop far from it where a factor has
    nearly all of the variance.
    """
    means = [np.bincount(index, values) / np.bincount(index) for index in factors.values()]
    fitted = sum(mean[index] for mean, index in zip(means, factors.values(), strict=True))
    residuals = values - fitted + (len(means) - 1) * values.mean()
    rest = float((residuals**2).sum()) / (len(values) - 1 - sum(len(mean) - 1 for mean in means))
    rest = max(rest, 1e-9)
    estimates = [mean.var(ddof=1) - rest * len(mean) / len(values) for mean in means]
    return np.array([max(estimate / rest, 1e-3) for estimate in estimates])


def repeatability(groups: Iterable[Sequence[float]]) -> float | None:
    """Return the repeatability coefficient: 95 % of repetitions differ by less, for the same method and pictures.

    It is 1.96 · √2 · the standard deviation within groups (Bland and Altman, Statistical Methods in Medical Research
    1999).

    Args:
        groups: Values of runs that differ in their seed alone.

    Returns:
        None where nothing was repeated.
    """
    repeated = [np.asarray(group, dtype=np.float64) for group in groups if len(group) > 1]
    if not repeated:
        return None
    squares = sum(float(((group - group.mean()) ** 2).sum()) for group in repeated)
    return REPEATABILITY * math.sqrt(squares / sum(len(group) - 1 for group in repeated))
