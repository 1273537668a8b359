"""More from a finished picture without painting again: the buttons that edit, send or delete it."""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

from telegram import InputFile, ReplyParameters
from telegram.error import BadRequest

from bot.chat import callbacks
from bot.chat.access import answer, job_of_chat, why_not
from bot.chat.context import Press
from bot.chat.errors import BadPictureError
from bot.chat.images import edits
from bot.chat.images.decoding import in_child
from bot.chat.images.timelapse import look
from bot.chat.intake.photos import Attachment, attachment, fetch
from bot.chat.intake.sources import fetch_source
from bot.chat.keyboards import SHARES, blend_keyboard
from bot.chat.refusals import UNWRITABLE, foreseen
from bot.storage.models import BlobKey, Job

CM_PER_INCH = 2.54
UNDELETABLE = ("message to delete not found", "message can't be deleted", "MESSAGE_ID_INVALID")


async def kept_picture(press: Press, job: Job) -> bytes | None:
    """Return the finished picture as it was painted, None if it is not kept any more."""
    kept = await press.stores.deliveries.kept_result(job.id)
    return await _blob(press, kept.picture) if kept else None


def picture_at_telegram(press: Press, job: Job) -> Attachment | None:
    """Return the delivered picture as Telegram keeps it, None where its file is not known.

    A press on a message of hours or days ago does not bring its picture: the job remembers it.
    """
    found = attachment(press.message) if press.message else None
    if found is None and job.picture is not None and job.picture.file_id:
        return Attachment(job.picture.file_id, 0)
    return found


async def shown_picture(press: Press, job: Job) -> bytes:
    """Return the delivered picture as Telegram gives it back.

    Raises:
        BadPictureError: its file is not known, or cannot be downloaded.
    """
    found = picture_at_telegram(press, job)
    if found is None:
        raise BadPictureError("result-too-old")
    return await fetch(press.bot, found)


async def blend(press: Press, data: callbacks.Blend) -> None:
    """Send the mixture whose share was pressed under a strength strip."""
    job = await job_of_chat(press, data.job)
    kept = await kept_picture(press, job) if job else None
    if job is None or kept is None:
        await answer(press.query, press.say("file-gone"), alert=True)
        return
    if sentence := await why_not(press, job.address.user_id):
        await answer(press.query, press.say(sentence), alert=True)
        return
    await answer(press.query)
    photo = await fetch_source(press, job.sources[0])
    [mixed] = await in_child(edits.blends, photo, kept, [data.share])
    await _send_photo(press, job, mixed, caption=f"{data.share} %")


async def _file(press: Press, job: Job) -> None:
    """Send the picture as a file, at full quality."""
    picture = await kept_picture(press, job)
    if picture is None:
        await answer(press.query, press.say("file-gone"), alert=True)
        return
    await answer(press.query)
    await press.bot.send_document(**_place(press, job), document=InputFile(picture, f"vitrage-{job.id}.jpg"))


async def _print(press: Press, job: Job) -> None:
    """Send the picture enlarged for a printer, as a file; enlarging adds no strokes."""
    await answer(press.query)
    data, (width, height) = await in_child(edits.enlarged, await _picture(press, job))
    sides = "×".join(str(round(edge / edits.PRINT_DPI * CM_PER_INCH)) for edge in (width, height))
    caption = press.say("printed", pixels=f"{width}×{height}", sides=sides, dpi=str(edits.PRINT_DPI))
    file = InputFile(data, f"vitrage-{job.id}-print.jpg")
    await press.bot.send_document(**_place(press, job), document=file, caption=caption)


async def _sticker(press: Press, job: Job) -> None:
    """Send the picture as a sticker."""
    await answer(press.query)
    file = InputFile(await in_child(edits.sticker, await _picture(press, job)), "vitrage.webp")
    await press.bot.send_sticker(**_place(press, job), sticker=file, emoji="🎨")


async def _timelapse(press: Press, job: Job) -> None:
    """Send the timelapse of the painting."""
    kept = await press.stores.deliveries.kept_result(job.id)
    timelapse = await _blob(press, kept.timelapse) if kept and kept.timelapse else None
    if timelapse is None:
        await answer(press.query, press.say("film-gone"), alert=True)
        return
    await answer(press.query)
    file = InputFile(timelapse, "timelapse.gif" if timelapse.startswith(b"GIF8") else "timelapse.mp4")
    seen = await in_child(look, timelapse)
    more: dict[str, Any] = dataclasses.asdict(seen) if seen else {}
    more |= {"caption": press.say("filmed"), "has_spoiler": job.spoiler}
    await press.bot.send_animation(**_place(press, job), animation=file, **more)


async def _compare(press: Press, job: Job) -> None:
    """Send the photo and the picture side by side."""
    await answer(press.query)
    pair = await fetch_source(press, job.sources[0]), await _picture(press, job)
    await _send_photo(press, job, await in_child(edits.side_by_side, *pair), caption=press.say("compared"))


async def _strip(press: Press, job: Job) -> None:
    """Send the photo blended with the picture, weaker to stronger; a button sends one of them in full."""
    await answer(press.query)
    pair = await fetch_source(press, job.sources[0]), await _picture(press, job)
    sheet = await in_child(edits.gallery, await in_child(edits.blends, *pair, SHARES))
    more = {"caption": press.say("strip"), "show_caption_above_media": True}
    await _send_photo(press, job, sheet, reply_markup=blend_keyboard(job), **more)


async def _faces(press: Press, job: Job) -> None:
    """Send the picture with the photo's faces blended in."""
    await answer(press.query)
    pair = await fetch_source(press, job.sources[0]), await _picture(press, job)
    if gentle := await in_child(edits.gentler_faces, *pair):
        await _send_photo(press, job, gentle, caption=press.say("gentler"))
    else:
        await press.reply(press.say("no-faces"), quote=True)


async def _denoise(press: Press, job: Job) -> None:
    """Send the picture without its grain."""
    await answer(press.query)
    picture = await _picture(press, job)
    await _send_photo(press, job, await in_child(edits.denoised, picture), caption=press.say("denoised"))


async def _crop(press: Press, job: Job, *, aspect: float) -> None:
    """Send the picture cropped to an aspect ratio, width by height, around what the photo shows."""
    await answer(press.query)
    pair = await fetch_source(press, job.sources[0]), await _picture(press, job)
    await _send_photo(press, job, await in_child(edits.cropped, *pair, aspect), caption=press.say("cropped"))


async def _delete(press: Press, job: Job) -> None:
    """Delete the picture from the chat and from our disk."""
    await press.stores.deliveries.drop_kept_result(job.id)
    try:
        with foreseen(*UNDELETABLE, *UNWRITABLE):
            await press.bot.delete_message(press.chat.id, press.message_id)
        await answer(press.query, press.say("deleted"))
    except BadRequest:  # Bot API, deleteMessage: a bot can delete its messages for 48 hours
        await answer(press.query, press.say("delete-too-old"), alert=True)


EXTRAS: Mapping[callbacks.Action, Callable[[Press, Job], Awaitable[None]]] = MappingProxyType(
    {
        "strip": _strip,
        "faces": _faces,
        "denoise": _denoise,
        "compare": _compare,
        "timelapse": _timelapse,
        "square": partial(_crop, aspect=1),
        "portrait": partial(_crop, aspect=4 / 5),
        "story": partial(_crop, aspect=9 / 16),
        "sticker": _sticker,
        "file": _file,
        "print": _print,
        "delete": _delete,
    }
)


async def _picture(press: Press, job: Job) -> bytes:
    """Return the finished picture, from our disk or from Telegram.

    Raises:
        BadPictureError: it cannot be had any more.
    """
    return await kept_picture(press, job) or await shown_picture(press, job)


async def _blob(press: Press, key: BlobKey) -> bytes | None:
    try:
        return await press.stores.blobs.get(key)
    except KeyError:
        return None


def _place(press: Press, job: Job) -> dict[str, Any]:
    """Return where an answer to a press goes: under the picture, in its topic."""
    reply = ReplyParameters(press.message_id)
    return {"chat_id": press.chat.id, "message_thread_id": job.address.thread_id, "reply_parameters": reply}


async def _send_photo(press: Press, job: Job, data: bytes, **more: Any) -> None:
    await press.bot.send_photo(**_place(press, job), photo=data, has_spoiler=job.spoiler, **more)
