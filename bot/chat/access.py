"""Where every update enters: who is let in and in which language, and who may press a button."""

from __future__ import annotations

import dataclasses

import structlog
from telegram import CallbackQuery, Chat, Message, Update
from telegram.constants import ChatType
from telegram.error import TelegramError
from telegram.ext import ApplicationHandlerStop, ExtBot

from bot.chat.administrators import HiddenAdministratorsError
from bot.chat.context import Context, MessageRequest, Press, Request, Services
from bot.chat.i18n import texts_in
from bot.chat.rate_limiter import patience
from bot.chat.refusals import foreseen
from bot.chat.update_queue import take_turn
from bot.storage.models import Job, Standing

log = structlog.get_logger(__name__)

ANSWER_SECONDS = 5.0  # of a pause that the answer to a press waits for
STALE = ("query is too old", "query ID is invalid")


async def admit(update: Update, context: Context) -> None:
    """Make the request of an update; keep out users who are banned, and everybody during maintenance.

    Raises:
        ApplicationHandlerStop: no handler may see this update.
    """
    user, chat, services = update.effective_user, update.effective_chat, context.services
    if user is None or chat is None:
        raise ApplicationHandlerStop
    requester = _sender_chat(update) or user.id
    standing = await services.stores.people.standing(requester, chat.id)
    context.say = texts_in(chat.id, standing.preference.language or user.language_code, context.bot.username)
    context.request = await request_of(update, context.bot, services, standing)
    if (standing.banned or standing.maintenance) and requester not in services.operators:
        sentence = context.say("banned" if standing.banned else "maintenance")
        if update.callback_query is not None:
            await answer(update.callback_query, sentence, alert=True)
        elif update.message is not None and chat.type == ChatType.PRIVATE:  # in a group it would disturb others
            await update.message.reply_text(sentence)
        raise ApplicationHandlerStop


async def request_of(
    update: Update, bot: ExtBot[None], services: Services, standing: Standing | None = None
) -> MessageRequest | Press | None:
    """Return the request of an update, None if it is neither a message nor a press."""
    user, query, sender_chat = update.effective_user, update.callback_query, _sender_chat(update)
    source = query.message if query else update.message
    if user is None or source is None:
        return None
    standing = standing or await services.stores.people.standing(sender_chat or user.id, source.chat.id)
    # Of an old message a press brings no more than its id, though the library makes a message of it.
    message = source if isinstance(source, Message) and source.is_accessible else None
    request = Request(
        bot=bot,
        services=services,
        user=user,
        chat=source.chat,
        message_id=source.message_id,
        thread_id=message.message_thread_id if message and message.is_topic_message else None,
        say=texts_in(source.chat.id, standing.preference.language or user.language_code, bot.username),
        recipe=standing.recipe or services.default(),
        output=standing.preference.output,
        sender_chat=sender_chat,
    )
    if query is not None:
        return Press(**vars(request), query=query, message=message)
    return MessageRequest(**vars(request), message=message) if message else None


def _sender_chat(update: Update) -> int | None:
    """Return the chat in whose name a message was written.

    Telegram then names one account for all: 1087968824 for anonymous administrators, whose chat is the group itself,
    136817688 for channels, 777000 for what is forwarded automatically from a group's channel.
    """
    chat = update.message.sender_chat if update.message else None
    return chat.id if chat else None


async def answer(query: CallbackQuery, text: str | None = None, *, alert: bool = False) -> None:
    """Answer a button press, then wait for the chat's turn: what its handler does next happens in order.

    So whatever takes long stands after the answer. Telegram refuses an answer that comes late, and then nobody waits
    for it any more; what was asked for is done without it.
    """
    try:
        with patience(ANSWER_SECONDS), foreseen(*STALE):
            await query.answer(text, show_alert=alert)
    except TelegramError as error:
        log.info("a button press was not answered", reason=error.message)
    await take_turn()


def is_made_up(press: Press) -> bool:
    """Return whether the pressed message of a group has no such button.

    Telegram lets its users send any data with any message of a bot, also under what the bot has written to others, and
    handlers edit and delete the pressed message. What Telegram does not show, an old message, cannot be looked at.
    """
    if press.in_private or press.message is None:
        return False
    rows = press.message.reply_markup.inline_keyboard if press.message.reply_markup else ()
    return not any(button.callback_data == press.query.data for row in rows for button in row)


async def job_of_chat(press: Press, job_id: int) -> Job | None:
    """Return the job that a button names, None if this chat has no such job.

    What a button carries can be made up by anybody, also by whoever administers another group.
    """
    job = await press.stores.jobs.get(job_id)
    return job if job and job.address.chat_id == press.chat.id else None


async def why_not(request: Request, requester: int) -> str | None:
    """Return the name of the sentence that says why the user may not do what is for a requester to do.

    None: they may. In a group its administrators may do it for everybody. Whoever writes in the group's name is one of
    them; who writes in the name of a channel is known by that channel alone.
    """
    if request.requester == requester:
        return None
    if request.in_private:
        return "not-yours"
    return await why_no_administrator(request, request.chat.id, "not-yours")


async def why_no_administrator(request: Request, chat_id: int, sentence: str) -> str | None:
    """Return the name of the sentence for users who do not administer a group, `sentence` or why that is not known.

    None: they administer it.
    """
    if request.sender_chat is not None:
        return None if request.sender_chat == chat_id else sentence
    try:
        administers = await request.services.administrators.include(request.bot, chat_id, request.user.id)
    except HiddenAdministratorsError:
        return "administrators-hidden"
    return None if administers else sentence


async def for_asker(press: Press) -> Press:
    """Return the press in the name of the chat that asked for the pressed message, where the user may act for it.

    A press always brings the user's own id, also that of an anonymous administrator. What a user has begun under their
    own id comes first.
    """
    asked = press.message.reply_to_message if press.message else None
    asker = asked.sender_chat if asked else None
    if asker is None or await press.stores.drafts.photos(press.address) or await why_not(press, asker.id):
        return press
    return dataclasses.replace(press, sender_chat=asker.id)


async def hides_replies(bot: ExtBot[None], services: Services, chat: Chat) -> bool:
    """Return whether Telegram leaves out what a message of this chat replies to.

    It does in basic groups, for messages that the bot could not see: with privacy mode on, and as an ordinary member.
    """
    if chat.type != ChatType.GROUP or bot.bot.can_read_all_group_messages:
        return False
    try:
        return not await services.administrators.include(bot, chat.id, bot.id)
    except HiddenAdministratorsError:
        return True
