"""More of a finished picture, without painting anew: what the buttons under it make of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any

from telegram import CallbackQuery, InputFile, Message, ReplyParameters, Update
from telegram.error import BadRequest

from bot.chat.access import answer, may_press, pressed
from bot.chat.context import Context
from bot.chat.images.edits import PRINT_DPI, blends, denoised, enlarged, gallery, gentler_faces, side_by_side, sticker
from bot.chat.intake.photos import Attachment, BadPictureError, attachment, fetch
from bot.chat.intake.sources import picture
from bot.chat.keyboards import SHARES, blend_keyboard
from bot.storage.models import Job

CM = 2.54  # an inch


async def _file(context: Context, query: CallbackQuery, message: Message, job: Job) -> None:
    """Send the picture as a file, at full quality."""
    data = await kept_picture(context, job)
    if data is None:
        await answer(query, context.say("file-gone"), alert=True)
        return
    await answer(query)
    await context.bot.send_document(**_below(message, job), document=InputFile(data, f"vitrage-{job.id}.jpg"))


async def _print(context: Context, query: CallbackQuery, message: Message, job: Job) -> None:
    """Send the picture enlarged for a printer, as a file; more strokes it does not get that way."""
    await answer(query)
    if painted := await _painted(context, message, job):
        data, (width, height) = await enlarged(painted)
        inches = (round(edge / PRINT_DPI * CM) for edge in (width, height))
        sides = "×".join(str(centimetres) for centimetres in inches)
        caption = context.say("printed", pixels=f"{width}×{height}", sides=sides, dpi=str(PRINT_DPI))
        file = InputFile(data, f"vitrage-{job.id}-print.jpg")
        await context.bot.send_document(**_below(message, job), document=file, caption=caption)


async def _sticker(context: Context, query: CallbackQuery, message: Message, job: Job) -> None:
    """Send the picture as a sticker."""
    await answer(query)
    if painted := await _painted(context, message, job):
        file = InputFile(await sticker(painted), "vitrage.webp")
        await context.bot.send_sticker(**_below(message, job), sticker=file, emoji="🎨")


async def _timelapse(context: Context, query: CallbackQuery, message: Message, job: Job) -> None:
    """Send the film of the painting."""
    kept = await context.services.jobs.kept(job.id)
    film = await _blob(context, kept.film if kept else None)
    if film is None:
        await answer(query, context.say("film-gone"), alert=True)
        return
    await answer(query)
    name = "timelapse.gif" if film.startswith(b"GIF8") else "timelapse.mp4"
    more: dict[str, Any] = {"caption": context.say("filmed"), "has_spoiler": job.spoiler}
    await context.bot.send_animation(**_below(message, job), animation=InputFile(film, name), **more)


async def _compare(context: Context, query: CallbackQuery, message: Message, job: Job) -> None:
    """Send the photo and the picture side by side."""
    await answer(query)
    if both := await _both(context, message, job):
        await _send(context, message, job, await side_by_side(*both), caption=context.say("compared"))


async def _strip(context: Context, query: CallbackQuery, message: Message, job: Job) -> None:
    """Send the photo blended with the picture, weaker to stronger; a button sends one of them in full."""
    await answer(query)
    if both := await _both(context, message, job):
        sheet = await gallery(await blends(*both, SHARES))
        more = {"caption": context.say("strip"), "show_caption_above_media": True}
        await _send(context, message, job, sheet, reply_markup=blend_keyboard(job), **more)


async def _faces(context: Context, query: CallbackQuery, message: Message, job: Job) -> None:
    """Send the picture with the photo's faces shining through."""
    await answer(query)
    if both := await _both(context, message, job):
        if gentle := await gentler_faces(*both):
            await _send(context, message, job, gentle, caption=context.say("gentler"))
        else:
            await message.reply_text(context.say("no-faces"), do_quote=True)


async def _denoise(context: Context, query: CallbackQuery, message: Message, job: Job) -> None:
    """Send the picture without its grain."""
    await answer(query)
    if painted := await _painted(context, message, job):
        await _send(context, message, job, await denoised(painted), caption=context.say("denoised"))


async def blend(update: Update, context: Context) -> None:
    """Send the mixture whose share was pressed under a strength strip."""
    query = pressed(update)
    _, job_id, share = (query.data or "").split(":")
    job, message = await context.services.jobs.get(int(job_id)), query.message
    kept = await kept_picture(context, job) if job else None
    if job is None or kept is None or not isinstance(message, Message) or message.chat_id != job.address.chat_id:
        await answer(query, context.say("file-gone"), alert=True)
        return
    if not await may_press(query, job.address.user_id):
        await answer(query, context.say("not-yours"), alert=True)
        return
    await answer(query)
    if both := await _both(context, message, job):
        [mixed] = await blends(both[0], kept, [int(share)])
        await _send(context, message, job, mixed, caption=f"{share} %")


async def _delete(context: Context, query: CallbackQuery, message: Message, job: Job) -> None:
    """Take the picture out of the chat and off our disk."""
    await context.services.jobs.drop_kept(job.id)
    try:
        await message.delete()
        await answer(query, context.say("deleted"))
    except BadRequest:  # Telegram lets a bot delete its messages for 48 hours
        await answer(query, context.say("delete-too-old"), alert=True)


Action = Callable[[Context, CallbackQuery, Message, Job], Awaitable[None]]

ACTIONS: Mapping[str, Action] = MappingProxyType(
    {
        "strip": _strip,
        "faces": _faces,
        "denoise": _denoise,
        "compare": _compare,
        "timelapse": _timelapse,
        "sticker": _sticker,
        "file": _file,
        "print": _print,
        "delete": _delete,
    }
)


# --- The pictures, and where to put what is made of them


async def kept_picture(context: Context, job: Job) -> bytes | None:
    """Return the finished picture as it was painted, None if it is not kept any more."""
    kept = await context.services.jobs.kept(job.id)
    return await _blob(context, kept.picture if kept else None)


async def shown_picture(context: Context, message: Message) -> bytes:
    """Return the picture of a message as Telegram gives it back.

    Raises:
        BadPictureError: it cannot be had.
    """
    return await fetch(context.bot, attachment(message) or Attachment("", 0))


async def _painted(context: Context, message: Message, job: Job) -> bytes | None:
    """Return the finished picture; tell the user and return None if it cannot be had any more."""
    try:
        return await kept_picture(context, job) or await shown_picture(context, message)
    except BadPictureError as error:
        await message.reply_text(context.say(error.name, **error.values), do_quote=True)
        return None


async def _both(context: Context, message: Message, job: Job) -> tuple[bytes, bytes] | None:
    """Return the photo and the picture; tell the user and return None if they cannot be had any more."""
    try:
        before = await picture(context.bot, context.services, job.sources[0])
    except BadPictureError as error:
        await message.reply_text(context.say(error.name, **error.values), do_quote=True)
        return None
    after = await _painted(context, message, job)
    return (before, after) if after else None


async def _blob(context: Context, key: str | None) -> bytes | None:
    try:
        return await context.services.blobs.get(key) if key else None
    except KeyError:
        return None


def _below(message: Message, job: Job) -> dict[str, Any]:
    """Return where an answer to a press goes: under the picture, in its topic."""
    reply = ReplyParameters(message.message_id, allow_sending_without_reply=True)
    return {"chat_id": message.chat_id, "message_thread_id": job.address.thread_id, "reply_parameters": reply}


async def _send(context: Context, message: Message, job: Job, data: bytes, **more: Any) -> None:
    await context.bot.send_photo(**_below(message, job), photo=data, has_spoiler=job.spoiler, **more)
