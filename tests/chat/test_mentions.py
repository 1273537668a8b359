"""Groups: a forced reply addresses whoever pressed, and commands in texts carry the bot's name."""

from __future__ import annotations

from typing import Any

import pytest
from telegram import ChatMember, ChatMemberAdministrator, ChatMemberMember, ForceReply, User
from telegram.error import BadRequest

from bot.chat.i18n import LANGUAGES, texts
from tests.support.requests import GROUP, PRIVATE, fake_bot, message, press, services

FOX = User(7, "Ann 🦊", is_bot=False)


def _administrator(*, anonymous: bool) -> ChatMemberAdministrator:
    names = ChatMemberAdministrator.__init__.__code__.co_varnames[2:18]
    rights: dict[str, Any] = dict.fromkeys(names, False)
    return ChatMemberAdministrator(FOX, **rights | {"is_anonymous": anonymous})


@pytest.mark.parametrize(
    ("member", "named"),
    [
        (ChatMemberMember(FOX), True),
        (_administrator(anonymous=False), True),
        (_administrator(anonymous=True), False),
        (None, False),
    ],
)
async def test_a_forced_reply_mentions_who_pressed_unless_they_are_anonymous(
    member: ChatMember | None, named: bool
) -> None:
    """A press brings the id of an anonymous administrator too: nobody may learn it from the bot."""
    bot = fake_bot()
    bot.get_chat_member.return_value = member
    if member is None:
        bot.get_chat_member.side_effect = BadRequest("CHAT_ADMIN_REQUIRED")
    pressed = press(bot, services(), message(bot, GROUP), user=FOX)
    await pressed.reply("Send it.", ForceReply(selective=True), quote=True)
    text = bot.send_message.call_args.args[1]
    entities = bot.send_message.call_args.kwargs["entities"]
    assert text == ("Ann 🦊, Send it." if named else "Send it.")
    assert [(entity.type, entity.offset, entity.length, entity.user) for entity in entities or ()] == (
        [("text_mention", 0, 6, FOX)] if named else []
    )


async def test_in_private_nobody_is_mentioned() -> None:
    """There is one person."""
    bot = fake_bot()
    await press(bot, services(), message(bot, PRIVATE)).reply("Send it.", ForceReply())
    bot.get_chat_member.assert_not_called()
    assert bot.send_message.call_args.args[1] == "Send it."


@pytest.mark.parametrize("language", LANGUAGES)
def test_commands_in_texts_for_groups_carry_the_bots_name(language: str) -> None:
    """Where several bots are, a bare command reaches the one that wrote last. In private it would only be long."""
    assert "/style@a_bot mosaic" in texts(language, "a_bot")("welcome")
    assert "/presets@a_bot" in texts(language, "a_bot")("welcome")
    assert "@" not in texts(language)("welcome")
    link = texts(language, "a_bot")("save-done", style="night", link="https://t.me/style/help?start=x")
    assert "https://t.me/style/help?start=x" in link
    assert "</b>" in texts(language, "a_bot")("help")
    assert "/@" not in texts(language, "a_bot")("help")
