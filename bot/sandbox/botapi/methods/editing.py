"""Methods that edit and delete messages, and react to them."""

from __future__ import annotations

from bot.sandbox import Json
from bot.sandbox.botapi.call import Call
from bot.sandbox.botapi.keyboards import read_markup
from bot.sandbox.botapi.methods.sending import INPUT_MEDIA, caption_content, input_media, text_content
from bot.sandbox.chats.messages import REACTIONS, publish_edit, react, remove
from bot.sandbox.errors import bad_request
from bot.sandbox.media.attachments import KINDS
from bot.sandbox.state.chats import Chat, Message

UNCHANGED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)
NO_MEDIA_EDIT = "message media can't be edited"
DELETABLE_SECONDS = 48 * 3600  # Bot API, deleteMessage
DELETE_LIMIT = 100  # Bot API, deleteMessages
CONTENT_FIELDS = ("text", "entities", "link_preview_options", "caption", "caption_entities", "show_caption_above_media",
                  "has_media_spoiler", *KINDS)  # fmt: skip


def _replace(call: Call, message: Message, new: Json) -> Json:
    """Give the message new content and the keyboard of the call; without one, the old keyboard is removed."""
    markup = read_markup(call.params)
    if markup.other:
        raise bad_request("inline keyboard expected")
    content = {name: value for name, value in message.content.items() if name not in CONTENT_FIELDS} | new
    if _comparable(content) == _comparable(message.content) and markup.inline == message.keyboard:
        raise bad_request(UNCHANGED)
    same_content = content == message.content
    message.content, message.keyboard = content, markup.inline
    publish_edit(call.world, message, dated=not same_content)
    return call.shown(message)


def _comparable(content: Json) -> Json:
    """Return the content with unique ids in place of media, so that two uploads of the same bytes are equal."""
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
    message = call.own_message()
    if "text" not in message.content:
        raise bad_request("there is no text in the message to edit")
    return _replace(call, message, text_content(call.params))


async def edit_message_caption(call: Call) -> object:
    """Bot API, editMessageCaption."""
    message = call.own_message()
    if not any(kind in message.content for kind in INPUT_MEDIA):
        raise bad_request("there is no caption in the message to edit")
    return _replace(call, message, _media_of(message) | caption_content(call.params))


async def edit_message_media(call: Call) -> object:
    """Bot API, editMessageMedia: also turns a text message into a media message."""
    message = call.own_message(NO_MEDIA_EDIT)
    if "sticker" in message.content:
        raise bad_request(NO_MEDIA_EDIT)
    media = await input_media(call, call.params.structure("media"))
    if message.media_group_id and "photo" in message.content and not {"photo", "video"} & media.keys():
        raise bad_request("message can't be edited: an album of photos holds photos only")
    return _replace(call, message, media)


async def edit_message_reply_markup(call: Call) -> object:
    """Bot API, editMessageReplyMarkup."""
    message = call.own_message()
    content = {name: value for name, value in message.content.items() if name in CONTENT_FIELDS}
    return _replace(call, message, content)


async def delete_message(call: Call) -> object:
    """Bot API, deleteMessage."""
    chat = call.chat()
    message = call.message(chat, "message to delete")
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
    """Return whether the bot may delete the message.

    It may for 48 hours, if it sent the message or the chat is private; in a group that it administers, always.
    """
    if chat.type != "private" and chat.administered_by(call.bot.id):
        return True
    recent = call.world.clock.now() - message.date < DELETABLE_SECONDS
    return recent and (message.sender_id == call.bot.id or chat.type == "private")


async def set_message_reaction(call: Call) -> object:
    """Bot API, setMessageReaction: a bot sets one reaction at most, of those that the chat allows."""
    chat = call.chat(access="read")
    message = call.message(chat, "message to react")
    reactions = call.params.array("reaction") or []
    if len(reactions) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    available = REACTIONS if chat.rules.reactions is None else chat.rules.reactions
    for reaction in reactions:
        emoji = reaction.get("emoji") if isinstance(reaction, dict) and reaction.get("type") == "emoji" else None
        if not isinstance(emoji, str) or emoji not in REACTIONS or emoji not in available:
            raise bad_request("REACTION_INVALID")
    react(call.world, chat, message, call.bot, reactions)
    return True
