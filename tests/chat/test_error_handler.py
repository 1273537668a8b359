"""What happens when a handler fails: the log says what was refused, and the user that it was not their fault."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
from structlog.testing import capture_logs
from telegram import Update
from telegram.error import BadRequest, NetworkError, TelegramError, TimedOut

from bot.chat.app import _on_error
from bot.chat.i18n import texts
from tests.support.requests import fake_bot, message

EN = texts("en")


async def failed(error: TelegramError) -> tuple[list[Any], Any]:
    """Return what was logged, and the bot, after a handler has failed."""
    bot = fake_bot()
    with capture_logs() as logged:
        await _on_error(Update(5, message=message(bot)), cast("Any", SimpleNamespace(error=error)))
    return logged, bot


async def test_a_refused_call_is_an_error_with_its_method_and_an_apology() -> None:
    """The library's BadRequest is a NetworkError, but Telegram was reached."""
    error = BadRequest("Message is too long")
    error.add_note("sendMessage")
    logged, bot = await failed(error)
    entry = next(entry for entry in logged if "method" in entry)
    assert (entry["log_level"], entry["method"], entry["reason"]) == ("error", "sendMessage", "Message is too long")
    assert bot.send_message.call_args.kwargs["text"] == EN("broken")


@pytest.mark.parametrize("error", [TimedOut(), NetworkError("httpx.ConnectError: refused")])
async def test_only_a_broken_line_is_an_unreachable_telegram(error: TelegramError) -> None:
    """An apology would not arrive either."""
    logged, bot = await failed(error)
    assert [(entry["log_level"], entry["event"]) for entry in logged] == [("warning", "telegram is unreachable")]
    bot.send_message.assert_not_called()
