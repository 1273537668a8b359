"""What a person does in a chat with the bot, for the tests that run the whole program."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import pytest

from bot.sandbox.client import Chat, Message
from tests.support.program import PATIENCE

Test = TypeVar("Test", bound=Callable[..., Any])


def restarted(test: Test) -> Test:
    """Name the refusals that a bot may provoke which starts anew within a second.

    It does not know what a status message shows, and edits it once in any case; nor what it has just sent and edited,
    so that it may do so too soon, waits and does it again.
    """
    for method, part in (
        ("editMessageText", "message is not modified"),
        ("editMessageText", "retry after"),
        ("sendMessage", "retry after"),
        ("sendPhoto", "retry after"),
    ):
        test = pytest.mark.refused(method, part, always=False)(test)
    return test


def is_status(message: Message) -> bool:
    """Return whether this is the status message of a job, the only one with a button to cancel it."""
    return any(button.data.startswith("cancel:") for row in message.buttons for button in row)


async def result(chat: Chat, request: Message) -> Message:
    """Wait for the picture that answers a request."""
    return await chat.wait(
        lambda message: message.reply_to == request.id and message.photo is not None and not is_status(message),
        timeout=PATIENCE,
    )


async def answer_after(chat: Chat, last: int) -> Message:
    """Wait for the first message after `last`, the id of a message; edits of older messages do not count."""
    return await chat.wait(lambda message: message.id > last)


async def choose_size(chat: Chat, pixels: int) -> None:
    """Choose a size in /settings."""
    await chat.send("/settings")
    menu = await chat.wait(lambda message: bool(message.buttons))
    [line] = [button.data for row in menu.buttons for button in row if button.data.endswith(":size")]
    await chat.press(menu, line)
    choice = line.replace("open:", "set:") + f":{pixels}"
    await chat.wait(lambda message: message.id == menu.id and choice in str(message.buttons))
    await chat.press(menu, choice)


async def choose_small(chat: Chat) -> None:
    """Choose the smallest size in /settings, so that a job takes seconds."""
    await choose_size(chat, 256)
