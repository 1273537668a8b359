"""One job on one engine child, from its pictures to its end in the queue."""

from __future__ import annotations

import asyncio
import functools
import math
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from random import Random
from typing import Any, TypeVar

import structlog

from bot.storage.errors import StoreFullError
from bot.storage.models import Job, JobError, State
from bot.storage.protocols import Stores
from bot.worker.engine_process import ChildDiedError, EngineChild
from bot.worker.protocol import Frame

log = structlog.get_logger(__name__)

R = TypeVar("R")


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How patient the worker is, in seconds."""

    look: float = 0.25  # between two looks at the store: was the job cancelled?
    record: float = 1.0  # between two notes of progress
    stop: float = 1.2  # for the child to stop painting before it is killed
    hang: float = 120.0  # without a word from the child before it is killed
    overdue_least: float = 60.0  # a picture may take this long, or
    overdue_factor: float = 4.0  # this many times its estimate, or
    overdue_unknown: float = 3600.0  # this long where there is no estimate
    shutdown: float = 25.0  # that a picture may still need when the worker is told to stop
    full_disk: float = 2.0  # between two attempts to write
    retries: tuple[float, ...] = (2.0, 10.0, 30.0)  # before each further attempt, give or take a fifth
    pauses: tuple[float, ...] = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0)  # before each further start of the child


DEATHS = 2  # the engine child may die once on a job: it may have been killed for another's sake
ATTEMPTS = 10  # a job that is begun so often takes the whole program down


class Painting:
    """Has one job painted, and writes to the queue what became of it."""

    def __init__(
        self, stores: Stores, child: EngineChild, job: Job, stop: asyncio.Event, *, limits: Limits, chance: Random
    ) -> None:
        self._stores = stores
        self._child = child
        self._job = job
        self._stop = stop
        self._limits = limits
        self._chance = chance
        self._log = log.bind(job=job.id, attempt=job.attempt)
        self._pictures: list[bytes] = []  # content, style, ...
        self._mask: bytes | None = None  # where it is painted
        self._start: bytes | None = None  # a picture to go on from
        self._ending = False  # the child was told to hand in what there is
        self._began = self._heard = self._looked = self._recorded = time.monotonic()
        self._news: Frame | None = None  # the latest progress that is not recorded yet
        self._preview = b""  # the latest preview that is not recorded yet
        self._ends_at: float | None = None  # on the monotonic clock, as the engine estimates it
        self._leave_by: float | None = None  # once told to stop
        self._expected: float | None = None  # seconds in all: the queue's estimate or the engine's, the longer

    async def run(self) -> None:
        """Paint. Unless we are told to stop, the child is gone afterwards or ready for the next job."""
        if self._job.attempt > ATTEMPTS:
            await self._fail(JobError.CRASHED, "Every attempt ended with the program.")
            return
        get = self._stores.blobs.get
        try:
            self._pictures = [await get(key) for key in (self._job.content, *self._job.styles)]
            self._mask = await get(self._job.mask) if self._job.mask else None
        except KeyError:
            await self._fail(JobError.ENGINE, "A picture of the job is gone from the store.")
            return
        self._start = await self._found_start()
        self._expected = await self._stores.jobs.estimate(
            self._job.recipe, kind=self._job.kind, resumed=self._start is not None
        )
        try:
            self._send()
            await self._oversee()
        except ChildDiedError as error:
            await self._died(str(error))

    async def _found_start(self) -> bytes | None:
        """Return the picture to go on from: the last preview of an earlier attempt, or what the job asks for."""
        key = self._job.preview or self._job.start
        if key is None or self._job.kind == "sheet":
            return None
        try:
            return await self._stores.blobs.get(key)
        except KeyError:
            self._log.warning("start_gone")
            return None

    def _send(self) -> None:
        job, last = self._job, [part for part in (self._start, self._mask) if part is not None]
        order: dict[str, Any] = {"recipe": job.recipe.to_dict(), "kind": job.kind, "sketch": job.sketch_first}
        order |= {"start": self._start is not None, "mask": self._mask is not None}
        self._child.send(Frame("paint", order, (*self._pictures, *last)))
        self._began = self._heard = time.monotonic()

    async def _oversee(self) -> None:
        """Follow the child until the job has ended, one way or another."""
        while True:
            frame = await self._child.receive(self._limits.look)
            if frame is not None:
                self._heard = time.monotonic()
                if await self._ended(frame):
                    return
            if not await self._recorded_or_lost() or not await self._wanted():
                await self._halt()
                return
            self._check_time()
            if self._must_leave():
                self._log.info("job_released")
                await self._settle(lambda: self._stores.jobs.release(self._job))
                return

    async def _ended(self, frame: Frame) -> bool:
        """Deal with one frame; True if it was the child's last on this job."""
        if frame.kind == "progress":
            self._note(frame)
            return False
        if frame.kind == "result":
            await self._complete(frame)
            return True
        if frame.kind != "failed":
            self._child.kill()
            raise ChildDiedError(f"The engine child said {frame.kind} in the middle of a picture and was killed.")
        await self._failed(frame.fields["reason"], frame.fields["message"])
        return True

    # --- Progress

    def _note(self, frame: Frame) -> None:
        self._news = frame
        if frame.parts:
            self._preview = frame.parts[0]
        left = frame.fields["seconds_left"]
        self._ends_at = None if left is None else self._heard + left
        if self._ends_at is not None:  # a busy machine paints slower than it used to, and is not to blame
            self._expected = max(self._expected or 0.0, self._ends_at - self._began)

    async def _recorded_or_lost(self) -> bool:
        """Record the latest progress, now and then; False if the job is ours no more."""
        now = time.monotonic()
        if self._news is None or now < self._recorded + self._limits.record:
            return True
        news, self._news = self._news.fields, None
        preview, self._preview = self._preview, b""
        self._recorded = now
        try:
            key = await self._stores.blobs.put(preview) if preview else None
            return await self._stores.jobs.record_progress(
                self._job, news["fraction"], news["seconds_left"], key, sketched=news["sketched"]
            )
        except StoreFullError as error:  # progress can be missed; the picture cannot
            self._log.warning("progress_not_recorded", reason=str(error))
            return True

    # --- Reasons to stop

    async def _wanted(self) -> bool:
        """Look now and then whether the job is still ours; it is not once it was cancelled or forgotten."""
        now = time.monotonic()
        if now < self._looked + self._limits.look:
            return True
        self._looked = now
        job = await self._stores.jobs.get(self._job.id)
        if job is None or job.state != State.RUNNING or job.fence != self._job.fence:
            return False
        if job.stop_asked and not self._ending:
            self._log.info("painting_ended_early")
            self._ending = True
            self._child.send(Frame("stop", {"keep": True}))
        return True

    def _check_time(self) -> None:
        """Kill the child if it hangs or takes much too long."""
        now, limits = time.monotonic(), self._limits
        whole = limits.overdue_unknown
        if self._expected is not None:
            whole = max(limits.overdue_least, limits.overdue_factor * self._expected)
        if now < self._heard + limits.hang and now < self._began + whole:
            return
        self._child.kill()
        raise ChildDiedError("The engine child took too long and was killed.")

    def _must_leave(self) -> bool:
        """Whether the worker is to stop before this picture can be ready."""
        if not self._stop.is_set():
            return False
        now = time.monotonic()
        if self._leave_by is None:
            self._leave_by = now + self._limits.shutdown
        ends_at = self._ends_at
        if ends_at is None:
            ends_at = math.inf if self._expected is None else self._began + self._expected
        return max(now, ends_at) > self._leave_by

    async def _halt(self) -> None:
        """Have the child stop painting a picture that nobody wants; kill it if it does not."""
        self._log.info("painting_stopped")
        self._child.send(Frame("stop", {"keep": False}))
        with suppress(TimeoutError):
            async with asyncio.timeout(self._limits.stop):
                while True:
                    frame = await self._child.receive(self._limits.stop)
                    if frame is not None and frame.kind in {"result", "failed"}:
                        return
        self._child.kill()
        raise ChildDiedError("The engine child did not stop and was killed.")

    # --- Ends

    async def _complete(self, frame: Frame) -> None:
        as_ordered = self._job.preview is None and self._job.resumed == (self._start is not None)
        seconds = time.monotonic() - self._began if as_ordered and not self._ending else None
        put, complete = self._stores.blobs.put, self._stores.jobs.complete
        key, *films = [await self._settle(functools.partial(put, part)) for part in frame.parts]
        film = films[0] if films else None
        if await self._settle(lambda: complete(self._job, key, frame.fields["report"], seconds, film=film)):
            self._log.info("job_rendered", seconds=round(time.monotonic() - self._began, 1))

    async def _failed(self, reason: str, message: str) -> None:
        if reason == "broken":
            self._child.kill()  # it is about to end by itself, and must not be given another job before
        if reason == "image":
            await self._fail(JobError.BAD_IMAGE, message)
        elif reason == "memory":
            await self._fail(JobError.OUT_OF_MEMORY, message)
        elif reason == "options" or self._job.attempt > len(self._limits.retries):
            await self._fail(JobError.ENGINE, message)
        else:
            delay = self._limits.retries[self._job.attempt - 1] * self._chance.uniform(0.8, 1.2)
            self._log.warning("job_retried", reason=message, delay=round(delay, 1))
            await self._settle(lambda: self._stores.jobs.retry(self._job, delay))

    async def _died(self, reason: str) -> None:
        """Blame the job for the death of its child, unless it is ours no more."""
        if self._job.deaths + 1 >= DEATHS:
            await self._fail(JobError.CRASHED, reason)
        elif await self._settle(lambda: self._stores.jobs.retry(self._job, 0.0, died=True)):
            self._log.warning("job_retried", reason=reason)

    async def _fail(self, error: JobError, detail: str) -> None:
        if await self._settle(lambda: self._stores.jobs.fail(self._job, error, detail)):
            self._log.error("job_failed", error=error.value, reason=detail)

    async def _settle(self, write: Callable[[], Awaitable[R]]) -> R:
        """Write what became of the job, however long the disk is full; the next start reclaims it otherwise."""
        while True:
            try:
                return await write()
            except StoreFullError as error:
                self._log.error("disk_full", reason=str(error))
                if self._stop.is_set():
                    raise
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._limits.full_disk):
                        await self._stop.wait()
