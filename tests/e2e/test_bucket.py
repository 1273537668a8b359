"""The whole program with its pictures in a bucket: from chat to picture, while the S3 server fails or is slow."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.sandbox.client import Client
from bot.storage.s3 import Bucket
from tests.support.conversation import answer_after, choose_small, is_status, result
from tests.support.figures import Figures
from tests.support.jobs import eventually
from tests.support.program import Program
from tests.support.s3 import Line, objects

pytestmark = pytest.mark.slow


@pytest.fixture
async def with_bucket(tmp_path: Path, postgres_url: str, bucket_url: str, line: Line) -> AsyncIterator[Program]:
    """The program, with the fake engine."""
    program = Program(tmp_path, "fake", database=postgres_url, blobs=bucket_url)
    await asyncio.to_thread(program.start_bot)
    yield program
    await asyncio.to_thread(program.close)


async def test_a_picture_comes_though_the_server_fails_meanwhile(
    with_bucket: Program, line: Line, bucket_url: str, photos: list[bytes], record_property: Figures
) -> None:
    """What cannot be put or read at the moment is waited for; after the delivery the photos are gone."""

    async def waited_for() -> bool:
        return "store_unavailable" in with_bucket.logged()

    async def only_the_picture_and_its_timelapse_are_left() -> bool:
        return len(await objects(Bucket(bucket_url))) == 2

    async with Client(with_bucket.url) as person:
        chat = await person.open()
        await choose_small(chat)
        request = (await chat.send_photos(photos))[0]
        await chat.wait(is_status)
        line.state = "failing"
        await eventually(waited_for, within=60.0)
        line.state = "good"
        mended = time.monotonic()
        assert (await result(chat, request)).photo is not None
        record_property("calls answered by 500", line.failures)
        record_property("seconds until the picture, once it answers", round(time.monotonic() - mended, 1))
    await eventually(only_the_picture_and_its_timelapse_are_left)
    assert not (with_bucket.folder / "data" / "blobs").exists()


async def test_a_slow_server_delays_pictures_and_no_answers(
    with_bucket: Program, line: Line, photos: list[bytes], record_property: Figures
) -> None:
    """Each call takes three seconds: a command is answered at once nevertheless, and the picture comes."""
    async with Client(with_bucket.url) as person, Client(with_bucket.url, "Bob") as bob:
        chat, others = await person.open(), await bob.open()
        await choose_small(chat)
        line.state = "slow"
        began = time.monotonic()
        request = (await chat.send_photos(photos))[0]
        await others.send("/queue")
        await answer_after(others, 1)
        answered = time.monotonic() - began
        assert (await result(chat, request)).photo is not None
        record_property("seconds until a command is answered", round(answered, 1))
        record_property("seconds until the picture, each call of S3 taking 3", round(time.monotonic() - began, 1))
