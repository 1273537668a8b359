"""Tensors of pictures: noise."""

from __future__ import annotations

import torch

from engine.images.tensors import noise


def test_noise_is_uniform_and_grey_only_when_asked() -> None:
    drawn, grey = noise((40, 30), 3), noise((40, 30), 3, grey=True)
    assert drawn.shape == grey.shape == (1, 3, 30, 40)
    assert 0 <= drawn.min() < 0.01 and 0.99 < drawn.max() <= 1 and abs(drawn.mean().item() - 0.5) < 0.02
    assert not torch.equal(drawn[:, 0], drawn[:, 1]) and torch.equal(grey[:, 0], grey[:, 2])
