"""Samples for metrics: textures that differ, and features that are known."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from engine.study.metrics.sample import Sample, Seeing, Which


def picture(values: NDArray[np.floating]) -> Image.Image:
    """A picture of values in 0..1, (H, W) or (H, W, 3)."""
    pixels = (values.clip(0, 1) * 255).round().astype(np.uint8)
    return Image.fromarray(pixels).convert("RGB")


def compared(output: Image.Image, content: Image.Image | None = None, style: Image.Image | None = None) -> Sample:
    """A sample without networks; what is left out is the output itself."""
    return Sample(output, content or output, style or output, {})


class KnownFeatures(Sample):
    """A sample of which features are given: by picture and layer, (C, H, W), the same in both networks."""

    def __init__(self, known: Mapping[Which, Mapping[str, Tensor]]) -> None:
        grey = Image.new("RGB", (16, 16), "grey")
        super().__init__(grey, grey, grey, {})
        self._known = known

    def features(self, which: Which, layer: str, network: Seeing = "main") -> Tensor:
        """Return those of the picture and layer."""
        del network
        return self._known[which][layer]
