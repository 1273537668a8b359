"""Which convolutions in float32 are faster on this processor: measured once, then remembered."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Literal, cast, get_args

import torch
from torch.nn import functional

from engine.errors import EngineError
from engine.network.machine import machine, remembered

Kernels = Literal["direct", "winograd"]
"""direct: oneDNN's convolutions. winograd: NNPACK's, by Winograd's method (Lavin and Gray 2016)."""

SETTING = "VITRAGE_KERNELS"
"""The environment variable that names the kernels, in place of a measurement."""

SHAPES = ((64, 128), (128, 96))
"""Channels and edge in pixels of the convolutions that are measured, of the kind that take most of a run's time."""

LIMIT_S = 0.15
"""The measurement ends after so many seconds."""


def choose_kernels(folder: Path, named: str | None = None) -> Kernels:
    """Return the kernels that are named, else those that are faster here.

    Args:
        folder: Where `kernels.json` keeps what was measured, for each processor, torch and number of threads.
        named: Their name, or `auto`; None: VITRAGE_KERNELS, else `auto`.

    Raises:
        EngineError: There are no kernels of that name, or this torch does not have them.
    """
    named, available = named or os.environ.get(SETTING) or "auto", nnpack_is_available()
    if named not in {"auto", *get_args(Kernels)} or (named == "winograd" and not available):
        here = "auto, direct or winograd" if available else "auto or direct"
        raise EngineError(f"{SETTING} must be {here} here, not {named!r}; auto takes the faster ones.")
    if named != "auto":
        return cast(Kernels, named)
    if not available:
        return "direct"
    return remembered(folder / "kernels.json", machine(), _faster, lambda known: known in get_args(Kernels))


def _faster() -> Kernels:
    seconds = measure()
    return "winograd" if seconds["winograd"] < seconds["direct"] else "direct"


def nnpack_is_available() -> bool:
    """Whether torch has NNPACK for this processor. Until this has been called, NNPACK refuses every convolution."""
    return bool(torch.backends.nnpack.is_available())  # type: ignore[no-untyped-call]


def measure() -> dict[Kernels, float]:
    """Return the least seconds that each kind takes for `SHAPES`, in turns; needs NNPACK."""
    works: list[tuple[Kernels, tuple[int, int]]] = [(each, shape) for shape in SHAPES for each in get_args(Kernels)]
    seconds = dict.fromkeys(works, float("inf"))
    nnpack_is_available()
    began = time.perf_counter()
    while True:
        for work in works:
            seconds[work] = min(seconds[work], _seconds(work[0], *work[1]))
            if time.perf_counter() - began > LIMIT_S and max(seconds.values()) < float("inf"):
                return {each: sum(seconds[each, shape] for shape in SHAPES) for each in get_args(Kernels)}


@torch.no_grad()
def _seconds(kernels: Kernels, channels: int, edge: int) -> float:
    layout = torch.channels_last if kernels == "direct" else torch.contiguous_format
    maps = torch.ones(1, channels, edge, edge).contiguous(memory_format=layout)
    weight = torch.ones(channels, channels, 3, 3).contiguous(memory_format=layout)
    began = time.perf_counter()
    if kernels == "direct":
        functional.conv2d(maps, weight, padding=1)
    else:
        torch._nnpack_spatial_convolution(maps, weight, None, 1)
    return time.perf_counter() - began
