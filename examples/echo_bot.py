"""An echo bot with aiogram, as in its tutorial, except that it uses the Bot API server of the sandbox.

Start `vitrage sandbox`, then `python examples/echo_bot.py`, and write to it in the web chat.
"""

import asyncio
import os

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import Message

dispatcher = Dispatcher()


@dispatcher.message()
async def echo(message: Message) -> None:
    """Send back what came: text, photos, files."""
    await message.send_copy(message.chat.id)


async def main() -> None:
    """Poll the server that TELEGRAM_API names."""
    server = TelegramAPIServer.from_base(os.environ.get("TELEGRAM_API", "http://127.0.0.1:8081"))
    token = os.environ.get("BOT_TOKEN", "1234567890:" + "e" * 35)
    async with Bot(token, session=AiohttpSession(api=server)) as bot:
        await dispatcher.start_polling(bot, handle_signals=False)


if __name__ == "__main__":
    asyncio.run(main())
