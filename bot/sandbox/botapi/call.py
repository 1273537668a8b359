"""One call of a method: who asks, with what, and where it is to act."""

from __future__ import annotations

from dataclasses import dataclass

from bot.sandbox.botapi.keyboards import keyboard
from bot.sandbox.botapi.parameters import Params
from bot.sandbox.chats.messages import post
from bot.sandbox.errors import bad_request
from bot.sandbox.state.accounts import Bot, Json
from bot.sandbox.state.chats import Chat, Message
from bot.sandbox.state.world import World


@dataclass(frozen=True)
class Place:
    """Where a message goes."""

    chat: Chat
    thread_id: int | None
    reply_to: int | None
    quote: Json | None = None


@dataclass(frozen=True)
class Call:
    """What a handler gets."""

    world: World
    bot: Bot
    params: Params

    def chat(self, name: str = "chat_id") -> Chat:
        """The chat that a parameter names."""
        return self.world.chat_of(self.bot, self.params.text(name))

    def place(self) -> Place:
        """Chat, topic and the message to answer, each checked."""
        chat = self.chat()
        thread_id = self.params.integer("message_thread_id") or None
        if thread_id is not None:
            topic = chat.topics.get(thread_id)
            if topic is None and (chat.is_forum or thread_id not in chat.messages):
                raise bad_request("message thread not found")
            if topic is not None and topic.closed and chat.members[self.bot.id] not in ("administrator", "creator"):
                raise bad_request("TOPIC_CLOSED")
        reply_to, quote = self._reply(chat)
        return Place(chat, thread_id, reply_to, quote)

    def _reply(self, chat: Chat) -> tuple[int | None, Json | None]:
        """ReplyParameters, or reply_to_message_id of older clients."""
        reply = self.params.mapping("reply_parameters")
        nested = self.params.nested(reply, "reply_parameters") if reply is not None else self.params
        target = nested.integer("message_id" if reply is not None else "reply_to_message_id")
        if not target:
            return None, None
        if target not in chat.messages:
            if nested.flag("allow_sending_without_reply"):
                return None, None
            raise bad_request("message to be replied not found")
        quote = nested.text("quote") if reply is not None else ""
        if not quote:
            return target, None
        content = chat.messages[target].content
        position = (content.get("text") or content.get("caption") or "").find(quote)
        if position < 0:
            raise bad_request("QUOTE_TEXT_INVALID")
        return target, {"text": quote, "position": position, "is_manual": True}

    def own_message(self) -> tuple[Chat, Message]:
        """The bot's message that is to be edited."""
        if self.params.has("inline_message_id"):
            raise bad_request("MESSAGE_ID_INVALID")
        chat = self.chat()
        message = self.world.message(chat, self.params.integer("message_id"), "message to edit not found")
        if message.sender_id != self.bot.id:
            raise bad_request("message can't be edited")
        return chat, message

    def say(self, place: Place, content: Json, media_group_id: str | None = None) -> Json:
        """Put a message of the bot into the chat and return it as the wire has it."""
        markup = None if media_group_id else keyboard(self.params)
        message = post(
            self.world, place.chat, self.bot, content | self._flags(),
            reply_to=place.reply_to, quote=place.quote, thread_id=place.thread_id,
            media_group_id=media_group_id, keyboard=markup,
        )  # fmt: skip
        return self.world.wire(message)

    def _flags(self) -> Json:
        flags: Json = {}
        if self.params.flag("protect_content"):
            flags["has_protected_content"] = True
        if self.params.has("message_effect_id"):
            flags["effect_id"] = self.params.text("message_effect_id")
        return flags
