"""A cat, a drawn style and a model that needs no download."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import skimage.data
import torch
from PIL import Image
from torch import Tensor

import engine
from engine.network.layers import CHANNELS, CONVOLUTIONS
from engine.optimize.objective import Extractor, StyleTarget
from engine.training import drawings


@pytest.fixture(scope="session")
def cat() -> Image.Image:
    """A photograph, 96 px wide."""
    return Image.fromarray(skimage.data.chelsea()).resize((96, 64))


@pytest.fixture(scope="session")
def glass() -> Image.Image:
    """A drawn style picture."""
    return drawings.draw_glass(np.random.default_rng(1)).resize((80, 80))


@pytest.fixture(scope="session")
def pair(cat: Image.Image, glass: Image.Image) -> tuple[Image.Image, Image.Image]:
    """Content and style."""
    return cat, glass


@pytest.fixture(scope="session")
def model() -> engine.Model:
    """The builtin weights on the CPU."""
    return engine.load_model("builtin", "cpu")


@pytest.fixture
def random_state() -> dict[str, torch.Tensor]:
    """Untrained weights of VGG19 from conv1_1 to conv3_1, with torchvision's keys."""
    generator = torch.Generator().manual_seed(5)
    state: dict[str, torch.Tensor] = {}
    for layer in ("conv1_1", "conv1_2", "conv2_1", "conv2_2", "conv3_1"):
        inputs, outputs = CHANNELS[layer]
        scale = (2 / (9 * inputs)) ** 0.5
        index = CONVOLUTIONS[layer]
        state[f"features.{index}.weight"] = torch.randn(outputs, inputs, 3, 3, generator=generator) * scale
        state[f"features.{index}.bias"] = torch.randn(outputs, generator=generator) * 0.1
    return state


@pytest.fixture
def shared() -> Path:
    """Local data for checks, beside the checkout; most machines have none."""
    folder = Path(__file__).resolve().parents[3] / "shared"
    if not folder.is_dir():
        pytest.skip("no shared data beside the checkout")
    return folder


@pytest.fixture
def style_sizes(monkeypatch: pytest.MonkeyPatch, model: engine.Model) -> list[tuple[int, int]]:
    """Height and width of every style picture whose statistics are computed, in order."""
    sizes: list[tuple[int, int]] = []
    inner = Extractor.style_moments

    def spy(self: Extractor, image: Tensor) -> StyleTarget:
        sizes.append((image.shape[2], image.shape[3]))
        return inner(self, image)

    monkeypatch.setattr(Extractor, "style_moments", spy)
    model.forget()
    return sizes
