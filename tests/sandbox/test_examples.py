"""The example of a bot, as a process of its own."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from bot.sandbox.client import Client
from tests.support.stage import picture

EXAMPLE = Path(__file__).parents[2] / "examples" / "echo_bot.py"


async def test_the_echo_bot_runs_unchanged(sandbox: str) -> None:
    """A bot of aiogram answers text, photos and files in the sandbox."""
    environment = os.environ | {"TELEGRAM_API": sandbox}
    echo = await asyncio.create_subprocess_exec(sys.executable, str(EXAMPLE), env=environment)
    try:
        async with Client(sandbox, "Ann") as ann:
            chat = await ann.open()
            await chat.send("is anybody there?")
            assert (await chat.wait()).text == "is anybody there?"
            await chat.send_photos([picture().data], "a wall")
            answer = await chat.wait(lambda message: message.photo)
            assert answer.text == "a wall"
            await chat.send_photos([picture().data], as_file=True)
            assert (await chat.wait(lambda message: message.document)).document
    finally:
        echo.terminate()
        await echo.wait()
