"""Conformance: the photos, or the style, of the next job."""

from __future__ import annotations

import dataclasses

import pytest

from bot.storage.models import (
    Source,
)
from bot.storage.protocols import Stores
from tests.support.jobs import ALICE, BOB, enqueue


async def _add(stores: Stores, message_id: int, data: bytes = b"photo") -> bool:
    return await stores.drafts.add_photo(ALICE, message_id, await stores.blobs.put(data))


async def test_a_draft_is_in_the_order_of_its_messages(stores: Stores) -> None:
    """An album's photos arrive in any order; content comes before style as the user sent them."""
    for message_id in (12, 10, 11):
        assert await _add(stores, message_id, b"%d" % message_id)
    draft = await stores.drafts.photos(ALICE)
    assert [photo.message_id for photo in draft] == [10, 11, 12]
    assert [await stores.blobs.get(photo.blob) for photo in draft] == [b"10", b"11", b"12"]


async def test_drafts_of_others_and_of_other_topics_are_apart(stores: Stores) -> None:
    """Two people in a group, or one in two topics, do not mix their photos."""
    topic = dataclasses.replace(ALICE, thread_id=3)
    await _add(stores, 10)
    await stores.drafts.add_photo(topic, 11, await stores.blobs.put(b"x"))
    await stores.drafts.add_photo(dataclasses.replace(ALICE, user_id=9), 12, await stores.blobs.put(b"y"))
    assert [photo.message_id for photo in await stores.drafts.photos(ALICE)] == [10]
    assert [photo.message_id for photo in await stores.drafts.photos(topic)] == [11]
    assert await stores.drafts.photos(BOB) == []


async def test_a_message_is_a_photo_once(stores: Stores) -> None:
    """A message that comes again is no second photo, also after its job took it; its second blob is deleted."""
    assert await _add(stores, 10)
    again = await stores.blobs.put(b"again")
    assert not await stores.drafts.add_photo(ALICE, 10, again)
    with pytest.raises(KeyError):
        await stores.blobs.get(again)
    [photo] = await stores.drafts.photos(ALICE)
    assert not await stores.drafts.add_photo(ALICE, 10, photo.blob)
    job = await enqueue(stores, "u1", styles=(photo.blob,), photos=(photo.id,))
    assert not await _add(stores, 10)
    assert await stores.drafts.photos(ALICE) == []
    assert await stores.blobs.get(job.styles[0]) == b"photo"


async def test_a_job_takes_its_photos_and_no_others(stores: Stores) -> None:
    """All photos that a job names leave the draft, and those that it does not paint with are deleted."""
    for message_id in (10, 11, 12):
        await _add(stores, message_id)
    content, unused, other = await stores.drafts.photos(ALICE)
    job = await enqueue(stores, "u1", styles=(content.blob,), photos=(content.id, unused.id))
    assert await stores.drafts.photos(ALICE) == [other]
    assert await stores.blobs.get(job.styles[0]) == b"photo"
    with pytest.raises(KeyError):
        await stores.blobs.get(unused.blob)


async def test_a_discarded_draft_leaves_nothing(stores: Stores) -> None:
    """Its photos are deleted, and the user has an empty draft."""
    await _add(stores, 10)
    await _add(stores, 11)
    photos = await stores.drafts.photos(ALICE)
    assert await stores.drafts.discard(ALICE) == 2
    assert await stores.drafts.discard(ALICE) == 0
    assert await stores.drafts.photos(ALICE) == []
    for photo in photos:
        with pytest.raises(KeyError):
            await stores.blobs.get(photo.blob)


async def test_a_chosen_style_belongs_to_its_draft(stores: Stores) -> None:
    """One per user and place; the last one counts; it goes with the job or when the draft is discarded."""
    await stores.drafts.choose_style(ALICE, "mosaic")
    await stores.drafts.choose_style(ALICE, "woodcut")
    await stores.drafts.choose_style(BOB, "blueprint")
    assert await stores.drafts.chosen_style(ALICE) == "woodcut"
    await stores.drafts.add_photo(ALICE, 1, await stores.blobs.put(b"cat"), source=Source("file:cat"))
    [photo] = await stores.drafts.photos(ALICE)
    assert photo.source == "file:cat"
    await enqueue(stores, "u1", content=b"cat", photos=(photo.id,))
    assert await stores.drafts.chosen_style(ALICE) is None
    await stores.drafts.discard(BOB)
    assert await stores.drafts.chosen_style(BOB) is None


async def test_a_draft_can_be_turned(stores: Stores) -> None:
    """The photo that was chosen as style comes last, whenever it was sent."""
    for message_id in (1, 2):
        await stores.drafts.add_photo(ALICE, message_id, await stores.blobs.put(b"x"))
        if message_id == 1:
            assert await stores.drafts.swap(ALICE)
    assert [(photo.message_id, photo.is_style) for photo in await stores.drafts.photos(ALICE)] == [
        (2, False),
        (1, True),
    ]
    assert not await stores.drafts.swap(BOB)


async def test_a_message_may_bring_the_photo_that_it_replies_to(stores: Stores) -> None:
    """That photo comes first; each of the two is added once; earlier photos can be discarded without them."""
    for message_id, replied in ((1, False), (5, False), (5, True), (5, True)):
        blob = await stores.blobs.put(b"reply" if replied else b"own")
        await stores.drafts.add_photo(ALICE, message_id, blob, replied=replied)
    assert await stores.drafts.discard(ALICE, but=[5]) == 1
    assert [await stores.blobs.get(photo.blob) for photo in await stores.drafts.photos(ALICE)] == [b"reply", b"own"]
