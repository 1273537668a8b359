"""What a metric measures: an output beside its content and style, and the features of all three."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Literal

from PIL import Image, ImageOps

from engine.sizes import Size, fit
from engine.study.records import UnavailableError

if TYPE_CHECKING:
    from torch import Tensor

    from engine.model import Model

Which = Literal["output", "content", "style"]
Seeing = Literal["main", "other"]
"""The network that painted, or the one that did not."""

LAYERS = ("relu1_1", "relu2_1", "relu3_1")
"""The layers that metrics read; both the builtin and the pretrained weights have them."""


class Sample:
    """One output beside its content and style, with features that are computed once for all metrics.

    Args:
        output: As it was read from its file.
        content: Of any size.
        style: Of any size.
        networks: Return the network that painted ("main") and one that did not ("other"); one is left out if absent.

    Attributes:
        output: The picture to measure.
        content: Resized by Lanczos to the output's size; cropped in the middle first if its shape is another.
        style: Resized by Lanczos until its longest edge is the output's.
    """

    def __init__(
        self,
        output: Image.Image,
        content: Image.Image,
        style: Image.Image,
        networks: Mapping[str, Callable[[], Model]],
    ) -> None:
        self.output = output
        self.content = ImageOps.fit(content, output.size, Image.Resampling.LANCZOS)
        self.style = style.resize(fit(style.size, max(output.size)), Image.Resampling.LANCZOS)
        self._networks = networks
        self._features: dict[tuple[Which, Seeing], dict[str, Tensor]] = {}

    def model(self, network: Seeing) -> Model:
        """Return a network.

        Raises:
            UnavailableError: It is absent, or its weights do not reach the last of `LAYERS`.
        """
        if network not in self._networks:
            raise UnavailableError(f"There is no {network} network: its weights are absent.")
        model = self._networks[network]()
        if LAYERS[-1] not in model.layers:
            raise UnavailableError(f"The weights {model.weights} lack {LAYERS[-1]}.")
        return model

    def features(self, which: Which, layer: str, network: Seeing = "main") -> Tensor:
        """Return features of VGG19, (C, H, W) float32, on the CPU; see `features_of`.

        Args:
            which: The picture.
            layer: One of `LAYERS`.
            network: The one that painted, or the other.

        Raises:
            UnavailableError: The network is absent, or lacks the layer.
        """
        key = which, network
        if key not in self._features:
            picture, model = getattr(self, which), self.model(network)
            compute = features_of if which == "output" else _remembered_features_of
            self._features[key] = compute(picture.tobytes(), picture.size, model)
        return self._features[key][layer]


def features_of(pixels: bytes, size: Size, model: Model) -> dict[str, Tensor]:
    """Return a picture's features at each of `LAYERS`, (C, H, W) float32, on the CPU.

    The first convolution repeats the edge pixels: zeros would add a dark frame to the statistics.

    Args:
        pixels: RGB.
        size: Width and height.
        model: The network.
    """
    import torch

    from engine.images.tensors import to_tensor

    network = model.features(exact=False, dtype=torch.float32)
    extracted = network.extract(to_tensor(Image.frombytes("RGB", size, pixels), model.device), LAYERS)
    return {layer: features[0].float().contiguous().cpu() for layer, features in extracted.items()}


@functools.lru_cache(maxsize=4)
def _remembered_features_of(pixels: bytes, size: Size, model: Model) -> dict[str, Tensor]:
    """The same, remembered for content and style of the last samples in both networks: many outputs share them."""
    return features_of(pixels, size, model)
