"""Pictures to learn from."""

from __future__ import annotations

import torch

from engine.training import pictures


def test_views_are_parts_of_windows_recoloured() -> None:
    """Views of one flat colour are flat; the channels are permuted in some views and kept in others."""
    flat = torch.tensor([0.9, 0.5, 0.1]).view(1, 3, 1, 1).expand(1, 3, pictures.WINDOW, pictures.WINDOW)
    views = pictures.view(flat.contiguous(), 48, torch.Generator().manual_seed(0))
    assert views.shape == (48, 3, pictures.VIEW, pictures.VIEW)
    assert views.std((2, 3)).max() < 1e-3
    brightest = set(views.mean((2, 3)).argmax(1).tolist())
    assert brightest == {0, 1, 2} and views.min() >= 0 and views.max() <= 1


def test_photographs_come_with_scikit_image_itself() -> None:
    """None is downloaded, so that learning works without a network."""
    assert all(photograph().ndim == 3 for photograph in pictures.PHOTOGRAPHS)
    assert all(texture().ndim == 2 for texture in pictures.TEXTURES)
