"""The operators' commands: /stats, /ban, /unban, /maintenance, /broadcast."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType

from telegram import MessageOrigin, MessageOriginChannel, MessageOriginChat, MessageOriginUser

from bot.chat.command_text import after_command
from bot.chat.commands import vote
from bot.chat.context import MessageRequest

MOST_REFUSALS = 5  # kinds, in /stats
MAX_BROADCAST = 3500  # characters: a message has at most 4096
ID = re.compile(r"-?\d{1,15}", re.ASCII)
ANYWHERE = ("ban", "unban")  # the others are for the operator's private chat


async def stats(request: MessageRequest) -> None:
    """Answer /stats: the queue, what it did in the last day, the weights, and the calls that Telegram refused most."""
    lines = [request.say("stats", **await request.stores.jobs.tally())]
    painter = request.services.painter()
    if painter.weights:
        lines.append(request.say("stats-weights", weights=painter.weights))
    if painter.percent is not None:
        lines.append(request.say("stats-download", percent=painter.percent))
    if painter.trouble:
        lines.append(request.say("stats-no-download", reason=painter.trouble))
    for (method, reason), count in request.services.refusals.counts.most_common(MOST_REFUSALS):
        lines.append(request.say("stats-refused", count=count, method=method, reason=reason))
    await request.reply("\n".join(lines))


async def ban(request: MessageRequest) -> None:
    """Answer /ban: the id of a user, group or channel, or in reply to their message. What is theirs is deleted."""
    user_id = _requester_meant(request)
    if user_id is None or user_id in request.services.operators:
        await request.reply(request.say("ban-whom"))
        return
    people = request.stores.people
    changed = await people.ban(user_id, banned=True)
    if changed:
        await vote.forget(request.services, user_id)
        await people.forget(user_id)
        await people.ban(user_id, banned=True)
    await request.reply(request.say("ban-done" if changed else "ban-no-change", id=str(user_id)))


async def unban(request: MessageRequest) -> None:
    """Answer /unban: as /ban."""
    user_id = _requester_meant(request)
    if user_id is None or user_id in request.services.operators:
        await request.reply(request.say("ban-whom"))
        return
    changed = await request.stores.people.ban(user_id, banned=False)
    await request.reply(request.say("unban-done" if changed else "ban-no-change", id=str(user_id)))


def _requester_meant(request: MessageRequest) -> int | None:
    """Return whom a command means, by id or in reply to what they wrote, None if that cannot be told.

    In the operator's private chat only forwarded messages are another's.
    """
    given, replied = (request.words or ("",))[0], request.message.reply_to_message
    if ID.fullmatch(given):
        return int(given)
    if replied is None:
        return None
    if request.in_private:
        return _origin(replied.forward_origin)
    if replied.sender_chat is not None:
        return replied.sender_chat.id
    return replied.from_user.id if replied.from_user and not replied.from_user.is_bot else None


def _origin(origin: MessageOrigin | None) -> int | None:
    """Return who wrote what was forwarded, None if they hide it."""
    match origin:
        case MessageOriginUser():
            return None if origin.sender_user.is_bot else origin.sender_user.id
        case MessageOriginChat():
            return origin.sender_chat.id
        case MessageOriginChannel():
            return origin.chat.id
    return None


async def maintenance(request: MessageRequest) -> None:
    """Answer /maintenance on and /maintenance off."""
    if request.words not in (("on",), ("off",)):
        await request.reply(request.say("maintenance-how"))
        return
    [word] = request.words
    await request.stores.people.set_maintenance(on=word == "on")
    await request.reply(request.say(f"maintenance-{word}"))


async def broadcast(request: MessageRequest) -> None:
    """Answer /broadcast: the text after it goes to everybody who has written to the bot in private."""
    text = after_command(request.message)
    if not 0 < len(text) <= MAX_BROADCAST:
        await request.reply(request.say("broadcast-how", limit=MAX_BROADCAST))
        return
    count = await request.stores.people.write_broadcast(text)
    await request.reply(request.say("broadcast-done", count=count))


COMMANDS: Mapping[str, Callable[[MessageRequest], Awaitable[None]]] = MappingProxyType(
    {"stats": stats, "ban": ban, "unban": unban, "maintenance": maintenance, "broadcast": broadcast}
)
