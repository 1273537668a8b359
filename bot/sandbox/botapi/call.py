"""One call of a method: which bot calls, with which parameters, and in which chat."""

from __future__ import annotations

from dataclasses import dataclass

from bot.sandbox import Json
from bot.sandbox.botapi.keyboards import read_markup
from bot.sandbox.botapi.parameters import Params
from bot.sandbox.botapi.webhooks import Webhooks
from bot.sandbox.chats.messages import post, thread_of
from bot.sandbox.chats.rights import check_rights
from bot.sandbox.errors import bad_request
from bot.sandbox.state.accounts import Bot
from bot.sandbox.state.chats import Chat, Message
from bot.sandbox.state.shown import message_json, visible
from bot.sandbox.state.world import Access, World


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

    def chat(self, name: str = "chat_id", access: Access = "write") -> Chat:
        """Return the chat that a parameter names, if the bot has this access to it."""
        return self.world.chat_of(self.bot, self.params.text(name), access)

    def message(self, chat: Chat, what: str) -> Message:
        """Return the message that `message_id` names; `what` it is to be used for is in the refusal."""
        found = self._find(chat, self.params.integer("message_id"))
        if found is None:
            raise bad_request(f"{what} not found")
        return found

    def _find(self, chat: Chat, message_id: int) -> Message | None:
        found = chat.messages.get(message_id)
        return found if found is not None and visible(self.bot, chat, found) else None

    def target(self) -> Target:
        """Return where the new message goes.

        A thread is a topic in forums and private chats; elsewhere the parameter has no effect (official server,
        Client.cpp, check_message_topic).
        """
        chat = self.chat()
        thread_id = self.params.integer("message_thread_id") or None
        if thread_id is not None and not chat.is_forum and chat.type != "private":
            thread_id = None
        if thread_id is not None and thread_id not in chat.topics:
            raise bad_request("message thread not found")
        if self.params.has("message_effect_id") and chat.type != "private":
            raise bad_request("can't use message effects in the chat")
        reply_to, quote = self._reply(chat)
        topic = chat.topics.get(thread_of(chat, reply_to, thread_id) or 0)
        if topic is not None and topic.closed and not chat.administered_by(self.bot.id):
            raise bad_request("TOPIC_CLOSED")
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
        found = self._find(chat, target)
        if found is None:
            if nested.flag("allow_sending_without_reply"):
                return None, None
            raise bad_request("message to be replied not found")
        quote = nested.text("quote") if reply is not None else ""
        if not quote:
            return target, None
        content = found.content
        position = (content.get("text") or content.get("caption") or "").find(quote)
        if position < 0:
            raise bad_request("QUOTE_TEXT_INVALID")
        return target, {"text": quote, "position": position, "is_manual": True}

    def own_message(self, refusal: str = "message can't be edited") -> Message:
        """Return the bot's own message that is to be edited, or refuse (tdlib, MessagesManager.cpp, can_edit_message).

        A forwarded message cannot be edited, nor one that was sent with a reply keyboard or a forced reply.
        """
        if self.params.has("inline_message_id"):
            raise bad_request("MESSAGE_ID_INVALID")
        message = self.message(self.chat(access="edit"), "message to edit")
        if message.sender_id != self.bot.id or message.other_markup or "forward_origin" in message.content:
            raise bad_request(refusal)
        return message

    def send(self, target: Target, content: Json) -> Json:
        """Post a message of the bot, and return it as the Bot API's Message."""
        return self.send_all(target, [content])[0]

    def send_all(self, target: Target, contents: list[Json], media_group_id: str | None = None) -> list[Json]:
        """Post messages of the bot, several as an album, and return them as the Bot API's Messages."""
        check_rights(self.world, self.bot, target.chat, contents)
        more: Json = {}
        if self.params.flag("protect_content"):
            more["has_protected_content"] = True
        if self.params.has("message_effect_id"):
            more["effect_id"] = self.params.text("message_effect_id")
        markup = read_markup(self.params)
        posted = [
            post(
                self.world, target.chat, self.bot, content | more,
                reply_to=target.reply_to, quote=target.quote, thread_id=target.thread_id,
                media_group_id=media_group_id, keyboard=markup.inline, other_markup=markup.other,
            )
            for content in contents
        ]  # fmt: skip
        return [self.shown(message) for message in posted]

    def shown(self, message: Message) -> Json:
        """Return a message as the bot gets it."""
        return message_json(self.world, message, self.bot)
