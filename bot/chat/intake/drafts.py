"""From photos to a job: a user's photos gather in a draft until there are two, or one and a style by name."""

from __future__ import annotations

from collections.abc import Awaitable

from telegram import Bot, ForceReply, Message, ReplyParameters, Update, User
from telegram.constants import ChatType

from bot.chat.access import answer, pressed
from bot.chat.context import Context, Services, address_of, asked
from bot.chat.i18n import Texts
from bot.chat.images import advice
from bot.chat.intake import enqueue
from bot.chat.intake.photos import Attachment, BadPictureError, attachment
from bot.chat.intake.sources import picture, receive, source_of, styles_of
from bot.chat.keyboards import question_keyboard
from bot.storage.errors import StoreFullError
from bot.storage.models import Address, NewJob, Photo


async def take_photo(update: Update, context: Context) -> None:
    """Take the picture of a message; with a second one, or a style by name, it makes a job."""
    message, user = asked(update)
    services, found, reference = context.services, attachment(message), _caption(message, context)
    if not _spoken_to(message, context, reference):
        return
    if found is None:  # a video or a sticker without a still picture
        await message.reply_text(context.say("bad-not-image"), do_quote=True)
        return
    services.albums.join(message)
    if reference and not await wish(context, message, user, reference):
        return
    replied = attachment(message.reply_to_message) if message.reply_to_message else None
    if replied is not None:  # the picture that the photo replies to is painted like the photo: a request of its own
        await services.jobs.discard_draft(address_of(message, user), but=message.message_id)
        if not await add(context.bot, services, message, user, replied, replied=True):
            return
    if await add(context.bot, services, message, user, found) and message.media_group_id is None:
        await settle(context.bot, services, message, user)


def _caption(message: Message, context: Context) -> str | None:
    """Return what stands after /style in the caption, None if there is no /style."""
    command, _, reference = (message.caption or "").partition(" ")
    return reference.strip() if command in ("/style", f"/style@{context.bot.username}") else None


def _spoken_to(message: Message, context: Context, reference: str | None) -> bool:
    """In private always; in a group when the photo replies to us, has /style below it, or its album does."""
    if message.chat.type == ChatType.PRIVATE or context.services.albums.joined(message) or reference is not None:
        return True
    replied = message.reply_to_message
    return replied is not None and replied.from_user is not None and replied.from_user.id == context.bot.id


async def wish(context: Context, message: Message, user: User, reference: str) -> bool:
    """Choose the style of the draft by name or code; tell the user and return False if there is no such style."""
    if await styles_of(context.services, user.id, reference) is None:
        own = await context.services.chats.style_names(user.id)
        names = ", ".join((*context.services.presets.names, *own))
        await message.reply_text(context.say("style-unknown", names=names), do_quote=True)
        return False
    await context.services.jobs.make_wish(address_of(message, user), reference)
    return True


async def add(
    bot: Bot, services: Services, message: Message, user: User, found: Attachment, *, replied: bool = False
) -> bool:
    """Add a picture to the user's draft; tell the user and return False if it cannot be used."""

    async def keep() -> None:
        blob = await services.blobs.put(await receive(bot, services, found))
        address, source = address_of(message, user), source_of(found)
        await services.jobs.add_photo(
            address, message.message_id, blob, source=source, replied=replied, spoiler=found.spoiler
        )

    return await accepted(services, message, user, keep())


async def accepted(services: Services, message: Message, user: User, work: Awaitable[None]) -> bool:
    """Do the work on a user's picture; tell the user and return False if it cannot be used."""
    try:
        await work
    except BadPictureError as error:
        say = await services.words(user)
        await message.reply_text(say(error.name, **error.values), do_quote=True)
        return False
    except StoreFullError:
        say = await services.words(user)
        await message.reply_text(say("busy-disk"), do_quote=True)
        return False
    return True


async def settle(bot: Bot, services: Services, message: Message, user: User) -> None:
    """Decide what the draft is ready for: ask for what is missing, or queue the job.

    Harmless to repeat: the same draft makes the same job, and a job that exists has emptied the draft.
    """
    address = address_of(message, user)
    draft, reference = await services.jobs.draft(address), await services.jobs.wish(address)
    say = await services.words(user)
    if not draft and reference is None:
        return
    if not draft or (reference is None and len(draft) == 1):
        await _ask(bot, services, message, say=say, draft=draft)
    elif sentence := await enqueue.refusal(services, address, say):
        await services.jobs.discard_draft(address)
        await message.reply_text(sentence, do_quote=True)
    else:
        await _enqueue(bot, services, address, language=say.language, draft=draft, reference=reference)


async def _ask(bot: Bot, services: Services, message: Message, *, say: Texts, draft: list[Photo]) -> None:
    """Ask for the picture that is missing."""
    in_private = message.chat.type == ChatType.PRIVATE
    missing = "draft-content" if draft and not draft[0].is_style else "draft-style" if draft else "draft-wish"
    text = say(missing) if in_private else f"{say(missing)} {say('draft-in-group')}"
    keyboard = question_keyboard(services, say, has_style=draft[0].is_style) if draft else None
    await bot.send_message(
        message.chat_id,
        text,
        message_thread_id=message.message_thread_id if message.is_topic_message else None,
        reply_parameters=ReplyParameters(message.message_id, allow_sending_without_reply=True),
        reply_markup=keyboard if in_private else ForceReply(selective=True),
    )


async def turn(update: Update, context: Context) -> None:
    """Make the photo of the draft the style, or the content again, and ask for the other."""
    query = pressed(update)
    message, user = asked(update)
    address = address_of(message, user)
    await context.services.jobs.swap_draft(address)
    draft = await context.services.jobs.draft(address)
    if len(draft) != 1:
        await answer(query, context.say("draft-gone"), alert=True)
        return
    await answer(query)
    text, has_style = context.say("draft-style" if draft[0].is_style else "draft-content"), draft[0].is_style
    keyboard = question_keyboard(context.services, context.say, has_style=has_style)
    await query.edit_message_text(text, reply_markup=keyboard)


async def _enqueue(
    bot: Bot, services: Services, address: Address, *, language: str, draft: list[Photo], reference: str | None
) -> None:
    """Queue a job: the first photo is the content, the others are styles. The reporter tells the user."""
    content, *others = draft
    blobs, sources = [photo.blob for photo in others], [photo.source for photo in others]
    recipe = None
    if reference and (known := await styles_of(services, address.user_id, reference)):
        recipe, named = known
        sources += named
        blobs += [await services.blobs.put(await picture(bot, services, source)) for source in named]
    style = await services.blobs.get(others[0].blob) if others else None
    hint = await advice.look(await services.blobs.get(content.blob), style)
    await enqueue.place(
        services,
        NewJob(
            advice=hint,
            dedup_key=f"photos:{address.chat_id}:{max(photo.message_id for photo in draft)}",
            address=address,
            message_id=content.message_id,
            language=language,
            recipe=recipe or await services.recipe_for(address),
            content=content.blob,
            styles=tuple(blobs),
            sources=(content.source, *sources),
            photos=tuple(photo.id for photo in draft),
            spoiler=any(photo.spoiler for photo in draft),
        ),
    )
