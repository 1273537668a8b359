"""A worker that paints nothing: it claims jobs, waits a moment, completes them, and prints what it did and when.

python -m tests.support.claimer URL NAME
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from typing import Any

from bot.storage.models import Job
from bot.storage.postgres import open_postgres
from bot.storage.protocols import Stores

IDLE = 10.0  # seconds without a job until it ends


async def work(url: str, name: str) -> list[dict[str, Any]]:
    """Work until the queue has been empty for a while."""
    rng, done = random.Random(name), []
    async with open_postgres(url) as stores:
        last = time.monotonic()
        while time.monotonic() < last + IDLE:
            began = time.perf_counter()
            job = await stores.work.claim(name)
            claimed = time.perf_counter()
            if job is None:
                await stores.work.wait("work", 0.1)
                continue
            await prepare(stores, job, rng)
            ends = time.perf_counter()
            completed = await end(stores, job, rng)
            run = {"job": job.id, "user": job.address.user_id, "completed": completed, "from": claimed, "ends": ends}
            done.append({**run, "claim": claimed - began, "end": time.perf_counter() - ends})
            last = time.monotonic()
    return done


async def prepare(stores: Stores, job: Job, rng: random.Random) -> None:
    """Take a moment, and record progress."""
    await asyncio.sleep(rng.uniform(0.0, 0.004))
    assert await stores.work.record_progress(job, 0.5, 1.0, await stores.blobs.put(b"preview"))


async def end(stores: Stores, job: Job, rng: random.Random) -> bool:
    """Complete a job, or now and then put it back instead; return whether it was completed."""
    if job.attempt == 1 and rng.random() < 0.05:
        assert await (stores.work.release(job) if rng.random() < 0.5 else stores.work.retry(job, 0.0))
        return False
    assert await stores.work.complete(job, await stores.blobs.put(b"picture"), {"size": [8, 8]}, 1.0)
    return True


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(work(*sys.argv[1:3]))))
