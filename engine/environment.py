"""Environment variables of a process that paints. torch reads them when it is loaded, so they must be set before."""

from __future__ import annotations

import os


def prepare() -> None:
    """Set the variables that the caller has not set.

    OMP_WAIT_POLICY: OpenMP threads that spin while they wait make a run four times slower beside other work.
    THP_MEM_ALLOC_ENABLE: torch then asks for large pages on Linux; without them a quarter of the time at 1024 px
        goes into page faults.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("THP_MEM_ALLOC_ENABLE", "1")
