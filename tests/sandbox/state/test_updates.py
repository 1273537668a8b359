"""Updates and the long poll."""

from __future__ import annotations

import asyncio
import time

import pytest

from bot.sandbox.client import Client
from bot.sandbox.state.world import World
from tests.support.sandbox_client import Api, RefusedError


async def test_an_update_stays_until_it_is_confirmed(api: Api, ann: Client) -> None:
    """A bot that ends before its next getUpdates gets the update again."""
    await (await ann.open()).send("hello")
    first = await api.updates()
    assert await api.updates() == first
    assert await api.updates(offset=first[-1]["update_id"] + 1, seconds=0) == []
    assert await api.updates(seconds=0) == []


async def test_ids_count_up_and_limit_holds(api: Api, ann: Client) -> None:
    """Updates come in order, one id after another, and no more than asked for."""
    chat = await ann.open()
    for number in range(5):
        await chat.send(f"number {number}")
    found = await api.updates(limit=3)
    assert [update["message"]["text"] for update in found] == ["number 0", "number 1", "number 2"]
    assert [update["update_id"] - found[0]["update_id"] for update in found] == [0, 1, 2]
    newest = await api.updates(offset=-2)
    assert [update["message"]["text"] for update in newest] == ["number 3", "number 4"]


async def test_a_poll_wakes_when_something_happens(api: Api, ann: Client) -> None:
    """A waiting poll returns as soon as there is an update."""
    chat = await ann.open()
    began = time.monotonic()
    poll = asyncio.create_task(api.updates(seconds=30))
    await chat.send("wake up")
    assert (await poll)[0]["message"]["text"] == "wake up"
    assert time.monotonic() - began < 10


async def test_the_second_poller_ends_the_first(api: Api, world: World) -> None:
    """Of two pollers of one bot, the older one gets 409 in Telegram's words."""
    first = asyncio.create_task(api.updates(seconds=30))
    while not world.queues[123456].polled:  # noqa: ASYNC110 - no event tells of it
        await asyncio.sleep(0)
    second = asyncio.create_task(api.updates(seconds=30))
    with pytest.raises(RefusedError, match="Conflict: terminated by other getUpdates request") as caught:
        await first
    assert caught.value.status == 409
    second.cancel()


async def test_unwanted_kinds_never_queue(api: Api, ann: Client) -> None:
    """allowed_updates filters updates after the call; an empty list means the default kinds."""
    chat = await ann.open()
    await api.updates(seconds=0, allowed_updates=["callback_query"])
    sent = await chat.send("unheard")
    assert await api.pending() == []
    await api.updates(seconds=0, allowed_updates=[])
    await chat.send("heard")
    assert [update["message"]["text"] for update in await api.updates()] == ["heard"]
    await api.pending()
    path = f"/api/chats/{chat.key}/messages/{sent.id}/reactions"
    await ann.call("POST", path, {"user": ann.id, "emoji": ["👍"]})
    assert await api.pending() == []  # message_reaction is sent only when asked for


async def test_every_kind_of_update_a_person_causes(api: Api, ann: Client) -> None:
    """message, edited_message, callback_query, message_reaction and my_chat_member reach the bot."""
    await api.updates(
        seconds=0, allowed_updates=["message", "edited_message", "callback_query", "message_reaction", "my_chat_member"]
    )
    chat = await ann.open()
    sent = await chat.send("/start@vitrage_bot now")
    message = await api.update("message")
    assert message["entities"] == [{"type": "bot_command", "offset": 0, "length": 18}]
    assert message["from"]["language_code"] == "en"
    own = f"/api/chats/{chat.key}/messages/{sent.id}"
    await ann.call("PATCH", own, {"user": ann.id, "text": "changed"})
    assert (await api.update("edited_message"))["text"] == "changed"
    await ann.call("POST", f"{own}/reactions", {"user": ann.id, "emoji": ["🔥"]})
    assert (await api.update("message_reaction"))["new_reaction"] == [{"type": "emoji", "emoji": "🔥"}]
    keys = {"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]}
    asked = await api.call("sendMessage", chat_id=ann.id, text="well?", reply_markup=keys)
    press = asyncio.create_task(chat.press(asked["message_id"], "Go"))
    query = await api.update("callback_query")
    assert (query["data"], query["message"]["text"]) == ("go", "well?")
    await api.call("answerCallbackQuery", callback_query_id=query["id"], text="went", show_alert=True)
    answer = await press
    assert (answer.answered, answer.text, answer.alert) == (True, "went", True)
    await ann.call("POST", f"/api/chats/{chat.key}/block", {"user": ann.id, "blocked": True})
    assert (await api.update("my_chat_member"))["new_chat_member"]["status"] == "kicked"
    with pytest.raises(RefusedError, match="Forbidden: bot was blocked by the user"):
        await api.call("sendMessage", chat_id=ann.id, text="come back")


async def test_late_answers_to_buttons_are_refused(api: Api, ann: Client) -> None:
    """An old or unknown callback query id is refused in Telegram's words, which bots match on."""
    words = "query is too old and response timeout expired or query ID is invalid"
    with pytest.raises(RefusedError, match=words):
        await api.call("answerCallbackQuery", callback_query_id="1")
    chat = await ann.open()
    await chat.send("hi")
    keys = {"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]}
    asked = await api.call("sendMessage", chat_id=ann.id, text="well?", reply_markup=keys)
    answer = await chat.press(asked["message_id"], "go", wait=0)
    assert not answer.answered
    await ann.call("PATCH", "/api/settings", {"callback_seconds": 0})
    query = await api.update("callback_query")
    with pytest.raises(RefusedError, match=words):
        await api.call("answerCallbackQuery", callback_query_id=query["id"])


async def test_two_bots_have_chats_of_their_own(api: Api, ann: Client, sandbox: str) -> None:
    """One person's chats with two bots have the same id in the Bot API, and nothing else in common."""
    other = Api(sandbox, "777:" + "B" * 35)
    async with other:
        second = await ann.open("sandbox_777_bot")
        await second.send("for the second")
        assert (await other.update("message"))["chat"]["id"] == ann.id
        assert await api.pending() == []
        with pytest.raises(RefusedError, match="chat not found"):
            await api.call("sendMessage", chat_id=ann.id, text="we have not met")


@pytest.mark.parametrize(
    ("asked", "allowed"),
    [
        (["Message", "no_such_kind"], ["message"]),
        (["no_such_kind"], None),
        (["message", 1], ["poll"]),
        ("poll, message", ["poll"]),
        ({"message": 1}, ["poll"]),
    ],
)
async def test_kinds_that_do_not_exist_are_dropped_and_what_is_no_list_of_them_changes_nothing(
    api: Api, asked: object, allowed: list[str] | None
) -> None:
    """As in the source of the Bot API server."""
    await api.updates(seconds=0, allowed_updates=["poll"])
    await api.call("getUpdates", timeout=0, allowed_updates=asked)
    assert (await api.call("getWebhookInfo")).get("allowed_updates") == allowed
