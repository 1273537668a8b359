"""On what a study runs: libraries, and how many processes may paint at once."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

import psutil
import torch

from engine import cgroups

_LIBRARIES = (
    "vitrage", "torch", "numpy", "scipy", "pillow", "scikit-image", "PyWavelets", "opencv-contrib-python-headless",
    "POT", "torchmetrics",
)  # fmt: skip

MEMORY = 1_500_000_000
"""Bytes that a process which paints may need: torch, two networks, and a picture of 512 px."""


def versions() -> dict[str, str]:
    """Return the versions of Python and of the libraries that numbers depend on, as far as they are installed."""
    found = {"python": platform.python_version()}
    for library in _LIBRARIES:
        try:
            found[library] = version(library)
        except PackageNotFoundError:
            continue
    return found


def parallel(device: str) -> int:
    """Return how many processes may paint at once on a device: one for each core that memory allows, on a GPU one."""
    if device != "cpu":
        return 1
    memory: int = psutil.virtual_memory().available
    left = cgroups.memory_left()
    memory = memory if left is None else min(memory, left)
    return max(1, min(torch.get_num_threads(), memory // MEMORY))
