"""From photos to a job: a user's photos gather in a draft until there are two, or one and a style by name."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from telegram import ForceReply, InlineKeyboardMarkup

from bot.chat.access import hides_replies
from bot.chat.command_text import after_command, has_command
from bot.chat.context import MessageRequest, Request
from bot.chat.errors import BadPictureError, answered
from bot.chat.images import advice
from bot.chat.images.decoding import in_child
from bot.chat.intake import marked_copy
from bot.chat.intake.photos import Attachment, attachment, receive
from bot.chat.intake.quotas import refusal
from bot.chat.intake.sources import fetch_source, find_styles
from bot.chat.keyboards import draft_keyboard
from bot.chat.recipe_codes import reference_of
from bot.storage.errors import StoreUnavailableError
from bot.storage.models import NewJob, Photo


async def take_photo(request: MessageRequest) -> None:
    """Take the photo of a message: a marked copy belongs to its job; an album waits until it is whole."""
    message, found = request.message, attachment(request.message)
    if job := await marked_copy.marked_job(request, found):
        await marked_copy.take(request, job, found)
    elif message.media_group_id is not None:
        request.services.albums.admit(message)
    else:
        await take_whole([request])


async def take_whole(requests: Sequence[MessageRequest]) -> None:
    """Take a photo, or all photos of an album: what one of the messages says holds for all of them.

    It may be repeated after a crash: a photo that has left the draft is not added again, and then nothing is decided.

    Raises:
        BadPictureError: the picture to which they reply cannot be used.
        StoreUnavailableError: nothing can be stored now.
    """
    requests = sorted(requests, key=lambda request: request.message_id)
    if not any(_is_meant_for_bot(request) for request in requests):
        return
    asked = next((request for request in requests if _has_style(request)), requests[0])
    asked.services.albums.take(asked.message)
    reference = after_command(asked.message) if _has_style(asked) else ""
    if reference and not await is_known_style(asked, reference):
        return
    replied = [request.message.reply_to_message for request in requests]
    if content := next((found for message in replied if message and (found := attachment(message))), None):
        # It is painted in the style of the photos.
        await asked.stores.drafts.discard(asked.address, but=[request.message_id for request in requests])
        await add(requests[0], content, replied=True)
    for request in requests:
        await answered(request, _add_own(request))
        if not await asked.stores.drafts.photos(asked.address):
            return  # without the photo to paint, the others would be taken for it
    await settle_photos(asked, reference, requests)


def _has_style(request: MessageRequest) -> bool:
    return has_command(request.message, "style", request.bot.username)


def _is_meant_for_bot(request: MessageRequest) -> bool:
    """In private always; in a group when it replies to the bot, has /style below it, or its album had."""
    replied = request.message.reply_to_message
    if request.in_private or _has_style(request) or request.services.albums.taken(request.message):
        return True
    return replied is not None and replied.from_user is not None and replied.from_user.id == request.bot.id


async def _add_own(request: MessageRequest) -> None:
    found = attachment(request.message)
    if found is None:  # a video or a sticker without a still picture
        raise BadPictureError("bad-not-image")
    await add(request, found)


async def is_known_style(request: Request, reference: str) -> bool:
    """Return whether there are styles by this name or code; tell the user if not."""
    if await find_styles(request, reference) is not None:
        return True
    own = await request.stores.styles.names(request.requester)
    names = ", ".join((*request.services.presets.names, *own))
    await request.reply(request.say("style-unknown", names=names), quote=True)
    return False


async def add(request: Request, found: Attachment, *, replied: bool = False) -> None:
    """Add a photo to the user's draft; `replied` is one to which the user's message replies.

    Raises:
        BadPictureError: it cannot be used.
        StoreUnavailableError: nothing can be stored now.
    """
    blob = await request.stores.blobs.put(await receive(request, found))
    await request.stores.drafts.add_photo(
        request.address, request.message_id, blob, source=found.source, replied=replied, spoiler=found.spoiler
    )


async def settle_photos(request: Request, reference: str, sent: Sequence[Request]) -> None:
    """Choose the style by name, if there is one, and settle, unless the photos of these messages left the draft before.

    Raises:
        BadPictureError: as in `settle`.
    """
    messages = {each.message_id for each in sent}
    if not any(photo.message_id in messages for photo in await request.stores.drafts.photos(request.address)):
        return
    if reference:
        await request.stores.drafts.choose_style(request.address, reference)
    await settle(request)


async def settle(request: Request) -> None:
    """Decide what the draft is ready for: ask for what is missing, or queue the job.

    It may be repeated: the same draft makes the same job, and a queued job has emptied the draft.

    Raises:
        BadPictureError: the picture of a style cannot be fetched.
        Exception: the job cannot be queued. Unless the store is to blame, the draft is gone then.
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
        try:
            await _enqueue(request, photos, reference)
        except StoreUnavailableError:
            raise  # nothing is wrong with the draft
        except Exception:
            await drafts.discard(request.address)  # else it would make every later photo fail too
            raise


async def _ask_for_missing(request: Request, photos: list[Photo]) -> None:
    missing = "draft-content" if photos and not photos[0].is_style else "draft-style" if photos else "draft-wish"
    with_photo = request.in_private and photos
    keyboard = draft_keyboard(request.services, request.say, has_style=photos[0].is_style) if with_photo else None
    await ask(request, missing, keyboard)


async def ask(request: Request, sentence: str, keyboard: InlineKeyboardMarkup | None = None) -> None:
    """Ask for a photo, in a group by a forced reply: other photos need not reach the bot.

    Once, a group whose replies Telegram hides from the bot is told so.
    """
    say = request.say
    if request.in_private:
        await request.reply(say(sentence), keyboard, quote=True)
        return
    text = f"{say(sentence)} {say('draft-in-group')}"
    unseen = isinstance(request, MessageRequest) and request.message.reply_to_message is None
    told, chat = request.services.told, request.chat
    if unseen and chat.id not in told and await hides_replies(request.bot, request.services, chat):
        told.add(chat.id)
        text = f"{say('replies-hidden')}\n{text}"
    await request.reply(text, ForceReply(selective=True), quote=True)


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
    hint = ""
    with suppress(BadPictureError):  # advice is optional
        hint = await in_child(advice.look, await blobs.get(content.blob), style)
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
