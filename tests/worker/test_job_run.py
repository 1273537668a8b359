"""One run of a job: what is recorded, what is retried, where it continues, and when it is given up."""

from __future__ import annotations

import dataclasses
import io
from typing import Any

import pytest
from PIL import Image
from structlog.testing import capture_logs

from bot.storage.errors import StoreFailingError, StoreFullError
from bot.storage.models import BlobKey, Job, JobError, Recipe, State
from tests.support.database_lock import locked_beside_us
from tests.support.databases import ON_BOTH
from tests.support.jobs import connection_of, enqueue, eventually
from tests.support.videos import plain_picture
from tests.support.worker_harness import LONG, QUICK, WorkerHarness, script, size_of

FINE = Recipe("fine", 500, strokes="large")


@ON_BOTH
async def test_a_job_is_painted(worker: WorkerHarness) -> None:
    """A queued job becomes a picture of the size its recipe asks for, with the engine's report and its time."""
    async with worker.working():
        asked = await enqueue(worker.stores, "u1", content=script(), recipe=Recipe(size=300))
        job = await worker.ended(asked)
        assert (job.state, job.report, job.attempt) == (State.RENDERED, {"size": 300}, 1)
        assert job.result is not None
        picture = await worker.stores.blobs.get(job.result)
        assert size_of(picture) == (300, 300)
        with Image.open(io.BytesIO(picture)) as image:
            assert image.format == "JPEG"
            assert "comment" not in image.info
        assert await worker.stores.jobs.estimate(job.recipe) is not None


@ON_BOTH
async def test_progress_and_preview_are_recorded(worker: WorkerHarness) -> None:
    """Progress grows, the seconds left are the engine's estimate, and only the latest preview is kept."""
    async with worker.working():
        job = await worker.ask(left=12.5, **LONG)

        async def two_previews() -> bool:
            preview = (await worker.now(job)).preview
            previews.update({preview} if preview else ())
            return len(previews) > 1

        previews: set[str] = set()
        await eventually(two_previews)
        now = await worker.now(job)
        assert 0 < now.progress < 1
        assert now.seconds_left == 12.5
        assert now.preview is not None
        assert size_of(await worker.stores.blobs.get(now.preview)) == (4, 4)
        await worker.stores.jobs.cancel(job.id)


@ON_BOTH
async def test_a_killed_child_costs_one_attempt(worker: WorkerHarness) -> None:
    """A job whose child is killed is finished by the next child."""
    async with worker.working():
        job = await worker.ask(steps=60, pause=0.02)
        await worker.progressed(job)
        worker.kill()
        ended = await worker.ended(job)
    assert (ended.state, ended.attempt, ended.deaths) == (State.RENDERED, 2, 1)
    assert len(worker.pids()) == 2


@ON_BOTH
async def test_a_job_that_kills_its_child_twice_is_given_up(worker: WorkerHarness) -> None:
    """A job is quarantined after two deaths; the next jobs are painted."""
    async with worker.working():
        poison = await worker.ask(failures=99, failure="die")
        following = await worker.ask("u2")
        assert (await worker.ended(following)).state == State.RENDERED
        ended = await worker.ended(poison)
    assert (ended.state, ended.error, ended.attempt) == (State.FAILED, JobError.CRASHED, 2)


async def test_a_hanging_child_is_killed(worker: WorkerHarness) -> None:
    """A child that sends no progress is killed; its job is painted by the next child."""
    # Seconds in which the next child, which does not hang, starts to paint on a busy machine.
    async with worker.working(dataclasses.replace(QUICK, hang=3.0)):
        ended = await worker.ended(await worker.ask(failures=1, failure="hang"))
    assert (ended.state, ended.deaths) == (State.RENDERED, 1)


async def test_a_picture_that_takes_far_too_long_is_given_up(worker: WorkerHarness) -> None:
    """A child is killed after a multiple of the estimate, twice; then the job fails."""
    timeouts = dataclasses.replace(QUICK, overdue_least=0.4, overdue_factor=0.1)
    async with worker.working(timeouts):
        await worker.ended(await worker.ask())
        ended = await worker.ended(await worker.ask("u2", **LONG))
    assert (ended.state, ended.error) == (State.FAILED, JobError.CRASHED)


async def test_a_slow_picture_is_not_given_up(worker: WorkerHarness) -> None:
    """On a busy machine the engine's own estimate counts, not only the seconds of earlier pictures."""
    timeouts = dataclasses.replace(QUICK, overdue_least=0.2, overdue_factor=0.1)
    async with worker.working(timeouts):
        await worker.ended(await worker.ask())
        ended = await worker.ended(await worker.ask("u2", steps=30, pause=0.02, left=20.0))
    assert (ended.state, ended.attempt) == (State.RENDERED, 1)


@pytest.mark.parametrize(
    ("failure", "failures", "error", "attempts"),
    [
        ("image", 99, JobError.BAD_IMAGE, 1),
        ("memory", 99, JobError.OUT_OF_MEMORY, 1),
        ("engine", 99, JobError.ENGINE, 4),
        ("engine", 2, None, 3),
        ("bug", 1, None, 2),
    ],
)
async def test_failures_are_retried_where_that_can_help(
    worker: WorkerHarness, failure: str, failures: int, error: JobError | None, attempts: int
) -> None:
    """A bad picture is refused at once; an error of the engine is retried three times before the job fails."""
    async with worker.working():
        ended = await worker.ended(await worker.ask(failure=failure, failures=failures))
    assert (ended.state, ended.error) == (State.FAILED if error else State.RENDERED, error)
    assert ended.attempt == attempts


async def test_an_impossible_recipe_is_not_retried(worker: WorkerHarness) -> None:
    """The engine would refuse the same options again."""
    async with worker.working():
        ended = await worker.ended(await enqueue(worker.stores, "u1", content=script(), recipe=Recipe(size=1)))
    assert (ended.error, ended.attempt) == (JobError.ENGINE, 1)


async def test_a_lost_picture_fails_its_job(worker: WorkerHarness) -> None:
    """A job whose content is gone fails; the next job is painted."""
    job = await worker.ask()
    await worker.stores.blobs.delete(job.content)
    async with worker.working():
        assert (await worker.ended(job)).error == JobError.ENGINE
        assert (await worker.ended(await worker.ask("u2"))).state == State.RENDERED


async def test_a_lost_mask_fails_its_job(worker: WorkerHarness) -> None:
    """Without its mask the picture would be painted everywhere, which was not asked for."""
    mask = await worker.stores.blobs.put(plain_picture((77, 77)))
    job = await enqueue(worker.stores, "u1", content=script(), mask=mask)
    await worker.stores.blobs.delete(mask)
    async with worker.working():
        assert (await worker.ended(job)).error == JobError.ENGINE


@ON_BOTH
async def test_a_job_that_takes_the_whole_program_down_is_given_up(worker: WorkerHarness) -> None:
    """A job that ends the program at each attempt is given up after ten."""
    job = await worker.ask()
    for _ in range(10):
        assert await worker.stores.work.claim("engine")
        await worker.stores.work.reclaim("engine")
    async with worker.working():
        assert (await worker.ended(job)).error == JobError.CRASHED


async def test_a_full_disk_is_waited_for(worker: WorkerHarness) -> None:
    """A picture that cannot be written is kept in memory until there is room, and not painted again."""
    connection = connection_of(worker.stores)
    job = await worker.ask(steps=30, pause=0.02, report="x" * 50_000)
    with capture_logs() as logs:
        async with worker.working():
            await worker.progressed(job)
            await connection.execute_fetchall("PRAGMA max_page_count = 1")
            with pytest.raises(StoreFullError):
                await _fill(worker)

            async def waiting() -> bool:
                return any(entry["event"] == "store_unavailable" for entry in logs)

            await eventually(waiting)
            assert (await worker.now(job)).state == State.RUNNING
            await connection.execute_fetchall("PRAGMA max_page_count = 1000000")
            ended = await worker.ended(job)
    assert (ended.state, ended.attempt) == (State.RENDERED, 1)


async def test_a_locked_database_is_waited_for(worker: WorkerHarness) -> None:
    """A backup that locks the database longer than a picture takes costs neither the picture nor an attempt."""
    async with worker.working():
        job = await worker.ask(steps=30, pause=0.02)
        await worker.progressed(job)
        with capture_logs() as logs:

            async def waiting() -> bool:
                return any(entry["event"] == "store_unavailable" for entry in logs)

            async with locked_beside_us(worker.folder / "vitrage.db"):
                await eventually(waiting)
                assert (await worker.now(job)).state == State.RUNNING
        ended = await worker.ended(job)
    assert (ended.state, ended.attempt) == (State.RENDERED, 1)


async def test_an_unreadable_picture_is_waited_for(worker: WorkerHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that fails for a while costs no attempt: the job is painted once its pictures can be read."""
    get, failures = worker.stores.blobs.get, 3

    async def failing_get(key: BlobKey) -> bytes:
        nonlocal failures
        failures -= 1
        if failures >= 0:
            raise StoreFailingError("Input/output error")
        return await get(key)

    monkeypatch.setattr(worker.stores.blobs, "get", failing_get)
    async with worker.working():
        ended = await worker.ended(await worker.ask())
    assert (ended.state, ended.attempt, failures < 0) == (State.RENDERED, 1, True)


async def _fill(worker: WorkerHarness) -> None:
    for number in range(1000):
        await worker.stores.updates.receive(number, "x" * 500)


async def ask(
    worker: WorkerHarness, key: str = "u1", recipe: Recipe = FINE, start: bytes | None = None, **acts: Any
) -> Job:
    """Queue a job with a script for the fake engine, and a picture to continue from."""
    begin = await worker.stores.blobs.put(start) if start else None
    return await enqueue(worker.stores, key, content=script(**acts), recipe=recipe, start=begin)


async def test_a_job_continues_from_the_picture_that_it_was_given(worker: WorkerHarness) -> None:
    """Its seconds count for estimates of jobs that continue, not of those that begin anew."""
    async with worker.working():
        ended = await worker.ended(await ask(worker, start=plain_picture((123, 123))))
    assert worker.runs() == [["fine", 500, 2.0, 123]]
    assert ended.state is State.RENDERED
    assert await worker.stores.jobs.estimate(FINE, resumed=True) is not None
    assert await worker.stores.jobs.estimate(FINE) is None


async def test_a_lost_start_picture_costs_a_whole_painting(worker: WorkerHarness) -> None:
    """The job begins anew, and its seconds do not count for estimates of jobs that continue."""
    job = await ask(worker, start=plain_picture((123, 123)))
    assert job.start is not None
    await worker.stores.blobs.delete(job.start)
    async with worker.working():
        ended = await worker.ended(job)
    assert ended.state is State.RENDERED
    assert worker.runs() == [["fine", 500, 2.0, None]]
    assert await worker.stores.jobs.estimate(FINE, resumed=True) is None


@ON_BOTH
async def test_after_a_crash_it_continues_from_the_last_preview(worker: WorkerHarness) -> None:
    """The work of the dead child is not lost; the seconds of such a run do not count for estimates."""
    async with worker.working():
        job = await ask(worker, steps=40, pause=0.02)
        await worker.previewed(job, sketched=True)
        worker.kill()
        ended = await worker.ended(job)
    assert (ended.state, ended.attempt) == (State.RENDERED, 2)
    assert worker.runs() == [["fine", 500, 2.0, None], ["fine", 500, 2.0, 4]]
    assert await worker.stores.jobs.estimate(FINE) is None


@ON_BOTH
async def test_a_part_is_the_same_part_after_a_crash(worker: WorkerHarness) -> None:
    """Each attempt has the mask for every style; once the picture is delivered the mask is deleted like the photos."""
    blobs = worker.stores.blobs
    mask, styles = await blobs.put(plain_picture((77, 77))), tuple([await blobs.put(b"style") for _ in range(2)])
    async with worker.working():
        acts = script(steps=40, pause=0.02)
        job = await enqueue(worker.stores, "u1", content=acts, styles=styles, recipe=FINE, mask=mask, marked="file:m")
        await worker.previewed(job, sketched=True)
        worker.kill()
        ended = await worker.ended(job)
    assert (ended.state, ended.attempt) == (State.RENDERED, 2)
    assert worker.runs() == [["fine", 500, 2.0, None, 77, 77], ["fine", 500, 2.0, 4, 77, 77]]
    await worker.stores.deliveries.finish(job.id)
    after = await worker.now(job)
    assert (after.mask, after.marked) == (None, "file:m")
    with pytest.raises(KeyError):
        await blobs.get(mask)
