"""`vitrage run` and `vitrage bot`: one process that answers Telegram, and with `run` paints by an engine child."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path

import structlog
from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError

from bot.chat.albums import Albums
from bot.chat.app import ALLOWED_UPDATES, build
from bot.chat.command_menu import introduce
from bot.chat.commands.broadcast import send_broadcasts
from bot.chat.context import ChatApplication, Painter, Quotas, Services
from bot.chat.default_recipe import DefaultRecipe
from bot.chat.moderation import Moderation
from bot.chat.painter_watch import PainterWatch
from bot.chat.status.reporter import Reporter
from bot.chat.update_queue import UpdateQueue
from bot.chat.webhook import Webhook, receiver, webhook_of
from bot.operate import pages
from bot.operate.alive import show_life
from bot.operate.server import listen, serve
from bot.painters import Painters, host_name
from bot.presets.catalogue import Presets
from bot.settings import Settings, SettingsError
from bot.storage.chat_protocols import PeopleStore
from bot.storage.databases import SQLITE, active_bot, open_stores
from bot.storage.errors import StoreUnavailableError
from bot.storage.patience import until_possible
from bot.storage.protocols import Stores
from engine.errors import EngineError
from engine.study.vote.ballot import Ballot

log = structlog.get_logger(__name__)

PAINTER_SECONDS = 1.0  # between two looks whether the file `painter.json` is still true
HANDLER_SECONDS = 15.0  # for the handlers in progress when the program stops
PRUNE_SECONDS = 3600.0  # between two deletions of old records
CONNECT_PAUSES = (1, 2, 5, 10, 30)  # seconds between attempts to reach Telegram; the last one repeats


async def run(settings: Settings, *, paints: bool = True) -> None:
    """Run until SIGTERM or SIGINT, then end within 30 seconds; every accepted update and job stays in the database.

    Args:
        settings: The token is needed.
        paints: Whether this process paints too, and not workers alone.

    Raises:
        SettingsError: no token is set, the study cannot be voted on, nobody else can paint, or Telegram refuses the
            webhook.
        StoreError: the database cannot be used.
        IdentityTakenError: another painter has the same folder.
        EngineStartError: the painter cannot start with these settings.
        AddressError: the address of the metrics or of the webhook cannot be listened to.
        InvalidToken: Telegram does not know the token.
    """
    settings.required_token()
    study = _study(settings.study)
    if not paints and settings.database_url.startswith(SQLITE):
        raise SettingsError(
            "A bot that leaves painting to `vitrage worker` shares a database with it, which must be PostgreSQL: set "
            "VITRAGE_DATABASE to postgresql://…; on SQLite, `vitrage run` paints by itself."
        )
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await asyncio.to_thread(settings.data_dir.mkdir, mode=0o700, parents=True, exist_ok=True)
    with host_name(settings) if paints else contextlib.nullcontext() as host:
        async with open_stores(settings.database_url, settings.blobs_dir, settings.blobs) as stores:
            painters = Painters(settings, stores, settings.devices if paints else [], host)
            bot = _Bot(settings, stores, painters, study)
            ready = {"telegram": bot.answers} | ({"painter": painters.in_service} if paints else {})
            async with asyncio.TaskGroup() as parts:
                parts.create_task(painters.run(stop))
                parts.create_task(bot.run(stop))
                parts.create_task(_publish(bot.painter, settings.data_dir / "painter.json", stop))
                parts.create_task(_prune(stores.people, stop))
                parts.create_task(show_life(settings.data_dir, stop))
                parts.create_task(pages.show(settings.metrics_address, stores.jobs, ready, stop))


class _Bot:
    """The chat side, which answers while no other process does so for the same database."""

    def __init__(self, settings: Settings, stores: Stores, painters: Painters, study: Ballot | None) -> None:
        self._settings = settings
        self._stores = stores
        self._study = study
        self._default = DefaultRecipe(stores.jobs, None if settings.quality == "auto" else settings.quality)
        self._download = painters.download
        on_sqlite = settings.database_url.startswith(SQLITE)
        self._watch = PainterWatch(painters.states if on_sqlite else stores.jobs.workers, stores.jobs.tell_of)
        self._webhook = webhook_of(settings.webhook, settings.required_token()) if settings.webhook else None
        self._application: ChatApplication | None = None  # while it may answer

    async def run(self, stop: asyncio.Event) -> None:
        """Answer, or stand by, until `stop` is set.

        Raises:
            InvalidToken: Telegram does not know the token.
            SettingsError: Telegram refuses the webhook.
            AddressError: the address of the webhook cannot be listened to.
        """
        settings = self._settings
        while not stop.is_set():
            async with active_bot(settings.database_url, stop) as over:
                services = self._services()
                self._application = build(settings.required_token(), settings.api_url, services)
                await self._answer(self._application, services, over)
                self._application = None

    async def _answer(self, application: ChatApplication, services: Services, stop: asyncio.Event) -> None:
        """Connect to Telegram, then answer it until `stop` is set."""
        try:
            if not await _reached(application.initialize, stop):
                return
            await application.start()
            async with asyncio.TaskGroup() as parts:
                parts.create_task(Reporter(application.bot, services).run(stop))
                parts.create_task(send_broadcasts(application.bot, services.stores.people, stop))
                parts.create_task(services.refusals.tell(application.bot, services.operators, stop))
                parts.create_task(self._default.run(stop))
                parts.create_task(self._watch.run(application.bot, services.operators, stop))
                introduction = parts.create_task(introduce(application))
                if isinstance(queue := application.update_queue, UpdateQueue):
                    with contextlib.suppress(StoreUnavailableError):  # raised only once `stop` is set
                        count = await until_possible(lambda: queue.replay(application.bot), stop)
                        log.info("replayed updates", count=count)
                if not stop.is_set():
                    if self._webhook:
                        await self._serve_webhook(self._webhook, application, parts, stop)
                    elif application.updater is not None:
                        await application.updater.start_polling(  # this deletes a webhook that is set
                            allowed_updates=ALLOWED_UPDATES, bootstrap_retries=-1, error_callback=_on_poll_error
                        )
                    log.info("answering", bot=application.bot.username)
                await stop.wait()
                introduction.cancel()
                await _stop_answering(application)
        finally:
            await _stop_answering(application)  # an error may have ended one of the parts
            await application.shutdown()

    async def _serve_webhook(
        self, webhook: Webhook, application: ChatApplication, parts: asyncio.TaskGroup, stop: asyncio.Event
    ) -> None:
        """Take updates until `stop` is set, and tell Telegram where; that stays, so that it keeps what comes later."""
        listening = listen(*self._settings.listen_address, "VITRAGE_LISTEN")
        parts.create_task(serve(receiver(webhook, application, stop), listening, stop))

        async def tell() -> None:
            try:
                await application.bot.set_webhook(
                    webhook.url, secret_token=webhook.secret, allowed_updates=ALLOWED_UPDATES
                )
            except BadRequest as error:
                reason = error.message.removeprefix("Bad webhook: ").rstrip(".")
                raise SettingsError(f"Telegram refuses VITRAGE_WEBHOOK={self._settings.webhook}: {reason}.") from None

        await _reached(tell, stop)

    async def answers(self) -> bool:
        """Return whether this process answers, and Telegram too, and brings updates here if it shall."""
        application = self._application
        try:
            if application is None or not application.running:
                return False
            if self._webhook is None:
                return bool(await application.bot.get_me())
            return (await application.bot.get_webhook_info()).url == self._webhook.url
        except TelegramError:
            return False

    def painter(self) -> Painter:
        """Return what paints now."""
        return Painter(self._watch.weights, self._download.percent, self._download.trouble)

    def _services(self) -> Services:
        settings = self._settings
        return Services(
            stores=self._stores,
            albums=Albums(),
            presets=Presets(settings.presets_dir),
            default=self._default,
            quotas=Quotas(settings.max_queued, settings.max_queued_group, settings.max_per_day, settings.max_depth),
            operators=frozenset(settings.admins),
            moderate=Moderation(settings.filter_url).check if settings.filter_url else None,
            pictures_wait=lambda: self._watch.away,
            painter=self.painter,
            study=self._study,
        )


async def _publish(painter: Callable[[], Painter], file: Path, stop: asyncio.Event) -> None:
    """Keep a file that says which weights paint, and how far the download of better ones is; the demo reads it."""
    written = None
    while not stop.is_set():
        if (now := painter()) != written:
            with contextlib.suppress(OSError):  # the next round tries again
                await asyncio.to_thread(file.write_text, json.dumps(dataclasses.asdict(now)), encoding="utf-8")
                written = now
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), PAINTER_SECONDS)


def _study(folder: Path | None) -> Ballot | None:
    """Return the study that people may vote on, None if there is none.

    Raises:
        SettingsError: the folder has no study, or nothing to compare.
    """
    try:
        return Ballot(folder) if folder else None
    except EngineError as error:
        raise SettingsError(f"VITRAGE_STUDY: {error}") from None


async def _stop_answering(application: ChatApplication) -> None:
    """Take no more updates; handlers that take long are cut short."""
    if application.updater is not None and application.updater.running:
        await application.updater.stop()
    if application.running:
        try:
            async with asyncio.timeout(HANDLER_SECONDS):
                await application.stop()
        except TimeoutError:  # their updates are handled again at the next start
            log.warning("handlers were cut short")


async def _reached(call: Callable[[], Awaitable[None]], stop: asyncio.Event) -> bool:
    """Call Telegram until it answers (True) or `stop` is set (False).

    Raises:
        InvalidToken: Telegram does not know the token.
    """
    attempt = 0
    while not stop.is_set():
        try:
            await call()
        except (NetworkError, RetryAfter) as error:
            pause = CONNECT_PAUSES[min(attempt, len(CONNECT_PAUSES) - 1)]
            log.warning("telegram is unreachable", reason=error.message, next_try_seconds=pause)
            attempt += 1
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), pause)
        else:
            return True
    return False


def _on_poll_error(error: TelegramError) -> None:
    log.warning("no updates from telegram", error=type(error).__name__, reason=error.message)


async def _prune(people: PeopleStore, stop: asyncio.Event) -> None:
    """Delete old records from the stores, at once and every hour, until `stop` is set."""
    while not stop.is_set():
        with contextlib.suppress(StoreUnavailableError):  # raised only if the program stops
            await until_possible(people.prune, stop)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), PRUNE_SECONDS)
