"""One run of a job on the engine child: from its pictures to what the queue records of its end."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from random import Random
from typing import TypeVar

import structlog

from bot import meters
from bot.storage.errors import StoreUnavailableError
from bot.storage.models import MAX_DEATHS, Job, JobError, State
from bot.storage.patience import until_possible
from bot.storage.protocols import BlobStore, WorkStore
from bot.worker.engine_process import ChildDiedError, EngineProcess
from bot.worker.protocol import Failed, Fetched, Loading, Paint, Progress, Ready, Result, Stop

log = structlog.get_logger(__name__)

R = TypeVar("R")


@dataclass(frozen=True, kw_only=True)
class Timeouts:
    """How long the worker waits for what, in seconds."""

    beat: float = 5.0  # between two signs of life, where other workers look for them
    poll: float = 1.0  # between two looks at an empty queue: nothing announces that a retry has become due
    load: float = 120.0  # for the child to load its model, from its start or from the latest progress of its download
    look: float = 0.25  # between two looks at the running job: was it cancelled?
    record: float = 1.0  # between two records of progress
    stop: float = 1.2  # for the child to stop painting before it is killed
    hang: float = 120.0  # without a frame from the child before it is killed
    overdue_least: float = 60.0  # a picture may take this long, or
    overdue_factor: float = 4.0  # this many times its estimate, or
    overdue_unknown: float = 3600.0  # this long where there is no estimate
    shutdown: float = 25.0  # for a picture to be finished once the worker is to stop
    unavailable: float = 2.0  # between two attempts to use a store that cannot be used
    retries: tuple[float, ...] = (2.0, 10.0, 30.0)  # before each further attempt, plus or minus a fifth
    pauses: tuple[float, ...] = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0)  # before each further start of the child


MAX_ATTEMPTS = 10  # a job that has been begun more often ends the whole program each time


class JobRun:
    """Has one claimed job painted, and records in the queue what became of it.

    Args:
        work: The queue.
        blobs: The pictures of its jobs.
        child: An engine child that is ready.
        job: As it was claimed.
        stop: Set when the worker is to stop, which the queue calls `worker`.
        timeouts: How long it waits for what.
        rng: Spreads the delays of retries.
    """

    def __init__(
        self,
        work: WorkStore,
        blobs: BlobStore,
        child: EngineProcess,
        job: Job,
        stop: asyncio.Event,
        *,
        worker: str,
        timeouts: Timeouts,
        rng: Random,
    ) -> None:
        self._work = work
        self._blobs = blobs
        self._child = child
        self._job = job
        self._stop, self._worker = stop, worker
        self._timeouts = timeouts
        self._rng = rng
        self._log = log.bind(job=job.id, attempt=job.attempt)
        self._continues = False  # from an earlier picture
        self._stop_asked = False  # the requester wants the picture as it is now
        self._stopped_early = False  # the child was told so
        self._began = self._heard = self._looked = self._recorded = time.monotonic()
        self._progress: Progress | None = None  # the latest that is not recorded yet
        self._preview: bytes | None = None  # the latest that is not recorded yet
        self._expected: float | None = None  # seconds in all: the queue's estimate or the engine's, the longer
        self._ends_at: float | None = None  # on the monotonic clock, as the engine estimates it
        self._leave_by: float | None = None  # on the monotonic clock, once the worker is to stop

    async def run(self) -> None:
        """Paint. Afterwards the child is ready for the next job, or gone, or the worker is to stop.

        Raises:
            StoreUnavailableError: The store cannot be used and the worker is to stop; its next start reclaims the job.
        """
        if self._job.attempt > MAX_ATTEMPTS:
            await self._fail(JobError.CRASHED, "Every attempt ended with the program.")
            return
        try:
            request = await self._until_possible(self._request)
        except KeyError:
            await self._fail(JobError.ENGINE, "A picture of the job is gone from the store.")
            return
        self._continues = request.start is not None
        self._expected = await self._until_possible(self._estimate)
        try:
            self._child.send(request)
            self._began = self._heard = time.monotonic()
            await self._follow()
        except ChildDiedError as error:
            await self._retry_or_give_up_after_death(str(error))

    async def _request(self) -> Paint:
        """Read the job's pictures; KeyError if one is gone that it cannot be painted without."""
        job, get = self._job, self._blobs.get
        return Paint(
            content=await get(job.content),
            styles=[await get(key) for key in job.styles],
            start=await self._start_picture(),
            mask=await get(job.mask) if job.mask else None,
            recipe=job.recipe,
            kind=job.kind,
            sketch=job.sketch_first,
        )

    async def _estimate(self) -> float | None:
        job, resumed = self._job, self._continues
        return await self._work.estimate(job.recipe, kind=job.kind, resumed=resumed, worker=self._worker)

    async def _start_picture(self) -> bytes | None:
        """Read the picture to continue from: the last preview of an earlier attempt, or what the job asks for."""
        key = self._job.preview or self._job.start
        if key is None or self._job.kind == "sheet":
            return None
        try:
            return await self._blobs.get(key)
        except KeyError:
            self._log.warning("start_gone")
            return None

    async def _follow(self) -> None:
        """Receive frames until the job has ended, is not this worker's any more, or has to wait for the next start."""
        while True:
            frame = await self._child.receive(self._timeouts.look)
            if frame is not None:
                self._heard = time.monotonic()
            match frame:
                case Progress():
                    self._note(frame)
                case Result():
                    await self._complete(frame)
                    return
                case Failed():
                    await self._retry_or_fail(frame)
                    return
                case Loading() | Fetched() | Ready():
                    self._child.kill()
                    raise ChildDiedError("The engine child loaded its model a second time and was killed.")
            if not await self._record_progress() or not await self._read_row():
                await self._stop_painting()
                return
            if self._stop_asked and not self._stopped_early:
                self._log.info("painting_ended_early")
                self._stopped_early = True
                self._child.send(Stop(keep=True))
            self._kill_if_overdue()
            if self._ends_too_late():
                self._log.info("job_released")
                await self._until_possible(lambda: self._work.release(self._job))
                return

    # --- While it is painted

    def _note(self, progress: Progress) -> None:
        self._progress, left = progress, progress.seconds_left
        self._preview = progress.preview or self._preview
        meters.show_memory(self._worker, progress.memory)
        self._ends_at = None if left is None else self._heard + left
        if self._ends_at is not None:  # a busy machine paints more slowly than before; this is no reason to kill it
            self._expected = max(self._expected or 0.0, self._ends_at - self._began)

    async def _record_progress(self) -> bool:
        """Record the latest progress if it is time; False if the job is not this worker's any more."""
        if self._progress is None or time.monotonic() < self._recorded + self._timeouts.record:
            return True
        progress, preview, self._progress, self._preview = self._progress, self._preview, None, None
        try:
            key = await self._blobs.put(preview) if preview else None
            return await self._work.record_progress(
                self._job, progress.fraction, progress.seconds_left, key, sketched=progress.sketched
            )
        except StoreUnavailableError as error:  # progress may be missed; the picture may not
            self._log.warning("progress_not_recorded", reason=str(error))
            return True
        finally:
            self._recorded = time.monotonic()  # after it: a locked store must not take all the time between two frames

    async def _read_row(self) -> bool:
        """Read the job's row if it is time; False if the job was cancelled, forgotten or claimed anew."""
        now = time.monotonic()
        if now < self._looked + self._timeouts.look:
            return True
        self._looked = now
        try:
            row = await self._work.get(self._job.id)
        except StoreUnavailableError as error:  # it is not known, and so there is no reason to stop
            self._log.warning("job_not_read", reason=str(error))
            return True
        if row is None or row.state != State.RUNNING or row.fence != self._job.fence:
            return False
        self._stop_asked = row.stop_asked
        return True

    async def _stop_painting(self) -> None:
        """Have the child stop; kill it if it does not."""
        self._log.info("painting_stopped")
        self._child.send(Stop(keep=False))
        with suppress(TimeoutError):
            async with asyncio.timeout(self._timeouts.stop):
                while not isinstance(await self._child.receive(self._timeouts.stop), Result | Failed):
                    pass
                return
        self._child.kill()
        raise ChildDiedError("The engine child did not stop and was killed.")

    def _kill_if_overdue(self) -> None:
        """Kill the child if it hangs or takes much too long."""
        now, timeouts = time.monotonic(), self._timeouts
        allowed = timeouts.overdue_unknown
        if self._expected is not None:
            allowed = max(timeouts.overdue_least, timeouts.overdue_factor * self._expected)
        if now < self._heard + timeouts.hang and now < self._began + allowed:
            return
        self._child.kill()
        raise ChildDiedError("The engine child took too long and was killed.")

    def _ends_too_late(self) -> bool:
        """Return whether the worker is to stop before this picture can be finished."""
        if not self._stop.is_set():
            return False
        now = time.monotonic()
        if self._leave_by is None:
            self._leave_by = now + self._timeouts.shutdown
        ends_at = self._ends_at
        if ends_at is None:
            ends_at = math.inf if self._expected is None else self._began + self._expected
        return max(now, ends_at) > self._leave_by

    # --- How it ends

    async def _complete(self, result: Result) -> None:
        seconds = time.monotonic() - self._began
        usual = self._job.preview is None and self._job.resumed == self._continues and not self._stopped_early
        counted = seconds if usual else None  # for estimates
        picture = await self._until_possible(lambda: self._blobs.put(result.picture))
        data = result.timelapse
        timelapse = None if data is None else await self._until_possible(lambda: self._blobs.put(data))
        complete = self._work.complete
        if await self._until_possible(
            lambda: complete(self._job, picture, result.report, counted, timelapse=timelapse)
        ):
            self._log.info("job_rendered", seconds=round(seconds, 1))
            meters.STAGE_SECONDS.labels("paint").observe(seconds)

    async def _retry_or_fail(self, failed: Failed) -> None:
        """Record a failure that the child has reported: have the job retried where that can help."""
        if failed.reason == "broken":
            self._child.kill()  # it is about to end by itself, and must not be given another job before
        if failed.reason == "image":
            await self._fail(JobError.BAD_IMAGE, failed.message)
        elif failed.reason == "memory":
            await self._fail(JobError.OUT_OF_MEMORY, failed.message)
        elif failed.reason == "options" or self._job.attempt > len(self._timeouts.retries):
            await self._fail(JobError.ENGINE, failed.message)
        else:
            delay = self._timeouts.retries[self._job.attempt - 1] * self._rng.uniform(0.8, 1.2)
            self._log.warning("job_retried", reason=failed.message, delay=round(delay, 1))
            if await self._until_possible(lambda: self._work.retry(self._job, delay)):
                meters.RETRIES.labels("error").inc()

    async def _retry_or_give_up_after_death(self, reason: str) -> None:
        """Record that the child died. If the job was cancelled before, the queue ignores it."""
        if self._job.deaths + 1 >= MAX_DEATHS:
            await self._fail(JobError.CRASHED, reason)
        elif await self._until_possible(lambda: self._work.retry(self._job, 0.0, died=True)):
            self._log.warning("job_retried", reason=reason)
            meters.RETRIES.labels("death").inc()

    async def _fail(self, error: JobError, detail: str) -> None:
        if await self._until_possible(lambda: self._work.fail(self._job, error, detail)):
            self._log.error("job_failed", error=error.value, reason=detail)
            meters.FAILURES.labels(error.value).inc()

    async def _until_possible(self, call: Callable[[], Awaitable[R]]) -> R:
        return await until_possible(call, self._stop, pause=self._timeouts.unavailable)
