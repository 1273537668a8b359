"""Conformance: the photos of the next job."""

from __future__ import annotations

import dataclasses

import pytest

from bot.storage.protocols import Stores
from tests.support.jobs import ALICE, BOB, enqueue


async def _add(stores: Stores, message_id: int, data: bytes = b"photo") -> bool:
    return await stores.jobs.add_photo(ALICE, message_id, await stores.blobs.put(data))


async def test_a_draft_is_in_the_order_of_its_messages(stores: Stores) -> None:
    """An album's photos arrive in any order; content comes before style as the user sent them."""
    for message_id in (12, 10, 11):
        assert await _add(stores, message_id, b"%d" % message_id)
    draft = await stores.jobs.draft(ALICE)
    assert [photo.message_id for photo in draft] == [10, 11, 12]
    assert [await stores.blobs.get(photo.blob) for photo in draft] == [b"10", b"11", b"12"]


async def test_drafts_of_others_and_of_other_topics_are_apart(stores: Stores) -> None:
    """Two people in a group, or one in two topics, do not mix their photos."""
    topic = dataclasses.replace(ALICE, thread_id=3)
    await _add(stores, 10)
    await stores.jobs.add_photo(topic, 11, await stores.blobs.put(b"x"))
    await stores.jobs.add_photo(dataclasses.replace(ALICE, user_id=9), 12, await stores.blobs.put(b"y"))
    assert [photo.message_id for photo in await stores.jobs.draft(ALICE)] == [10]
    assert [photo.message_id for photo in await stores.jobs.draft(topic)] == [11]
    assert await stores.jobs.draft(BOB) == []


async def test_a_message_is_a_photo_once(stores: Stores) -> None:
    """A message that comes again is no second photo, also after its job took it; its second blob is deleted."""
    assert await _add(stores, 10)
    again = await stores.blobs.put(b"again")
    assert not await stores.jobs.add_photo(ALICE, 10, again)
    with pytest.raises(KeyError):
        await stores.blobs.get(again)
    [photo] = await stores.jobs.draft(ALICE)
    assert not await stores.jobs.add_photo(ALICE, 10, photo.blob)
    job = await enqueue(stores, "u1", styles=(photo.blob,), photos=(photo.id,))
    assert not await _add(stores, 10)
    assert await stores.jobs.draft(ALICE) == []
    assert await stores.blobs.get(job.styles[0]) == b"photo"


async def test_a_job_takes_its_photos_and_no_others(stores: Stores) -> None:
    """All photos that a job names leave the draft, and those that it does not paint with are deleted."""
    for message_id in (10, 11, 12):
        await _add(stores, message_id)
    content, unused, other = await stores.jobs.draft(ALICE)
    job = await enqueue(stores, "u1", styles=(content.blob,), photos=(content.id, unused.id))
    assert await stores.jobs.draft(ALICE) == [other]
    assert await stores.blobs.get(job.styles[0]) == b"photo"
    with pytest.raises(KeyError):
        await stores.blobs.get(unused.blob)


async def test_a_discarded_draft_leaves_nothing(stores: Stores) -> None:
    """A user who starts anew has an empty draft, and the photos are gone."""
    await _add(stores, 10)
    await _add(stores, 11)
    photos = await stores.jobs.draft(ALICE)
    assert await stores.jobs.discard_draft(ALICE) == 2
    assert await stores.jobs.discard_draft(ALICE) == 0
    assert await stores.jobs.draft(ALICE) == []
    for photo in photos:
        with pytest.raises(KeyError):
            await stores.blobs.get(photo.blob)
