"""Learning the builtin weights: what the filters are like, and that the file can be made again."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch.nn import functional

from engine.network.layers import CHANNELS, CONVOLUTIONS
from engine.network.vgg import MEAN, STD
from engine.training import learn
from engine.weights.files import read_weights
from engine.weights.find import BUILTIN


def test_kmeans_finds_directions_that_are_there() -> None:
    """Clusters of points around three directions have these directions as centres."""
    generator = torch.Generator().manual_seed(0)
    directions = torch.eye(5)[:3]
    points = directions.repeat(200, 1) * 3 + 0.1 * torch.randn(600, 5, generator=generator)
    centres = learn._spherical_kmeans(points, 12, generator)
    assert (centres @ directions.T).max(0).values.min() > 0.99
    assert torch.allclose(centres.norm(dim=1), torch.ones(12))


def test_a_layers_responses_have_deviation_one_and_begin_where_they_should() -> None:
    generator = torch.Generator().manual_seed(1)
    patches = torch.rand(4000, 27, generator=generator) @ torch.rand(27, 27, generator=generator)
    weight, bias = learn._learn_layer(patches, (3, 16), 0.1, generator)
    response = patches @ weight.flatten(1).T + bias
    low, high = learn.THRESHOLDS
    assert torch.allclose(response.std(0), torch.ones(16), atol=1e-3)
    assert -high - 1e-3 <= response.mean(0).min() and response.mean(0).max() <= -low + 1e-3
    assert weight.shape == (16, 3, 3, 3) and bias.shape == (16,)


def test_patches_are_parts_of_the_maps() -> None:
    """The maps hold the indices of their pixels; each patch has nine neighbours of each channel, row by row."""
    maps = torch.arange(2 * 3 * 8 * 10, dtype=torch.float32).view(2, 3, 8, 10)
    patches = learn._sample(maps, 50, torch.Generator().manual_seed(0)).view(50, 3, 3, 3)
    corner = patches[:, :1, :1, :1]
    steps = torch.arange(3)
    expected = corner + 80 * steps[:, None, None] + 10 * steps[:, None] + steps
    assert torch.equal(patches, expected)
    assert len(set(corner.flatten().tolist())) > 20


def test_an_identity_layer_changes_nothing() -> None:
    weight, bias = learn._identity(4)
    picture = torch.rand(1, 4, 6, 5)
    assert torch.equal(functional.conv2d(picture, weight, bias, padding=1), picture)


def test_the_same_seed_learns_the_same_layers() -> None:
    """All layers, with few pictures and patches."""
    pictures = torch.rand(6, 3, 32, 32, generator=torch.Generator().manual_seed(5))
    first, again = (learn.learn_from(pictures, torch.Generator().manual_seed(2), patches=800) for _ in range(2))
    other = learn.learn_from(pictures, torch.Generator().manual_seed(3), patches=800)
    assert all(torch.equal(first[key], again[key]) for key in first)
    assert not torch.equal(first["features.10.weight"], other["features.10.weight"])
    assert {layer: first[f"features.{CONVOLUTIONS[layer]}.weight"].shape[:2] for layer in learn.REGULARIZERS} == {
        layer: CHANNELS[layer][::-1] for layer in learn.REGULARIZERS
    }


def test_progress_is_told_and_ends_at_one() -> None:
    told: list[float] = []
    learn.learn_from(torch.rand(4, 3, 32, 32), torch.Generator().manual_seed(0), told.append, patches=600)
    assert told == sorted(told) and told[-1] == 1


def test_flat_colours_are_told_apart_by_the_builtin_weights() -> None:
    """The deepest layer distinguishes flat areas by colour; otherwise painting gives them arbitrary colours."""
    state = read_weights(BUILTIN)
    colours = torch.tensor([[0.5, 0.5, 0.5], [0.6, 0.5, 0.5], [0.5, 0.6, 0.5], [0.5, 0.5, 0.6], [0.6, 0.6, 0.6]])
    features = (colours - torch.tensor(MEAN)) / torch.tensor(STD)
    features = features[:, :, None, None].expand(-1, -1, 32, 32)
    for layer in learn.REGULARIZERS:
        if layer in ("conv2_1", "conv3_1"):
            features = functional.max_pool2d(features, 2)
        weight, bias = (state[f"features.{CONVOLUTIONS[layer]}.{part}"] for part in ("weight", "bias"))
        features = functional.conv2d(features, weight, bias, padding=1).relu()
    middle = features[:, :, 4, 4]
    apart = torch.cdist(middle, middle)[~torch.eye(5, dtype=torch.bool)]
    assert apart.min() > 0.05 * middle.norm(dim=1).mean()


def test_the_builtin_file_is_small_and_holds_the_layers_that_are_learned() -> None:
    assert BUILTIN.stat().st_size <= 5_000_000
    assert set(read_weights(BUILTIN)) == {
        f"features.{CONVOLUTIONS[layer]}.{part}" for layer in learn.REGULARIZERS for part in ("weight", "bias")
    }


@pytest.mark.slow
def test_learning_again_gives_the_builtin_weights(tmp_path: Path) -> None:
    """The command in the README beside the file makes the same bytes, with two threads as when it was made."""
    again = tmp_path / "again.safetensors"
    command = [sys.executable, "-m", "engine.cli", "learn", "-o", str(again)]
    subprocess.run(command, check=True, env={**os.environ, "OMP_NUM_THREADS": "2"})
    assert hashlib.sha256(again.read_bytes()).digest() == hashlib.sha256(BUILTIN.read_bytes()).digest()
