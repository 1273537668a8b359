"""Styles that users have named: /save NAME in reply to a picture, then /style NAME, or a link to share."""

from __future__ import annotations

import re

from telegram.helpers import create_deep_linked_url

from bot.chat.context import MessageRequest
from bot.chat.intake.photos import attachment
from bot.chat.recipe_codes import CODE, decode, encode, reference_of
from bot.storage.models import StyleRef

NAME = re.compile(r"[^\W_][\w-]{0,29}")
MOST = 50  # names of one user


async def save(request: MessageRequest) -> None:
    """Name the style of the picture that is replied to: the style of one of ours, any other picture itself."""
    say, name = request.say, " ".join(request.words).lower()
    reference = await _style_of_replied(request)
    if reference is None or not NAME.fullmatch(name) or CODE.fullmatch(name):
        await request.reply(say("save-how"), quote=True)
    elif name in request.services.presets.names:
        await request.reply(say("save-taken", style=name), quote=True)
    elif not await request.stores.styles.name(request.requester, name, reference, most=MOST):
        await request.reply(say("save-too-many", limit=MOST), quote=True)
    else:
        link = create_deep_linked_url(request.bot.username, encode(request.recipe, reference))
        await request.reply(say("save-done", style=name, link=link), quote=True)


async def _style_of_replied(request: MessageRequest) -> StyleRef | None:
    """Return the style of the picture that is replied to, None if there is none."""
    replied = request.message.reply_to_message
    found = attachment(replied) if replied else None
    if replied is None or found is None:
        return None
    caption = (replied.caption or "").split()
    code = decode(caption[-1]) if caption else None
    if code is not None and replied.from_user is not None and replied.from_user.id == request.bot.id:
        return code.style
    reference = reference_of([found.source])
    await request.stores.styles.keep(reference, request.requester, (found.source,))
    return reference
