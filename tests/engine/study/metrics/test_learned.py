"""LPIPS and DISTS: measured with the weights that are there, and else not at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from PIL import Image

from engine.study.metrics import learned
from engine.study.metrics.learned import dists, lpips
from engine.study.records import UnavailableError
from tests.support.samples import compared


@pytest.fixture(autouse=True)
def checkpoints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of torchvision's weights, empty at first."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    folder = tmp_path / "hub" / "checkpoints"
    folder.mkdir(parents=True)
    yield folder
    learned._lpips.cache_clear()


def test_the_weights_are_those_of_torchvision() -> None:
    """Which is not imported where they are absent."""
    from torchvision.models import AlexNet_Weights, VGG16_Weights

    assert (AlexNet_Weights.DEFAULT.url, VGG16_Weights.DEFAULT.url) == (learned.ALEXNET, learned.VGG16)


@pytest.mark.parametrize(("metric", "file"), [(lpips, "alexnet-owt-7be5be79.pth"), (dists, "vgg16-397923af.pth")])
def test_absent_weights_are_named(metric: object, file: str, photograph: Image.Image, checkpoints: Path) -> None:
    assert callable(metric)
    with pytest.raises(UnavailableError, match="weights absent") as refused:
        metric(compared(photograph))
    assert file in str(refused.value)
    assert str(checkpoints) not in str(refused.value)  # a report is read elsewhere


def test_lpips_is_measured_with_the_weights_that_are_there(
    photograph: Image.Image, texture: Image.Image, checkpoints: Path
) -> None:
    """The weights are random ones; LPIPS is 0 for equal pictures with any."""
    from torchvision.models import alexnet

    torch.manual_seed(0)
    state = alexnet(weights=None).state_dict()
    torch.save(state, checkpoints / learned.ALEXNET.rpartition("/")[2])
    assert lpips(compared(photograph)) == 0
    nearly, hardly = (lpips(compared(Image.blend(photograph, texture, part), photograph)) for part in (0.2, 0.9))
    assert 0 < nearly < hardly
