"""Keeps one engine child warm and gives it the jobs of the queue, one after the other."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from random import Random
from typing import Any

import structlog

from bot.storage.errors import StoreFullError
from bot.storage.models import Job
from bot.storage.protocols import Stores
from bot.worker.engine_process import ChildDiedError, EngineChild
from bot.worker.job_run import Limits, Painting

log = structlog.get_logger(__name__)

_POLL = 1.0  # seconds between two looks at the queue when nobody wakes us; a retry falls due unannounced
_LOADING = 1800.0  # seconds that a child may take to get ready: it may be downloading its weights


class Dispatcher:
    """The worker of one device.

    Args:
        stores: Where jobs and pictures are.
        command: What starts the engine child, see `bot.worker.engine_process.engine_command`.
        name: What this worker is called in the queue: the same at every start, and no other worker's.
        limits: How patient it is.
        chance: Scatters the delays of retries.

    Attributes:
        engine: What the child in service said of itself (`device`, `weights`, `note`), None while there is none.
        trouble: Why there is none, in one sentence; empty while it is starting or in service.
    """

    def __init__(
        self,
        stores: Stores,
        command: Sequence[str],
        *,
        name: str = "engine",
        limits: Limits | None = None,
        chance: Random | None = None,
    ) -> None:
        self.engine: dict[str, Any] | None = None
        self.trouble = ""
        self._stores = stores
        self._command = command
        self._name = name
        self._limits = limits or Limits()
        self._chance = chance or Random()

    async def run(self, stop: asyncio.Event) -> None:
        """Work until told to stop; then everything has ended within 30 seconds."""
        if count := await self._stores.jobs.reclaim(self._name):
            log.info("jobs_reclaimed", count=count)
        failures = 0
        while not stop.is_set():
            useful = await self._life_of_child(stop)
            failures = 0 if useful else failures + 1
            if failures and not stop.is_set():
                pause = self._limits.pauses[min(failures, len(self._limits.pauses)) - 1]
                log.error("engine_not_in_service", reason=self.trouble, pause=pause)
                await _first(stop.wait(), asyncio.sleep(pause))

    async def _life_of_child(self, stop: asyncio.Event) -> bool:
        """Start a child and give it jobs until it dies or we stop; True if it took any."""
        try:
            child = await EngineChild.start(self._command)
            try:
                await self._get_ready(child, stop)
                return await self._serve(child, stop)
            finally:
                self.engine = None
                await child.close()
        except ChildDiedError as error:
            self.trouble = str(error)
            return False

    async def _get_ready(self, child: EngineChild, stop: asyncio.Event) -> None:
        """Wait until the child has loaded its model; ChildDiedError with the reason if it cannot."""
        deadline = time.monotonic() + _LOADING
        while not stop.is_set():
            frame = await child.receive(self._limits.look)
            if frame is not None and frame.kind == "ready":
                self.engine, self.trouble = frame.fields, ""
                log.info("engine_ready", pid=child.pid, **frame.fields)
                return
            if frame is not None:
                raise ChildDiedError(frame.fields.get("message", f"The engine child began with {frame.kind}."))
            if time.monotonic() > deadline:
                raise ChildDiedError("The engine child did not get ready in time.")

    async def _serve(self, child: EngineChild, stop: asyncio.Event) -> bool:
        took = False
        while not stop.is_set() and not child.gone:
            job = await self._claim()
            if job is None:
                await _first(stop.wait(), child.died(), self._stores.jobs.wait("work", _POLL))
                continue
            log.info("job_claimed", job=job.id, attempt=job.attempt)
            took = True
            with suppress(StoreFullError):  # only once we stop: the next start reclaims the job
                await Painting(self._stores, child, job, stop, limits=self._limits, chance=self._chance).run()
        if not stop.is_set():
            self.trouble = "The engine child ended."
        return took

    async def _claim(self) -> Job | None:
        try:
            return await self._stores.jobs.claim(self._name)
        except StoreFullError as error:  # its children wait in the queue until there is room again
            log.error("no_job_claimed", reason=str(error))
            return None


async def _first(*coroutines: Coroutine[Any, Any, Any]) -> None:
    """Wait until one of them returns, and cancel the others."""
    tasks = [asyncio.ensure_future(coroutine) for coroutine in coroutines]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
