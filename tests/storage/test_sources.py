"""Conformance: what is remembered of pictures that are deleted, and what is kept for a while."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.storage.models import Kept, Preference, Recipe
from bot.storage.protocols import Stores
from tests.support.jobs import ALICE, BOB, Clock, claim, current, enqueue, names, render

DAY = 24 * 3600.0


async def test_a_finished_picture_is_kept_for_a_day_where_that_is_asked_for(stores: Stores, clock: Clock) -> None:
    """The buttons under it need it; then it goes by itself."""
    job = await enqueue(stores, "u1")
    picture = await render(stores, await claim(stores))
    await stores.jobs.begin_delivery(job.id)
    await stores.jobs.finish_delivery(job.id, keep=True)
    assert (await current(stores, job)).result is None
    assert await stores.jobs.kept(job.id) == Kept(picture, film=None)
    await stores.prune(clock.now + DAY - 1)
    assert await stores.blobs.get(picture) == b"painted"
    await stores.prune(clock.now + DAY + 1)
    assert await stores.jobs.kept(job.id) is None
    with pytest.raises(KeyError):
        await stores.blobs.get(picture)


async def test_only_a_finished_picture_is_kept_and_it_can_be_dropped(stores: Stores) -> None:
    """A cancelled job has none; a user may delete theirs at once, and /forget does too."""
    cancelled = await enqueue(stores, "u1")
    await stores.jobs.cancel(cancelled.id)
    await stores.jobs.finish_delivery(cancelled.id, keep=True)
    assert await stores.jobs.kept(cancelled.id) is None
    for key in ("u2", "u3"):
        job = await enqueue(stores, key)
        picture = await render(stores, await claim(stores))
        await stores.jobs.finish_delivery(job.id, keep=True)
        await (stores.jobs.drop_kept(job.id) if key == "u2" else stores.chats.forget(ALICE.user_id))
        assert await stores.jobs.kept(job.id) is None
        with pytest.raises(KeyError):
            await stores.blobs.get(picture)


async def test_a_kept_picture_can_be_gone_on_from(stores: Stores, tmp_path: Path, clock: Clock) -> None:
    """Two rows name its blob: it stays until both are done with it; the timelapse goes with the picture."""
    first = await enqueue(stores, "u1")
    claimed = await claim(stores)
    made, film = await stores.blobs.put(b"painted"), await stores.blobs.put(b"film")
    assert await stores.jobs.complete(claimed, made, {}, 1.0, film=film)
    await stores.jobs.finish_delivery(first.id, keep=True)
    assert await stores.jobs.kept(first.id) == Kept(made, film)
    second = await enqueue(stores, "u2", start=made, recipe=Recipe(strokes="large"))
    assert (second.start, second.resumed, second.recipe.strokes) == (made, True, "large")
    await stores.jobs.drop_kept(first.id)
    assert await stores.blobs.get(made) == b"painted"
    assert film not in names(tmp_path / "blobs")
    await stores.jobs.cancel(second.id)
    await stores.jobs.finish_delivery(second.id)
    assert names(tmp_path / "blobs") == set()
    assert (await current(stores, second)).start is None


async def test_the_pictures_of_a_job_that_is_forgotten_go_too(stores: Stores, tmp_path: Path) -> None:
    """What it was to go on from, the result and the timelapse, delivered or not."""
    for key in ("u1", "u2"):
        job = await enqueue(stores, key, start=await stores.blobs.put(b"start"))
        result, film = await stores.blobs.put(b"painted"), await stores.blobs.put(b"film")
        assert await stores.jobs.complete(await claim(stores), result, {}, 1.0, film=film)
    await stores.jobs.finish_delivery(job.id, keep=True)
    await stores.chats.forget(ALICE.user_id)
    assert names(tmp_path / "blobs") == set()


async def test_a_timelapse_that_comes_too_late_is_deleted(stores: Stores, tmp_path: Path) -> None:
    """With the picture that came with it."""
    job = await enqueue(stores, "u1")
    claimed = await claim(stores)
    await stores.jobs.cancel(job.id)
    result, film = await stores.blobs.put(b"painted"), await stores.blobs.put(b"film")
    assert not await stores.jobs.complete(claimed, result, {}, 1.0, film=film)
    assert names(tmp_path / "blobs") == {job.content, *job.styles}


async def test_the_first_picture_of_somebody_is_known_as_such(stores: Stores) -> None:
    """Until another was delivered; other people's do not count."""
    for key, address in (("b", BOB), ("a1", ALICE), ("a2", ALICE)):
        job = await enqueue(stores, key, address=address)
        await render(stores, await claim(stores))
        assert await stores.jobs.is_first(job) is (key != "a2")
        await stores.jobs.finish_delivery(job.id)


async def test_a_swapped_job_begins_anew(stores: Stores, tmp_path: Path) -> None:
    """What an earlier attempt painted, and what it was to go on from, was the other way round."""
    job = await enqueue(stores, "u1", sources=("a", "b"), start=await stores.blobs.put(b"start"))
    assert await stores.jobs.record_progress(await claim(stores), 0.5, None, await stores.blobs.put(b"preview"))
    assert await stores.jobs.reclaim("w") == 1
    assert await stores.jobs.swap(job.id, "OTHER")
    swapped = await current(stores, job)
    assert (swapped.start, swapped.preview, swapped.resumed) == (None, None, False)
    assert names(tmp_path / "blobs") == {swapped.content, *swapped.styles}


async def test_swap_exchanges_content_and_style_of_a_queued_job(stores: Stores) -> None:
    """Pictures and their sources; not once it is painted, and not where there are several styles."""
    job = await enqueue(stores, "u1", sources=("file:a", "file:b"), style="KEY")
    assert await stores.jobs.swap(job.id, "OTHER")
    swapped = await current(stores, job)
    assert (swapped.content, swapped.styles) == (job.styles[0], (job.content,))
    assert (swapped.sources, swapped.style) == (("file:b", "file:a"), "OTHER")
    await claim(stores)
    assert not await stores.jobs.swap(job.id, "KEY")
    blobs = [await stores.blobs.put(b"x") for _ in range(2)]
    mixed = await enqueue(stores, "u2", styles=tuple(blobs), sources=("a", "b", "c"))
    assert not await stores.jobs.swap(mixed.id, "KEY")


async def test_a_wish_belongs_to_its_draft(stores: Stores) -> None:
    """One per user and place; the last one counts; a job or a dropped draft takes it along."""
    await stores.jobs.make_wish(ALICE, "mosaic")
    await stores.jobs.make_wish(ALICE, "woodcut")
    await stores.jobs.make_wish(BOB, "blueprint")
    assert await stores.jobs.wish(ALICE) == "woodcut"
    await stores.jobs.add_photo(ALICE, 1, await stores.blobs.put(b"cat"), source="file:cat")
    [photo] = await stores.jobs.draft(ALICE)
    assert photo.source == "file:cat"
    await enqueue(stores, "u1", content=b"cat", photos=(photo.id,))
    assert await stores.jobs.wish(ALICE) is None
    await stores.jobs.discard_draft(BOB)
    assert await stores.jobs.wish(BOB) is None


async def test_a_draft_can_be_turned(stores: Stores) -> None:
    """The photo that is the style comes last, whenever it was sent."""
    for message_id in (1, 2):
        await stores.jobs.add_photo(ALICE, message_id, await stores.blobs.put(b"x"))
        if message_id == 1:
            assert await stores.jobs.swap_draft(ALICE)
    assert [(photo.message_id, photo.is_style) for photo in await stores.jobs.draft(ALICE)] == [(2, False), (1, True)]
    assert not await stores.jobs.swap_draft(BOB)


async def test_a_message_may_bring_the_photo_that_it_replies_to(stores: Stores) -> None:
    """That one comes first; each is taken once; what was waiting can be dropped without them."""
    for message_id, replied in ((1, False), (5, False), (5, True), (5, True)):
        blob = await stores.blobs.put(b"reply" if replied else b"own")
        await stores.jobs.add_photo(ALICE, message_id, blob, replied=replied)
    assert await stores.jobs.discard_draft(ALICE, but=5) == 1
    assert [await stores.blobs.get(photo.blob) for photo in await stores.jobs.draft(ALICE)] == [b"reply", b"own"]


async def test_styles_and_preferences_are_remembered_until_forgotten(stores: Stores, clock: Clock) -> None:
    """A style that is used stays; one that nobody used for a quarter of a year goes."""
    assert await stores.chats.preference(1) == Preference()
    await stores.chats.save_preference(1, Preference("ru", "file"))
    assert await stores.chats.preference(1) == Preference("ru", "file")
    for key in ("A", "B"):
        await stores.chats.keep_style(key, 1, ("file:x",))
    clock.now += 60 * DAY
    assert await stores.chats.style("A") == ("file:x",)
    await stores.prune(clock.now + 60 * DAY)
    assert await stores.chats.style("B") is None
    await stores.chats.forget(1)
    assert await stores.chats.style("A") is None
    assert await stores.chats.preference(1) == Preference()
