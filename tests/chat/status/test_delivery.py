"""Every job ends in a picture or in a sentence, whatever happens on the line."""

from __future__ import annotations

import pytest

from bot.chat.i18n import texts
from bot.chat.status.delivery import WATCHED, deliver
from bot.chat.status.messages import CONFETTI
from bot.sandbox.client import Chat, Client, Message
from bot.storage.models import BlobKey, JobError, Preference, State
from tests.support.chat_harness import RunningChat, from_bot, picture, request
from tests.support.fakes import FakeDeliveryStore, a_job, fake_stores
from tests.support.jobs import connection_of, eventually
from tests.support.requests import fake_bot, services

EN = texts("en")


async def test_the_picture_replies_to_the_request_and_the_status_message_goes(running_chat: RunningChat) -> None:
    """One message is left: the picture. Nothing of it stays on our disk."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        asked = await request(chat)
        job = await running_chat.claim()
        await running_chat.finish(job)
        answer = await chat.wait(lambda message: message.photo is not None)
        assert answer.reply_to == asked.id
        done = EN("done", size="60×40", seconds=1)
        assert answer.text.splitlines()[0] == f"{EN('quality-standard')} · {done}"

        async def status_is_gone() -> bool:
            return [message.id for message in await from_bot(chat)] == [answer.id]

        await eventually(status_is_gone)
        await running_chat.settled()
        for blob in (job.content, *job.styles):
            await eventually(lambda blob=blob: gone(running_chat, blob))  # type: ignore[misc]


async def had_one(running_chat: RunningChat, chat: Chat) -> None:
    """Let somebody have had their first picture, which comes as a new message."""
    await request(chat)
    await running_chat.finish(await running_chat.claim())
    await running_chat.settled()


async def test_somebodys_first_picture_comes_with_confetti(running_chat: RunningChat) -> None:
    """In private, once: the next one comes without."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        await had_one(running_chat, chat)
        await had_one(running_chat, chat)
        first, second = [message for message in await from_bot(chat) if message.photo]
        assert first.raw.get("effect_id") == CONFETTI
        assert "effect_id" not in second.raw


async def test_who_is_looking_sees_the_live_message_become_the_picture(running_chat: RunningChat) -> None:
    """From the sketch to the result it is one message, whose buttons change; nothing has to ring."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        await had_one(running_chat, chat)
        asked = await request(chat)
        status = await chat.wait(lambda message: bool(message.buttons))
        job = await running_chat.claim()
        assert await running_chat.stores.work.record_progress(
            job, 0.5, 20.0, await running_chat.stores.blobs.put(picture())
        )
        await chat.wait(lambda message: message.id == status.id and message.photo is not None)
        await running_chat.finish(job, picture(90, 60))
        result = await chat.wait(lambda message: EN("button-stronger") in str(message.buttons))
        assert (result.id, result.reply_to) == (status.id, asked.id)
        assert result.photo is not None
        assert result.photo.width == 90
        await running_chat.settled()
        assert len([message for message in await from_bot(chat) if message.photo]) == 2
        assert (await chat.press(result, EN("button-stronger"))).text == EN("going-on")


async def test_a_picture_that_took_long_rings(running_chat: RunningChat) -> None:
    """Whoever has put the phone away is called by a new message, and the live one goes; not if they just said stop."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        await had_one(running_chat, chat)
        for stopped in (False, True):
            await request(chat)
            status = await chat.wait(lambda message: bool(message.buttons))
            job = await running_chat.claim()
            if stopped:
                assert await running_chat.stores.jobs.stop_here(job.id)
            connection = connection_of(running_chat.stores)
            await connection.execute_fetchall("UPDATE job SET created_at = created_at - ?", (WATCHED,))
            await connection.commit()
            await running_chat.finish(job)
            await running_chat.settled()
            last = (await from_bot(chat))[-1]
            assert (last.id == status.id) is stopped
            assert last.photo is not None
            assert not is_live(last)


def is_live(message: Message) -> bool:
    """Return whether a message can be cancelled still."""
    return EN("button-cancel") in str(message.buttons)


async def test_the_live_message_becomes_a_file_for_who_wants_files(running_chat: RunningChat) -> None:
    """Untouched, also where the preview in it was a photo."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        await had_one(running_chat, chat)
        await running_chat.stores.settings.save_preference(ann.id, Preference(output="file"))
        await request(chat)
        status = await chat.wait(lambda message: bool(message.buttons))
        job = await running_chat.claim()
        assert await running_chat.stores.work.record_progress(
            job, 0.5, 20.0, await running_chat.stores.blobs.put(picture())
        )
        await chat.wait(lambda message: message.id == status.id and message.photo is not None)
        made = picture(90, 60, "green")
        await running_chat.finish(job, made)
        result = await chat.wait(lambda message: message.document is not None)
        assert result.id == status.id
        assert await chat.download(result) == made


async def test_an_edit_that_may_have_been_lost_is_repeated(running_chat: RunningChat) -> None:
    """The live message can become the picture as often as it takes: there is one copy, never two."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        await had_one(running_chat, chat)
        for stored in (True, False):
            await request(chat)
            status = await chat.wait(lambda message: bool(message.buttons))
            await running_chat.fault(ann, "drop", "editMessageMedia", stored=stored)
            await running_chat.finish(await running_chat.claim())
            await running_chat.settled()
            last = (await from_bot(chat))[-1]
            assert (last.id, last.photo is not None, is_live(last)) == (status.id, True, False)


async def test_a_live_message_that_is_gone_does_not_take_the_picture_along(running_chat: RunningChat) -> None:
    """Deleted by its user: the picture comes as a new message."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        await had_one(running_chat, chat)
        asked = await request(chat)
        await chat.wait(lambda message: bool(message.buttons))
        await running_chat.fault(
            ann, "error", "editMessageMedia", times=0, status=400, description="message to edit not found"
        )
        await running_chat.finish(await running_chat.claim())
        await running_chat.settled()
        last = (await from_bot(chat))[-1]
        assert (last.reply_to, last.photo is not None) == (asked.id, True)


@pytest.mark.parametrize("methods", [("sendPhoto",), ("sendPhoto", "sendDocument")])
async def test_a_picture_that_telegram_refuses_is_not_silence(
    running_chat: RunningChat, methods: tuple[str, ...]
) -> None:
    """What cannot come as a photo comes as a file; where no file may come either, a sentence does, and that is all."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        asked = await request(chat)
        await chat.wait(lambda message: bool(message.buttons))
        for method in methods:
            refused = "Bad Request: not enough rights to send photos to the chat"
            await running_chat.fault(ann, "error", method, times=0, status=400, description=refused)
        await running_chat.finish(await running_chat.claim())

        async def one_is_left() -> bool:
            return [is_live(message) for message in await from_bot(chat)] == [False]

        await eventually(one_is_left)
        [answer] = await from_bot(chat)
        assert answer.reply_to == asked.id
        assert (answer.document is None) == ("sendDocument" in methods)
        assert (answer.text == EN("undeliverable")) == ("sendDocument" in methods)


async def gone(running_chat: RunningChat, blob: BlobKey) -> bool:
    """Return whether a blob is deleted."""
    try:
        await running_chat.stores.blobs.get(blob)
    except KeyError:
        return True
    return False


async def test_a_preview_turns_the_status_message_into_a_picture(running_chat: RunningChat) -> None:
    """Progress is an edit of one message: first words, then a picture with a bar."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        await request(chat)
        status = await chat.wait(lambda message: bool(message.buttons))
        job = await running_chat.claim()
        preview = await running_chat.stores.blobs.put(picture())
        assert await running_chat.stores.work.record_progress(job, 0.5, 20.0, preview)
        shown = await chat.wait(lambda message: message.id == status.id and message.photo is not None)
        assert "50%" in shown.text
        assert shown.photo is not None
        assert (shown.photo.width, shown.photo.height) == (512, 341)  # whatever scale it is painted at just now
        assert EN.duration(20) in shown.text
        assert len(await from_bot(chat)) == 1


async def test_a_send_whose_answer_was_lost_is_not_repeated(running_chat: RunningChat) -> None:
    """The picture arrived, but the connection broke before we knew: it is not sent a second time."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        await request(chat)
        await chat.wait(lambda message: bool(message.buttons))
        await running_chat.fault(ann, "drop", "sendPhoto", stored=True)
        await running_chat.finish(await running_chat.claim())
        await running_chat.settled()
        pictures = [message for message in await from_bot(chat) if message.photo]
        assert 1 <= len(pictures) <= 2
        assert not any(EN("button-cancel") in str(message.buttons) for message in pictures)


async def test_a_send_that_may_have_been_lost_arrives_by_the_status_message(running_chat: RunningChat) -> None:
    """The connection broke before the picture was stored: the status message becomes the picture."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        await request(chat)
        status = await chat.wait(lambda message: bool(message.buttons))
        await running_chat.fault(ann, "drop", "sendPhoto", stored=False)
        await running_chat.finish(await running_chat.claim())
        await running_chat.settled()
        [answer] = await from_bot(chat)
        assert answer.id == status.id
        assert answer.photo is not None


@pytest.mark.parametrize("fault", [{"kind": "flood", "seconds": 1}, {"kind": "error", "status": 502}])
async def test_telegram_in_trouble_gets_the_picture_later(running_chat: RunningChat, fault: dict[str, object]) -> None:
    """A flood limit or a broken server costs time, not the picture, and makes no extra copy."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        await request(chat)
        await chat.wait(lambda message: bool(message.buttons))
        await running_chat.fault(ann, method="sendPhoto", **fault)  # type: ignore[arg-type]
        await running_chat.finish(await running_chat.claim())
        await running_chat.settled()
        assert len([message for message in await from_bot(chat) if message.photo]) == 1


async def test_a_user_who_blocked_the_bot_does_not_hold_it_up(running_chat: RunningChat) -> None:
    """There is nobody to tell: the job is settled and its pictures are deleted."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        await request(chat)
        await chat.wait(lambda message: bool(message.buttons))
        job = await running_chat.claim()
        await running_chat.fault(
            ann, "error", "", times=0, status=403, description="Forbidden: bot was blocked by the user", chat_id=ann.id
        )
        await running_chat.finish(job)
        await running_chat.settled()
        await eventually(lambda: gone(running_chat, job.content))


@pytest.mark.parametrize("error", list(JobError))
async def test_each_reason_of_a_failure_has_a_sentence(error: JobError) -> None:
    """The status message says what to do, and its buttons are removed."""
    bot, deliveries = fake_bot(), FakeDeliveryStore()
    job = a_job(state=State.FAILED, error=error, status_message_id=11)
    await deliver(bot, services(fake_stores(deliveries=deliveries)), job)
    bot.edit_message_text.assert_awaited_once_with(EN(f"failed-{error}"), 7, 11, reply_markup=None)
    bot.send_message.assert_not_called()
    assert deliveries.finished == [job.id]


async def test_a_failure_is_said_in_the_status_message(running_chat: RunningChat) -> None:
    """No message is left besides it, and it has no button."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        await request(chat)
        status = await chat.wait(lambda message: bool(message.buttons))
        job = await running_chat.claim()
        assert await running_chat.stores.work.fail(job, JobError.OUT_OF_MEMORY, "detail for the log")
        await running_chat.settled()
        [answer] = await from_bot(chat)
        assert (answer.id, answer.text, answer.buttons) == (status.id, EN("failed-out_of_memory"), ())


async def test_a_failure_is_said_even_if_the_user_deleted_the_status_message(running_chat: RunningChat) -> None:
    """Never silence: the reason comes as a new message."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        asked = await request(chat)
        await chat.wait(lambda message: bool(message.buttons))
        job = await running_chat.claim()
        await running_chat.fault(
            ann, "error", "editMessageText", times=0, status=400, description="Bad Request: message to edit not found"
        )
        assert await running_chat.stores.work.fail(job, JobError.ENGINE, "")
        await running_chat.settled()
        told = [message for message in await from_bot(chat) if message.text == EN("failed-engine")]
        assert [message.reply_to for message in told] == [asked.id]


async def test_a_picture_too_long_for_a_photo_comes_as_a_file(running_chat: RunningChat) -> None:
    """Telegram takes no photo with sides of more than 1:20."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        await request(chat)
        await running_chat.finish(await running_chat.claim(), picture(2100, 100))
        answer = await chat.wait(lambda message: message.document is not None)
        assert answer.photo is None
