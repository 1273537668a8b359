"""What Linux control groups leave to this process: memory and processors, in containers and under systemd.

A process is bound by the limits of its own group and of all groups above it. Sources: the kernel's documents
admin-guide/cgroup-v2.rst, admin-guide/cgroup-v1/memory.rst and scheduler/sched-bwc.rst.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from pathlib import Path

ROOT = Path("/")

_NO_LIMIT = 1 << 62  # cgroups v1 write the largest number of pages

# Page cache and kernel caches, which the kernel gives up before it kills a process of the group. In cgroups v1 the
# names with `total_` include the groups below, as the usage and the limit do.
_RECLAIMABLE = ("inactive_file", "active_file", "slab_reclaimable")


def memory_left(root: Path = ROOT) -> int | None:
    """Bytes that the groups of this process let it allocate; None where no group has a limit, or there are no groups.

    Args:
        root: The folder that holds `proc/self/cgroup` and `sys/fs/cgroup`.
    """
    rooms = [*map(_room_v2, _groups(root, "")), *map(_room_v1, _groups(root, "memory"))]
    return min((room for room in rooms if room is not None), default=None)


def processor_quota(root: Path = ROOT) -> int | None:
    """Processors that the groups of this process let it keep busy, rounded up, at least 1.

    None where that is no less than the processors that its affinity allows, or there are no groups.
    """
    quotas = [*map(_quota_v2, _groups(root, "")), *map(_quota_v1, _groups(root, "cpu"))]
    least = min((max(1, math.ceil(quota)) for quota in quotas if quota is not None), default=None)
    return None if least is None or least >= len(os.sched_getaffinity(0)) else least


def _groups(root: Path, controller: str) -> Iterator[Path]:
    """The folders of this process's group and of the groups above it, as far as they can be seen.

    Args:
        root: As for `memory_left`.
        controller: Of cgroups v1; empty: cgroups v2.
    """
    try:
        lines = (root / "proc/self/cgroup").read_text().splitlines()
    except OSError:
        return
    mounts = root / "sys/fs/cgroup"
    for line in lines:
        _, names, path = line.split(":", 2)
        if controller not in names.split(","):
            continue
        # v2 beside v1 stands in `unified`. A container without a namespace of its own is told the host's path, but
        # sees its own group as the top folder: so the folders on the path count where they exist, and the top always.
        tops = (mounts / controller, mounts / names) if controller else (mounts, mounts / "unified")
        top = next((folder for folder in tops if folder.is_dir()), mounts)
        own = top.joinpath(*(part for part in Path(path).parts if part not in ("/", "..")))
        yield from (folder for folder in (own, *own.parents) if folder.is_relative_to(top) and folder.is_dir())


def _room_v2(group: Path) -> int | None:
    used, stat = _number(group / "memory.current"), _table(group / "memory.stat")
    # Above memory.high the kernel slows the processes of the group down until they are below it again.
    limits = [_number(group / "memory.max"), _number(group / "memory.high")]
    return _room(limits, used, sum(stat.get(name, 0) for name in _RECLAIMABLE))


def _room_v1(group: Path) -> int | None:
    used, stat = _number(group / "memory.usage_in_bytes"), _table(group / "memory.stat")
    limits = [_number(group / "memory.limit_in_bytes"), stat.get("hierarchical_memory_limit")]
    return _room(limits, used, sum(stat.get(f"total_{name}", 0) for name in _RECLAIMABLE))


def _room(limits: list[int | None], used: int | None, reclaimable: int) -> int | None:
    limit = min((limit for limit in limits if limit is not None), default=_NO_LIMIT)
    return None if limit >= _NO_LIMIT or used is None else max(0, limit - max(0, used - reclaimable))


def _quota_v2(group: Path) -> float | None:
    quota, _, period = _read(group / "cpu.max").partition(" ")
    return int(quota) / int(period) if quota.isdigit() and int(period or 0) else None


def _quota_v1(group: Path) -> float | None:
    quota, period = _number(group / "cpu.cfs_quota_us"), _number(group / "cpu.cfs_period_us")
    return quota / period if quota and period else None


def _number(file: Path) -> int | None:
    """The number in a control file; None where it is `max` or -1, which are no limit, or there is no such file."""
    text = _read(file)
    return int(text) if text.isdigit() else None


def _table(file: Path) -> dict[str, int]:
    """The names and numbers in a control file; empty where there is no such file."""
    lines = [line.split() for line in _read(file).splitlines()]
    return {line[0]: int(line[1]) for line in lines if len(line) == 2 and line[1].isdigit()}


def _read(file: Path) -> str:
    try:
        return file.read_text().strip()
    except OSError:
        return ""
