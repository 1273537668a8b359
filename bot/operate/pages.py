"""`/metrics` for Prometheus, `/healthz` and `/readyz` for whoever restarts the program or sends it work."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Mapping

import psutil
import structlog
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot import meters
from bot.operate.server import listen, serve
from bot.storage.errors import StoreUnavailableError
from bot.storage.models import JobError
from bot.storage.protocols import JobStore

log = structlog.get_logger(__name__)

PATIENCE = 5.0  # seconds until a part that does not answer is not ready; probes usually wait for 10


def build(jobs: JobStore, parts: Mapping[str, Callable[[], Awaitable[bool]]]) -> Starlette:
    """Return the pages as an ASGI application.

    Args:
        jobs: The queue that is measured; its database must answer before the program is ready.
        parts: What must be ready besides, by name.
    """
    _begin_at_zero()

    async def metrics(_: Request) -> Response:
        await _read_queue(jobs)
        _read_memory()
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    async def healthz(_: Request) -> Response:
        return PlainTextResponse("ok")  # the event loop, which does all the work, has come to this line

    async def readyz(_: Request) -> Response:
        asked = {"database": _answers(jobs)} | {name: is_ready() for name, is_ready in parts.items()}
        ready = dict(zip(asked, await asyncio.gather(*map(_in_time, asked.values())), strict=True))
        return JSONResponse(ready, 200 if all(ready.values()) else 503)

    return Starlette(routes=[Route("/metrics", metrics), Route("/healthz", healthz), Route("/readyz", readyz)])


async def show(
    address: tuple[str, int] | None,
    jobs: JobStore,
    parts: Mapping[str, Callable[[], Awaitable[bool]]],
    stop: asyncio.Event,
) -> None:
    """Serve the pages, if there is an address for them, until `stop` is set; `jobs` and `parts` are those of `build`.

    Raises:
        AddressError: the address cannot be used.
    """
    if address is not None:
        listening = listen(*address, "VITRAGE_METRICS")
        host, port, *_ = listening.getsockname()
        log.info("metrics are shown", host=host, port=port)
        await serve(build(jobs, parts), listening, stop)


def _begin_at_zero() -> None:
    """Let counters exist before what they count: Prometheus sees no rise where a series begins with its first event."""
    for reason in ("error", "death"):
        meters.RETRIES.labels(reason)
    for error in JobError:
        meters.FAILURES.labels(error.value)
    for answer in ("picture", "reason", "nobody"):
        meters.DELIVERIES.labels(answer)
    for unavailable in StoreUnavailableError.__subclasses__():
        meters.STORE_ERRORS.labels(unavailable.__name__)


async def _read_queue(jobs: JobStore) -> None:
    """Set the gauges of the queue; not-a-number while the database cannot tell."""
    tally: dict[str, float] = dict.fromkeys(("queued", "running", "oldest"), math.nan)
    try:
        async with asyncio.timeout(PATIENCE):
            tally.update(await jobs.tally())
    except (StoreUnavailableError, TimeoutError):
        pass
    for state in ("queued", "running"):
        meters.JOBS.labels(state).set(tally[state])
    meters.OLDEST_WAIT.set(tally["oldest"])


def _read_memory() -> None:
    own, children = psutil.Process(), 0
    for child in own.children(recursive=True):
        try:
            children += child.memory_info().rss
        except psutil.Error:  # it has ended since
            continue
    meters.MEMORY.labels("self").set(own.memory_info().rss)
    meters.MEMORY.labels("children").set(children)


async def _answers(jobs: JobStore) -> bool:
    try:
        await jobs.get(0)  # no job has this number: the cheapest question
    except StoreUnavailableError:
        return False
    return True


async def _in_time(answer: Awaitable[bool]) -> bool:
    try:
        async with asyncio.timeout(PATIENCE):
            return await answer
    except TimeoutError:
        return False
