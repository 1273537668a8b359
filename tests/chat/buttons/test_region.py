"""Only a part: a user marks a region on the photo, and only that region is painted."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from bot.chat.buttons import repaint
from bot.chat.callbacks import Action, DoWithResult
from bot.chat.errors import BadPictureError
from bot.chat.i18n import texts
from bot.sandbox.client import Chat, Client, Message
from bot.storage.models import Job, KeptResult, Source, State
from tests.support.chat_harness import RunningChat, from_bot, group, picture, press_result_button, run_chat
from tests.support.fakes import FakeDeliveryStore, FakeJobStore, a_job, fake_stores
from tests.support.jobs import eventually, names
from tests.support.pencil import Pencil, agreement, ellipse, jpeg, photographs
from tests.support.requests import fake_bot, message, press, services

EN = texts("en")
PHOTO = photographs()["coffee"]
SMALL = PHOTO.resize((300, 200))


async def painted(
    running_chat: RunningChat, chat: Chat, content: bytes, caption: str = "", **how: bool
) -> tuple[Message, Job]:
    """Send a photo and a blue style, and complete the job; return the picture's message and the job."""
    await chat.send_photos([content, picture(color="blue")], caption, **how)
    job = await running_chat.claim()
    await running_chat.finish(job)
    return await chat.wait(lambda message: message.photo is not None and bool(message.buttons)), job


async def question(chat: Chat, answer: Message) -> Message:
    """Press "Only a part" under a picture; return the message that asks for the marked copy."""
    await press_result_button(chat, answer, EN("button-part"))
    return await chat.wait(lambda message: message.text.endswith(EN("part-how")))


async def marked(chat: Chat, asked: Message) -> bytes:
    """Return the photo of the question, with a region encircled."""
    with Image.open(io.BytesIO(await chat.download(asked))) as photo:
        return jpeg(Pencil(photo).encircle().photo)


async def painted_in_part(running_chat: RunningChat, chat: Chat) -> tuple[Message, Job]:
    """Have a region of a photo painted; return the picture's message and the job."""
    answer, _ = await painted(running_chat, chat, jpeg(SMALL))
    asked = await question(chat, answer)
    await chat.send_photos([await marked(chat, asked)], reply_to=asked)
    job = await running_chat.claim()
    await running_chat.finish(job)
    return await chat.wait(lambda message: EN("choice-part") in message.text), job


async def mask_of(running_chat: RunningChat, job: Job) -> Image.Image:
    """Open the mask of a job."""
    assert job.mask is not None
    return Image.open(io.BytesIO(await running_chat.stores.blobs.get(job.mask)))


@pytest.mark.parametrize("as_file", [False, True])
async def test_only_the_marked_region_is_painted(running_chat: RunningChat, as_file: bool) -> None:
    """The user sends back a marked copy of the photo: the job has the same pictures and recipe, and a mask."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        answer, first = await painted(running_chat, chat, jpeg(PHOTO), as_file=as_file)
        asked = await question(chat, answer)
        assert asked.reply_to == answer.reply_to
        [reply] = await chat.send_photos([await marked(chat, asked)], as_file=as_file, reply_to=asked)
        job = await running_chat.claim()
        assert (job.sources, job.recipe, job.style) == (first.sources, first.recipe, first.style)
        assert (job.message_id, job.start) == (reply.id, None)
        mask = await mask_of(running_chat, job)
        assert agreement(mask, ellipse(mask.size)) > 0.9
        await running_chat.finish(job)
        done = await chat.wait(lambda message: EN("choice-part") in message.text)
        assert done.reply_to == reply.id


@pytest.mark.parametrize(
    ("button", "kept"),
    [("stronger", True), ("softer", True), ("bigger", True), ("again", True), ("colors", True), ("swap", False)],
)
async def test_the_region_belongs_to_its_content(button: Action, kept: bool) -> None:
    """A repaint of the same content has the same region; with content and style swapped it has none."""
    files = {"content": jpeg(SMALL), "style": picture(), "marked": jpeg(Pencil(SMALL).encircle().photo)}
    bot, jobs = fake_bot(files), FakeJobStore(a_job(state=State.DELIVERED, marked=Source("file:marked")))
    deliveries = FakeDeliveryStore()
    stores = fake_stores(jobs=jobs, deliveries=deliveries)
    deliveries.kept[1] = KeptResult(await stores.blobs.put(picture()), None)
    await repaint.press(press(bot, services(stores), message(bot)), DoWithResult(1, button))
    [new] = jobs.queued
    assert (new.marked, new.mask is not None) == ("file:marked" if kept else "", kept)
    if new.mask is not None:
        mask = Image.open(io.BytesIO(await stores.blobs.get(new.mask)))
        assert agreement(mask, ellipse(mask.size)) > 0.9


async def test_the_region_stays_when_its_picture_is_painted_again(running_chat: RunningChat) -> None:
    """The marked copy is fetched from Telegram again, with the photos."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        answer, first = await painted_in_part(running_chat, chat)
        await running_chat.settled()
        await chat.press(answer, EN("button-stronger"))
        job = await running_chat.claim()
        assert job.marked == first.marked
        mask = await mask_of(running_chat, job)
        assert agreement(mask, ellipse(mask.size)) > 0.9


async def test_a_queued_picture_that_is_swapped_has_no_region(running_chat: RunningChat) -> None:
    """The region belonged to the photo that was the content before."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        answer, _ = await painted(running_chat, chat, jpeg(SMALL))
        asked = await question(chat, answer)
        await chat.send_photos([await marked(chat, asked)], reply_to=asked)
        status = await chat.wait(lambda message: EN("button-swap") in str(message.buttons))
        assert (await chat.press(status, EN("button-swap"))).text == EN("swapped")
        job = await running_chat.claim()
        assert (job.mask, job.marked) == (None, "")


async def test_a_copy_that_marks_no_region_is_refused_with_a_reason(running_chat: RunningChat) -> None:
    """Nothing is marked, or everything; it is another photo, of another shape, or no picture. No job is queued."""
    other = photographs()["chelsea"].resize(SMALL.size)
    wrong = {
        "part-nothing": jpeg(SMALL, 70),
        "part-everything": jpeg(Pencil(SMALL).cover().photo),
        "part-other": jpeg(Pencil(other).encircle().photo),
        "part-cropped": jpeg(SMALL.crop((0, 0, 300, 150))),
        "bad-not-image": b"%PDF-1.7",
    }
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        answer, _ = await painted(running_chat, chat, jpeg(SMALL))
        asked = await question(chat, answer)
        for sentence, data in wrong.items():
            [reply] = await chat.send_photos([data], as_file=True, reply_to=asked)
            said = await chat.wait(lambda message, reply=reply: message.reply_to == reply.id)  # type: ignore[misc]
            assert said.text == EN(sentence)
        assert await running_chat.stores.work.claim("test") is None


class Refusal:
    """An operator's check that refuses every picture once it is strict."""

    strict = False

    async def __call__(self, data: bytes) -> None:
        """Refuse the picture while strict."""
        if data and self.strict:
            raise BadPictureError("filter-refused")


async def test_quotas_and_the_operators_check_hold_for_marked_photos(tmp_path: Path) -> None:
    """A marked copy is checked like any other photo, and its job counts for the user's quota."""
    check = Refusal()
    async with run_chat(tmp_path, moderate=check) as running_chat, Client(running_chat.url) as ann:
        chat = await ann.open()
        answer, _ = await painted(running_chat, chat, jpeg(SMALL))
        asked = await question(chat, answer)
        data = await marked(chat, asked)
        check.strict = True
        await chat.send_photos([data], reply_to=asked)
        await chat.wait(lambda message: message.text == EN("filter-refused"))
        check.strict = False
        for _ in range(5):
            await chat.send_photos([picture(), picture()])
            await chat.wait(lambda message: EN("button-cancel") in str(message.buttons))
        await chat.send_photos([data], reply_to=asked)
        await chat.wait(lambda message: message.text == EN("too-many", limit=5))


async def test_a_photo_that_is_gone_cannot_be_marked(running_chat: RunningChat) -> None:
    """Telegram can neither send the photo again nor let the bot download it."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        answer, _ = await painted(running_chat, chat, jpeg(SMALL))
        gone = {"status": 400, "description": "Bad Request: wrong file identifier/HTTP URL specified"}
        await running_chat.fault(ann, "error", "sendPhoto", **gone)
        await running_chat.fault(ann, "error", "getFile", **gone | {"times": 3})
        await press_result_button(chat, answer, EN("button-part"))
        assert (await chat.wait()).text == EN("download-failed")


async def test_in_a_group_only_the_requester_and_administrators_mark(running_chat: RunningChat) -> None:
    """The bot receives the replies in privacy mode, and its answers stay in the topic."""
    async with (
        Client(running_chat.url, "Ann") as ann,
        Client(running_chat.url, "Bob") as bob,
        Client(running_chat.url, "Eve") as eve,
    ):
        await ann.open()
        forum = await group(ann, forum=True, admin=False)
        for person in (bob, eve):
            await ann.call("POST", f"/api/chats/{forum.key}/members", {"user": ann.id, "member": person.id})
        topic = (await ann.call("POST", f"/api/chats/{forum.key}/topics", {"user": ann.id, "name": "Art"}))["id"]
        mine = bob.chat(forum.key)
        [photo] = await mine.send_photos([jpeg(SMALL)], topic=topic)
        await mine.send("/style blueprint", reply_to=photo, topic=topic)
        await running_chat.finish(await running_chat.claim())
        answer = await mine.wait(lambda message: message.photo is not None and bool(message.buttons))
        asked = await question(mine, answer)
        assert asked.topic == topic
        data = await marked(mine, asked)
        theirs = eve.chat(forum.key)
        await theirs.send_photos([data], reply_to=asked, topic=topic)
        await theirs.wait(lambda message: message.text == EN("not-yours"))
        for person in (bob, ann):  # the requester, and the owner of the group
            await person.chat(forum.key).send_photos([data], reply_to=asked, topic=topic)
            job = await running_chat.claim()
            assert (job.address.user_id, job.address.thread_id) == (person.id, topic)
            assert job.mask is not None
            await running_chat.finish(job)
        assert len([message for message in await from_bot(mine) if message.text == EN("not-yours")]) == 1


async def test_cancel_and_forget_take_the_mask_too(tmp_path: Path) -> None:
    """The blob of the mask is deleted; a reply to the old question is then a photo like any other."""
    async with run_chat(tmp_path) as running_chat, Client(running_chat.url) as ann:
        chat = await ann.open()
        answer, _ = await painted(running_chat, chat, jpeg(SMALL))
        asked = await question(chat, answer)
        data = await marked(chat, asked)
        await chat.send_photos([data], reply_to=asked)
        job = await running_chat.claim()
        await chat.send("/cancel")
        await running_chat.settled()

        async def mask_is_deleted() -> bool:
            return job.mask not in names(tmp_path / "blobs")

        await eventually(mask_is_deleted)  # blobs are deleted after the transaction that settles the job
        await chat.send_photos([data], reply_to=asked)
        await running_chat.claim()
        await running_chat.stores.people.forget(ann.id)
        assert names(tmp_path / "blobs") == set()
        await chat.send_photos([data], reply_to=asked)
        assert (await running_chat.claim()).mask is None
