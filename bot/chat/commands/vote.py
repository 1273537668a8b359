"""/vote: which of two outputs of a study people prefer, without knowing the methods."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar, get_args

import structlog
from telegram import InlineKeyboardMarkup, InputMediaPhoto
from telegram.error import BadRequest

from bot.chat import callbacks
from bot.chat.access import answer
from bot.chat.context import MessageRequest, Press, Request, Services
from bot.chat.errors import BadPictureError
from bot.chat.i18n import Texts
from bot.chat.images.ballot_sheet import ballot_sheet
from bot.chat.images.decoding import in_child
from bot.chat.keyboards import button
from bot.chat.refusals import UNCHANGED, UNEDITABLE, UNWRITABLE, foreseen, says
from engine.errors import EngineError
from engine.study.vote.ballot import Ballot, Question

log = structlog.get_logger(__name__)

R = TypeVar("R")

CHOICES: tuple[callbacks.ChoiceOrOther, ...] = get_args(callbacks.ChoiceOrOther)


async def begin(request: MessageRequest) -> None:
    """Answer /vote: two outputs that this person has not compared yet."""
    ballot = request.services.study
    if ballot is None:
        await request.reply(request.say("vote-none"))
    elif not request.in_private:
        await request.reply(request.say("vote-private"))
    else:
        voter = await request.stores.people.voter(request.requester)
        await _send(request, ballot, voter, await _usable(asyncio.to_thread(ballot.next, voter)))


async def press(press: Press, data: callbacks.Vote) -> None:
    """Keep a vote, and show the next two outputs in place of these."""
    ballot = press.services.study
    question = ballot.question(data.left, data.right) if ballot and ballot.key == data.study else None
    if ballot is None or question is None:
        await answer(press.query, press.say("vote-gone"), alert=True)
        return
    await answer(press.query)
    voter = await press.stores.people.voter(press.requester)
    if data.choice == "other":
        following = await _usable(asyncio.to_thread(ballot.next, voter, but=question))
        if following is None:
            await press.reply(press.say("vote-last"))
            return
    else:
        await _usable(asyncio.to_thread(ballot.cast, voter, question, data.choice))
        following = await _usable(asyncio.to_thread(ballot.next, voter))
    if following is None:
        await _end(press, press.say("vote-done"))
    else:
        await _replace(press, ballot, voter, following)


async def stop(press: Press, _: callbacks.StopVoting) -> None:
    """Thank, and leave the picture without buttons."""
    await answer(press.query)
    ballot = press.services.study
    voter = await press.stores.people.voter(press.requester)
    count = await _usable(asyncio.to_thread(ballot.count, voter)) if ballot else 0
    await _end(press, press.say("vote-thanks", count=count))


async def forget(services: Services, requester: int) -> None:
    """Delete the votes of a requester; done before their number is forgotten, since then nobody knows which are theirs.

    Raises:
        BadPictureError: the votes cannot be deleted now.
    """
    if services.study is not None:
        await _usable(asyncio.to_thread(services.study.forget, await services.stores.people.voter(requester)))


async def _usable(work: Awaitable[R]) -> R:
    """Return what comes of work with the study.

    Raises:
        BadPictureError: its votes or its pictures cannot be used.
    """
    try:
        return await work
    except EngineError as error:
        log.warning("a study cannot be used", reason=str(error))
        raise BadPictureError("vote-broken") from error


async def _send(request: Request, ballot: Ballot, voter: str, question: Question | None) -> None:
    """Send a question as a new message, or say that there is none left."""
    if question is None:
        await request.reply(request.say("vote-done"))
        return
    with foreseen(*UNWRITABLE):
        await request.bot.send_photo(
            request.chat.id,
            await _sheet(question),
            caption=await _caption(request.say, ballot, voter),
            reply_markup=_keyboard(request.say, ballot, question),
            message_thread_id=request.thread_id,
            show_caption_above_media=True,
        )


async def _replace(press: Press, ballot: Ballot, voter: str, question: Question) -> None:
    """Show a question in the message that was pressed, or in a new one where that cannot be edited."""
    caption = await _caption(press.say, ballot, voter)
    media = InputMediaPhoto(await _sheet(question), caption=caption, show_caption_above_media=True)
    try:
        with foreseen(UNCHANGED, *UNEDITABLE, *UNWRITABLE):
            await press.bot.edit_message_media(
                media, press.chat.id, press.message_id, reply_markup=_keyboard(press.say, ballot, question)
            )
    except BadRequest as error:
        if says(error, *UNEDITABLE):
            await _send(press, ballot, voter, question)
        elif not says(error, UNCHANGED):  # after a second press it is as it should be
            raise


async def _end(press: Press, text: str) -> None:
    """Say something in place of the question, and take the buttons away."""
    try:
        with foreseen(UNCHANGED, *UNEDITABLE, *UNWRITABLE):
            await press.bot.edit_message_caption(press.chat.id, press.message_id, caption=text)
    except BadRequest as error:
        if not says(error, UNCHANGED, *UNEDITABLE):
            raise


async def _caption(say: Texts, ballot: Ballot, voter: str) -> str:
    return say("vote-question", count=await _usable(asyncio.to_thread(ballot.count, voter)))


async def _sheet(question: Question) -> bytes:
    """Return the picture of a question.

    Raises:
        BadPictureError: the study's pictures cannot be read.
    """
    paths = (question.content, question.style, *question.pictures)
    try:
        content, style, left, right = [await asyncio.to_thread(path.read_bytes) for path in paths]
        return await in_child(ballot_sheet, content, style, left, right)
    except (OSError, BadPictureError) as error:
        log.warning("a study's picture cannot be read", reason=str(error))
        raise BadPictureError("vote-broken") from error


def _keyboard(say: Texts, ballot: Ballot, question: Question) -> InlineKeyboardMarkup:
    left, right, equal, other = (
        button(say(f"button-vote-{name}"), callbacks.Vote(ballot.key, question.left, question.right, name))
        for name in CHOICES
    )
    return InlineKeyboardMarkup(
        [[left, right], [equal], [other, button(say("button-vote-stop"), callbacks.StopVoting())]]
    )
