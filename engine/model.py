"""A VGG19 on a device, which is loaded once and used for many pictures."""

from __future__ import annotations

import functools
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable
from pathlib import Path
from typing import Literal, TypeVar, cast, get_args

import torch
from torch.nn import functional

from engine.errors import EngineError, WeightsError
from engine.network.kernels import Kernels, choose_kernels
from engine.network.layers import CONVOLUTIONS, convolution_of
from engine.network.memory import memory_errors
from engine.network.vgg import Features
from engine.weights.find import Weights, find_weights
from engine.weights.source import source
from engine.weights.transfer import OnDownload

T = TypeVar("T")

Precision = Literal["auto", "bfloat16", "float16", "float32", "float64"]
Pooling = Literal["max", "average"]

_DTYPES: dict[str, torch.dtype] = {
    "bfloat16": torch.bfloat16,
    "float16": torch.float16,
    "float32": torch.float32,
    "float64": torch.float64,
}

CACHE_SIZE = 64
"""Style targets in a model's cache: one for each style and scale, up to 3 MB each with layers to relu5_1."""


class Model:
    """VGG19 with its weights on a device; `load_model` makes it.

    Attributes:
        device: `cpu`, `cuda`, `cuda:1`, `mps`.
        precision: Of the convolutions, as the caller chose it.
        weights: `pretrained`, `builtin`, or the file's name.
        note: Why better weights are not used; empty where there is nothing to say.
        layers: Names of the layers that the weights contain, in network order.
        state: Weights and biases of the convolutions, with torchvision's keys.
    """

    def __init__(
        self,
        weights: Weights,
        device: str,
        precision: Precision = "auto",
        cache_dir: Path | None = None,
        kernels: str | None = None,
    ) -> None:
        self.device = device
        self.precision = precision
        self.weights = weights.name
        self.note = weights.note
        self.state = weights.state
        convolutions = [layer for layer, index in CONVOLUTIONS.items() if f"features.{index}.weight" in weights.state]
        self.layers = tuple(name for layer in convolutions for name in (layer, layer.replace("conv", "relu")))
        self._cache_dir, self._kernels = cache_dir, kernels
        self._features: dict[tuple[bool, torch.dtype, Pooling], Features] = {}
        self._cache: OrderedDict[Hashable, object] = OrderedDict()

    def dtype(self, *, exact: bool) -> torch.dtype:
        """Type of the convolutions: the chosen precision, or for `auto` float32 if `exact`, else the fastest."""
        if self.precision != "auto":
            return _DTYPES[self.precision]
        return torch.float32 if exact else fast_dtype(self.device)

    def features(self, *, exact: bool, dtype: torch.dtype | None = None, pooling: Pooling = "max") -> Features:
        """The network. `dtype` overrides the chosen precision."""
        dtype = dtype or self.dtype(exact=exact)
        key = (exact, dtype, pooling)
        if key not in self._features:
            self._features[key] = Features(
                self.state,
                device=self.device,
                dtype=dtype,
                exact=exact,
                pooling=pooling,
                kernels=self.kernels(dtype),
            )
        return self._features[key]

    def kernels(self, dtype: torch.dtype) -> Kernels:
        """The kernels of convolutions of this type here."""
        if self.device != "cpu" or dtype != torch.float32:
            return "direct"
        return choose_kernels(self.folder, self._kernels)

    @property
    def folder(self) -> Path:
        """The folder of downloaded weights, and of what was measured here."""
        return source(self._cache_dir).folder

    def cached(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return the cached value of this key, made by `make` at first; the least recently used are dropped."""
        if key not in self._cache:
            self._cache[key] = make()
            if len(self._cache) > CACHE_SIZE:
                self._cache.popitem(last=False)
        self._cache.move_to_end(key)
        return cast(T, self._cache[key])

    def forget(self) -> None:
        """Empty the cache, because memory is short or because the styles are private."""
        self._cache.clear()
        if self.device.startswith("cuda"):
            torch.cuda.empty_cache()


def load_model(
    weights: str | Path = "auto",
    device: str = "auto",
    layers: Collection[str] | None = None,
    *,
    precision: Precision = "auto",
    cache_dir: Path | None = None,
    kernels: str | None = None,
    url: str | None = None,
    on_download: OnDownload | None = None,
) -> Model:
    """Load VGG19, to be used for many pictures.

    Args:
        weights: `auto`, `pretrained`, `builtin`, or the path of a `.pth` or `.safetensors` file.
        device: `auto` (see `auto_devices`), `cpu`, `cuda`, `cuda:1`, `mps`.
        layers: The network is cut off after the deepest of these; None: all layers that the weights contain.
        precision: Of the convolutions, for all presets; `auto`: each preset's own. `float64` is for comparing results.
        cache_dir: The folder of downloaded weights, and of the choice of kernels; None: VITRAGE_CACHE, else the user's
            cache folder.
        kernels: Of convolutions in float32 on a CPU: `direct`, `winograd`, or `auto`, which measures both once; None:
            VITRAGE_KERNELS, else `auto`.
        url: Of the file of pretrained weights; None: VITRAGE_WEIGHTS_URL, else torchvision's.
        on_download: Called during a download with the bytes so far, and the total if the server tells it.

    Raises:
        WeightsError: The weights cannot be found, downloaded, verified or used, or do not contain one of `layers`.
        EngineError: There is no such device or precision.
        OutOfMemoryError: The device has no memory left for the network.
    """
    if precision not in get_args(Precision):
        raise EngineError(f"Precision must be one of {', '.join(get_args(Precision))}, not {precision!r}.")
    found = find_weights(weights, cache_dir, url, on_download)
    found = found if layers is None else _cut_off(found, layers)
    with memory_errors():
        return Model(found, resolve_device(device), precision, cache_dir, kernels)


def _cut_off(weights: Weights, layers: Collection[str]) -> Weights:
    """The weights up to the deepest of these layers."""
    unknown = sorted(layer for layer in layers if convolution_of(layer) not in CONVOLUTIONS)
    if unknown or not layers:
        raise WeightsError(f"VGG19 has no layer {', '.join(unknown) or 'of no name'}; name some like relu3_1.")
    deepest = max(CONVOLUTIONS[convolution_of(layer)] for layer in layers)
    if f"features.{deepest}.weight" not in weights.state:
        raise WeightsError(f"The weights {weights.name} do not reach the layers asked for; give a fuller file.")
    state = {key: part for key, part in weights.state.items() if int(key.split(".")[1]) <= deepest}
    return Weights(state, weights.name, weights.note)


@functools.cache
def auto_devices() -> tuple[str, ...]:
    """Return the devices that `auto` stands for, the first of which is taken where one is enough.

    All graphics cards with CUDA, else Apple's GPU, else the CPU; the CPU too where it convolves faster than the first.
    """
    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    devices = ["cuda"] if count == 1 else [f"cuda:{number}" for number in range(count)]
    if not devices and torch.backends.mps.is_available():
        devices = ["mps"]
    if not devices or convolution_seconds("cpu") < convolution_seconds(devices[0]):
        return ("cpu",)
    return tuple(devices)


@torch.no_grad()
def convolution_seconds(device: str) -> float:
    """Return the seconds of a convolution of 64 channels at 256 px in the device's fastest type; the least of three."""
    maps = torch.ones(1, 64, 256, 256, device=device, dtype=fast_dtype(device)).to(memory_format=torch.channels_last)
    weight = torch.ones(64, 64, 3, 3, device=device, dtype=maps.dtype).to(memory_format=torch.channels_last)
    seconds = []
    for _ in range(4):
        began = time.perf_counter()
        functional.conv2d(maps, weight, padding=1)[0, 0, 0, 0].item()  # which waits for the device
        seconds.append(time.perf_counter() - began)
    return min(seconds[1:])  # the first one compiles


def resolve_device(name: str) -> str:
    """Return the name of the device, with `auto` replaced by the first of `auto_devices`.

    Raises:
        EngineError: There is no such device.
    """
    if name == "auto":
        return auto_devices()[0]
    try:
        torch.empty(0, device=name)
    except (RuntimeError, AssertionError, ValueError):  # a torch without CUDA raises AssertionError
        raise EngineError(f"There is no device {name} here; choose auto or cpu.") from None
    return name


@functools.cache
def fast_dtype(device: str) -> torch.dtype:
    """The fastest type for convolutions: 16 bits if the hardware supports them (3 to 5 times as fast), else float32."""
    if device.startswith("cuda"):
        half = half_dtype(device)
        return half if half == torch.bfloat16 or _has_tensor_cores(device) else torch.float32
    if device != "cpu":
        return torch.float32
    supported = getattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)()
    return torch.bfloat16 if supported else torch.float32


def half_dtype(device: str) -> torch.dtype:
    """The type of 16 bits that the device computes in: float16 on a CUDA card without bfloat16, else bfloat16."""
    without = device.startswith("cuda") and torch.cuda.get_device_capability(device) < (8, 0)
    return torch.float16 if without else torch.bfloat16


def _has_tensor_cores(device: str) -> bool:
    """Whether a card multiplies matrices in float16 much faster than in float32: from V100 on, except the GTX 16."""
    return torch.cuda.get_device_capability(device) >= (7, 0) and "GTX" not in torch.cuda.get_device_name(device)
