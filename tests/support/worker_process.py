"""A process that holds the stores in a folder and has the fake engine paint, for the tests that kill it.

python -m tests.support.worker_process FOLDER
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from bot.storage.sqlite import open_sqlite
from tests.support.worker_harness import WorkerHarness


async def main(folder: Path) -> None:
    """Work until killed."""
    async with open_sqlite(folder / "vitrage.db", folder / "blobs") as stores, WorkerHarness(stores, folder).working():
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
