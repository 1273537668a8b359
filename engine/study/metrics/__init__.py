"""What a study measures of an output: `METRICS`. Importing this package loads torch.

Each metric's function says how it is defined, its range and direction, and whence it is. Metrics of VGG19's features
stand twice: under their name of the network that painted, and with `-other` of the one that did not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from types import MappingProxyType
from typing import Literal

from engine.study.metrics import colour, edges, grain, learned, matching, patches, pixels, statistics, structure
from engine.study.metrics.sample import Sample
from engine.study.records import Against, Metric

Better = Literal["lower", "higher"]

_SSIM, _MS_SSIM = "Wang et al. 2004, 10.1109/TIP.2003.819861", "Wang et al. 2003, 10.1109/ACSSC.2003.1292216"
_EDGES = "after Martin et al. 2004, 10.1109/TPAMI.2004.1273918"
_SLICES = "Rabin et al. 2011, 10.1007/978-3-642-24785-9_37"
_NOISE, _TV = "Donoho and Johnstone 1994, 10.1093/biomet/81.3.425", "Rudin et al. 1992, 10.1016/0167-2789(92)90242-F"
_STROTSS = "Kolkin et al. 2019, arXiv 1904.12785"
_WANG = "Wang et al. 2021, 10.1016/j.cviu.2021.103203"


def _without_network(
    name: str,
    title: str,
    measure: Callable[[Sample], float],
    source: str,
    *,
    against: Against,
    better: Better = "lower",
    low: float | None = 0,
    high: float | None = None,
) -> Metric:
    return Metric(name, title, against, better, low, high, "none", source, measure)


def _on_features(
    name: str,
    title: str,
    measure: Callable[..., float],
    source: str,
    *,
    against: Against,
    better: Better = "lower",
    low: float | None = 0,
    high: float | None = None,
) -> Iterator[Metric]:
    main, other = (partial(measure, network=network) for network in ("main", "other"))
    yield Metric(name, title, against, better, low, high, "main", source, main)
    yield Metric(f"{name}-other", f"{title}, other network", against, better, low, high, "other", source, other)


_ALL = (
    _without_network("mse", "MSE", pixels.mse, "mean squared error", against="content", high=1),
    _without_network(
        "psnr", "PSNR, dB", pixels.psnr, "mean squared error", against="content", better="higher", high=100
    ),
    _without_network("ssim", "SSIM", pixels.ssim, _SSIM, against="content", better="higher", low=-1, high=1),
    _without_network("ms-ssim", "MS-SSIM", pixels.ms_ssim, _MS_SSIM, against="content", better="higher", high=1),
    _without_network("edges", "Edge F-score", edges.edges, _EDGES, against="content", better="higher", high=1),
    *_on_features("cfsd", "CFSD", structure.cfsd, "Chung et al. 2024, arXiv 2312.09008", against="content"),
    *_on_features("self-similarity", "Self-similarity", structure.self_similarity, _STROTSS, against="content", high=2),
    *_on_features("cf", "CF", structure.content_fidelity, _WANG, against="content", better="higher", high=1),
    _without_network("lpips", "LPIPS", learned.lpips, "Zhang et al. 2018, arXiv 1801.03924", against="content"),
    _without_network("dists", "DISTS", learned.dists, "Ding et al. 2020, arXiv 2004.07728", against="content", high=1),
    _without_network(
        "patch-swd",
        "Patch sliced Wasserstein",
        patches.patch_swd,
        "Karras et al. 2018, arXiv 1710.10196",
        against="style",
    ),
    _without_network("lab-swd", "Lab sliced Wasserstein", colour.lab_swd, _SLICES, against="style"),
    _without_network(
        "lab-histogram", "Lab histogram", colour.lab_histogram, "Hellinger distance", against="style", high=1
    ),
    _without_network(
        "rgb-uv-histogram",
        "RGB-uv histogram",
        colour.rgb_uv_histogram,
        "Afifi et al. 2021, arXiv 2011.11731",
        against="style",
        high=1,
    ),
    *_on_features(
        "gram",
        "Bounded Gram",
        statistics.bounded_gram,
        "Cheng et al. 2021, arXiv 2104.10064",
        against="style",
        high=1,
    ),
    *_on_features(
        "frechet",
        "Fréchet, one picture",
        statistics.frechet,
        "after Rott Shaham et al. 2019, arXiv 1905.01164",
        against="style",
    ),
    *_on_features(
        "e",
        "E",
        statistics.effectiveness,
        "Yeh et al. 2020, arXiv 1910.09447",
        against="style",
        better="higher",
        low=None,
        high=statistics.HIGHEST_E,
    ),
    *_on_features("remd", "Relaxed EMD", matching.relaxed_emd, _STROTSS, against="style", high=1),
    *_on_features("ge", "GE", statistics.global_effects, _WANG, against="style", better="higher", high=1),
    *_on_features("lp", "LP", matching.local_patterns, _WANG, against="style", better="higher", high=1),
    _without_network("noise", "Noise", grain.noise, _NOISE, against="none"),
    _without_network("tv", "Total variation", grain.tv, _TV, against="none", high=2),
)

METRICS: Mapping[str, Metric] = MappingProxyType({metric.name: metric for metric in _ALL})
"""All metrics, by name."""
