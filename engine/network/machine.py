"""What a processor or a graphics card is called, and what was measured on it once and is remembered."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar, cast

import torch

T = TypeVar("T")


def processor() -> str:
    """Return the processor's name."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or platform.machine())


def device_name(device: str) -> str:
    """Return what devices of one speed have in common: `cuda NVIDIA L4`, `cpu AMD EPYC, 2 threads`."""
    if device.startswith("cuda"):
        return f"cuda {torch.cuda.get_device_name(device)}"
    if device != "cpu":
        return f"{device} {processor()}"
    return f"cpu {processor()}, {torch.get_num_threads()} threads"


def machine(device: str = "cpu") -> str:
    """What a measurement holds for; the limits that environment variables set to the instructions count as well."""
    limits = [os.environ.get("ONEDNN_MAX_CPU_ISA", ""), torch.backends.cpu.get_cpu_capability()]
    return " | ".join([device_name(device), *filter(None, limits), torch.__version__])


def remembered(path: Path, key: str, measure: Callable[[], T], valid: Callable[[object], bool]) -> T:
    """Return the value of this key in a file of JSON, measured and written there where it has no valid one."""
    known = _read(path)
    if valid(known.get(key)):
        return cast(T, known[key])
    value = measure()
    with suppress(OSError):  # a folder that cannot be written costs a measurement at each start
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(f".{os.getpid()}")
        fresh.write_text(json.dumps({**known, key: value}, indent=2), encoding="utf-8")
        fresh.replace(path)
    return value


def _read(path: Path) -> dict[str, object]:
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}
