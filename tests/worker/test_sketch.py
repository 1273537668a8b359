"""A sketch before the picture, going on instead of beginning anew, and the timelapse."""

from __future__ import annotations

import dataclasses
import io
from typing import Any

import pytest
from PIL import Image

from bot.storage.models import Job, JobError, Recipe, State
from bot.worker.render import turned
from tests.support.jobs import enqueue, eventually
from tests.support.worker_harness import Stage, script

FINE = Recipe("fine", 500, strokes="large")


def picture(edge: int) -> bytes:
    """Return a square picture."""
    file = io.BytesIO()
    Image.new("RGB", (edge, edge), "navy").save(file, "PNG")
    return file.getvalue()


async def ask(stage: Stage, key: str = "u1", recipe: Recipe = FINE, start: bytes | None = None, **acts: Any) -> Job:
    """Queue a job with a script for the actor, and a picture to go on from."""
    begin = await stage.stores.blobs.put(start) if start else None
    return await enqueue(stage.stores, key, content=script(**acts), recipe=recipe, start=begin)


async def reached(stage: Stage, job: Job, *, sketched: bool) -> None:
    """Wait until the job has a preview from before or after the end of the sketch."""

    async def there() -> bool:
        now = await stage.now(job)
        return now.preview is not None and now.sketched is sketched

    await eventually(there)


async def test_a_sketch_comes_first_and_the_picture_goes_on_from_it(stage: Stage) -> None:
    """It is one painting, whose coarse scales are the sketch; the queue knows which of them is under way."""
    async with stage.working():
        job = await ask(stage, steps=60, pause=0.02)
        await reached(stage, job, sketched=False)
        assert (await stage.now(job)).progress <= 0.5
        await reached(stage, job, sketched=True)
        assert (await stage.now(job)).progress > 0.5
        ended = await stage.ended(job)
    assert stage.runs() == [["fine", 500, 2.0, None]]
    assert (ended.state, ended.report["size"]) == (State.RENDERED, 500)


@pytest.mark.parametrize("recipe", [Recipe("sketch", 500), Recipe("standard", 384), Recipe("paper", 500)])
async def test_no_sketch_is_told_of_where_it_would_be_none(stage: Stage, recipe: Recipe) -> None:
    """A sketch of a sketch, or one of a few pixels; and `paper` has but one scale."""
    async with stage.working():
        job = await ask(stage, recipe=recipe, steps=60, pause=0.02)
        await stage.progressed(job)
        now = await stage.now(job)
        assert now.sketched or not now.sketch_first
        assert now.progress <= 0.5
        assert (await stage.ended(job)).state is State.RENDERED


async def test_a_job_goes_on_from_the_picture_that_it_was_given(stage: Stage) -> None:
    """No sketch and nothing from the beginning; its seconds count for its like, not for whole paintings."""
    async with stage.working():
        ended = await stage.ended(await ask(stage, start=picture(123)))
    assert stage.runs() == [["fine", 500, 2.0, 123]]
    assert ended.state is State.RENDERED
    assert await stage.stores.jobs.estimate(FINE, resumed=True) is not None
    assert await stage.stores.jobs.estimate(FINE) is None


async def test_a_picture_to_go_on_from_that_is_gone_costs_a_whole_painting(stage: Stage) -> None:
    """Begun anew; how long that took says nothing of those that go on."""
    job = await ask(stage, start=picture(123))
    assert job.start is not None
    await stage.stores.blobs.delete(job.start)
    async with stage.working():
        ended = await stage.ended(job)
    assert ended.state is State.RENDERED
    assert stage.runs() == [["fine", 500, 2.0, None]]
    assert await stage.stores.jobs.estimate(FINE, resumed=True) is None


async def test_after_a_crash_it_goes_on_from_the_last_preview(stage: Stage) -> None:
    """What was painted before is not lost with the child; the time of such a run tells nothing."""
    async with stage.working():
        job = await ask(stage, steps=40, pause=0.02)
        await reached(stage, job, sketched=True)
        stage.kill()
        ended = await stage.ended(job)
    assert (ended.state, ended.attempt) == (State.RENDERED, 2)
    assert stage.runs() == [["fine", 500, 2.0, None], ["fine", 500, 2.0, 4]]
    assert await stage.stores.jobs.estimate(FINE) is None


async def test_a_part_is_the_same_part_after_a_crash(stage: Stage) -> None:
    """Every style has the mask, in each attempt; once the picture is delivered the mask is gone like the photos."""
    blobs = stage.stores.blobs
    mask, styles = await blobs.put(picture(77)), tuple([await blobs.put(b"style") for _ in range(2)])
    async with stage.working():
        acts = script(steps=40, pause=0.02)
        job = await enqueue(stage.stores, "u1", content=acts, styles=styles, recipe=FINE, mask=mask, marked="file:m")
        await reached(stage, job, sketched=True)
        stage.kill()
        ended = await stage.ended(job)
    assert (ended.state, ended.attempt) == (State.RENDERED, 2)
    assert stage.runs() == [["fine", 500, 2.0, None, 77, 77], ["fine", 500, 2.0, 4, 77, 77]]
    await stage.stores.jobs.finish_delivery(job.id)
    after = await stage.now(job)
    assert (after.mask, after.marked) == (None, "file:m")
    with pytest.raises(KeyError):
        await blobs.get(mask)


async def test_a_lost_mask_fails_its_job(stage: Stage) -> None:
    """A picture painted all over is not what was asked for."""
    mask = await stage.stores.blobs.put(picture(77))
    job = await enqueue(stage.stores, "u1", content=script(), mask=mask)
    await stage.stores.blobs.delete(mask)
    async with stage.working():
        assert (await stage.ended(job)).error == JobError.ENGINE


async def test_the_timelapse_comes_with_the_picture(stage: Stage) -> None:
    """Frames from the whole painting, the finished picture last, whatever its length."""
    async with stage.working():
        ended = await stage.ended(await ask(stage, recipe=Recipe("sketch"), steps=200))
    assert ended.film is not None
    with Image.open(io.BytesIO(await stage.stores.blobs.get(ended.film))) as film:
        assert film.format == "GIF"


async def test_a_variation_turns_the_style(stage: Stage) -> None:
    """Same colours, other strokes; the recipe as it is leaves the style as it is."""
    style = await stage.stores.blobs.put(picture(50))
    async with stage.working():
        for number in range(8):
            recipe = dataclasses.replace(FINE, variation=number)
            job = await enqueue(stage.stores, f"u{number}", content=script(), recipe=recipe, styles=(style,))
            assert (await stage.ended(job)).state is State.RENDERED
    assert len(stage.runs()) == 8


def test_variations_are_all_different() -> None:
    """Each of the eight ways to lay a picture down."""
    file = io.BytesIO()
    sample = Image.effect_noise((6, 4), 90).convert("RGB")
    sample.save(file, "PNG")
    assert turned(file.getvalue(), 0) == file.getvalue()
    laid = [sample, *(turned(file.getvalue(), number) for number in range(1, 8))]
    assert len({(way.size, way.tobytes()) for way in laid if isinstance(way, Image.Image)}) == 8
