"""How many taps common wishes take: the table in docs/conversation.md is counted here, on the real menus."""

from __future__ import annotations

import re
from pathlib import Path

from bot.sandbox.client import Chat, Client, Message
from tests.support.chat_harness import RunningChat, painted
from tests.support.settings_menu import menu_of

PAGE = (Path(__file__).parents[2] / "docs/conversation.md").read_text(encoding="utf-8")
TABLE = PAGE.partition("## Taps for ten common wishes")[2].partition("\n## ")[0]
WISHES = {wish: int(taps) for wish, taps in re.findall(r"^\| (.*\*.*\*) \| \d \| (\d) \|$", TABLE, re.MULTILINE)}


def labels(message: Message) -> list[str]:
    """Return the labels of all buttons under a message."""
    return [button.text for row in message.buttons for button in row]


async def taps_to(chat: Chat, shown: Message, wish: str) -> int:
    """Return the number of taps that reach a button: one, or two where another button has to open it."""
    line, _, label = wish.replace("*", "").rpartition(": ")
    if label in labels(shown):
        return 1
    opener = next(each for each in labels(shown) if (each.startswith(line) if line else each.startswith("More")))
    await chat.press(shown, opener)
    await chat.wait(lambda message: message.id == shown.id and label in labels(message))
    return 2


async def test_the_taps_are_those_of_the_table(running_chat: RunningChat) -> None:
    """Six buttons under a picture, eight lines of settings; each wish takes the taps that the page says."""
    assert len(WISHES) == 10
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        counted = {}
        for wish in WISHES:
            menu = await menu_of(chat) if ":" in wish else (await painted(running_chat, chat))[0]
            assert len(labels(menu)) == (8 if ":" in wish else 6)
            counted[wish] = await taps_to(chat, menu, wish)
        assert counted == WISHES
