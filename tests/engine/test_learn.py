"""Learning the builtin weights: what the filters are like, and that the file can be made again."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from engine import drawings, learn
from engine.weights import BUILTIN


def test_kmeans_finds_directions_that_are_there() -> None:
    """Points around three directions give these directions."""
    generator = torch.Generator().manual_seed(0)
    directions = torch.eye(5)[:3]
    points = directions.repeat(200, 1) * 3 + 0.1 * torch.randn(600, 5, generator=generator)
    centres = learn._spherical_kmeans(points, 12, generator)
    assert (centres @ directions.T).max(0).values.min() > 0.99
    assert torch.allclose(centres.norm(dim=1), torch.ones(12))


def test_a_layers_responses_have_mean_zero_and_deviation_one() -> None:
    generator = torch.Generator().manual_seed(1)
    patches = torch.rand(4000, 27, generator=generator) @ torch.rand(27, 27, generator=generator)
    weight, bias = learn._learn_layer(patches, (3, 16), generator)
    response = patches @ weight.flatten(1).T + bias
    assert torch.allclose(response.std(0), torch.ones(16), atol=1e-3)
    assert weight.shape == (16, 3, 3, 3) and bias.shape == (16,)


def test_drawings_are_the_same_for_the_same_seed() -> None:
    first, second = (drawings.draw_all(np.random.default_rng(4)) for _ in range(2))
    assert [image.tobytes() for image in first] == [image.tobytes() for image in second]
    assert all(image.size == (drawings.EDGE, drawings.EDGE) and image.mode == "RGB" for image in first)


def test_photographs_come_with_scikit_image_itself() -> None:
    """None is downloaded, so that learning works without a network."""
    import skimage

    folder = skimage.data.__path__[0]
    assert folder and all(photograph().ndim == 3 for photograph in learn.PHOTOGRAPHS)


@pytest.mark.slow
def test_learning_again_gives_the_builtin_weights(tmp_path: Path) -> None:
    """The command of the README beside the file makes the same bytes, on two threads as it was made."""
    again = tmp_path / "again.safetensors"
    command = [sys.executable, "-m", "engine.cli", "learn", "-o", str(again)]
    subprocess.run(command, check=True, env={**os.environ, "OMP_NUM_THREADS": "2"})
    assert hashlib.sha256(again.read_bytes()).digest() == hashlib.sha256(BUILTIN.read_bytes()).digest()
