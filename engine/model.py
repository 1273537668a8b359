"""A VGG19 on a device, loaded once and used for many pictures."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable
from functools import cache
from pathlib import Path
from typing import Literal, TypeVar, cast, get_args

import torch

from engine.errors import EngineError, WeightsError
from engine.network.memory import memory_errors
from engine.network.vgg import CONVOLUTIONS, Features, convolution_of
from engine.weights.download import OnDownload
from engine.weights.find import Weights, find_weights

T = TypeVar("T")

Precision = Literal["auto", "bfloat16", "float32", "float64"]

_DTYPES: dict[str, torch.dtype] = {"bfloat16": torch.bfloat16, "float32": torch.float32, "float64": torch.float64}

REMEMBERED = 64
"""Style targets that a model keeps: one for each style and scale, up to 3 MB to relu5_1."""


class Model:
    """VGG19 with its weights on a device; `load_model` makes it.

    Attributes:
        device: `cpu`, `cuda`, `cuda:1`, `mps`.
        precision: Of the convolutions, as it was asked for.
        weights: `pretrained`, `builtin`, or the file's name.
        note: Why these weights and not better ones; empty where there is nothing to say.
        layers: Names of the layers that it serves, in network order.
        state: torchvision's keys to the convolutions' weights and biases.
    """

    def __init__(self, weights: Weights, device: str, precision: Precision = "auto") -> None:
        self.device = device
        self.precision = precision
        self.weights = weights.name
        self.note = weights.note
        self.state = weights.state
        held = [layer for layer, index in CONVOLUTIONS.items() if f"features.{index}.weight" in weights.state]
        self.layers = tuple(name for layer in held for name in (layer, layer.replace("conv", "relu")))
        self._features: dict[tuple[bool, torch.dtype], Features] = {}
        self._memory: OrderedDict[Hashable, object] = OrderedDict()

    def dtype(self, *, exact: bool) -> torch.dtype:
        """What convolutions are computed in: the precision asked for; `auto`: float32 if `exact`, else the fastest."""
        if self.precision != "auto":
            return _DTYPES[self.precision]
        return torch.float32 if exact else fast_dtype(self.device)

    def features(self, *, exact: bool, dtype: torch.dtype | None = None) -> Features:
        """The network, in the precision asked for unless another is given."""
        key = (exact, dtype or self.dtype(exact=exact))
        if key not in self._features:
            self._features[key] = Features(self.state, device=self.device, dtype=key[1], exact=exact)
        return self._features[key]

    def remembered(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` once made for this key; the oldest of more than `REMEMBERED` things are forgotten."""
        if key not in self._memory:
            self._memory[key] = make()
            if len(self._memory) > REMEMBERED:
                self._memory.popitem(last=False)
        self._memory.move_to_end(key)
        return cast(T, self._memory[key])

    def forget(self) -> None:
        """Let go of all that is remembered, for memory is short or styles are private."""
        self._memory.clear()
        if self.device.startswith("cuda"):
            torch.cuda.empty_cache()


def load_model(
    weights: str | Path = "auto",
    device: str = "auto",
    layers: Collection[str] | None = None,
    *,
    precision: Precision = "auto",
    cache_dir: Path | None = None,
    on_download: OnDownload | None = None,
) -> Model:
    """Load VGG19 for many pictures.

    Args:
        weights: `auto`, `pretrained`, `builtin`, or the path of a `.pth` or `.safetensors` file.
        device: `auto` (CUDA where there is one, else the CPU), `cpu`, `cuda`, `cuda:1`, `mps`.
        layers: Keep the network down to the deepest of these only; None: all that the weights hold.
        precision: Of the convolutions: `auto`, or one for all presets, `float64` to check results against others'.
        cache_dir: Where downloaded weights are kept; None: VITRAGE_CACHE, else the user's cache.
        on_download: Told of a download (575 MB): bytes held, and bytes in all where the server says so.

    Raises:
        WeightsError: The weights cannot be found, downloaded, trusted or used, or lack one of `layers`.
        EngineError: There is no such device or precision.
        OutOfMemoryError: The device has no room for the network.
    """
    if precision not in get_args(Precision):
        raise EngineError(f"Precision must be one of {', '.join(get_args(Precision))}, not {precision!r}.")
    found = _cut(find_weights(weights, cache_dir, on_download), layers)
    with memory_errors():
        return Model(found, device_named(device), precision)


def _cut(weights: Weights, layers: Collection[str] | None) -> Weights:
    if layers is None:
        return weights
    unknown = sorted(layer for layer in layers if convolution_of(layer) not in CONVOLUTIONS)
    if unknown or not layers:
        raise WeightsError(f"VGG19 has no layer {', '.join(unknown) or 'of no name'}; name some like relu3_1.")
    deepest = max(CONVOLUTIONS[convolution_of(layer)] for layer in layers)
    if f"features.{deepest}.weight" not in weights.state:
        raise WeightsError(f"The weights {weights.name} do not reach the layers asked for; give a fuller file.")
    state = {key: part for key, part in weights.state.items() if int(key.split(".")[1]) <= deepest}
    return Weights(state, weights.name, weights.note)


def device_named(wanted: str) -> str:
    """The device by its name, `auto` being the best.

    Raises:
        EngineError: There is no such device.
    """
    if wanted == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    try:
        torch.empty(0, device=wanted)
    except (RuntimeError, AssertionError, ValueError):  # torch built without CUDA asserts
        raise EngineError(f"There is no device {wanted} here; choose auto or cpu.") from None
    return wanted


@cache
def fast_dtype(device: str) -> torch.dtype:
    """bfloat16 where the hardware multiplies it (3 to 5 times faster than float32), else float32."""
    if device.startswith("cuda"):
        return torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float32
    if device != "cpu":
        return torch.float32
    supported = getattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)()
    return torch.bfloat16 if supported else torch.float32
