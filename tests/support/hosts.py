"""Hosts that paint: `vitrage worker` as a process with the fake engine child."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).parents[2]


class Host:
    """A folder, and the worker that runs with it; one that was there before is started again.

    Args:
        folder: Of the worker's data, and the fake engine's.
        database: Its URL.
        where: What runs a command on another host; it must become that command.
    """

    def __init__(self, folder: Path, database: str, where: Sequence[str] = ()) -> None:
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.log = folder / "log"
        settings = {"DATABASE": database, "DATA_DIR": str(folder), "WEIGHTS": "builtin", "METRICS": "0"}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*where, sys.executable, "-m", "tests.support.fake_engine_worker", str(folder)],
                env={
                    **os.environ,
                    **{f"VITRAGE_{name}": value for name, value in settings.items()},
                    "PYTHONPATH": str(ROOT),
                },
                cwd=folder,
                stdout=log,
                stderr=log,
            )

    def logged(self, event: str) -> bool:
        """Whether the log has such a line."""
        return event in self.log.read_text()

    def readiness(self) -> Any:
        """What its page says of its parts."""
        shown = re.search(r"metrics are shown .*port=(\d+)", self.log.read_text())
        assert shown is not None
        return httpx.get(f"http://127.0.0.1:{shown[1]}/readyz", trust_env=False, timeout=30).json()

    def close(self) -> None:
        """Kill it, if it is still there."""
        self.process.kill()
        self.process.wait()
