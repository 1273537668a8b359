"""Every job ends with a picture or with a reason, whatever fails on the way to Telegram."""

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
    """The picture is the only message that is left, and the blobs of the job are deleted."""
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


async def first_picture(running_chat: RunningChat, chat: Chat) -> None:
    """Deliver a first picture, which is a new message, so that the next one can be an edit."""
    await request(chat)
    await running_chat.finish(await running_chat.claim())
    await running_chat.settled()


async def test_somebodys_first_picture_comes_with_confetti(running_chat: RunningChat) -> None:
    """A message effect with a user's first picture in private, and not with the second."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        await first_picture(running_chat, chat)
        await first_picture(running_chat, chat)
        first, second = [message for message in await from_bot(chat) if message.photo]
        assert first.raw.get("effect_id") == CONFETTI
        assert "effect_id" not in second.raw


async def test_the_status_message_becomes_the_picture_for_who_is_looking(running_chat: RunningChat) -> None:
    """From the sketch to the result it is one message, whose buttons change; no new message notifies."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        await first_picture(running_chat, chat)
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


async def test_a_picture_that_took_long_is_a_new_message(running_chat: RunningChat) -> None:
    """A new message notifies, and the status message is deleted; not if the user has just pressed stop."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        await first_picture(running_chat, chat)
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
            assert not can_be_cancelled(last)


def can_be_cancelled(message: Message) -> bool:
    """Return whether this is the status message of a job that can be cancelled."""
    return EN("button-cancel") in str(message.buttons)


async def test_the_status_message_becomes_a_file_for_who_wants_files(running_chat: RunningChat) -> None:
    """With the bytes of the result, also where the preview was a photo."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        await first_picture(running_chat, chat)
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


@pytest.mark.refused("editMessageMedia", "message is not modified")
async def test_an_edit_that_may_have_been_lost_is_repeated(running_chat: RunningChat) -> None:
    """The edit of the status message is repeated until it is known to have worked: there is never a second copy."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        await first_picture(running_chat, chat)
        for stored in (True, False):
            await request(chat)
            status = await chat.wait(lambda message: bool(message.buttons))
            await running_chat.fault(ann, "drop", "editMessageMedia", stored=stored)
            await running_chat.finish(await running_chat.claim())
            await running_chat.settled()
            last = (await from_bot(chat))[-1]
            assert (last.id, last.photo is not None, can_be_cancelled(last)) == (status.id, True, False)


async def test_the_picture_is_sent_though_the_status_message_is_gone(running_chat: RunningChat) -> None:
    """The user deleted the status message: the picture is a new message."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        await first_picture(running_chat, chat)
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
    """A refused photo is sent as a file; if that is refused too, a text says so."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        asked = await request(chat)
        await chat.wait(lambda message: bool(message.buttons))
        for method in methods:
            refused = "Bad Request: not enough rights to send photos to the chat"
            await running_chat.fault(ann, "error", method, times=0, status=400, description=refused)
        await running_chat.finish(await running_chat.claim())

        async def one_is_left() -> bool:
            return [can_be_cancelled(message) for message in await from_bot(chat)] == [False]

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


async def test_a_send_whose_answer_was_lost_is_not_repeated(running_chat: RunningChat) -> None:
    """The connection broke after the picture was stored: it is not sent a second time."""
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
async def test_the_picture_is_sent_once_telegram_works_again(
    running_chat: RunningChat, fault: dict[str, object]
) -> None:
    """After a flood limit or a server error the picture is sent again, and there is one copy."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        await request(chat)
        await chat.wait(lambda message: bool(message.buttons))
        await running_chat.fault(ann, method="sendPhoto", **fault)  # type: ignore[arg-type]
        await running_chat.finish(await running_chat.claim())
        await running_chat.settled()
        assert len([message for message in await from_bot(chat) if message.photo]) == 1


async def test_the_job_of_a_user_who_blocked_the_bot_is_settled(running_chat: RunningChat) -> None:
    """Nobody can be told: the job is settled, and its blobs are deleted."""
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
    """The reason is a new message, in reply to the request."""
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
    """Telegram accepts no photo whose sides have a ratio of more than 20."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        await request(chat)
        await running_chat.finish(await running_chat.claim(), picture(2100, 100))
        answer = await chat.wait(lambda message: message.document is not None)
        assert answer.photo is None
