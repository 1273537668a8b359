"""Keeps each requester informed: one status message, edited in place, then the picture or the reason why not."""

from __future__ import annotations

import asyncio
import dataclasses
import math
import time
from collections import Counter
from dataclasses import dataclass

import structlog
from telegram import Bot, InlineKeyboardMarkup
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter, TelegramError

from bot.chat.context import Services
from bot.chat.keyboards import status_keyboard
from bot.chat.rate_limiter import NoRoomError, as_progress, patience, seconds_of
from bot.chat.refusals import UNEDITABLE, says
from bot.chat.status.delivery import deliver
from bot.chat.status.messages import JobMessages
from bot.chat.status.text import describe
from bot.storage.errors import StoreUnavailableError
from bot.storage.models import BlobKey, Job, Place, State

log = structlog.get_logger(__name__)

SEEN = "👀"
POLL_SECONDS = 1.0
GATHER_SECONDS = 0.03  # changes come in groups: those that follow the first at once are read together
EDIT_SECONDS = 3.1  # between two edits in a private chat, of all its jobs together
GROUP_EDIT_SECONDS = 10.1  # a group may get 20 messages and edits a minute from us, all topics together
FAR_BACK = 10  # jobs ahead at which the pause between two edits has doubled: there is little to tell
RETRY_SECONDS = 5.0  # after an answer could not be delivered
PATIENCE = 5.0  # seconds of a pause that a first status message waits for
SLOWEST = 16.0  # how many times longer than usual the pauses of a chat become at most
RECOVERY = 0.75  # by which each edit that Telegram takes shortens them again
STOP_SECONDS = 10.0  # for calls in progress when the program stops


@dataclass(frozen=True)
class _Shown:
    """What the status message of a job shows now, and when it may change again.

    It is forgotten when an edit may or may not have happened.
    """

    text: str
    preview: str | None
    state: State
    next_edit: float  # on the monotonic clock
    is_picture: bool = False


class Reporter:
    """Tells requesters about their unsettled jobs whenever the store has news. Its state is only what it has shown."""

    def __init__(self, bot: Bot, services: Services) -> None:
        self._bot = bot
        self._services = services
        self._shown: dict[int, _Shown] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._turns: dict[int, float] = {}  # when a chat may be edited again, on the monotonic clock
        self._crowded: set[int] = set()  # chats with several unsettled jobs
        self._slow: dict[int, float] = {}  # by how much the pauses of a chat are longer than usual
        self._paused: dict[int, float] = {}  # until when a job is left alone after a failure, on the monotonic clock
        self._mute: set[int] = set()  # jobs that have no status message: the bot may not write there, or it was deleted

    async def run(self, stop: asyncio.Event) -> None:
        """Report until told to stop. A chat that is slow, or told to wait, does not delay the others."""
        while not stop.is_set():
            try:
                jobs = await self._services.stores.deliveries.unsettled()
            except StoreUnavailableError as error:
                log.warning("the jobs cannot be read", reason=str(error))
                await self._services.stores.jobs.wait("news", RETRY_SECONDS)
                continue
            for job in jobs:
                if job.id not in self._tasks and self._due(job):
                    self._tasks[job.id] = asyncio.create_task(self._tell(job))
            unsettled = {job.id for job in jobs}
            counts = Counter(job.address.chat_id for job in jobs)
            self._crowded = {chat for chat, count in counts.items() if count > 1}
            self._shown = {id_: shown for id_, shown in self._shown.items() if id_ in unsettled}
            self._turns = {chat: turn for chat, turn in self._turns.items() if turn > time.monotonic()}
            self._paused = {id_: until for id_, until in self._paused.items() if id_ in unsettled}
            self._slow = {chat: factor for chat, factor in self._slow.items() if chat in counts}
            self._mute &= unsettled
            await asyncio.sleep(GATHER_SECONDS)
            await self._services.stores.jobs.wait("news", POLL_SECONDS)
        if self._tasks:  # a send that is cut off leaves its outcome unknown
            await asyncio.wait(self._tasks.values(), timeout=STOP_SECONDS)
        for task in tuple(self._tasks.values()):
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    def _due(self, job: Job) -> bool:
        """Return whether a job may be told about: it is not paused, and its message did not change a moment ago."""
        now, shown = time.monotonic(), self._shown.get(job.id)
        if shown is not None and shown.state is job.state and now < shown.next_edit:
            return False
        return now >= self._paused.get(job.id, 0.0)

    async def _tell(self, job: Job) -> None:
        try:
            if job.state in (State.QUEUED, State.RUNNING):
                await self._report(job)
            else:
                shown = self._shown.get(job.id)
                await deliver(self._bot, self._services, job, is_picture=shown.is_picture if shown else None)
        except ChatMigrated as error:
            await self._services.stores.people.move_chat(job.address.chat_id, error.new_chat_id)
        except RetryAfter as error:
            log.info("told to wait with a job", job=job.id, seconds=seconds_of(error))
            self._paused[job.id] = time.monotonic() + seconds_of(error)
        except TelegramError as error:
            log.warning("could not tell about a job", job=job.id, error=type(error).__name__, reason=error.message)
            self._paused[job.id] = time.monotonic() + RETRY_SECONDS
        except StoreUnavailableError as error:
            log.warning("could not read what to tell about a job", job=job.id, reason=str(error))
            self._paused[job.id] = time.monotonic() + RETRY_SECONDS
        except Exception:
            log.exception("could not tell about a job", job=job.id)
            self._paused[job.id] = time.monotonic() + RETRY_SECONDS
        finally:
            del self._tasks[job.id]

    async def _report(self, job: Job) -> None:
        """Bring the status message up to date, unless its chat was edited a moment ago."""
        if job.id in self._mute:
            return
        shown, say = self._shown.get(job.id), JobMessages(self._bot, job).say
        place = await self._services.stores.jobs.place(job) if job.state is State.QUEUED else None
        text = describe(job, place, say, waits=self._services.pictures_wait())
        changed = shown is None or (shown.text, shown.preview) != (text, job.preview)
        now, keyboard = time.monotonic(), status_keyboard(job, say)
        if changed and job.status_message_id is None:
            await self._post(job, text, keyboard)
        elif changed and now >= self._turns.get(job.address.chat_id, 0.0):
            await self._edit(job, text, keyboard, place)
        elif not changed and shown is not None and place is not None:  # the place is not read again at once
            next_edit = now + self._seconds_to_next_edit(job, place)
            self._shown[job.id] = dataclasses.replace(shown, next_edit=next_edit)

    async def _post(self, job: Job, text: str, keyboard: InlineKeyboardMarkup | None) -> None:
        messages = JobMessages(self._bot, job)
        try:
            with patience(PATIENCE):
                message_id = await messages.send_status(text, keyboard)
        except (BadRequest, Forbidden) as error:  # trying again would be refused again; the delivery will tell
            log.info("a job has no status message", job=job.id, reason=error.message)
            self._mute.add(job.id)
            return
        next_edit = time.monotonic() + self._seconds_to_next_edit(job, None)
        self._shown[job.id] = _Shown(text, None, job.state, next_edit)
        await self._services.stores.deliveries.set_status_message(job.id, message_id)
        await messages.react(SEEN)

    async def _edit(self, job: Job, text: str, keyboard: InlineKeyboardMarkup | None, place: Place | None) -> None:
        """Edit the status message, with its picture if that is fresh; the chat's next turn is a pause after that.

        An edit for which there is no room is left out: the next one says more. Where Telegram refuses edits for a
        while, the chat's pauses double, and recover with each edit that it takes.
        """
        chat_id, shown = job.address.chat_id, self._shown.get(job.id)
        messages = JobMessages(self._bot, job, is_picture=shown.is_picture if shown else None)
        fresh = None if shown and shown.preview == job.preview else job.preview
        self._turns[chat_id] = math.inf
        pause = self._pause(job)
        try:
            with as_progress():
                if (
                    not (fresh and await self._show(fresh, messages, text, keyboard))
                    and messages.is_picture is not None
                ):
                    await messages.edit(text, keyboard)
        except NoRoomError as error:
            pause = error.seconds
        except RetryAfter as error:
            self._slow[chat_id] = min(SLOWEST, 2 * self._slow.get(chat_id, 1.0))
            pause = max(seconds_of(error), self._pause(job))
            log.info("edits are left out", job=job.id, seconds=pause)
        except (BadRequest, Forbidden) as error:  # it was deleted, or the bot was blocked: the delivery will tell
            log.info("a status message cannot be edited", job=job.id, reason=error.message)
            self._mute.add(job.id)
        except NetworkError:
            self._shown.pop(job.id, None)  # it may be a picture now
            raise
        else:
            self._slow[chat_id] = max(1.0, RECOVERY * self._slow.get(chat_id, 1.0))
            next_edit = time.monotonic() + self._seconds_to_next_edit(job, place)
            if messages.is_picture is not None:
                self._shown[job.id] = _Shown(text, job.preview, job.state, next_edit, messages.is_picture)
        finally:
            self._turns[chat_id] = time.monotonic() + pause

    async def _show(
        self, preview: BlobKey, messages: JobMessages, text: str, keyboard: InlineKeyboardMarkup | None
    ) -> bool:
        """Show a preview in the status message; False if that cannot be, so that the text at least is to be edited."""
        try:
            await messages.show(await self._services.stores.blobs.get(preview), text, keyboard)
        except BadRequest as error:
            if says(error, *UNEDITABLE):
                raise
            log.warning("a preview cannot be shown", reason=error.message)
            return False
        except KeyError:  # a newer preview came in between
            return False
        return True

    def _seconds_to_next_edit(self, job: Job, place: Place | None) -> float:
        """Return for how many seconds at least a message that is up to date stays as it is."""
        pause = self._pause(job)
        if place is not None:
            return pause * (1 + place.ahead / FAR_BACK)
        crowded = job.address.chat_id in self._crowded  # every other turn is left to the other jobs
        return pause * (2 if crowded else 1)

    def _pause(self, job: Job) -> float:
        chat_id = job.address.chat_id
        return (GROUP_EDIT_SECONDS if chat_id < 0 else EDIT_SECONDS) * self._slow.get(chat_id, 1.0)
