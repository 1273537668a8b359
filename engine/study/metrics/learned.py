"""Metrics whose networks were trained to judge pictures; measured only where their backbones' weights are present.

The weights are torchvision's, of hundreds of megabytes, and are looked for where torchvision keeps them: in the folder
`hub/checkpoints` of torch's cache (TORCH_HOME). Nothing takes their place, and nothing is downloaded.
"""

from __future__ import annotations

import functools
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from engine.images.tensors import to_tensor
from engine.study.metrics.sample import Sample
from engine.study.records import UnavailableError

if TYPE_CHECKING:
    from torchmetrics import Metric as TorchMetric

ALEXNET = "https://download.pytorch.org/models/alexnet-owt-7be5be79.pth"
VGG16 = "https://download.pytorch.org/models/vgg16-397923af.pth"
"""As in `torchvision.models`, whose import would take longer than most studies need to measure a picture."""


def lpips(sample: Sample) -> float:
    """LPIPS (Zhang et al. 2018), AlexNet, version 0.1, against the content: the weighted distance of deep features.

    Range from 0, lower is better. By torchmetrics.

    Raises:
        UnavailableError: torchmetrics or torchvision's weights of AlexNet are absent.
    """
    _require("LPIPS", ALEXNET)
    return _measured(_lpips(), sample)


def dists(sample: Sample) -> float:
    """DISTS (Ding et al. 2020), VGG16, against the content: structure and texture of deep features.

    Range 0..1, lower is better; a resampled texture is forgiven. By torchmetrics.

    Raises:
        UnavailableError: torchmetrics or torchvision's weights of VGG16 are absent.
    """
    _require("DISTS", VGG16)
    return _measured(_dists(), sample)


def _require(name: str, url: str) -> None:
    if find_spec("torchmetrics") is None:
        raise UnavailableError(f"{name} needs torchmetrics: pip install 'vitrage[study-all]'.")
    if not Path(torch.hub.get_dir(), "checkpoints", url.rpartition("/")[2]).is_file():
        raise UnavailableError(f"{name}: weights absent; put {url} into hub/checkpoints of torch's cache (TORCH_HOME).")


@functools.cache
def _lpips() -> TorchMetric:
    from torchmetrics.image.lpip import LearnedPerceptualImagePatchSimilarity

    return LearnedPerceptualImagePatchSimilarity(net_type="alex", normalize=True)


@functools.cache
def _dists() -> TorchMetric:
    from torchmetrics.image.dists import DeepImageStructureAndTextureSimilarity

    return DeepImageStructureAndTextureSimilarity()


@torch.no_grad()
def _measured(metric: TorchMetric, sample: Sample) -> float:
    value: Tensor = metric(to_tensor(sample.output), to_tensor(sample.content))
    return float(value)
