"""One call of a method: which bot calls, with which parameters, and in which chat."""

from __future__ import annotations

from dataclasses import dataclass

from bot.sandbox import Json
from bot.sandbox.botapi.keyboards import keyboard
from bot.sandbox.botapi.parameters import Params
from bot.sandbox.botapi.webhooks import Webhooks
from bot.sandbox.chats.messages import post
from bot.sandbox.errors import bad_request
from bot.sandbox.state.accounts import Bot
from bot.sandbox.state.chats import Chat, Message
from bot.sandbox.state.world import World


@dataclass(frozen=True)
class Target:
    """Where a new message goes: its chat, its thread, and the message that it replies to."""

    chat: Chat
    thread_id: int | None
    reply_to: int | None
    quote: Json | None = None


@dataclass(frozen=True)
class Call:
    """What the handler of a method gets. All methods raise ApiError where Telegram would refuse the call."""

    world: World
    bot: Bot
    params: Params
    webhooks: Webhooks

    def chat(self, name: str = "chat_id") -> Chat:
        """Return the chat that a parameter names."""
        return self.world.chat_of(self.bot, self.params.text(name))

    def target(self) -> Target:
        """Return where the new message goes."""
        chat = self.chat()
        thread_id = self.params.integer("message_thread_id") or None
        if thread_id is not None:
            topic = chat.topics.get(thread_id)
            if topic is None and (chat.is_forum or thread_id not in chat.messages):
                raise bad_request("message thread not found")
            if topic is not None and topic.closed and not chat.administered_by(self.bot.id):
                raise bad_request("TOPIC_CLOSED")
        reply_to, quote = self._reply(chat)
        return Target(chat, thread_id, reply_to, quote)

    def _reply(self, chat: Chat) -> tuple[int | None, Json | None]:
        """Return the id of the message to reply to, and the TextQuote.

        They are in ReplyParameters; clients for an older Bot API give reply_to_message_id.
        """
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
        """Return the bot's own message that is to be edited, and its chat."""
        if self.params.has("inline_message_id"):
            raise bad_request("MESSAGE_ID_INVALID")
        chat = self.chat()
        message = self.world.message(chat, self.params.integer("message_id"), "message to edit not found")
        if message.sender_id != self.bot.id:
            raise bad_request("message can't be edited")
        return chat, message

    def send(self, target: Target, content: Json, media_group_id: str | None = None) -> Json:
        """Post a message of the bot, and return it as the Bot API's Message."""
        content = dict(content)
        if self.params.flag("protect_content"):
            content["has_protected_content"] = True
        if self.params.has("message_effect_id"):
            content["effect_id"] = self.params.text("message_effect_id")
        message = post(
            self.world, target.chat, self.bot, content,
            reply_to=target.reply_to, quote=target.quote, thread_id=target.thread_id,
            media_group_id=media_group_id, keyboard=None if media_group_id else keyboard(self.params),
        )  # fmt: skip
        return self.world.message_to_json(message)
