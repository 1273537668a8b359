"""Every job ends in a picture or in a sentence, whatever happens on the line."""

from __future__ import annotations

import pytest

from bot.chat.texts import texts
from bot.demo.person import Person
from bot.jobs.job import JobError
from tests.chat.stage import Stage, eventually, from_bot, picture, request

EN = texts("en")


async def test_the_picture_replies_to_the_request_and_the_status_message_goes(stage: Stage) -> None:
    """One message is left: the picture. Nothing of it stays on our disk."""
    async with Person(stage.url) as ann:
        chat = await ann.open()
        asked = await request(chat)
        job = await stage.claim()
        await stage.finish(job)
        answer = await chat.wait(lambda message: message.photo is not None)
        assert answer.reply_to == asked.id
        assert answer.text.splitlines()[0] == EN("done", size="60×40", seconds=1)

        async def status_is_gone() -> bool:
            return [message.id for message in await from_bot(chat)] == [answer.id]

        await eventually(status_is_gone)
        await stage.settled()
        for blob in (job.content, *job.styles):
            await eventually(lambda blob=blob: gone(stage, blob))  # type: ignore[misc]


async def gone(stage: Stage, blob: str) -> bool:
    """Return whether a blob is deleted."""
    try:
        await stage.stores.blobs.get(blob)
    except KeyError:
        return True
    return False


async def test_a_preview_turns_the_status_message_into_a_picture(stage: Stage) -> None:
    """Progress is an edit of one message: first words, then a picture with a bar."""
    async with Person(stage.url) as ann:
        chat = await ann.open()
        await request(chat)
        status = await chat.wait(lambda message: bool(message.buttons))
        job = await stage.claim()
        preview = await stage.stores.blobs.put(picture())
        assert await stage.stores.jobs.record_progress(job, 0.5, 20.0, preview)
        shown = await chat.wait(lambda message: message.id == status.id and message.photo is not None)
        assert "50%" in shown.text
        assert EN.duration(20) in shown.text
        assert len(await from_bot(chat)) == 1


async def test_a_send_whose_answer_was_lost_is_not_repeated(stage: Stage) -> None:
    """The picture arrived, but the connection broke before we knew: it is not sent a second time."""
    async with Person(stage.url) as ann:
        chat = await ann.open()
        await request(chat)
        await chat.wait(lambda message: bool(message.buttons))
        await stage.fault(ann, "drop", "sendPhoto", stored=True)
        await stage.finish(await stage.claim())
        await stage.settled()
        pictures = [message for message in await from_bot(chat) if message.photo]
        assert 1 <= len(pictures) <= 2
        assert not any(EN("button-cancel") in str(message.buttons) for message in pictures)


async def test_a_send_that_may_have_been_lost_arrives_by_the_status_message(stage: Stage) -> None:
    """The connection broke before the picture was stored: the status message becomes the picture."""
    async with Person(stage.url) as ann:
        chat = await ann.open()
        await request(chat)
        status = await chat.wait(lambda message: bool(message.buttons))
        await stage.fault(ann, "drop", "sendPhoto", stored=False)
        await stage.finish(await stage.claim())
        await stage.settled()
        [answer] = await from_bot(chat)
        assert answer.id == status.id
        assert answer.photo is not None


@pytest.mark.parametrize("fault", [{"kind": "flood", "seconds": 1}, {"kind": "error", "status": 502}])
async def test_telegram_in_trouble_gets_the_picture_later(stage: Stage, fault: dict[str, object]) -> None:
    """A flood limit or a broken server costs time, not the picture, and makes no extra copy."""
    async with Person(stage.url) as ann:
        chat = await ann.open()
        await request(chat)
        await chat.wait(lambda message: bool(message.buttons))
        await stage.fault(ann, method="sendPhoto", **fault)  # type: ignore[arg-type]
        await stage.finish(await stage.claim())
        await stage.settled()
        assert len([message for message in await from_bot(chat) if message.photo]) == 1


async def test_a_user_who_blocked_the_bot_does_not_hold_it_up(stage: Stage) -> None:
    """There is nobody to tell: the job is settled and its pictures are deleted."""
    async with Person(stage.url) as ann:
        chat = await ann.open()
        await request(chat)
        await chat.wait(lambda message: bool(message.buttons))
        job = await stage.claim()
        await stage.fault(
            ann, "error", "", times=0, status=403, description="Forbidden: bot was blocked by the user", chat_id=ann.id
        )
        await stage.finish(job)
        await stage.settled()
        with pytest.raises(KeyError):
            await stage.stores.blobs.get(job.content)


@pytest.mark.parametrize("error", list(JobError))
async def test_a_failure_is_said_in_the_status_message(stage: Stage, error: JobError) -> None:
    """Each reason has a sentence that says what to do; the button goes."""
    async with Person(stage.url) as ann:
        chat = await ann.open()
        await request(chat)
        status = await chat.wait(lambda message: bool(message.buttons))
        assert await stage.stores.jobs.fail(await stage.claim(), error, "detail for the log")
        await stage.settled()
        [answer] = await from_bot(chat)
        assert (answer.id, answer.text, answer.buttons) == (status.id, EN(f"failed-{error}"), ())


async def test_a_failure_is_said_even_if_the_user_deleted_the_status_message(stage: Stage) -> None:
    """Never silence: the reason comes as a new message."""
    async with Person(stage.url) as ann:
        chat = await ann.open()
        asked = await request(chat)
        await chat.wait(lambda message: bool(message.buttons))
        job = await stage.claim()
        await stage.fault(
            ann, "error", "editMessageText", times=0, status=400, description="Bad Request: message to edit not found"
        )
        assert await stage.stores.jobs.fail(job, JobError.ENGINE, "")
        await stage.settled()
        told = [message for message in await from_bot(chat) if message.text == EN("failed-engine")]
        assert [message.reply_to for message in told] == [asked.id]


async def test_a_picture_too_long_for_a_photo_comes_as_a_file(stage: Stage) -> None:
    """Telegram takes no photo with sides of more than 1:20."""
    async with Person(stage.url) as ann:
        chat = await ann.open()
        await request(chat)
        await stage.finish(await stage.claim(), picture(2100, 100))
        answer = await chat.wait(lambda message: message.document is not None)
        assert answer.photo is None
