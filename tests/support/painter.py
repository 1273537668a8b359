"""A small bot of python-telegram-bot for the tests of the web chat: it blends two photos, and has buttons."""

from __future__ import annotations

import asyncio
import io
import ssl
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from PIL import Image
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, InputMediaPhoto, Message, Update
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    MessageHandler,
    filters,
)
from telegram.request import HTTPXRequest

TOKEN = "4242:" + "p" * 35
App = Application[Any, Any, Any, Any, Any, Any]
Context = ContextTypes.DEFAULT_TYPE
drafts: dict[tuple[int, int | None], list[Message]] = defaultdict(list)


async def on_start(update: Update, _: Context) -> None:
    """Greet with formatted text, and a keyboard with a button of every style."""
    keys = [
        [
            InlineKeyboardButton("Standard", callback_data="standard", style="primary"),
            InlineKeyboardButton("Fine", callback_data="fine", style="success"),
        ],
        [
            InlineKeyboardButton("Forget me", callback_data="forget", style="danger"),
            InlineKeyboardButton("Website", url="https://example.org/"),
        ],
    ]
    text = (
        "<b>Send two photos</b>: what to paint, then the style.\n"
        "I answer with <i>the first painted like the second</i>. See /help."
    )
    assert update.message is not None
    await update.message.reply_html(text, reply_markup=InlineKeyboardMarkup(keys))


async def on_photo(update: Update, _: Context) -> None:
    """Keep a photo, and blend the second with the first."""
    message = update.message
    assert message is not None
    draft = drafts[message.chat_id, message.message_thread_id]
    draft.append(message)
    if len(draft) == 2:
        content, style = sorted(draft, key=lambda each: each.message_id)
        draft.clear()
        await paint(content, style)


async def paint(content: Message, style: Message) -> None:
    """Show the progress in one message, which becomes the picture at the end."""
    await content.reply_chat_action("upload_photo")
    status = await content.reply_text("Painting: 0 %", do_quote=True)
    first, second = [Image.open(io.BytesIO(await fetch(each))).convert("RGB") for each in (content, style)]
    await status.edit_text("Painting: 60 %")
    buffer = io.BytesIO()
    Image.blend(first, second.resize(first.size), 0.45).save(buffer, "JPEG", quality=90)
    keys = [
        [InlineKeyboardButton("Stronger", callback_data="stronger"), InlineKeyboardButton("Swap", callback_data="swap")]
    ]
    media = InputMediaPhoto(buffer.getvalue(), caption="Here it is: 4 s")
    await status.edit_media(media, reply_markup=InlineKeyboardMarkup(keys))
    await content.set_reaction("🎉")


async def fetch(message: Message) -> bytes:
    """Return the bytes of a photo."""
    return bytes(await (await message.photo[-1].get_file()).download_as_bytearray())


async def on_press(update: Update, _: Context) -> None:
    """Answer with a notification, or with an alert for the button that deletes something."""
    query = update.callback_query
    assert query is not None
    await query.answer(f"You chose {query.data}", show_alert=query.data == "forget")
    if query.data == "fine":
        await query.edit_message_text("Fine it is.")


@asynccontextmanager
async def painting_bot(url: str, token: str = TOKEN) -> AsyncIterator[App]:
    """Run the bot, which polls the sandbox at a URL, until the block ends."""
    drafts.clear()
    # An SSL context without certificates: loading them takes longer than most tests, and the sandbox speaks plain HTTP.
    plain = {"verify": ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)}
    builder = Application.builder().token(token).base_url(f"{url}/bot").base_file_url(f"{url}/file/bot")
    builder = builder.request(HTTPXRequest(httpx_kwargs=plain)).get_updates_request(HTTPXRequest(httpx_kwargs=plain))
    app: App = builder.build()
    app.add_handler(CommandHandler("start", on_start))
    app.add_handler(MessageHandler(filters.PHOTO, on_photo))
    app.add_handler(CallbackQueryHandler(on_press))
    async with app:
        await app.bot.set_my_commands([("start", "Begin"), ("help", "How it works"), ("settings", "Quality and size")])
        await app.bot.set_my_description("Send me two photos. I paint the first like the second.")
        await app.start()
        assert app.updater is not None
        await app.updater.start_polling(poll_interval=0, allowed_updates=Update.ALL_TYPES)
        try:
            yield app
        finally:
            await asyncio.shield(app.updater.stop())
            await app.stop()
