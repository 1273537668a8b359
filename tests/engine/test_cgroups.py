"""Limits of containers and services, on trees of control files as the kernel lays them out; sizes in MiB."""

from __future__ import annotations

import os
from pathlib import Path

import psutil
import pytest

from engine import environment
from engine.cgroups import memory_left, processor_quota

MIB = 1 << 20
UNLIMITED_V1 = "9223372036854771712"
CACHE_V2 = (
    f"anon {300 * MIB}\nfile {1600 * MIB}\ninactive_file {900 * MIB}\nactive_file {600 * MIB}\nslab_reclaimable 0"
)
CACHE_V1 = f"inactive_file 0\nactive_file 0\ntotal_inactive_file {900 * MIB}\ntotal_active_file {600 * MIB}"


def tree(root: Path, membership: str, groups: dict[str, dict[str, str]]) -> Path:
    """Write `proc/self/cgroup` and the control files of groups, which are named by their folder in `sys/fs/cgroup`."""
    (root / "proc/self").mkdir(parents=True)
    (root / "proc/self/cgroup").write_text(membership)
    for name, files in groups.items():
        folder = root / "sys/fs/cgroup" / name
        folder.mkdir(parents=True, exist_ok=True)
        for file, text in files.items():
            (folder / file).write_text(f"{text}\n")
    return root


def v2(limit: int | str, used: int, stat: str = "", **files: str) -> dict[str, str]:
    """Memory files of a group of cgroups v2."""
    limit = limit if isinstance(limit, str) else str(limit * MIB)
    return {"memory.max": limit, "memory.current": str(used * MIB), "memory.stat": stat, **files}


def v1(limit: int | str, used: int, stat: str = "") -> dict[str, str]:
    """Memory files of a group of cgroups v1."""
    limit = limit if isinstance(limit, str) else str(limit * MIB)
    return {"memory.limit_in_bytes": limit, "memory.usage_in_bytes": str(used * MIB), "memory.stat": stat}


SERVICE = "system.slice/vitrage.service"
DOCKER_V1 = "4:memory:/docker/abc\n3:cpu,cpuacct:/docker/abc\n1:name=systemd:/docker/abc\n"

MEMORY = {
    # 2048 − (1997 − 1500): what is left with a full page cache, of which 51 MiB looked free.
    "docker v2": ("0::/\n", {"": v2(2048, 1997, CACHE_V2)}, 1551),
    "docker v2, no limit": ("0::/\n", {"": v2("max", 1997, CACHE_V2)}, None),
    "docker v2 with the host's namespace": ("0::/system.slice/docker-abc.scope\n", {"": v2(2048, 1000)}, 1048),
    "docker v1": (DOCKER_V1, {"memory": v1(2048, 1997, CACHE_V1)}, 1551),
    "docker v1, no limit": (DOCKER_V1, {"memory": v1(UNLIMITED_V1, 1997, CACHE_V1)}, None),
    "v1, a limit above what is visible": (
        DOCKER_V1,
        {"memory": v1(UNLIMITED_V1, 500, f"hierarchical_memory_limit {1024 * MIB}")},
        524,
    ),
    "v1 on the host, a parent's limit": (
        "4:memory:/a/b\n",
        {"memory": v1(UNLIMITED_V1, 9000), "memory/a": v1(1000, 900), "memory/a/b": v1(800, 100)},
        100,
    ),
    "systemd's MemoryMax": (f"0::/{SERVICE}\n", {"": {}, "system.slice": v2("max", 5000), SERVICE: v2(1000, 400)}, 600),
    "systemd's MemoryHigh": (f"0::/{SERVICE}\n", {SERVICE: v2(1000, 400, **{"memory.high": str(700 * MIB)})}, 300),
    "a slice above the service": (f"0::/{SERVICE}\n", {"system.slice": v2(3000, 2900), SERVICE: v2(2000, 100)}, 100),
    "a limit that is exceeded": ("0::/\n", {"": v2(100, 150)}, 0),
    "v1 with v2 beside it": ("4:memory:/\n0::/\n", {"unified": {}, "memory": v1(500, 100)}, 400),
    "outside of the namespace": ("0::/../other\n", {"": v2(500, 100)}, 400),
    "no control files": ("0::/\n", {"": {}}, None),
}


@pytest.mark.parametrize(("membership", "groups", "expected"), MEMORY.values(), ids=MEMORY)
def test_memory_left(tmp_path: Path, membership: str, groups: dict[str, dict[str, str]], expected: int | None) -> None:
    left = memory_left(tree(tmp_path, membership, groups))
    assert left == (None if expected is None else expected * MIB)


PROCESSORS = {
    "docker v2, 1.5 processors": ("0::/\n", {"": {"cpu.max": "150000 100000"}}, 2),
    "a tenth of one": ("0::/\n", {"": {"cpu.max": "10000 100000"}}, 1),
    "no quota": ("0::/\n", {"": {"cpu.max": "max 100000"}}, None),
    "as many as the affinity allows": ("0::/\n", {"": {"cpu.max": "800000 100000"}}, None),
    "docker v1": (DOCKER_V1, {"cpu": {"cpu.cfs_quota_us": "300000", "cpu.cfs_period_us": "100000"}}, 3),
    "docker v1, by both names": (
        DOCKER_V1,
        {"cpu,cpuacct": {"cpu.cfs_quota_us": "50000", "cpu.cfs_period_us": "50000"}},
        1,
    ),
    "docker v1, no quota": (DOCKER_V1, {"cpu": {"cpu.cfs_quota_us": "-1", "cpu.cfs_period_us": "100000"}}, None),
    "a slice above the service": (
        f"0::/{SERVICE}\n",
        {"system.slice": {"cpu.max": "200000 100000"}, SERVICE: {"cpu.max": "max 100000"}},
        2,
    ),
}


@pytest.fixture
def eight_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine of eight processors."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)))
    monkeypatch.setattr(psutil, "cpu_count", lambda **_: 8)


@pytest.mark.usefixtures("eight_processors")
@pytest.mark.parametrize(("membership", "groups", "expected"), PROCESSORS.values(), ids=PROCESSORS)
def test_threads_are_as_many_as_the_quota_allows(
    tmp_path: Path,
    membership: str,
    groups: dict[str, dict[str, str]],
    expected: int | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    root = tree(tmp_path, membership, groups)
    monkeypatch.setattr(os, "environ", {})
    environment.prepare(root)
    assert processor_quota(root) == expected
    assert os.environ.get("OMP_NUM_THREADS") == (None if expected is None else str(expected))


@pytest.mark.usefixtures("eight_processors")
def test_the_operators_own_number_of_threads_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", {"OMP_NUM_THREADS": "5"})
    environment.prepare(tree(tmp_path, "0::/\n", {"": {"cpu.max": "100000 100000"}}))
    assert os.environ["OMP_NUM_THREADS"] == "5"


def test_a_system_without_groups_sets_no_limit(tmp_path: Path) -> None:
    assert memory_left(tmp_path) is None
    assert processor_quota(tmp_path) is None
