"""What a bot may not do in a group: rights, slow mode, hidden members, topics, reactions, privacy mode, migration."""

from __future__ import annotations

from typing import Any

import pytest

from bot.sandbox.client import Chat, Client
from bot.sandbox.state.world import World
from tests.support.sandbox_client import Api, RefusedError
from tests.support.videos import plain_picture

BOT = 123456


async def new_group(ann: Client, **more: Any) -> tuple[Chat, int]:
    """Return a group of Ann and the bot, and its id."""
    made = await ann.call("POST", "/api/groups", {"user": ann.id, "title": "Painters", "members": [BOT], **more})
    return ann.chat(made["key"]), made["id"]


async def rules(chat: Chat, **changes: Any) -> None:
    """Change the rules of a group."""
    await chat.client.call("PATCH", f"/api/chats/{chat.key}/rules", changes)


@pytest.mark.parametrize(
    ("permission", "kind", "words"),
    [
        ("can_send_messages", "text", "text messages"),
        ("can_send_photos", "photo", "photos"),
        ("can_send_documents", "document", "documents"),
        ("can_send_other_messages", "sticker", "stickers"),
    ],
)
async def test_rights_to_send(api: Api, ann: Client, permission: str, kind: str, words: str) -> None:
    """A bot that does not administer the group has the rights of a member; getChat tells them."""
    chat, number = await new_group(ann)
    await rules(chat, forbidden=[permission])
    assert (await api.call("getChat", chat_id=number))["permissions"][permission] is False

    async def send() -> Any:
        if kind == "text":
            return await api.call("sendMessage", chat_id=number, text="x")
        picture = plain_picture((64, 64), "WEBP" if kind == "sticker" else "PNG")
        return await api.call(f"send{kind.capitalize()}", files={kind: ("a.png", picture)}, chat_id=str(number))

    with pytest.raises(RefusedError) as caught:
        await send()
    assert caught.value.description == f"Bad Request: not enough rights to send {words} to the chat"
    admin = {"user": ann.id, "member": BOT, "status": "administrator"}
    await ann.call("POST", f"/api/chats/{chat.key}/members", admin)
    await send()


async def test_an_album_is_sent_whole_or_not_at_all(api: Api, ann: Client) -> None:
    """Without the right to send photos, nothing of an album appears."""
    chat, number = await new_group(ann)
    await rules(chat, forbidden=["can_send_photos"])
    media = '[{"type": "photo", "media": "attach://a"}, {"type": "photo", "media": "attach://a"}]'
    files = {"a": ("a.png", plain_picture((64, 64)))}
    with pytest.raises(RefusedError, match="not enough rights to send photos to the chat"):
        await api.call("sendMediaGroup", files=files, chat_id=str(number), media=media)
    assert [message for message in await chat.messages() if message.from_bot] == []


async def test_slow_mode_and_a_restricted_chat(api: Api, ann: Client, world: World) -> None:
    """In slow mode the second message is 429 with the seconds that are left; CHAT_RESTRICTED stops every message."""
    chat, number = await new_group(ann)
    await rules(chat, slow_mode=300)
    await api.call("sendMessage", chat_id=number, text="one")
    with pytest.raises(RefusedError, match="Too Many Requests: retry after") as caught:
        await api.call("sendMessage", chat_id=number, text="two")
    assert 290 <= caught.value.parameters["retry_after"] <= 300
    world.clock.ahead += 301
    await api.call("sendMessage", chat_id=number, text="three")
    await rules(chat, slow_mode=0, restricted=True)
    with pytest.raises(RefusedError, match="Bad Request: CHAT_RESTRICTED"):
        await api.call("sendMessage", chat_id=number, text="four")


async def test_hidden_members(api: Api, ann: Client) -> None:
    """A bot that does not administer the group sees itself and the administrators, and no other member."""
    chat, number = await new_group(ann, hidden_members=True)
    assert (await api.call("getChat", chat_id=number))["has_hidden_members"] is True
    with pytest.raises(RefusedError, match="Bad Request: CHAT_ADMIN_REQUIRED"):
        await api.call("getChatMember", chat_id=number, user_id=ann.id)
    with pytest.raises(RefusedError, match="Bad Request: PARTICIPANT_ID_INVALID"):
        await api.call("getChatMember", chat_id=number, user_id=5)
    assert (await api.call("getChatMember", chat_id=number, user_id=BOT))["status"] == "member"
    admins = await api.call("getChatAdministrators", chat_id=number)
    assert [member["user"]["id"] for member in admins] == [ann.id]
    admin = {"user": ann.id, "member": BOT, "status": "administrator"}
    await ann.call("POST", f"/api/chats/{chat.key}/members", admin)
    assert (await api.call("getChatMember", chat_id=number, user_id=ann.id))["status"] == "creator"


async def test_members_of_a_private_chat(api: Api, chat: Chat, ann: Client) -> None:
    """In a private chat there are the person and the bot; anybody else is refused."""
    assert (await api.call("getChatMember", chat_id=ann.id, user_id=ann.id))["status"] == "member"
    with pytest.raises(RefusedError, match="Bad Request: member not found"):
        await api.call("getChatMember", chat_id=ann.id, user_id=5)


@pytest.mark.parametrize(("kind", "seen"), [("group", False), ("supergroup", True)])
async def test_replies_to_unseen_messages(api: Api, ann: Client, kind: str, seen: bool) -> None:
    """Privacy mode hides a photo; a command that replies to it brings it in supergroups, and not in basic groups."""
    chat, number = await new_group(ann, type=kind)
    photo = (await chat.send_photos([plain_picture((90, 90))]))[0]
    await api.pending()
    command = await chat.send("/style", reply_to=photo)
    message = await api.update("message")
    assert ("reply_to_message" in message) is seen
    assert command.reply_to == photo.id  # the people in the chat see it
    call: dict[str, Any] = {"chat_id": number, "text": "x", "reply_parameters": {"message_id": photo.id}}
    if seen:
        assert (await api.call("sendMessage", **call))["reply_to_message"]["photo"]
        return
    with pytest.raises(RefusedError, match="Bad Request: message to be replied not found"):
        await api.call("sendMessage", **call)
    await ann.call("PATCH", f"/api/bots/{BOT}", {"privacy": False})
    photo = (await chat.send_photos([plain_picture((90, 90))]))[0]
    await chat.send("/style", reply_to=photo)
    assert "photo" in await api.update("message")
    assert (await api.update("message"))["reply_to_message"]["photo"]


async def test_commands_in_captions_both_ways(api: Api, ann: Client) -> None:
    """Whether privacy mode lets a command in a caption through is not known: a setting chooses."""
    chat, _ = await new_group(ann)
    await api.pending()
    await chat.send_photos([plain_picture((90, 90))], "/style")
    assert [update["message"]["caption"] for update in await api.pending()] == ["/style"]
    await ann.call("PATCH", "/api/settings", {"caption_commands": False})
    await chat.send_photos([plain_picture((90, 90))], "/style")
    assert await api.pending() == []


async def test_a_deleted_topic(api: Api, ann: Client) -> None:
    """After a topic was deleted, its messages are gone, and nothing can be sent to it."""
    chat, number = await new_group(ann, forum=True)
    topic = (await ann.call("POST", f"/api/chats/{chat.key}/topics", {"user": ann.id, "name": "Dogs"}))["id"]
    asked = await chat.send("/style", topic=topic)
    await ann.call("DELETE", f"/api/chats/{chat.key}/topics/{topic}", {"user": ann.id})
    with pytest.raises(RefusedError, match="Bad Request: message thread not found"):
        await api.call("sendMessage", chat_id=number, text="x", message_thread_id=topic)
    with pytest.raises(RefusedError, match="Bad Request: message to be replied not found"):
        await api.call("sendMessage", chat_id=number, text="x", reply_parameters={"message_id": asked.id})
    with pytest.raises(RefusedError, match="Bad Request: message thread not found"):
        await api.call("sendMessage", chat_id=number, text="x", message_thread_id=1)  # General has no id in calls


async def test_a_reply_into_a_closed_topic(api: Api, ann: Client) -> None:
    """A reply goes to the topic of its message, so a closed topic refuses it also without message_thread_id."""
    chat, number = await new_group(ann, forum=True)
    topic = (await ann.call("POST", f"/api/chats/{chat.key}/topics", {"user": ann.id, "name": "Dogs"}))["id"]
    asked = await chat.send("/style", topic=topic)
    await ann.call("PATCH", f"/api/chats/{chat.key}/topics/{topic}", {"user": ann.id, "closed": True})
    with pytest.raises(RefusedError, match="Bad Request: TOPIC_CLOSED"):
        await api.call("sendMessage", chat_id=number, text="x", reply_parameters={"message_id": asked.id})


async def test_reactions_that_the_chat_allows(api: Api, ann: Client) -> None:
    """A bot reacts only with the emoji that getChat lists."""
    chat, number = await new_group(ann)
    await rules(chat, reactions=["👍"])
    said = await chat.send("/style")
    full = await api.call("getChat", chat_id=number)
    assert full["available_reactions"] == [{"type": "emoji", "emoji": "👍"}]
    call: dict[str, Any] = {"chat_id": number, "message_id": said.id}
    with pytest.raises(RefusedError, match="Bad Request: REACTION_INVALID"):
        await api.call("setMessageReaction", reaction=[{"type": "emoji", "emoji": "🎉"}], **call)
    await api.call("setMessageReaction", reaction=[{"type": "emoji", "emoji": "👍"}], **call)


async def test_only_writing_tells_of_the_migration(api: Api, ann: Client) -> None:
    """After a migration getChat, reactions and edits work on the old chat; what needs to write tells the new id."""
    chat, number = await new_group(ann, type="group")
    said = await chat.send("/style")
    sent = await api.call("sendMessage", chat_id=number, text="before")
    await ann.call("POST", f"/api/chats/{chat.key}/migrate", {"user": ann.id})
    assert (await api.call("getChat", chat_id=number))["type"] == "group"
    await api.call(
        "setMessageReaction", chat_id=number, message_id=said.id, reaction=[{"type": "emoji", "emoji": "👍"}]
    )
    await api.call("editMessageText", chat_id=number, message_id=sent["message_id"], text="after")
    for method, more in [
        ("sendMessage", {"text": "x"}),
        ("sendChatAction", {"action": "typing"}),
        ("deleteMessage", {"message_id": sent["message_id"]}),
        ("getChatAdministrators", {}),
        ("getChatMember", {"user_id": ann.id}),
    ]:
        with pytest.raises(RefusedError, match="group chat was upgraded to a supergroup chat") as caught:
            await api.call(method, chat_id=number, **more)
        assert "migrate_to_chat_id" in caught.value.parameters
