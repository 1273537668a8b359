"""Whoever sent a picture that cannot be used is told why."""

from __future__ import annotations

import pytest

from bot.chat.errors import BadPictureError, answered
from bot.chat.i18n import texts
from bot.storage.errors import StoreFullError
from tests.support.requests import fake_bot, message, message_request, services

EN = texts("en")


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (BadPictureError("bad-not-image"), EN("bad-not-image")),
        (BadPictureError("bad-file-size", limit=20), EN("bad-file-size", limit=20)),
        (StoreFullError(), EN("busy-disk")),
    ],
)
async def test_the_reason_is_a_reply_to_the_message(error: Exception, sentence: str) -> None:
    """A picture that cannot be used, with the values of its sentence; and a full disk."""
    bot = fake_bot()

    async def work() -> None:
        raise error

    await answered(message_request(bot, services(), message(bot)), work())
    bot.send_message.assert_awaited_once()
    assert bot.send_message.call_args.args == (7, sentence)
    assert bot.send_message.call_args.kwargs["reply_parameters"].message_id == 10


async def test_nothing_is_said_where_nothing_went_wrong() -> None:
    """The work itself answers."""
    bot, done = fake_bot(), []

    async def work() -> None:
        done.append(True)

    await answered(message_request(bot, services(), message(bot)), work())
    assert done == [True]
    bot.send_message.assert_not_called()


async def test_other_errors_are_left_to_the_error_handler() -> None:
    """A bug is not told as if it were the picture's fault."""
    bot = fake_bot()

    async def work() -> None:
        raise ValueError("a bug")

    with pytest.raises(ValueError, match="a bug"):
        await answered(message_request(bot, services(), message(bot)), work())
    bot.send_message.assert_not_called()
