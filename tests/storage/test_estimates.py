"""Conformance: the place in the queue, and the seconds until a picture."""

from __future__ import annotations

from bot.storage.models import (
    Forecast,
    Place,
    Recipe,
    WorkerState,
)
from bot.storage.protocols import Stores
from tests.support.jobs import ALICE, BOB, claim, current, enqueue, render

SKETCH = Recipe("sketch")


async def _seen(stores: Stores, recipe: Recipe, *seconds: float) -> None:
    """Complete jobs with this recipe that took so many seconds."""
    for number, taken in enumerate(seconds):
        await enqueue(stores, f"{recipe} {number}", recipe=recipe)
        await render(stores, await claim(stores), seconds=taken)


async def test_an_estimate_is_the_mean_of_recent_jobs_of_the_same_kind(stores: Stores) -> None:
    """Jobs of the same quality and size count, the last 20 of them; without any there is no estimate."""
    await _seen(stores, Recipe(), 90, *[10, 20] * 10)
    await _seen(stores, SKETCH, 2)
    assert await stores.jobs.estimate(Recipe(strength=90, colors="match")) == 15
    assert await stores.jobs.estimate(SKETCH) == 2
    assert await stores.jobs.estimate(Recipe(size=700)) is None


async def test_a_size_that_was_never_painted_is_estimated_by_its_pixels(stores: Stores) -> None:
    """Seconds grow with the area of the finished picture; other qualities and contact sheets do not count."""
    for number, (kind, size, edge) in enumerate([("picture", None, 512), ("picture", 256, 256), ("sheet", None, 1020)]):
        await enqueue(stores, f"u{number}", kind=kind, recipe=Recipe(size=size))
        job = await claim(stores)
        report = {"size": [edge, edge // 2]}
        assert await stores.work.complete(job, await stores.blobs.put(b"x"), report, edge * edge / 4096)
    assert await stores.jobs.estimate(Recipe()) == 64
    assert await stores.jobs.estimate(Recipe(size=1024)) == 256
    assert await stores.jobs.estimate(Recipe(), kind="sheet") == 1020 * 1020 / 4096
    assert await stores.jobs.estimate(Recipe("fine", 512)) is None


async def test_going_on_is_estimated_by_its_like(stores: Stores) -> None:
    """As long as no such job is known, the estimate is that of a job from the start."""
    await _seen(stores, Recipe(), 40)
    assert await stores.jobs.estimate(Recipe(), resumed=True) == 40
    going = await enqueue(stores, "on", start=await stores.blobs.put(b"painted"))
    assert await stores.jobs.place(going) == Place(ahead=0, seconds=40)
    await render(stores, await claim(stores), seconds=10)
    assert await stores.jobs.estimate(Recipe(), resumed=True) == 10
    assert await stores.jobs.estimate(Recipe()) == 40


async def test_the_place_counts_who_is_before(stores: Stores) -> None:
    """Running and earlier jobs are ahead; the seconds are the sum of theirs and the job's own."""
    await _seen(stores, Recipe(), 20)
    await _seen(stores, SKETCH, 4)
    jobs = [await enqueue(stores, f"u{n}", recipe=recipe) for n, recipe in enumerate((Recipe(), SKETCH, Recipe()))]
    assert await stores.jobs.place(jobs[2]) == Place(ahead=2, seconds=20 + 4 + 20)
    running = await claim(stores)
    await stores.work.record_progress(running, 0.25, None, None)
    assert await stores.jobs.place(jobs[2]) == Place(ahead=2, seconds=15 + 4 + 20)
    await stores.work.record_progress(running, 0.5, 7.0, None)
    assert await stores.jobs.place(jobs[1]) == Place(ahead=1, seconds=7 + 4)
    assert await stores.jobs.place(running) == Place(ahead=0, seconds=7)


async def test_two_workers_share_the_wait(stores: Stores) -> None:
    """With two pictures being painted at a time the queue moves twice as fast."""
    await _seen(stores, Recipe(), 20)
    jobs = [await enqueue(stores, f"u{number}", address=who) for number, who in enumerate((ALICE, BOB, ALICE))]
    await claim(stores, "a")
    await claim(stores, "b")
    assert await stores.jobs.place(jobs[2]) == Place(ahead=2, seconds=20 + 20)


async def test_an_unknown_wait_is_none(stores: Stores) -> None:
    """If one job before has no estimate, the seconds are not known."""
    await _seen(stores, SKETCH, 4)
    await enqueue(stores, "u1", recipe=Recipe("fine"))
    job = await enqueue(stores, "u2", recipe=SKETCH)
    assert await stores.jobs.place(job) == Place(ahead=1, seconds=None)
    await render(stores, await claim(stores))
    assert await stores.jobs.place(await current(stores, job)) == Place(ahead=0, seconds=4)
    await stores.jobs.cancel(job.id)
    assert await stores.jobs.place(job) == Place(ahead=0, seconds=None)


async def _serve(stores: Stores, name: str, painter: str, forecast: Forecast | None = None) -> None:
    await stores.work.beat(WorkerState(name, "pretrained", painter=painter, forecast=forecast or {}))


async def test_a_forecast_counts_until_the_same_painter_has_painted(stores: Stores) -> None:
    """The nearest size is taken in proportion to the pixels; what other painters took does not count."""
    await _seen(stores, Recipe(), 500)
    await _serve(stores, "engine", "laptop", {"standard": {0: 40.0, 256: 12.0, 1024: 160.0}, "sketch": {0: 9.0}})
    assert await stores.jobs.estimate(Recipe()) == 40
    assert await stores.jobs.estimate(Recipe(size=2048)) == 640
    assert await stores.jobs.estimate(Recipe(size=200)) == 12 * (200 / 256) ** 2
    assert await stores.jobs.estimate(SKETCH, resumed=True) == 9
    assert await stores.jobs.estimate(Recipe("fine")) is None
    await enqueue(stores, "own")
    await render(stores, await claim(stores, "engine"), seconds=30)
    assert await stores.jobs.estimate(Recipe()) == 30
    await _serve(stores, "engine", "graphics card")
    assert await stores.jobs.estimate(Recipe()) == (500 + 30) / 2  # nothing is known of this one


async def test_workers_of_two_kinds_share_the_queue(stores: Stores) -> None:
    """Each takes what it takes; a queue moves by their sum, and waits for those in service alone."""
    await _serve(stores, "slow", "laptop", {"standard": {0: 60.0}})
    await _serve(stores, "quick", "graphics card", {"standard": {0: 20.0}})
    await _serve(stores, "gone", "abacus", {"standard": {0: 1000.0}})
    await stores.work.leave("gone")
    assert await stores.jobs.estimate(Recipe(), worker="slow") == 60
    assert await stores.jobs.estimate(Recipe(), worker="nobody") == await stores.jobs.estimate(Recipe()) == 30
    jobs = [await enqueue(stores, f"u{number}", address=who) for number, who in enumerate((ALICE, BOB, ALICE))]
    assert await stores.jobs.place(jobs[2]) == Place(ahead=2, seconds=(30 + 30) / 2 + 30)
    running = await claim(stores, "quick")
    assert await stores.jobs.place(running) == Place(ahead=0, seconds=20)
    await stores.work.beat(WorkerState("quick", "", "It ended.", "graphics card"))
    assert await stores.jobs.estimate(Recipe()) == 60
