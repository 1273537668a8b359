"""Environment variables of a process that paints. torch reads them when it is loaded, so they must be set before."""

from __future__ import annotations

import os
from pathlib import Path

import psutil

from engine import cgroups


def prepare(root: Path = cgroups.ROOT) -> None:
    """Set the variables that the caller has not set.

    OMP_WAIT_POLICY: OpenMP threads that spin while they wait make a run four times slower beside other work.
    THP_MEM_ALLOC_ENABLE: torch then asks for large pages on Linux; without them a quarter of the time at 1024 px
        goes into page faults.
    OMP_NUM_THREADS, where a container has a quota of processor time: torch heeds the affinity of the process, but not
        the quota. Once too many threads have used it up, all of them stand still until its next period.

    Args:
        root: The folder that holds `proc` and `sys`.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("THP_MEM_ALLOC_ENABLE", "1")
    if quota := cgroups.processor_quota(root):
        cores = psutil.cpu_count(logical=False) or quota  # torch starts no second thread on a core either
        os.environ.setdefault("OMP_NUM_THREADS", str(min(quota, cores)))
