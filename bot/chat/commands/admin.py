"""What the owners of the bot can do: /stats, /ban, /unban, /maintenance, /broadcast."""

from __future__ import annotations

from telegram import Message, Update

from bot.chat.context import Context, asked

COMMANDS = ("stats", "ban", "unban", "maintenance", "broadcast")
MOST_LETTERS = 3500  # characters: a message has 4096


async def stats(update: Update, context: Context) -> None:
    """Answer /stats: the queue, and what it did in the last day."""
    message, _ = asked(update)
    await message.reply_text(context.say("stats", **await context.services.jobs.tally()))


async def ban(update: Update, context: Context) -> None:
    """Answer /ban: a user's number, or a reply to a message of theirs."""
    await _ban(update, context, banned=True)


async def unban(update: Update, context: Context) -> None:
    """Answer /unban."""
    await _ban(update, context, banned=False)


async def _ban(update: Update, context: Context, *, banned: bool) -> None:
    message, _ = asked(update)
    user_id = _named(message, context)
    if user_id is None or user_id in context.services.owners:
        await message.reply_text(context.say("ban-whom"))
        return
    changed = await context.services.chats.ban(user_id, banned=banned)
    if changed and banned:
        await context.services.chats.forget(user_id)
        await context.services.chats.ban(user_id, banned=True)
    done = "ban-done" if banned else "unban-done"
    await message.reply_text(context.say(done if changed else "ban-no-change", id=str(user_id)))


def _named(message: Message, context: Context) -> int | None:
    """Return the user whom a command means, None if that cannot be told."""
    given, replied = (context.args or [""])[0], message.reply_to_message
    if given.isascii() and given.isdigit() and len(given) < 16:
        return int(given)
    return replied.from_user.id if replied and replied.from_user and not replied.from_user.is_bot else None


async def maintenance(update: Update, context: Context) -> None:
    """Answer /maintenance on and /maintenance off."""
    message, _ = asked(update)
    match context.args:
        case ["on"] | ["off"]:
            on = context.args == ["on"]
            await context.services.chats.maintain(on=on)
            await message.reply_text(context.say("maintenance-on" if on else "maintenance-off"))
        case _:
            await message.reply_text(context.say("maintenance-how"))


async def broadcast(update: Update, context: Context) -> None:
    """Answer /broadcast: the text after it goes to everybody who has spoken to the bot in private."""
    message, _ = asked(update)
    text = (message.text or "").partition(" ")[2].strip()
    if not 0 < len(text) <= MOST_LETTERS:
        await message.reply_text(context.say("broadcast-how", limit=MOST_LETTERS))
        return
    count = await context.services.chats.write_letters(text)
    await message.reply_text(context.say("broadcast-done", count=count))
