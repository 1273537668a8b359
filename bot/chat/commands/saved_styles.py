"""Styles that users have named: /save NAME in reply to a picture, then /style NAME, or a link for friends."""

from __future__ import annotations

import re

from telegram import Message, Update
from telegram.helpers import create_deep_linked_url

from bot.chat.context import Context, address_of, asked
from bot.chat.intake.photos import attachment
from bot.chat.intake.sources import source_of
from bot.chat.recipe_codes import CODE, decode, encode, reference_of

NAME = re.compile(r"[^\W_][\w-]{0,29}")
MOST = 50  # names of one user


async def save(update: Update, context: Context) -> None:
    """Name the style of the picture that is replied to: of one of ours, its style; of any other, itself."""
    message, user = asked(update)
    say, services = context.say, context.services
    name = " ".join(context.args or ()).lower()
    reference = await _style_of(message, context)
    if reference is None or not NAME.fullmatch(name) or CODE.fullmatch(name):
        await message.reply_text(say("save-how"), do_quote=True)
    elif name in services.presets.names:
        await message.reply_text(say("save-taken", style=name), do_quote=True)
    elif not await services.chats.name_style(user.id, name, reference, most=MOST):
        await message.reply_text(say("save-too-many", limit=MOST), do_quote=True)
    else:
        code = encode(await services.recipe_for(address_of(message, user)), reference)
        link = create_deep_linked_url(context.bot.username, code)
        await message.reply_text(say("save-done", style=name, link=link), do_quote=True)


async def _style_of(message: Message, context: Context) -> str | None:
    """Return the style that a reply means, None if there is none."""
    replied = message.reply_to_message
    found = attachment(replied) if replied else None
    if replied is None or found is None:
        return None
    words = (replied.caption or "").split()
    code = decode(words[-1]) if words else None
    if code is not None and replied.from_user is not None and replied.from_user.id == context.bot.id:
        return code.style
    user_id = message.from_user.id if message.from_user else 0
    reference = reference_of([source_of(found)])
    await context.services.chats.keep_style(reference, user_id, (source_of(found),))
    return reference
