"""The worker at work: real stores, real child processes, real signals. Only the engine is an actor."""

from __future__ import annotations

import dataclasses
import io
import sys
import time
from typing import Any

import pytest
from PIL import Image
from structlog.testing import capture_logs

from bot.storage.errors import StoreFullError
from bot.storage.models import Job, JobError, Recipe, State
from tests.storage.test_sqlite import connection_of
from tests.support.jobs import enqueue, eventually
from tests.support.worker_harness import QUICK, Stage, script, size_of

LONG: dict[str, Any] = {"steps": 2000, "pause": 0.02}  # a picture that takes far longer than any test


async def test_a_job_is_painted(stage: Stage) -> None:
    """A queued job becomes a picture of the size its recipe asks for, with the engine's report and its time."""
    async with stage.working():
        asked = await enqueue(stage.stores, "u1", content=script(), recipe=Recipe(size=300))
        job = await stage.ended(asked)
        assert (job.state, job.report, job.attempt) == (State.RENDERED, {"size": 300}, 1)
        assert job.result is not None
        picture = await stage.stores.blobs.get(job.result)
        assert size_of(picture) == (300, 300)
        with Image.open(io.BytesIO(picture)) as image:
            assert image.format == "JPEG"
            assert "comment" not in image.info
        assert await stage.stores.jobs.estimate(job.recipe) is not None


async def test_one_child_paints_all_in_their_order(stage: Stage) -> None:
    """The model is loaded once; jobs are painted one after the other, first come first served."""
    jobs = [await stage.ask(f"u{number}") for number in range(5)]
    async with stage.working() as dispatcher:
        ended = [await stage.ended(job) for job in jobs]
        assert dispatcher.engine == {"device": "stage", "weights": "none", "note": ""}
    times = [await _finished_at(stage, job) for job in ended]
    assert times == sorted(times)
    assert len(stage.pids()) == 1


async def _finished_at(stage: Stage, job: Job) -> float:
    [[when]] = await connection_of(stage.stores).execute_fetchall("SELECT finished_at FROM job WHERE id = ?", (job.id,))
    return float(when)


async def test_progress_and_preview_are_recorded(stage: Stage) -> None:
    """A user can watch: progress grows, the seconds left are the engine's, and one preview is kept, the latest."""
    async with stage.working():
        job = await stage.ask(left=12.5, **LONG)

        async def two_previews() -> bool:
            preview = (await stage.now(job)).preview
            previews.update({preview} if preview else ())
            return len(previews) > 1

        previews: set[str] = set()
        await eventually(two_previews)
        now = await stage.now(job)
        assert 0 < now.progress < 1
        assert now.seconds_left == 12.5
        assert now.preview is not None
        assert size_of(await stage.stores.blobs.get(now.preview)) == (4, 4)
        await stage.stores.jobs.cancel(job.id)


async def test_a_killed_child_costs_one_attempt(stage: Stage) -> None:
    """A child killed in the middle of a job leaves it to a fresh one, which finishes it."""
    async with stage.working():
        job = await stage.ask(steps=60, pause=0.02)
        await stage.progressed(job)
        stage.kill()
        ended = await stage.ended(job)
    assert (ended.state, ended.attempt, ended.deaths) == (State.RENDERED, 2, 1)
    assert len(stage.pids()) == 2


async def test_a_child_killed_while_idle_costs_nothing(stage: Stage) -> None:
    """The next job finds a fresh child and pays no attempt for the death of the old one."""
    async with stage.working() as dispatcher:
        await stage.ended(await stage.ask())
        stage.kill()

        async def fresh() -> bool:
            return len(stage.pids()) == 2 and dispatcher.engine is not None

        await eventually(fresh)
        ended = await stage.ended(await stage.ask("u2"))
    assert (ended.state, ended.attempt) == (State.RENDERED, 1)


async def test_a_job_that_kills_its_child_twice_is_given_up(stage: Stage) -> None:
    """A poison job is quarantined after two deaths; the queue goes on."""
    async with stage.working():
        poison = await stage.ask(failures=99, failure="die")
        following = await stage.ask("u2")
        assert (await stage.ended(following)).state == State.RENDERED
        ended = await stage.ended(poison)
    assert (ended.state, ended.error, ended.attempt) == (State.FAILED, JobError.CRASHED, 2)


async def test_a_hanging_child_is_killed(stage: Stage) -> None:
    """A child without a word of progress is killed; its job is painted by a fresh one."""
    async with stage.working(dataclasses.replace(QUICK, hang=0.5)):
        ended = await stage.ended(await stage.ask(failures=1, failure="hang"))
    assert (ended.state, ended.deaths) == (State.RENDERED, 1)


async def test_a_picture_that_takes_far_too_long_is_given_up(stage: Stage) -> None:
    """A child that goes on and on is killed after a multiple of the estimate, twice, and its user is told."""
    limits = dataclasses.replace(QUICK, overdue_least=0.4, overdue_factor=0.1)
    async with stage.working(limits):
        await stage.ended(await stage.ask())
        ended = await stage.ended(await stage.ask("u2", **LONG))
    assert (ended.state, ended.error) == (State.FAILED, JobError.CRASHED)


async def test_a_slow_picture_is_not_given_up(stage: Stage) -> None:
    """On a machine that became busy the engine's own estimate counts, not only what earlier pictures took."""
    limits = dataclasses.replace(QUICK, overdue_least=0.2, overdue_factor=0.1)
    async with stage.working(limits):
        await stage.ended(await stage.ask())
        ended = await stage.ended(await stage.ask("u2", steps=30, pause=0.02, left=20.0))
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
    stage: Stage, failure: str, failures: int, error: JobError | None, attempts: int
) -> None:
    """A bad picture is refused at once, a stumble tried again three times; the user is told why in the end."""
    async with stage.working():
        ended = await stage.ended(await stage.ask(failure=failure, failures=failures))
    assert (ended.state, ended.error) == (State.FAILED if error else State.RENDERED, error)
    assert ended.attempt == attempts


async def test_a_picture_that_the_engine_has_made_smaller_says_so(stage: Stage) -> None:
    """The engine itself falls back when memory is short; its user is told all the same."""
    async with stage.working():
        ended = await stage.ended(await stage.ask(shrink=2))
    assert (ended.state, ended.report) == (State.RENDERED, {"size": 192, "halved": True})


async def test_an_impossible_recipe_is_not_retried(stage: Stage) -> None:
    """Options that the engine refuses would be refused again."""
    async with stage.working():
        ended = await stage.ended(await enqueue(stage.stores, "u1", content=script(), recipe=Recipe(size=1)))
    assert (ended.error, ended.attempt) == (JobError.ENGINE, 1)


async def test_a_lost_picture_fails_its_job(stage: Stage) -> None:
    """A job whose input is gone ends with a message, not in a crash or a loop."""
    job = await stage.ask()
    await stage.stores.blobs.delete(job.content)
    async with stage.working():
        assert (await stage.ended(job)).error == JobError.ENGINE
        assert (await stage.ended(await stage.ask("u2"))).state == State.RENDERED


async def test_a_job_that_takes_the_whole_program_down_is_given_up(stage: Stage) -> None:
    """A job cannot bring the bot down at every start for ever."""
    job = await stage.ask()
    for _ in range(10):
        assert await stage.stores.jobs.claim("engine")
        await stage.stores.jobs.reclaim("engine")
    async with stage.working():
        assert (await stage.ended(job)).error == JobError.CRASHED


async def test_missing_weights_are_reported_and_tried_again(stage: Stage) -> None:
    """A child that cannot start costs no job and loops with a pause; once it can, everything goes on."""
    (stage.folder / "no weights").touch()
    job = await stage.ask()
    async with stage.working() as dispatcher:

        async def tried() -> bool:
            return len(stage.pids()) >= 2 and dispatcher.trouble == "There are no weights."

        await eventually(tried)
        assert dispatcher.engine is None
        (stage.folder / "no weights").unlink()
        ended = await stage.ended(job)
        assert (ended.state, ended.attempt) == (State.RENDERED, 1)
        assert dispatcher.trouble == ""


@pytest.mark.parametrize(
    ("command", "trouble"),
    [
        ([sys.executable, "-c", "print('hello')"], "spoke nonsense"),
        ([sys.executable, "-c", "raise SystemExit(3)"], "exit code 3"),
        ([sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"], "signal 9"),
        (["/nonexistent"], "cannot be started"),
    ],
)
async def test_a_command_that_is_no_engine_is_reported(stage: Stage, command: list[str], trouble: str) -> None:
    """Whatever is started in the engine's place, the worker says what went wrong and stops when told."""
    stage.command = command
    async with stage.working() as dispatcher:

        async def reported() -> bool:
            return trouble in dispatcher.trouble

        await eventually(reported)


async def test_a_full_disk_is_waited_for(stage: Stage) -> None:
    """A picture that cannot be written is kept until there is room, and not painted again."""
    connection = connection_of(stage.stores)
    job = await stage.ask(steps=30, pause=0.02, report="x" * 50_000)
    with capture_logs() as logs:
        async with stage.working():
            await stage.progressed(job)
            await connection.execute_fetchall("PRAGMA max_page_count = 1")
            with pytest.raises(StoreFullError):
                await _fill(stage)

            async def waiting() -> bool:
                return any(entry["event"] == "disk_full" for entry in logs)

            await eventually(waiting)
            assert (await stage.now(job)).state == State.RUNNING
            await connection.execute_fetchall("PRAGMA max_page_count = 1000000")
            ended = await stage.ended(job)
    assert (ended.state, ended.attempt) == (State.RENDERED, 1)


async def _fill(stage: Stage) -> None:
    for number in range(1000):
        await stage.stores.chats.receive_update(number, "x" * 500)


async def test_enqueue_to_claim_is_quick(stage: Stage) -> None:
    """An idle worker takes a job at once; it does not wait for its next look at the queue."""
    async with stage.working():
        await stage.ended(await stage.ask())
        waits = []
        for number in range(10):
            began = time.monotonic()
            job = await stage.ask(f"v{number}")
            await stage.ended(job)
            waits.append(time.monotonic() - began)
    assert sorted(waits)[5] < 0.5  # a poll alone would take a second
