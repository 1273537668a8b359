"""The file that is kept of downloaded weights: the convolutions, with a hash and how they were checked."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from engine.errors import WeightsError

Arrays = Mapping[str, NDArray[np.float32]]

Check = Literal["sha256", "ranges"]
"""How a download was checked: by the hash of the whole file, or as `engine.weights.ranges` checks parts of it."""


@dataclass(frozen=True)
class Kept:
    """What is known of a kept file.

    Attributes:
        size: In bytes.
        tensors: How many it holds.
        check: How its download was checked; empty: an older version of this program kept it, after checking the hash.
    """

    size: int
    tensors: int
    check: str


def keep(arrays: Arrays, path: Path, check: Check) -> None:
    """Write the tensors in one atomic step.

    Raises:
        OSError: The file cannot be written.
    """
    fresh = path.with_suffix(".new")
    with fresh.open("wb") as file:
        file.write(save(dict(arrays), {"check": check, "sha256": _hash(arrays)}))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def verify(path: Path) -> Kept:
    """Read a kept file whole, compare it with the hash that was kept with it, and return what is known of it.

    Raises:
        WeightsError: It is damaged.
    """
    try:
        with safe_open(path, framework="numpy") as file:
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  not a dictionary
            known = file.metadata() or {}
    except (SafetensorError, OSError):
        raise WeightsError(f"{path.name} is damaged.") from None
    if "sha256" in known and known["sha256"] != _hash(arrays):
        raise WeightsError(f"{path.name} is damaged: its values are not those that were downloaded.")
    return Kept(path.stat().st_size, len(arrays), known.get("check", ""))


def _hash(arrays: Arrays) -> str:
    digest = hashlib.sha256()
    for name in sorted(arrays):
        digest.update(name.encode())
        digest.update(np.ascontiguousarray(arrays[name]).data)
    return digest.hexdigest()
