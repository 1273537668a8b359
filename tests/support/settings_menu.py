"""/settings, as a person uses it."""

from __future__ import annotations

from bot.chat.i18n import texts
from bot.sandbox.client import Chat, Message

EN = texts("en")


async def menu_of(chat: Chat) -> Message:
    """Open the settings."""
    await chat.send("/settings")
    return await chat.wait(lambda message: bool(message.buttons))


async def open_setting(chat: Chat, menu: Message, label: str) -> Message:
    """Open the choices of the setting whose line begins with these words."""
    [line] = [button.text for row in menu.buttons for button in row if button.text.startswith(label)]
    await chat.press(menu, line)
    return await chat.wait(lambda message: message.id == menu.id and EN("button-back") in str(message.buttons))


async def choose_setting(chat: Chat, label: str, choice: str) -> None:
    """Choose a value of the setting whose line begins with these words."""
    menu = await menu_of(chat)
    await open_setting(chat, menu, label)
    await chat.press(menu, choice)
    await chat.wait(lambda message: message.id == menu.id and EN("button-reset") in str(message.buttons))
