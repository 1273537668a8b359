"""Two contents, two styles, a metric of random filters."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import skimage.data
import torch
from PIL import Image
from safetensors.torch import save_file

from benchmarks.scoring import LAYERS
from engine.network.layers import CHANNELS
from engine.training import drawings


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pictures in `content` and `style`, 96 px."""
    folder = tmp_path_factory.mktemp("data")
    glass = drawings.draw_glass(np.random.default_rng(1)).resize((96, 80))
    cat = Image.fromarray(skimage.data.chelsea()).resize((96, 64))
    pictures = {"content/cat": cat, "content/tac": cat.rotate(90, expand=True), "style/glass": glass}
    for name, picture in pictures.items():
        (folder / name).parent.mkdir(exist_ok=True)
        picture.save(folder / f"{name}.png")
    glass.rotate(180).save(folder / "style" / "ssalg.png")
    return folder


@pytest.fixture(scope="session")
def network(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The metric's layers with random filters."""
    generator = torch.Generator().manual_seed(3)
    state = {}
    for index, name in LAYERS.items():
        inputs, outputs = CHANNELS[name]
        scale = (2 / (9 * inputs)) ** 0.5
        state[f"features.{index}.weight"] = torch.randn(outputs, inputs, 3, 3, generator=generator) * scale
        state[f"features.{index}.bias"] = torch.randn(outputs, generator=generator) * 0.1
    path = tmp_path_factory.mktemp("weights") / "random.safetensors"
    save_file(state, path)
    return path
