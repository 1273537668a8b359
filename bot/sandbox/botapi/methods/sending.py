"""Methods that send messages."""

from __future__ import annotations

import secrets
from typing import Any

from bot.sandbox import Json
from bot.sandbox.botapi.call import Call
from bot.sandbox.botapi.parameters import Params
from bot.sandbox.errors import bad_request
from bot.sandbox.media.attachments import KINDS, attach
from bot.sandbox.media.uploads import Upload
from bot.sandbox.state.chats import Message
from bot.sandbox.state.shown import sender_json
from bot.sandbox.text.entities import formatted
from bot.sandbox.text.utf16 import utf16_length

TEXT_LIMIT = 4096  # Bot API, sendMessage
CAPTION_LIMIT = 1024  # Bot API, sendPhoto
PREVIEW_FIELDS: dict[str, type] = {
    "is_disabled": bool, "url": str, "prefer_small_media": bool, "prefer_large_media": bool, "show_above_text": bool,
}  # fmt: skip
ALBUM_SIZES = range(2, 11)  # Bot API, sendMediaGroup
INPUT_MEDIA = tuple(kind for kind in KINDS if kind != "sticker")  # Bot API, InputMedia
ACTIONS = {
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document",
    "choose_sticker", "find_location", "record_video_note", "upload_video_note",
}  # fmt: skip


def text_content(params: Params) -> Json:
    """Return the content of a text message."""
    if not params.text("text").strip():
        raise bad_request("message text is empty")
    text, entities = formatted(params.text("text"), params.text("parse_mode"), params.array("entities"))
    if not text:
        raise bad_request("message text is empty")
    if utf16_length(text) > TEXT_LIMIT:
        raise bad_request("message is too long")
    content: Json = {"text": text} | ({"entities": entities} if entities else {})
    preview = {
        name: value
        for name, value in (params.mapping("link_preview_options") or {}).items()
        if isinstance(value, PREVIEW_FIELDS.get(name, ()))
    }
    return content | ({"link_preview_options": preview} if preview else {})


def caption_content(params: Params) -> Json:
    """Return the content of a media message besides its media: caption, entities and flags."""
    text, entities = formatted(params.text("caption"), params.text("parse_mode"), params.array("caption_entities"))
    if utf16_length(text) > CAPTION_LIMIT:
        raise bad_request("message caption is too long")
    content: Json = {"caption": text} if text else {}
    if text and entities:
        content["caption_entities"] = entities
    if text and params.flag("show_caption_above_media"):
        content["show_caption_above_media"] = True
    if params.flag("has_spoiler"):
        content["has_media_spoiler"] = True
    return content


async def send_message(call: Call) -> object:
    """Bot API, sendMessage."""
    target = call.target()
    return call.send(target, text_content(call.params))


def _file(call: Call, kind: str) -> Upload | str:
    """Return the file of a method that sends media of a kind."""
    file = call.params.file(kind)
    if file is None:
        raise bad_request(f"there is no {kind} in the request")
    return file


async def _send_media(call: Call, kind: str) -> object:
    target = call.target()
    caption = caption_content(call.params)
    media = await attach(call.world.files, kind, _file(call, kind), call.bot.id)
    return call.send(target, media | caption)


async def send_photo(call: Call) -> object:
    """Bot API, sendPhoto."""
    return await _send_media(call, "photo")


async def send_document(call: Call) -> object:
    """Bot API, sendDocument."""
    return await _send_media(call, "document")


async def _send_video(call: Call, kind: str) -> object:
    """Send a video or an animation; sides and duration that the bot gives take precedence over those of the file."""
    target = call.target()
    caption = caption_content(call.params)
    media = await attach(call.world.files, kind, _file(call, kind), call.bot.id)
    if kind in media:
        given = {name: call.params.integer(name) for name in ("width", "height", "duration")}
        media |= {kind: media[kind] | {name: value for name, value in given.items() if value > 0}}
    return call.send(target, media | caption)


async def send_animation(call: Call) -> object:
    """Bot API, sendAnimation."""
    return await _send_video(call, "animation")


async def send_video(call: Call) -> object:
    """Bot API, sendVideo."""
    return await _send_video(call, "video")


async def send_sticker(call: Call) -> object:
    """Bot API, sendSticker: a sticker has no caption, and only a new upload can get an emoji."""
    target = call.target()
    file = _file(call, "sticker")
    media = await attach(call.world.files, "sticker", file, call.bot.id)
    emoji = call.params.text("emoji")
    if emoji and isinstance(file, Upload):
        media |= {"sticker": media["sticker"] | {"emoji": emoji}}
    return call.send(target, media)


async def input_media(call: Call, value: Any, for_album: bool = False) -> Json:
    """Return the content that an InputMedia describes (official server, Client.cpp, get_input_media)."""
    if not isinstance(value, dict):
        raise bad_request("can't parse InputMedia: expected an Object")
    params = call.params.nested(value, "InputMedia")
    caption = caption_content(params)
    kind = params.text("type")
    file = params.attached_file("media")
    if file is None:
        raise bad_request("can't parse InputMedia: media not found")
    if for_album and kind == "animation":
        raise bad_request("can't parse InputMedia: type \"animation\" can't be used in sendMediaGroup")
    if kind not in INPUT_MEDIA:
        raise bad_request(f'can\'t parse InputMedia: type "{kind}" is unsupported')
    return await attach(call.world.files, kind, file, call.bot.id) | caption


async def send_media_group(call: Call) -> object:
    """Bot API, sendMediaGroup: two to ten messages with the same media_group_id."""
    target = call.target()
    media = call.params.array("media") or []
    if len(media) not in ALBUM_SIZES:
        raise bad_request("wrong number of messages in the album" if media else "there are no messages to send")
    contents = [await input_media(call, item, for_album=True) for item in media]
    if any("document" in content for content in contents) and not all("document" in content for content in contents):
        raise bad_request("document can't be mixed with other media types")
    group = str(secrets.randbelow(10**17) + 10**17)
    return call.send_all(target, contents, media_group_id=group)


async def send_chat_action(call: Call) -> object:
    """Bot API, sendChatAction: the page shows it for five seconds."""
    chat = call.chat()
    action = call.params.text("action").lower()
    if action not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    thread = call.params.integer("message_thread_id") or None
    call.world.events.add("action", chat.key, action=action, bot=call.bot.to_json(), thread_id=thread)
    return True


def _original(call: Call, reason: str) -> Message:
    """Return the message to copy or forward; `reason` is for the refusal when it is not there."""
    original = call.message(call.chat("from_chat_id", access="read"), reason)
    if not any(name in original.content for name in ("text", *KINDS)):
        raise bad_request("message can't be copied" if "copy" in reason else "the message can't be forwarded")
    return original


async def copy_message(call: Call) -> object:
    """Bot API, copyMessage: the same content without its origin, where a new caption may replace the old one."""
    target = call.target()
    content = dict(_original(call, "message to copy").content)
    if "caption" in call.params.values and "text" not in content:
        for name in ("caption", "caption_entities", "show_caption_above_media"):
            content.pop(name, None)
        content |= caption_content(call.params)
    return {"message_id": call.send(target, content)["message_id"]}


def _origin(call: Call, original: Message) -> Json:
    """Return the MessageOrigin of a message: the person who wrote it, or the chat in whose name they did."""
    sender = sender_json(call.world, call.world.chats[original.chat_key], original)
    if "sender_chat" not in sender:
        return {"type": "user", "date": original.date, "sender_user": sender["from"]}
    if sender["sender_chat"]["type"] == "channel":
        return {"type": "channel", "date": original.date, "chat": sender["sender_chat"], "message_id": original.id}
    return {"type": "chat", "date": original.date, "sender_chat": sender["sender_chat"]}


async def forward_message(call: Call) -> object:
    """Bot API, forwardMessage: the content with its origin."""
    target = call.target()
    original = _original(call, "message to forward")
    origin = _origin(call, original)
    return call.send(target, original.content | {"forward_origin": original.content.get("forward_origin", origin)})
