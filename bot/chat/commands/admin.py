"""The operators' commands: /stats, /ban, /unban, /maintenance, /broadcast."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType

from bot.chat.context import MessageRequest

MAX_BROADCAST = 3500  # characters: a message has at most 4096


async def stats(request: MessageRequest) -> None:
    """Answer /stats: the queue, and what it did in the last day."""
    await request.reply(request.say("stats", **await request.stores.jobs.tally()))


async def ban(request: MessageRequest) -> None:
    """Answer /ban: a user's id, or in reply to a message of theirs. Everything of theirs is deleted."""
    user_id = _user_meant(request)
    if user_id is None or user_id in request.services.operators:
        await request.reply(request.say("ban-whom"))
        return
    people = request.stores.people
    changed = await people.ban(user_id, banned=True)
    if changed:
        await people.forget(user_id)
        await people.ban(user_id, banned=True)
    await request.reply(request.say("ban-done" if changed else "ban-no-change", id=str(user_id)))


async def unban(request: MessageRequest) -> None:
    """Answer /unban: as /ban."""
    user_id = _user_meant(request)
    if user_id is None or user_id in request.services.operators:
        await request.reply(request.say("ban-whom"))
        return
    changed = await request.stores.people.ban(user_id, banned=False)
    await request.reply(request.say("unban-done" if changed else "ban-no-change", id=str(user_id)))


def _user_meant(request: MessageRequest) -> int | None:
    """Return the user whom a command means, None if that cannot be told."""
    given, replied = (request.words or ("",))[0], request.message.reply_to_message
    if given.isascii() and given.isdigit() and len(given) < 16:
        return int(given)
    return replied.from_user.id if replied and replied.from_user and not replied.from_user.is_bot else None


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
    text = (request.message.text or "").partition(" ")[2].strip()
    if not 0 < len(text) <= MAX_BROADCAST:
        await request.reply(request.say("broadcast-how", limit=MAX_BROADCAST))
        return
    count = await request.stores.people.write_broadcast(text)
    await request.reply(request.say("broadcast-done", count=count))


COMMANDS: Mapping[str, Callable[[MessageRequest], Awaitable[None]]] = MappingProxyType(
    {"stats": stats, "ban": ban, "unban": unban, "maintenance": maintenance, "broadcast": broadcast}
)
