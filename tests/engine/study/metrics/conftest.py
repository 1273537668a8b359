"""Photographs and textures to measure."""

from __future__ import annotations

import pytest
import skimage.data
from PIL import Image


@pytest.fixture(scope="session")
def photograph() -> Image.Image:
    """192 × 192 pixels of a cat."""
    return Image.fromarray(skimage.data.chelsea()).crop((60, 40, 252, 232))


@pytest.fixture(scope="session")
def texture() -> Image.Image:
    """192 × 192 pixels of coffee, another photograph with other colours."""
    return Image.fromarray(skimage.data.coffee()).crop((100, 100, 292, 292))
