"""Conformance: what is remembered of pictures that are deleted, and what is kept for a while."""

from __future__ import annotations

import pytest

from bot.jobs.job import Preference
from bot.jobs.store import Stores
from tests.jobs.samples import ALICE, BOB, Clock, claim, current, enqueue, render

DAY = 24 * 3600.0


async def test_a_finished_picture_is_kept_for_a_day_where_that_is_asked_for(stores: Stores, clock: Clock) -> None:
    """The buttons under it need it; then it goes by itself."""
    job = await enqueue(stores, "u1")
    picture = await render(stores, await claim(stores))
    await stores.jobs.begin_delivery(job.id)
    await stores.jobs.finish_delivery(job.id, keep=True)
    assert (await current(stores, job)).result is None
    assert await stores.jobs.kept(job.id) == picture
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
