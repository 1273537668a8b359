"""What Telegram refuses and a kinder server would take. Each test makes the lenient call, and gets the refusal."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.sandbox.client import Chat, Client, SandboxError
from tests.support.sandbox_client import Api, RefusedError
from tests.support.videos import plain_picture

KEYS = {"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]}
PICTURE = ("x.png", plain_picture((120, 80)))


async def text(api: Api, ann: Client, **more: Any) -> dict[str, Any]:
    """Send a text to Ann and return its place, for an edit."""
    sent = await api.call("sendMessage", chat_id=ann.id, text="words", **more)
    return {"chat_id": ann.id, "message_id": sent["message_id"]}


def as_form(place: dict[str, Any]) -> dict[str, str]:
    """Return parameters as the texts of a form."""
    return {name: str(value) for name, value in place.items()}


async def test_input_media_is_not_found_by_the_name_of_its_part(api: Api, chat: Chat, ann: Client) -> None:
    """A part of the form that is named "media", or after the kind, is no file of an InputMedia: only attach:// is."""
    place = as_form(await text(api, ann))
    for part in ("media", "photo"):
        with pytest.raises(RefusedError) as caught:
            media = json.dumps({"type": "photo", "caption": "c"})
            await api.call("editMessageMedia", files={part: PICTURE}, media=media, **place)
        assert caught.value.description == "Bad Request: can't parse InputMedia: media not found"
    media = json.dumps({"type": "photo", "media": "attach://media"})
    assert (await api.call("editMessageMedia", files={"media": PICTURE}, media=media, **place))["photo"]


async def test_a_file_id_wins_over_a_part(api: Api, chat: Chat, ann: Client) -> None:
    """Where a call has a file_id and a part of the same name, the file_id is sent."""
    first = await api.call("sendPhoto", files={"photo": PICTURE}, chat_id=str(ann.id))
    other = ("y.png", plain_picture((50, 50)))
    known = first["photo"][-1]["file_id"]
    again = await api.call("sendPhoto", files={"photo": other}, chat_id=str(ann.id), photo=known)
    assert again["photo"][-1]["width"] == 120


async def test_a_file_id_belongs_to_one_bot(api: Api, chat: Chat, ann: Client, sandbox: str) -> None:
    """Another bot cannot send or fetch by the id, and each message brings an id of its own."""
    await chat.send_photos([PICTURE[1]])
    mine = (await api.update("message"))["photo"][-1]
    async with Api(sandbox, "777:" + "B" * 35) as other:
        await (await ann.open("sandbox_777_bot")).send("hi")
        with pytest.raises(RefusedError, match="Bad Request: wrong file identifier/HTTP URL specified"):
            await other.call("sendPhoto", chat_id=ann.id, photo=mine["file_id"])
        with pytest.raises(RefusedError, match="Bad Request: wrong file_id or the file is temporarily unavailable"):
            await other.call("getFile", file_id=mine["file_id"])
    sent = (await api.call("sendPhoto", chat_id=ann.id, photo=mine["file_id"]))["photo"][-1]
    assert sent["file_unique_id"] == mine["file_unique_id"]
    assert sent["file_id"] != mine["file_id"]
    paths = {(await api.call("getFile", file_id=each["file_id"]))["file_path"] for each in (sent, mine)}
    assert len(paths) == 1


async def test_a_press_on_an_old_message_brings_no_message(api: Api, chat: Chat, ann: Client) -> None:
    """Chat, id and date 0, whatever the message was: by hand, by the clock after 48 hours, or by another limit."""
    place = await text(api, ann, reply_markup=KEYS)

    async def pressed() -> dict[str, Any]:
        await chat.press(place["message_id"], "Go", wait=0)
        found: dict[str, Any] = (await api.update("callback_query"))["message"]
        return found

    assert (await pressed())["text"] == "words"
    await ann.call("PATCH", "/api/settings", {"clock_ahead": 47 * 3600})
    assert (await pressed())["text"] == "words"
    await ann.call("PATCH", "/api/settings", {"clock_ahead": 49 * 3600})
    assert set(await pressed()) == {"chat", "message_id", "date"}
    assert (await pressed())["date"] == 0
    fresh = await text(api, ann, reply_markup=KEYS)
    place = fresh
    assert (await pressed())["text"] == "words"
    await ann.call("POST", f"/api/chats/{chat.key}/messages/{place['message_id']}/age", {})
    assert (await pressed())["date"] == 0


async def test_a_press_expires_and_is_answered_once(api: Api, chat: Chat, ann: Client) -> None:
    """After 15 seconds by default, and after the first answer, a query cannot be answered."""
    words = "query is too old and response timeout expired or query ID is invalid"
    place = await text(api, ann, reply_markup=KEYS)
    await chat.press(place["message_id"], "Go", wait=0)
    query = await api.update("callback_query")
    await api.call("answerCallbackQuery", callback_query_id=query["id"])
    with pytest.raises(RefusedError, match=words):
        await api.call("answerCallbackQuery", callback_query_id=query["id"])
    await chat.press(place["message_id"], "Go", wait=0)
    query = await api.update("callback_query")
    await ann.call("PATCH", "/api/settings", {"clock_ahead": 16})
    with pytest.raises(RefusedError, match=words):
        await api.call("answerCallbackQuery", callback_query_id=query["id"])


@pytest.mark.parametrize(
    "markup",
    [{"force_reply": True}, {"keyboard": [[{"text": "Yes"}]]}, {"remove_keyboard": True}],
    ids=["force_reply", "keyboard", "remove_keyboard"],
)
async def test_what_has_another_keyboard_cannot_be_edited(
    api: Api, chat: Chat, ann: Client, markup: dict[str, Any]
) -> None:
    """A message that was sent with it cannot be edited, and an edit does not take it."""
    place = await text(api, ann, reply_markup=markup)
    with pytest.raises(RefusedError, match="Bad Request: message can't be edited"):
        await api.call("editMessageText", text="new", **place)
    with pytest.raises(RefusedError, match="Bad Request: message can't be edited"):
        await api.call("editMessageReplyMarkup", reply_markup=KEYS, **place)
    media = json.dumps({"type": "photo", "media": "attach://a"})
    with pytest.raises(RefusedError, match="Bad Request: message media can't be edited"):
        await api.call("editMessageMedia", files={"a": PICTURE}, media=media, **as_form(place))
    place = await text(api, ann, reply_markup=KEYS)
    with pytest.raises(RefusedError, match="Bad Request: inline keyboard expected"):
        await api.call("editMessageText", text="new", reply_markup=markup, **place)


async def test_message_effects_are_for_private_chats(api: Api, chat: Chat, ann: Client) -> None:
    """A group refuses them, although the message alone would be fine."""
    made = await ann.call("POST", "/api/groups", {"user": ann.id, "title": "G", "members": [123456]})
    effect = "5046509860389126442"
    await api.call("sendMessage", chat_id=ann.id, text="x", message_effect_id=effect)
    with pytest.raises(RefusedError, match="Bad Request: can't use message effects in the chat"):
        await api.call("sendMessage", chat_id=made["id"], text="x", message_effect_id=effect)


async def test_a_reply_to_a_deleted_command(api: Api, chat: Chat, ann: Client) -> None:
    """People delete what they wrote; a reply to it is refused, unless it may be sent without being one."""
    said = await chat.send("/style")
    await chat.delete(said)
    reply = {"message_id": said.id}
    with pytest.raises(RefusedError, match="Bad Request: message to be replied not found"):
        await api.call("sendMessage", chat_id=ann.id, text="x", reply_parameters=reply)
    kept = reply | {"allow_sending_without_reply": True}
    assert "reply_to_message" not in await api.call("sendMessage", chat_id=ann.id, text="x", reply_parameters=kept)


async def test_who_deletes_what(api: Api, ann: Client, sandbox: str) -> None:
    """In a group a member deletes their own messages, an administrator all."""
    made = await ann.call("POST", "/api/groups", {"user": ann.id, "title": "Ours"})
    async with Client(sandbox, "Bob") as bob:
        await ann.call("POST", f"/api/chats/{made['key']}/members", {"user": ann.id, "member": bob.id})
        theirs, ours = bob.chat(made["key"]), ann.chat(made["key"])
        of_ann, of_bob = await ours.send("mine"), await theirs.send("mine too")
        with pytest.raises(SandboxError, match="somebody else's message"):
            await theirs.delete(of_ann)
        await ours.delete(of_bob)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([9], "reply markup is too long"),
        ([8] * 12 + [5], "reply markup is too long"),
        ([8] * 12 + [4], ""),
    ],
    ids=["nine in a row", "101", "100"],
)
async def test_how_many_buttons(api: Api, chat: Chat, ann: Client, rows: list[int], words: str) -> None:
    """At most 8 in a row and 100 in all."""
    button = {"text": "x", "callback_data": "y"}
    markup = {"inline_keyboard": [[button] * count for count in rows]}
    if not words:
        await text(api, ann, reply_markup=markup)
        return
    with pytest.raises(RefusedError) as caught:
        await text(api, ann, reply_markup=markup)
    assert caught.value.description == f"Bad Request: {words}"


@pytest.mark.parametrize("url", ["http://localhost:8081/x", "https://localhost", "http://sandbox/", "ftp://e.org/"])
async def test_urls_that_lead_nowhere_for_others(api: Api, chat: Chat, ann: Client, url: str) -> None:
    """The host of a button's URL needs a dot."""
    with pytest.raises(RefusedError) as caught:
        await text(api, ann, reply_markup={"inline_keyboard": [[{"text": "x", "url": url}]]})
    assert caught.value.description == f"Bad Request: inline keyboard button URL '{url}' is invalid: Wrong HTTP URL"


async def test_updates_are_kept_for_a_day(api: Api, chat: Chat, ann: Client) -> None:
    """A bot that was away for longer does not get what was written before."""
    await chat.send("yesterday")
    await ann.call("PATCH", "/api/settings", {"clock_ahead": 12 * 3600})
    await chat.send("today")
    await ann.call("PATCH", "/api/settings", {"clock_ahead": 25 * 3600})
    assert [update["message"]["text"] for update in await api.updates()] == ["today"]
    assert (await api.call("getWebhookInfo"))["pending_update_count"] == 1


async def test_a_caption_goes_below_unless_it_is_told_again(api: Api, chat: Chat, ann: Client) -> None:
    """An edit of the caption without show_caption_above_media puts the caption below the picture."""
    sent = await api.call(
        "sendPhoto", files={"photo": PICTURE}, chat_id=str(ann.id), caption="a", show_caption_above_media="true"
    )
    assert sent["show_caption_above_media"] is True
    place = {"chat_id": ann.id, "message_id": sent["message_id"]}
    assert "show_caption_above_media" not in await api.call("editMessageCaption", caption="b", **place)
    edited = await api.call("editMessageCaption", caption="c", show_caption_above_media=True, **place)
    assert edited["show_caption_above_media"] is True


async def test_threads_without_topics(api: Api, chat: Chat, ann: Client) -> None:
    """A private chat knows no topic; in a group without topics the parameter has no effect."""
    with pytest.raises(RefusedError, match="Bad Request: message thread not found"):
        await text(api, ann, message_thread_id=1)
    made = await ann.call("POST", "/api/groups", {"user": ann.id, "title": "G", "members": [123456]})
    sent = await api.call("sendMessage", chat_id=made["id"], text="x", message_thread_id=77)
    assert "message_thread_id" not in sent
