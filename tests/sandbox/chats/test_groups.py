"""Groups: privacy mode, members, topics, and groups that become supergroups."""

from __future__ import annotations

from typing import Any

import pytest

from bot.sandbox.client import Chat, Client
from tests.support.sandbox_client import Api, RefusedError

BOT = 123456


async def group(ann: Client, **more: Any) -> tuple[Chat, int]:
    """Return a supergroup of Ann and the bot, and its id."""
    made = await ann.call("POST", "/api/groups", {"user": ann.id, "title": "Painters", "members": [BOT], **more})
    return ann.chat(made["key"]), made["id"]


def texts(updates: list[dict[str, Any]]) -> list[str]:
    """Return the texts of the messages among updates."""
    return [update["message"]["text"] for update in updates if "text" in update.get("message", {})]


async def test_privacy_mode(api: Api, ann: Client) -> None:
    """In a group a bot gets commands, replies to itself and service messages, and no other messages: no mentions."""
    chat, number = await group(ann)
    await api.pending()
    talk = await chat.send("nice weather")
    await chat.send("@vitrage_bot hello")
    await chat.send("/style")
    await chat.send("/style@vitrage_bot")
    await chat.send("/style@other_bot")
    said = await api.call("sendMessage", chat_id=number, text="yes?")
    answer = await chat.send("paint it", reply_to=said["message_id"])
    await chat.send("and this", reply_to=answer)
    await chat.send("not for you", reply_to=talk)
    assert texts(await api.pending()) == ["/style", "/style@vitrage_bot", "paint it", "and this"]
    assert (await api.call("getMe"))["can_read_all_group_messages"] is False
    await ann.call("PATCH", f"/api/bots/{BOT}", {"privacy": False})
    await chat.send("now heard")
    assert texts(await api.pending()) == ["now heard"]


async def test_administrators_see_everything(api: Api, ann: Client) -> None:
    """A bot that administers a group is not bound by privacy mode."""
    chat, _ = await group(ann, admins=[BOT])
    await api.pending()
    await chat.send("nice weather")
    assert texts(await api.pending()) == ["nice weather"]


async def test_a_plain_command_goes_to_the_bot_that_wrote_last(api: Api, ann: Client, sandbox: str) -> None:
    """Of several bots, the one that wrote last gets a command without a username; no bot gets another's messages."""
    async with Api(sandbox, "777:" + "B" * 35) as other:
        chat, number = await group(ann, members=[BOT, 777])
        await other.call("sendMessage", chat_id=number, text="I speak")
        await api.pending()
        await other.pending()
        await chat.send("/style")
        assert texts(await api.pending()) == []
        assert texts(await other.pending()) == ["/style"]


async def test_coming_and_going(api: Api, ann: Client, sandbox: str) -> None:
    """my_chat_member and service messages tell a bot in which groups it is; in others it is refused with 403."""
    made = await ann.call("POST", "/api/groups", {"user": ann.id, "title": "Later"})
    path = f"/api/chats/{made['key']}/members"
    with pytest.raises(RefusedError, match="chat not found"):
        await api.call("sendMessage", chat_id=made["id"], text="x")
    await ann.call("POST", path, {"user": ann.id, "member": BOT})
    assert (await api.update("message"))["new_chat_members"][0]["id"] == BOT
    assert (await api.update("my_chat_member"))["new_chat_member"]["status"] == "member"
    await api.updates(seconds=0, allowed_updates=["message", "my_chat_member", "chat_member"])
    await ann.call("POST", path, {"user": ann.id, "member": BOT, "status": "administrator"})
    async with Client(sandbox, "Bob") as bob:
        await ann.call("POST", path, {"user": ann.id, "member": bob.id})
        assert (await api.update("chat_member"))["new_chat_member"]["user"]["id"] == bob.id
        assert await api.call("getChatMemberCount", chat_id=made["id"]) == 3
        found = await api.call("getChatMember", chat_id=made["id"], user_id=bob.id)
        assert found["status"] == "member"
    admins = await api.call("getChatAdministrators", chat_id=made["id"])
    assert [member["status"] for member in admins] == ["creator", "administrator"]
    await ann.call("POST", path, {"user": ann.id, "member": BOT, "status": "kicked"})
    with pytest.raises(RefusedError, match="Forbidden: bot was kicked from the supergroup chat"):
        await api.call("sendMessage", chat_id=made["id"], text="x")
    await ann.call("POST", path, {"user": ann.id, "member": BOT})
    assert await api.call("leaveChat", chat_id=made["id"])
    with pytest.raises(RefusedError, match="Forbidden: bot is not a member of the supergroup chat"):
        await api.call("sendMessage", chat_id=made["id"], text="x")


async def test_topics(api: Api, ann: Client) -> None:
    """Replies stay in their topic; a message that is no reply replies to the message that created the topic."""
    chat, number = await group(ann, forum=True, admins=[BOT])
    made = await api.call("createForumTopic", chat_id=number, name="Cats")
    topic = made["message_thread_id"]
    await api.pending()
    said = await chat.send("/style", topic=topic)
    message = await api.update("message")
    assert (message["message_thread_id"], message["is_topic_message"]) == (topic, True)
    assert message["reply_to_message"]["forum_topic_created"]["name"] == "Cats"
    reply = await api.call("sendMessage", chat_id=number, text="a", reply_parameters={"message_id": said.id})
    assert reply["message_thread_id"] == topic
    placed = await api.call("sendMessage", chat_id=number, text="b", message_thread_id=topic)
    assert placed["is_topic_message"] is True
    assert "message_thread_id" not in await api.call("sendMessage", chat_id=number, text="c")
    with pytest.raises(RefusedError, match="message thread not found"):
        await api.call("sendMessage", chat_id=number, text="d", message_thread_id=4)
    await ann.call("PATCH", f"/api/chats/{chat.key}/topics/{topic}", {"user": ann.id, "closed": True})
    assert "forum_topic_closed" in await api.update("message")


async def test_a_closed_topic_is_closed_for_members(api: Api, ann: Client) -> None:
    """A bot that does not administer the group cannot write into a closed topic."""
    chat, number = await group(ann, forum=True)
    topic = (await ann.call("POST", f"/api/chats/{chat.key}/topics", {"user": ann.id, "name": "Dogs"}))["id"]
    await ann.call("PATCH", f"/api/chats/{chat.key}/topics/{topic}", {"user": ann.id, "closed": True})
    with pytest.raises(RefusedError, match="Bad Request: TOPIC_CLOSED"):
        await api.call("sendMessage", chat_id=number, text="x", message_thread_id=topic)


async def test_replies_thread_in_supergroups_without_topics(api: Api, ann: Client) -> None:
    """There message_thread_id is the first message of the thread, and is_topic_message is absent."""
    chat, number = await group(ann)
    root = await chat.send("/style")
    reply = await api.call("sendMessage", chat_id=number, text="a", reply_parameters={"message_id": root.id})
    assert reply["message_thread_id"] == root.id
    assert "is_topic_message" not in reply


async def test_migration(api: Api, ann: Client) -> None:
    """Both chats get a service message, and calls with the old id are refused with the new one in the parameters."""
    made = await ann.call("POST", "/api/groups", {"user": ann.id, "title": "Old", "type": "group", "members": [BOT]})
    assert -(10**12) < made["id"] < 0
    await api.pending()
    moved = await ann.call("POST", f"/api/chats/{made['key']}/migrate", {"user": ann.id})
    assert (await api.update("message"))["migrate_to_chat_id"] == moved["id"] < -(10**12)
    assert (await api.update("message"))["migrate_from_chat_id"] == made["id"]
    with pytest.raises(RefusedError, match="group chat was upgraded to a supergroup chat") as caught:
        await api.call("sendMessage", chat_id=made["id"], text="x")
    assert caught.value.parameters == {"migrate_to_chat_id": moved["id"]}
    assert (await api.call("sendMessage", chat_id=moved["id"], text="x"))["message_id"] == 2
