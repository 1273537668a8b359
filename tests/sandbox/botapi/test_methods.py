"""Methods that send, edit and delete messages, and their refusals in Telegram's words."""

from __future__ import annotations

from typing import Any

import pytest

from bot.sandbox.client import Chat, Client
from tests.support.sandbox_client import Api, RefusedError


async def test_a_reply_carries_what_it_answers(api: Api, chat: Chat, ann: Client) -> None:
    """The sent message contains the one that it replies to, with the quote; that one contains no further message."""
    question = await chat.send("what is this?")
    sent = await api.call(
        "sendMessage", chat_id=ann.id, text="a", reply_parameters={"message_id": question.id, "quote": "this"}
    )
    assert sent["reply_to_message"]["text"] == "what is this?"
    assert sent["quote"] == {"text": "this", "position": 8, "is_manual": True}
    again = await api.call("sendMessage", chat_id=ann.id, text="b", reply_parameters={"message_id": sent["message_id"]})
    assert "reply_to_message" not in again["reply_to_message"]
    with pytest.raises(RefusedError, match="message to be replied not found"):
        await api.call("sendMessage", chat_id=ann.id, text="c", reply_parameters={"message_id": 999_999})
    kept = {"message_id": 999_999, "allow_sending_without_reply": True}
    assert "reply_to_message" not in await api.call("sendMessage", chat_id=ann.id, text="d", reply_parameters=kept)


async def test_an_edit_returns_the_whole_message(api: Api, chat: Chat, ann: Client) -> None:
    """An edit returns the Message with its edit date; a keyboard that is not given again is removed."""
    keys = {"inline_keyboard": [[{"text": "Go", "callback_data": "go", "style": "danger"}]]}
    sent = await api.call("sendMessage", chat_id=ann.id, text="one", reply_markup=keys)
    place = {"chat_id": ann.id, "message_id": sent["message_id"]}
    edited = await api.call("editMessageText", text="<b>two</b>", parse_mode="HTML", **place)
    assert edited["text"] == "two"
    assert edited["edit_date"] >= edited["date"]
    assert "reply_markup" not in edited
    keyed = await api.call("editMessageReplyMarkup", reply_markup=keys, **place)
    assert keyed["reply_markup"] == keys
    assert keyed["entities"] == [{"type": "bold", "offset": 0, "length": 3}]
    seen = await chat.wait(lambda message: message.edited and message.buttons)
    assert seen.text == "two"


async def test_an_unchanged_edit_is_refused(api: Api, chat: Chat, ann: Client) -> None:
    """Bots recognise this refusal by its words, so they are Telegram's."""
    sent = await api.call("sendMessage", chat_id=ann.id, text="same")
    words = (
        "Bad Request: message is not modified: specified new message content and reply markup are exactly the same "
        "as a current content and reply markup of the message"
    )
    with pytest.raises(RefusedError) as caught:
        await api.call("editMessageText", chat_id=ann.id, message_id=sent["message_id"], text="same")
    assert caught.value.description == words
    with pytest.raises(RefusedError) as caught:
        await api.call("editMessageReplyMarkup", chat_id=ann.id, message_id=sent["message_id"])
    assert caught.value.description == words


@pytest.mark.parametrize(
    ("method", "values", "words"),
    [
        ("sendMessage", {"text": ""}, "message text is empty"),
        ("sendMessage", {"text": " \n "}, "message text is empty"),
        ("sendMessage", {"text": "x" * 4097}, "message is too long"),
        ("sendMessage", {"text": "🎨" * 2049}, "message is too long"),
        ("sendMessage", {"text": "x", "chat_id": ""}, "chat_id is empty"),
        ("sendMessage", {"text": "x", "chat_id": 5}, "chat not found"),
        ("sendMessage", {"text": "x", "chat_id": "@nobody"}, "chat not found"),
        ("sendMessage", {"text": "x", "message_thread_id": 7777}, "message thread not found"),
        (
            "sendMessage",
            {"text": "<b>x", "parse_mode": "HTML"},
            "can't parse entities: Can't find end tag corresponding to start tag \"b\"",
        ),
        ("sendMessage", {"text": "x", "parse_mode": "BBCode"}, "unsupported parse_mode"),
        ("sendMessage", {"text": "x", "reply_markup": "{"}, "can't parse reply_markup JSON object"),
        ("sendPhoto", {}, "there is no photo in the request"),
        (
            "sendPhoto",
            {"photo": "nonsense"},
            "wrong remote file identifier specified: can't unserialize it. Wrong last symbol",
        ),
        (
            "sendPhoto",
            {"photo": "no nonsense"},
            "wrong remote file identifier specified: Wrong character in the string",
        ),
        ("sendPhoto", {"photo": "nonsensen"}, "wrong remote file identifier specified: Wrong string length"),
        ("sendPhoto", {"photo": "https://e.org/a.jpg"}, "wrong file identifier/HTTP URL specified"),
        ("sendPhoto", {"photo": "attach://nothing"}, "there is no photo in the request"),
        ("sendPhoto", {"photo": "x", "caption": "x" * 1025}, "message caption is too long"),
        ("sendMediaGroup", {"media": []}, "there are no messages to send"),
        (
            "sendMediaGroup",
            {"media": [{"type": "sticker", "media": "x"}] * 2},
            'can\'t parse InputMedia: type "sticker" is unsupported',
        ),
        ("sendChatAction", {"action": "dancing"}, "wrong parameter action in request"),
        ("editMessageText", {"message_id": 9999, "text": "x"}, "message to edit not found"),
        ("editMessageText", {"message_id": 1, "text": "x"}, "message can't be edited"),
        ("deleteMessage", {"message_id": 9999}, "message to delete not found"),
        ("setMessageReaction", {"message_id": 1, "reaction": [{"type": "emoji", "emoji": "🧨"}]}, "REACTION_INVALID"),
        ("copyMessage", {"from_chat_id": 5, "message_id": 1}, "chat not found"),
        ("sendMediaGroup", {"media": [{"type": "photo"}] * 2}, "can't parse InputMedia: media not found"),
        (
            "sendMediaGroup",
            {"media": [{"type": "animation", "media": "x"}] * 2},
            "can't parse InputMedia: type \"animation\" can't be used in sendMediaGroup",
        ),
        ("getFile", {"file_id": "nonsense"}, "invalid file_id"),
        ("getFile", {"file_id": ""}, "file_id not specified"),
        ("getChatAdministrators", {}, "there are no administrators in the private chat"),
        ("createForumTopic", {"name": "x"}, "the chat is not a forum"),
        ("setMyCommands", {"commands": [{"command": "No!", "description": "x"}]}, "BOT_COMMAND_INVALID"),
    ],
)
async def test_refusals_are_in_telegrams_words(
    api: Api, chat: Chat, *, method: str, values: dict[str, Any], words: str
) -> None:
    """Libraries and bots match on descriptions, so they are Telegram's."""
    with pytest.raises(RefusedError) as caught:
        await api.call(method, **({"chat_id": chat.client.id} | values))
    assert caught.value.description == f"Bad Request: {words}"


@pytest.mark.parametrize(
    ("button", "words"),
    [
        ({"text": "x"}, "Text buttons are unallowed in the inline keyboard"),
        ({"text": "x", "callback_data": "я" * 33}, "BUTTON_DATA_INVALID"),
        ({"text": "x", "url": "nowhere"}, "Wrong HTTP URL"),
        ({"text": "x", "callback_data": "y", "style": "pink"}, "Invalid button style"),
        ({"callback_data": "y"}, 'Field "text" must be of type String'),
    ],
)
async def test_keyboards_are_checked(api: Api, chat: Chat, ann: Client, button: dict[str, str], words: str) -> None:
    """callback_data has at most 64 bytes, not characters; each button needs an action."""
    with pytest.raises(RefusedError, match=words):
        await api.call("sendMessage", chat_id=ann.id, text="x", reply_markup={"inline_keyboard": [[button]]})


async def test_copies_and_forwards(api: Api, chat: Chat, ann: Client) -> None:
    """A copy has no origin, and may have a new caption; a forwarded message names its author."""
    said = await chat.send("a line worth keeping")
    copied = await api.call("copyMessage", chat_id=ann.id, from_chat_id=ann.id, message_id=said.id)
    assert set(copied) == {"message_id"}
    forwarded = await api.call("forwardMessage", chat_id=ann.id, from_chat_id=ann.id, message_id=said.id)
    assert forwarded["forward_origin"]["sender_user"]["id"] == ann.id
    texts = [message.text for message in await chat.messages()]
    assert texts.count("a line worth keeping") == 3


async def test_deleting(api: Api, chat: Chat, ann: Client) -> None:
    """A bot deletes its own messages; deleteMessages skips messages that do not exist."""
    numbers = [(await api.call("sendMessage", chat_id=ann.id, text=f"n{i}"))["message_id"] for i in range(3)]
    assert await api.call("deleteMessage", chat_id=ann.id, message_id=numbers[0])
    assert await api.call("deleteMessages", chat_id=ann.id, message_ids=[*numbers, 55_555])
    assert [message.text for message in await chat.messages()] == ["hello"]


async def test_a_bot_cannot_write_first(api: Api, ann: Client) -> None:
    """A bot cannot write in a private chat before the person has written."""
    await ann.open()
    with pytest.raises(RefusedError, match="chat not found"):
        await api.call("sendMessage", chat_id=ann.id, text="buy now")
    await ann.call("POST", "/api/groups", {"user": ann.id, "title": "Together", "members": [123456]})
    with pytest.raises(RefusedError, match="Forbidden: bot can't initiate conversation with a user"):
        await api.call("sendMessage", chat_id=ann.id, text="we share a group")


async def test_names_and_commands_by_language(api: Api, chat: Chat, ann: Client, sandbox: str) -> None:
    """A person sees the commands in their language, or else in the default language; scopes and names work alike."""
    await api.call("setMyCommands", commands=[{"command": "help", "description": "Help"}])
    await api.call("setMyCommands", commands=[{"command": "help", "description": "Помощь"}], language_code="ru")
    group = {"type": "all_group_chats"}
    await api.call("setMyCommands", commands=[{"command": "style", "description": "Paint"}], scope=group)
    assert await api.call("getMyCommands", language_code="ru") == [{"command": "help", "description": "Помощь"}]
    shown = await ann.call("GET", f"/api/chats/{chat.key}", {"user": ann.id})
    assert [each["description"] for each in shown["commands"]] == ["Help"]
    async with Client(sandbox, "Аня", "ru") as anna:
        russian = await anna.open()
        shown = await anna.call("GET", f"/api/chats/{russian.key}", {"user": anna.id})
        assert [each["description"] for each in shown["commands"]] == ["Помощь"]
    await api.call("deleteMyCommands", scope=group)
    assert await api.call("getMyCommands", scope=group) == []
    await api.call("setMyName", name="Витраж", language_code="ru")
    assert (await api.call("getMyName", language_code="ru"))["name"] == "Витраж"
    assert (await api.call("getMyName"))["name"] == "Vitrage"
