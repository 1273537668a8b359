"""Whether the content's edges are where they were."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt
from skimage.feature import canny

from engine.study.metrics.arrays import luminance
from engine.study.metrics.sample import Sample

TOLERANCE = 0.0075
"""How far apart edges of one contour may be, as a share of the diagonal (Martin, Fowlkes and Malik 2004)."""

STRONGEST = 0.1
"""Share of the pixels that begin an edge, those of the largest gradients; as many more continue edges."""

Edges = NDArray[np.bool_]


def edges(sample: Sample) -> float:
    """Edge F-score: 2PR / (P + R) of Canny's edges of the luminances.

    P is the share of the output's edge pixels that lie near an edge of the content, R the share of the content's that
    lie near one of the output. Range 0..1, higher is better. Where neither picture has an edge it is 1, where one has
    none 0.

    It stands in for the C of Yeh et al. 2020, which needs contours that people drew. Other than in the benchmark of
    Martin et al., edges are not matched one to one.
    """
    output, content = (_edges(luminance(picture)) for picture in (sample.output, sample.content))
    if not output.any() or not content.any():
        return float(output.any() == content.any())
    tolerance = TOLERANCE * math.hypot(*output.shape)
    precision, recall = _share_near(output, content, tolerance), _share_near(content, output, tolerance)
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _edges(values: NDArray[np.float64]) -> Edges:
    if np.ptp(values) < 1 / 255:  # quantiles would call rounding errors edges
        return np.zeros(values.shape, dtype=np.bool_)
    found: Edges = canny(
        values, sigma=2.0, low_threshold=1 - 2 * STRONGEST, high_threshold=1 - STRONGEST, use_quantiles=True
    )
    return found


def _share_near(these: Edges, those: Edges, tolerance: float) -> float:
    distances: NDArray[np.float64] = distance_transform_edt(~those)
    return float((distances[these] <= tolerance).mean())
