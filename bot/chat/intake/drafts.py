"""From photos to a job: a user's photos gather in a draft until there are two, or one and a style by name."""

from __future__ import annotations

from telegram import ForceReply

from bot.chat.context import MessageRequest, Request
from bot.chat.images import advice
from bot.chat.images.decoding import in_thread
from bot.chat.intake import marked_copy
from bot.chat.intake.photos import Attachment, attachment, receive
from bot.chat.intake.quotas import refusal
from bot.chat.intake.sources import fetch_source, find_styles
from bot.chat.keyboards import draft_keyboard
from bot.chat.recipe_codes import reference_of
from bot.storage.models import NewJob, Photo


async def take_photo(request: MessageRequest) -> None:
    """Take the photo of a message: a marked copy belongs to its job, any other photo to the draft."""
    message, found = request.message, attachment(request.message)
    replied = message.reply_to_message
    job = await request.stores.deliveries.asked_region(message.chat_id, replied.message_id) if replied else None
    if job is not None:
        await marked_copy.take(request, job, found)
        return
    reference = _style_in_caption(request)
    if not _is_meant_for_bot(request, reference):
        return
    if found is None:  # a video or a sticker without a still picture
        await request.reply(request.say("bad-not-image"), quote=True)
        return
    if message.media_group_id is not None:
        request.services.albums.join(message)
    if reference and not await choose_style(request, reference):
        return
    if replied is not None and (content := attachment(replied)):  # it is painted in the style of the photo
        await request.stores.drafts.discard(request.address, but=message.message_id)
        await add(request, content, replied=True)
    await add(request, found)
    if message.media_group_id is None:
        await settle(request)


def _style_in_caption(request: MessageRequest) -> str | None:
    """Return what stands after /style in the caption, None if there is no /style."""
    command, _, reference = (request.message.caption or "").partition(" ")
    return reference.strip() if command in ("/style", f"/style@{request.bot.username}") else None


def _is_meant_for_bot(request: MessageRequest, reference: str | None) -> bool:
    """In private always; in a group when the photo replies to the bot, has /style below it, or its album does."""
    if request.in_private or request.services.albums.joined(request.message) or reference is not None:
        return True
    replied = request.message.reply_to_message
    return replied is not None and replied.from_user is not None and replied.from_user.id == request.bot.id


async def choose_style(request: Request, reference: str) -> bool:
    """Choose the draft's style by name or code; tell the user and return False if there is no such style."""
    if await find_styles(request, reference) is None:
        own = await request.stores.styles.names(request.user.id)
        names = ", ".join((*request.services.presets.names, *own))
        await request.reply(request.say("style-unknown", names=names), quote=True)
        return False
    await request.stores.drafts.choose_style(request.address, reference)
    return True


async def add(request: Request, found: Attachment, *, replied: bool = False) -> None:
    """Add a photo to the user's draft; `replied` is one to which the user's message replies.

    Raises:
        BadPictureError: it cannot be used.
        StoreFullError: the disk is full.
    """
    blob = await request.stores.blobs.put(await receive(request, found))
    await request.stores.drafts.add_photo(
        request.address, request.message_id, blob, source=found.source, replied=replied, spoiler=found.spoiler
    )


async def settle(request: Request) -> None:
    """Decide what the draft is ready for: ask for what is missing, or queue the job.

    It may be repeated: the same draft makes the same job, and a queued job has emptied the draft.

    Raises:
        BadPictureError: the picture of a style cannot be fetched.
    """
    drafts = request.stores.drafts
    photos, reference = await drafts.photos(request.address), await drafts.chosen_style(request.address)
    if not photos and reference is None:
        return
    if not photos or (reference is None and len(photos) == 1):
        await _ask_for_missing(request, photos)
    elif sentence := await refusal(request):
        await drafts.discard(request.address)
        await request.reply(sentence, quote=True)
    else:
        await _enqueue(request, photos, reference)


async def _ask_for_missing(request: Request, photos: list[Photo]) -> None:
    say = request.say
    missing = "draft-content" if photos and not photos[0].is_style else "draft-style" if photos else "draft-wish"
    if request.in_private:
        keyboard = draft_keyboard(request.services, say, has_style=photos[0].is_style) if photos else None
        await request.reply(say(missing), keyboard, quote=True)
    else:
        await request.reply(f"{say(missing)} {say('draft-in-group')}", ForceReply(selective=True), quote=True)


async def _enqueue(request: Request, photos: list[Photo], reference: str | None) -> None:
    """Queue a job: the first photo is the content, the others are styles. The reporter tells the user."""
    content, *others = photos
    blobs, styles, sources = request.stores.blobs, [photo.blob for photo in others], [photo.source for photo in others]
    recipe = request.recipe
    if reference and (found := await find_styles(request, reference)):
        recipe, named = found[0] or recipe, found[1]
        sources += named
        styles += [await blobs.put(await fetch_source(request, source)) for source in named]
    style = await blobs.get(others[0].blob) if others else None
    hint = await in_thread(advice.look, await blobs.get(content.blob), style)
    await request.stores.jobs.enqueue(
        NewJob(
            dedup_key=f"photos:{request.chat.id}:{max(photo.message_id for photo in photos)}",
            address=request.address,
            message_id=content.message_id,
            language=request.say.language,
            recipe=recipe,
            content=content.blob,
            styles=tuple(styles),
            sources=(content.source, *sources),
            style=reference_of(sources),
            photos=tuple(photo.id for photo in photos),
            output=request.output,
            advice=hint,
            spoiler=any(photo.spoiler for photo in photos),
        )
    )
