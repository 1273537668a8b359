"""Methods that change what is already in a chat."""

from __future__ import annotations

from bot.sandbox.botapi.call import Call
from bot.sandbox.botapi.keyboards import keyboard
from bot.sandbox.botapi.methods.sending import INPUT_MEDIA, caption_content, input_media, text_content
from bot.sandbox.chats.messages import changed, react, remove
from bot.sandbox.errors import ApiError, bad_request
from bot.sandbox.media.attachments import KINDS
from bot.sandbox.state.accounts import Json
from bot.sandbox.state.chats import Chat, Message
from bot.sandbox.state.world import now

UNCHANGED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)
OWN_FOR = 48 * 3600  # Bot API, deleteMessage: a bot deletes its messages for 48 hours
DELETE_LIMIT = 100  # Bot API, deleteMessages
BODY = ("text", "entities", "link_preview_options", "caption", "caption_entities", "show_caption_above_media",
        "has_media_spoiler", *KINDS)  # fmt: skip
EMOJI = set("👍👎❤🔥🥰👏😁🤔🤯😱🤬😢🎉🤩🤮💩🙏👌🕊🤡🥱🥴😍🐳🌚🌭💯🤣⚡🍌🏆💔🤨😐🍓🍾"
    "💋🖕😈😴😭🤓👻👀🎃🙈😇😨🤝✍🤗🫡🎅🎄☃💅🤪🗿🆒💘🙉🦄😘💊🙊😎👾😡") | {
    "❤\ufe0f", "❤‍🔥", "👨‍💻", "🤷‍♂️", "🤷", "🤷‍♀️", "☃\ufe0f", "✍\ufe0f"
}  # fmt: skip


def _replace(call: Call, message: Message, body: Json) -> Json:
    """Give the message a new body and keyboard; a keyboard that is not given goes away, as in Telegram."""
    markup = keyboard(call.params)
    content = {name: value for name, value in message.content.items() if name not in BODY} | body
    if _comparable(content) == _comparable(message.content) and markup == message.keyboard:
        raise bad_request(UNCHANGED)
    same_body = content == message.content
    message.content, message.keyboard = content, markup
    changed(call.world, message, edited=not same_body)
    return call.world.wire(message)


def _comparable(content: Json) -> Json:
    """Two uploads of the same bytes are the same media, whatever their ids."""
    kept = dict(content)
    for kind in KINDS:
        media = kept.get(kind)
        if media is not None:
            kept[kind] = media[-1]["file_unique_id"] if isinstance(media, list) else media["file_unique_id"]
    return kept


def _media_of(message: Message) -> Json:
    return {name: value for name, value in message.content.items() if name in (*KINDS, "has_media_spoiler")}


async def edit_message_text(call: Call) -> object:
    """Bot API, editMessageText."""
    _, message = call.own_message()
    if "text" not in message.content:
        raise bad_request("there is no text in the message to edit")
    return _replace(call, message, text_content(call.params))


async def edit_message_caption(call: Call) -> object:
    """Bot API, editMessageCaption."""
    _, message = call.own_message()
    if not any(kind in message.content for kind in INPUT_MEDIA):
        raise bad_request("there is no caption in the message to edit")
    return _replace(call, message, _media_of(message) | caption_content(call.params))


async def edit_message_media(call: Call) -> object:
    """Bot API, editMessageMedia: also turns a text message into a media message."""
    _, message = call.own_message()
    if "sticker" in message.content:
        raise bad_request("message can't be edited")
    if message.media_group_id and "photo" in message.content and call.params.mapping("media"):
        kind = (call.params.mapping("media") or {}).get("type")
        if kind not in ("photo", "video"):
            raise bad_request("message can't be edited: an album of photos holds photos only")
    return _replace(call, message, await input_media(call, call.params.mapping("media")))


async def edit_message_reply_markup(call: Call) -> object:
    """Bot API, editMessageReplyMarkup."""
    _, message = call.own_message()
    body = {name: value for name, value in message.content.items() if name in BODY}
    return _replace(call, message, body)


async def delete_message(call: Call) -> object:
    """Bot API, deleteMessage."""
    chat = call.chat()
    message = call.world.message(chat, call.params.integer("message_id"), "message to delete not found")
    if not _deletable(call, chat, message):
        raise bad_request("message can't be deleted")
    remove(call.world, chat, message)
    return True


async def delete_messages(call: Call) -> object:
    """Bot API, deleteMessages: those that cannot be found or deleted are skipped."""
    chat = call.chat()
    numbers = call.params.array("message_ids") or []
    if not 1 <= len(numbers) <= DELETE_LIMIT or not all(isinstance(number, int) for number in numbers):
        raise bad_request(
            "message identifiers are not specified" if not numbers else "too many message identifiers specified"
        )
    for number in numbers:
        message = chat.messages.get(number)
        if message is not None and _deletable(call, chat, message):
            remove(call.world, chat, message)
    return True


def _deletable(call: Call, chat: Chat, message: Message) -> bool:
    """Its own for 48 hours, anybody's in private, and everything where it administers the group."""
    if chat.type != "private" and chat.members[call.bot.id] in ("administrator", "creator"):
        return True
    recent = now() - message.date < OWN_FOR
    return recent and (message.sender_id == call.bot.id or chat.type == "private")


async def set_message_reaction(call: Call) -> object:
    """Bot API, setMessageReaction: a bot sets one reaction at most."""
    chat = call.chat()
    message = call.world.message(chat, call.params.integer("message_id"), "message to react not found")
    reactions = call.params.array("reaction") or []
    if len(reactions) > 1:
        raise ApiError(400, "Bad Request: REACTIONS_TOO_MANY")
    for reaction in reactions:
        emoji = reaction.get("emoji") if isinstance(reaction, dict) and reaction.get("type") == "emoji" else None
        if not isinstance(emoji, str) or emoji not in EMOJI:
            raise bad_request("REACTION_INVALID")
    react(call.world, chat, message, call.bot, reactions)
    return True
