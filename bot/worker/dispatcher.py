"""Keeps one engine child running and gives it the jobs of the queue, one after the other."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from random import Random
from typing import Any

import structlog

from bot import meters
from bot.storage.errors import StoreUnavailableError
from bot.storage.models import Job, WorkerState
from bot.storage.patience import until_possible
from bot.storage.protocols import BlobStore, WorkStore
from bot.worker.engine_process import ChildDiedError, EngineProcess
from bot.worker.job_run import JobRun, Timeouts
from bot.worker.protocol import Failed, Loading, Ready

log = structlog.get_logger(__name__)


class EngineStartError(Exception):
    """No engine child can start with these settings; the message says why."""


class Dispatcher:
    """The worker of one device.

    Args:
        work: The queue.
        blobs: The pictures of its jobs.
        command: What starts the engine child, see `bot.worker.engine_process.engine_command`.
        name: What this worker is called in the queue: the same at every start, and no other worker's.
        on_ready: Called whenever an engine child has got ready.
        timeouts: How long it waits for what.
        rng: Spreads the delays of retries.

    Attributes:
        engine: The engine child in service, None while there is none.
        trouble: Why there is none, in one sentence; empty while one starts as usual, or is in service.
    """

    def __init__(
        self,
        work: WorkStore,
        blobs: BlobStore,
        command: Sequence[str],
        *,
        name: str = "engine",
        on_ready: Callable[[Ready], None] | None = None,
        timeouts: Timeouts | None = None,
        rng: Random | None = None,
    ) -> None:
        self.engine: Ready | None = None
        self.trouble = ""
        self._latest: Ready | None = None  # engine child that was in service
        self._work = work
        self._blobs = blobs
        self._command = command
        self._name = name
        self._on_ready = on_ready
        self._timeouts = timeouts or Timeouts()
        self._rng = rng or Random()
        self._served = False  # one child has been ready: the settings are right
        self._ready = asyncio.Event()  # a child has got ready: it is time for a beat
        self._better_weights = False  # have come since the child in service, or that is starting, was started

    @property
    def state(self) -> WorkerState:
        """What this worker says of itself."""
        weights = self.engine.weights if self.engine else ""
        if self._latest is None:
            return WorkerState(self._name, weights, self.trouble)
        painter = f"{self._latest.kind}, {self._latest.weights}"
        return WorkerState(self._name, weights, self.trouble, painter, self._latest.forecast)

    def take_better_weights(self) -> None:
        """Have a new child, which finds them, paint the next job, unless the one in service has them already."""
        self._better_weights = True

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set, and then for 30 seconds at most.

        Raises:
            EngineStartError: The first child says that it cannot start with these settings.
        """
        with suppress(StoreUnavailableError):  # raised only if the worker stops
            await self._reclaim(stop)
        beating = asyncio.create_task(self._beat())
        try:
            await self._run_children(stop)
        finally:
            beating.cancel()
            await asyncio.gather(beating, return_exceptions=True)
            with suppress(StoreUnavailableError):  # then it is found silent
                await self._work.leave(self._name)

    async def _run_children(self, stop: asyncio.Event) -> None:
        """Keep a child running until `stop` is set."""
        failures = 0
        while not stop.is_set():
            took_jobs = await self._run_child(stop)
            failures = 0 if took_jobs else failures + 1
            if failures and not stop.is_set():
                pauses = self._timeouts.pauses
                pause = pauses[min(failures, len(pauses)) - 1]
                log.error("engine_not_in_service", reason=self.trouble, pause=pause)
                await _first(stop.wait(), asyncio.sleep(pause))

    async def _reclaim(self, stop: asyncio.Event) -> None:
        pause = self._timeouts.unavailable
        if count := await until_possible(lambda: self._work.reclaim(self._name), stop, pause=pause):
            log.info("jobs_reclaimed", count=count)

    async def _beat(self) -> None:
        """Show that this worker lives, and put back what silent ones left running, until cancelled."""
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ready.wait(), self._timeouts.beat)
            self._ready.clear()
            try:
                if count := await self._work.beat(self.state):
                    log.warning("jobs_of_silent_workers_reclaimed", count=count)
            except StoreUnavailableError as error:  # the next one tells that this one was missed
                log.warning("no_beat", reason=str(error))

    async def _run_child(self, stop: asyncio.Event) -> bool:
        """Start a child and give it jobs until it dies, is replaced, or the worker stops.

        Return whether it was of use.
        """
        try:
            child = await EngineProcess.start(self._command)
            try:
                await self._wait_until_ready(child, stop)
                return await self._give_jobs(child, stop)
            finally:
                if self.engine:
                    meters.hide_memory(self._name)
                self.engine = None
                await child.close()
        except ChildDiedError as error:
            self.trouble = str(error)
            return False

    async def _wait_until_ready(self, child: EngineProcess, stop: asyncio.Event) -> None:
        """Return once the child has loaded its model, or the worker stops.

        Raises:
            ChildDiedError: It cannot load it, or neither is ready nor goes on with its download for too long.
            EngineStartError: It cannot load it with these settings, and none could before.
        """
        deadline, received = time.monotonic() + self._timeouts.load, 0
        while not stop.is_set():
            match await child.receive(self._timeouts.look):
                case Ready() as ready:
                    self.engine, self._latest, self.trouble, self._served = ready, ready, "", True
                    self._ready.set()
                    if self._on_ready:
                        self._on_ready(ready)
                    meters.show_memory(self._name, ready.memory)
                    log.info("engine_ready", pid=child.pid, device=ready.device, weights=ready.weights, note=ready.note)
                    return
                case Failed(reason="start", message=message) if not self._served:
                    raise EngineStartError(message)
                case Failed(message=message):
                    raise ChildDiedError(message)
                case Loading() as loading if loading.received > received:
                    deadline, received = time.monotonic() + self._timeouts.load, loading.received
                    self.trouble = "The weights are being downloaded."
                case None | Loading() if time.monotonic() <= deadline:
                    continue
                case None | Loading():
                    raise ChildDiedError("The engine child did not get ready in time.")
                case frame:
                    raise ChildDiedError(f"The engine child began with {type(frame).__name__}.")

    async def _give_jobs(self, child: EngineProcess, stop: asyncio.Event) -> bool:
        """Claim jobs and have the child paint them until it dies, is replaced, or the worker stops.

        Return whether it took any, or is replaced.
        """
        took_jobs = False
        while not stop.is_set() and not child.gone:
            if self._is_to_be_replaced():
                log.info("engine_replaced_for_better_weights", pid=child.pid)
                return True
            job = await self._claim()
            if job is None:
                await _first(stop.wait(), child.died(), self._work.wait("work", self._timeouts.poll))
                continue
            log.info("job_claimed", job=job.id, attempt=job.attempt)
            meters.ATTEMPTS.inc()
            if job.attempt == 1 and job.preview is None:  # else a worker that stopped may have had it
                meters.STAGE_SECONDS.labels("wait").observe(max(0.0, time.time() - job.created_at))
            took_jobs = True
            run = JobRun(
                self._work, self._blobs, child, job, stop, worker=self._name, timeouts=self._timeouts, rng=self._rng
            )
            with suppress(StoreUnavailableError):  # raised only if the worker stops: the next start reclaims the job
                await run.run()
        if not stop.is_set():
            self.trouble = "The engine child ended."
        return took_jobs

    def _is_to_be_replaced(self) -> bool:
        """Whether better weights have come for a child that has the builtin ones; asked between two jobs."""
        came, self._better_weights = self._better_weights, False  # only once: if they cannot be read, it has a reason
        return came and self.engine is not None and self.engine.weights == "builtin"

    async def _claim(self) -> Job | None:
        try:
            return await self._work.claim(self._name)
        except StoreUnavailableError as error:  # jobs wait in the queue until the store can be used again
            log.warning("no_job_claimed", reason=str(error))
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
