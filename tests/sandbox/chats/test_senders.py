"""Who a message is from: anonymous administrators, channels, automatic forwards, and who presses a button."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.sandbox.client import Chat, Client, SandboxError, SendAs
from tests.support.sandbox_client import Api, RefusedError

BOT = 123456
KEYS = {"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]}


@pytest.fixture
async def group(api: Api, ann: Client) -> Chat:
    """A supergroup that Ann created and the bot administers."""
    made = await ann.call("POST", "/api/groups", {"user": ann.id, "title": "Painters", "admins": [BOT]})
    await api.pending()
    return ann.chat(made["key"])


def named(chat: Chat, send_as: SendAs) -> Chat:
    """Return the chat in which the same person writes in another name."""
    return chat.client.chat(chat.key, send_as)


async def received(api: Api) -> dict[str, Any]:
    """Return the next message that the bot gets."""
    return await api.update("message")


async def test_an_anonymous_administrator_writes_as_the_group(api: Api, ann: Client, group: Chat) -> None:
    """The message is from GroupAnonymousBot with the group as sender_chat: the person's id is nowhere in it."""
    await named(group, "anonymous").send("/style")
    message = await received(api)
    assert (message["from"]["id"], message["from"]["is_bot"]) == (1_087_968_824, True)
    assert message["sender_chat"] == message["chat"]
    assert str(ann.id) not in str(message)
    admins = await api.call("getChatAdministrators", chat_id=message["chat"]["id"])
    assert [member["is_anonymous"] for member in admins] == [True, False]
    found = await api.call("getChatMember", chat_id=message["chat"]["id"], user_id=1_087_968_824)
    assert found["status"] == "left"  # a bot cannot find out by it that an administrator wrote
    sent = (await group.messages())[-1]
    assert not sent.from_bot


async def test_a_channel_writes_as_itself(api: Api, ann: Client, group: Chat) -> None:
    """The message is from Channel_Bot with the channel as sender_chat, always the same for one person."""
    await named(group, "channel").send("first")
    await named(group, "channel").send("second")
    first, second = await received(api), await received(api)
    assert first["from"]["id"] == 136_817_688
    assert first["sender_chat"]["type"] == "channel"
    assert first["sender_chat"]["id"] == second["sender_chat"]["id"] != first["chat"]["id"]


async def test_posts_of_the_linked_channel_are_forwarded(api: Api, ann: Client, group: Chat) -> None:
    """An automatic forward is from Telegram's service account, with the channel as sender and as origin."""
    await named(group, "linked_channel").send("news")
    message = await received(api)
    assert (message["from"]["id"], message["is_automatic_forward"]) == (777_000, True)
    assert message["forward_origin"]["chat"] == message["sender_chat"]
    full = await api.call("getChat", chat_id=message["chat"]["id"])
    assert full["linked_chat_id"] == message["sender_chat"]["id"]


async def test_a_press_brings_the_real_person(api: Api, ann: Client, group: Chat) -> None:
    """Somebody who writes as the group presses as themselves: a bot that compares the ids sees two people."""
    sent = await named(group, "anonymous").send("/style")
    chat_id = (await received(api))["chat"]["id"]
    asked = await api.call("sendMessage", chat_id=chat_id, text="?", reply_markup=KEYS)
    press = asyncio.create_task(group.press(asked["message_id"], "Go", wait=0))
    query = await api.update("callback_query")
    await press
    assert query["from"]["id"] == ann.id
    edited = f"/api/chats/{group.key}/messages/{sent.id}"
    await ann.call("PATCH", edited, {"user": ann.id, "text": "/style 2"})
    assert (await api.update("edited_message"))["from"]["id"] == 1_087_968_824


async def test_who_may_write_as_a_chat(api: Api, ann: Client, group: Chat, sandbox: str) -> None:
    """Only administrators write as the group, and a basic group knows no such senders."""
    async with Client(sandbox, "Bob") as bob:
        await ann.call("POST", f"/api/chats/{group.key}/members", {"user": ann.id, "member": bob.id})
        with pytest.raises(SandboxError, match="only administrators write in the name of the group"):
            await bob.chat(group.key, "anonymous").send("I am the group")
        await bob.chat(group.key, "channel").send("I have a channel")
    basic = await ann.call("POST", "/api/groups", {"user": ann.id, "title": "Old", "type": "group"})
    with pytest.raises(SandboxError, match="only in a supergroup"):
        await ann.chat(basic["key"], "anonymous").send("x")


async def test_a_forwarded_message_names_the_chat(api: Api, ann: Client, group: Chat) -> None:
    """The origin of a message that a chat sent is that chat; the bot cannot edit what it forwarded."""
    sent = await named(group, "anonymous").send("as the group")
    chat_id = (await received(api))["chat"]["id"]
    call = {"chat_id": chat_id, "from_chat_id": chat_id}
    forwarded = await api.call("forwardMessage", message_id=sent.id, **call)
    assert forwarded["forward_origin"]["type"] == "chat"
    posted = await named(group, "channel").send("as a channel")
    assert (await api.call("forwardMessage", message_id=posted.id, **call))["forward_origin"]["type"] == "channel"
    with pytest.raises(RefusedError, match="Bad Request: message can't be edited"):
        await api.call("editMessageText", chat_id=chat_id, message_id=forwarded["message_id"], text="mine")


async def test_startgroup_without_a_word(api: Api, ann: Client) -> None:
    """A link ?startgroup adds the bot, and the app sends /start@bot, with the word of the link if it has one."""
    made = await ann.call("POST", "/api/groups", {"user": ann.id, "title": "New"})
    path = f"/api/chats/{made['key']}/startgroup"
    await ann.call("POST", path, {"user": ann.id, "bot": BOT})
    texts = [update["message"].get("text") for update in await api.pending() if "message" in update]
    assert texts == [None, "/start@vitrage_bot"]
    await ann.call("POST", path, {"user": ann.id, "bot": BOT, "word": "style-7"})
    assert (await received(api))["text"] == "/start@vitrage_bot style-7"
