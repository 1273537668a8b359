"""Which convolutions in float32 are faster on this processor: measured once, then remembered."""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Literal, cast, get_args

import torch
from torch.nn import functional

from engine.errors import EngineError

Kernels = Literal["direct", "winograd"]
"""direct: oneDNN's convolutions. winograd: NNPACK's, by Winograd's method (Lavin and Gray 2016)."""

SETTING = "VITRAGE_KERNELS"
"""The environment variable that names the kernels, in place of a measurement."""

SHAPES = ((64, 128), (128, 96))
"""Channels and edge in pixels of the convolutions that are measured, of the kind that take most of a run's time."""

LIMIT_S = 0.3
"""The measurement ends after so many seconds."""


def choose_kernels(folder: Path) -> Kernels:
    """Return the kernels that VITRAGE_KERNELS names, else those that are faster here.

    Args:
        folder: Where `kernels.json` keeps what was measured, for each processor, torch and number of threads.

    Raises:
        EngineError: There are no kernels of that name, or this torch does not have them.
    """
    named, available = os.environ.get(SETTING, ""), nnpack_is_available()
    if named not in {"", *get_args(Kernels)} or (named == "winograd" and not available):
        here = " or ".join(get_args(Kernels)) if available else "direct"
        raise EngineError(f"{SETTING} must be {here} here, not {named!r}; without it the faster ones are taken.")
    if named or not available:
        return cast(Kernels, named or "direct")
    path, key = folder / "kernels.json", _machine()
    known = _read(path)
    if known.get(key) in get_args(Kernels):
        return cast(Kernels, known[key])
    seconds = measure()
    faster: Kernels = "winograd" if seconds["winograd"] < seconds["direct"] else "direct"
    with suppress(OSError):  # a folder that cannot be written costs a measurement at each start
        _write(path, {**known, key: faster})
    return faster


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


def processor() -> str:
    """Return the processor's name."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or platform.machine())


def _machine() -> str:
    """What a measurement holds for; the limits that environment variables set to the instructions count as well."""
    limits = [os.environ.get("ONEDNN_MAX_CPU_ISA", ""), torch.backends.cpu.get_cpu_capability()]
    return " | ".join([processor(), *filter(None, limits), torch.__version__, f"{torch.get_num_threads()} threads"])


def _read(path: Path) -> dict[str, object]:
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def _write(path: Path, known: Mapping[str, object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(f".{os.getpid()}")
    fresh.write_text(json.dumps(known, indent=2), encoding="utf-8")
    fresh.replace(path)
