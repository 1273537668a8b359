"""From photos to a job: a user's photos gather in a draft until there are two."""

from __future__ import annotations

from telegram import Bot, ForceReply, Message, ReplyParameters, Update, User
from telegram.constants import ChatType

from bot.chat.context import Context, Services, address_of, asked, words
from bot.chat.photos import Attachment, BadPictureError, attachment, fetch
from bot.jobs.errors import StoreFullError
from bot.jobs.job import NewJob, Photo


async def take_photo(update: Update, context: Context) -> None:
    """Take the photo or image file of a message; the second one makes a job."""
    message, user = asked(update)
    found = attachment(message)
    if found is None or not _spoken_to(message, context):
        return
    context.services.albums.join(message)
    if await add(context.bot, context.services, message, user, found) and message.media_group_id is None:
        await settle(context.bot, context.services, message, user)


def _spoken_to(message: Message, context: Context) -> bool:
    """In private always; in a group when the photo replies to us, has /style below it, or its album does."""
    if message.chat.type == ChatType.PRIVATE or context.services.albums.joined(message):
        return True
    replied = message.reply_to_message
    if replied is not None and replied.from_user is not None and replied.from_user.id == context.bot.id:
        return True
    command = (message.caption or "").split(maxsplit=1)[:1]
    return command in (["/style"], [f"/style@{context.bot.username}"])


async def add(bot: Bot, services: Services, message: Message, user: User, found: Attachment) -> bool:
    """Add a picture to the user's draft; tell the user and return False if it cannot be used."""
    say = words(user)
    try:
        blob = await services.blobs.put(await fetch(bot, found))
        await services.jobs.add_photo(address_of(message, user), message.message_id, blob)
    except BadPictureError as error:
        await message.reply_text(say(error.name, **error.values), do_quote=True)
        return False
    except StoreFullError:
        await message.reply_text(say("busy-disk"), do_quote=True)
        return False
    return True


async def settle(bot: Bot, services: Services, message: Message, user: User) -> None:
    """Decide what the draft is ready for: ask for the second picture, or queue the job.

    Harmless to repeat: the same draft makes the same job, and a job that exists has emptied the draft.
    """
    address = address_of(message, user)
    draft = await services.jobs.draft(address)
    say = words(user)
    if len(draft) == 1:
        in_private = message.chat.type == ChatType.PRIVATE
        await bot.send_message(
            address.chat_id,
            say("draft-content" if in_private else "draft-content-group"),
            message_thread_id=address.thread_id,
            reply_parameters=ReplyParameters(message.message_id, allow_sending_without_reply=True),
            reply_markup=None if in_private else ForceReply(selective=True),
        )
    elif len(draft) > 1:
        if len(await services.jobs.jobs_of(address)) >= services.max_queued:
            await services.jobs.discard_draft(address)
            await message.reply_text(say("too-many", limit=services.max_queued), do_quote=True)
        else:
            await _enqueue(services, message, user, draft)


async def _enqueue(services: Services, message: Message, user: User, draft: list[Photo]) -> None:
    """Queue a job: the first photo is the content, the others are styles. The reporter tells the user."""
    content, *styles = draft
    await services.jobs.enqueue(
        NewJob(
            dedup_key=f"photos:{message.chat_id}:{draft[-1].message_id}",
            address=address_of(message, user),
            message_id=content.message_id,
            language=words(user).language,
            recipe=await services.recipe(user.id),
            content=content.blob,
            styles=tuple(photo.blob for photo in styles),
            photos=tuple(photo.id for photo in draft),
        )
    )
