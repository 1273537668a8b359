"""Pooling on a graphics card: it compiles here, and computes what torch's pooling does where there is a card."""

from __future__ import annotations

from itertools import product

import pytest
import torch
from torch import Tensor

from engine.network import card
from engine.network.pooling import Backward, max_pool

pytestmark = pytest.mark.skipif(not card.is_available(), reason="this torch was built without CUDA")


@pytest.mark.parametrize("architecture", ["sm_75", "sm_90", "sm_120"])
def test_the_kernels_compile_for_all_generations(architecture: str) -> None:
    binary = card.compiled(architecture)
    assert binary.startswith(b"\x7fELF") and all(name.encode() in binary for name in card.NAMES)


def test_what_does_not_compile_is_an_error() -> None:
    with pytest.raises(RuntimeError, match="INVALID_OPTION"):
        card.compiled("sm_1")


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs CUDA")
def test_it_is_torchs_pooling() -> None:
    """To the bit, ties, negative values and odd edges included."""
    shapes = [(1, 64, 37, 53), (2, 128, 64, 64), (1, 64, 1, 9), (3, 256, 7, 1)]
    for shape, dtype in product(shapes, (torch.bfloat16, torch.float16)):
        features = torch.randn(shape, device="cuda").to(dtype).contiguous(memory_format=torch.channels_last)
        features[features.abs() < 0.3] = 0
        results: list[Tensor] = []
        for pool in (max_pool, card.max_pool_on_card):
            steps: list[Backward] = []
            pooled = pool(features, steps)
            results += [pooled, steps[0]((pooled * 3 - 1).contiguous(memory_format=torch.channels_last))]
        assert torch.equal(results[0], results[2]) and torch.equal(results[1], results[3])
