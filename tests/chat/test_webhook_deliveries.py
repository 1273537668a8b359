"""The sandbox's deliveries to a bot that starts, ends, waits and stands by, and its way to polling and back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from bot.chat.app import ALLOWED_UPDATES
from bot.cli import _advice_on
from bot.doctor import Finding, _check_telegram
from bot.operate.server import listen
from bot.painters import Painters
from bot.run import _Bot
from bot.sandbox.client import Chat, Client
from bot.sandbox.server import running
from bot.sandbox.state.faults import Fault
from bot.sandbox.state.updates import Webhook
from bot.sandbox.state.world import World
from bot.settings import Settings
from bot.storage.databases import open_stores
from bot.storage.protocols import Stores
from bot.storage.sql.database import SqlStore
from tests.support.chat_harness import TOKEN, RunningChat, request
from tests.support.conversation import answer_after, restarted, result
from tests.support.database_lock import locked_beside_us
from tests.support.jobs import eventually, wake
from tests.support.ports import reserved_port


@dataclass
class Started:
    """A bot at work, or standing by."""

    bot: _Bot
    stores: Stores
    stop: asyncio.Event
    task: asyncio.Task[None]

    async def end(self) -> None:
        """Stop it."""
        self.stop.set()
        wake(self.stores, "news")
        await self.task


@dataclass
class Place(RunningChat):
    """A sandbox and stores, where bots start and end; the test is the worker.

    Attributes:
        settings: By webhook.
    """

    world: World
    settings: Settings

    @property
    def webhook(self) -> Webhook | None:
        """What Telegram knows."""
        return next(iter(self.world.webhooks.values()), None)

    def calls(self, method: str) -> int:
        """Return how many calls of a method the sandbox has had."""
        return [entry.method for entry in self.world.call_log.entries].count(method)

    def start(self, **changes: object) -> Started:
        """Start a bot."""
        settings = self.settings.model_copy(update=changes)
        bot, stop = _Bot(settings, self.stores, Painters(settings, self.stores, [], None), None), asyncio.Event()
        return Started(bot, self.stores, stop, asyncio.create_task(bot.run(stop)))

    @asynccontextmanager
    async def answering(self, **changes: object) -> AsyncIterator[None]:
        """Run a bot, which answers when the block begins."""
        started = self.start(**changes)
        try:
            await eventually(started.bot.answers)
            yield
        finally:
            await started.end()

    async def answers_to(self, chat: Chat) -> None:
        """Ask something, and wait for the answer."""
        await answer_after(chat, (await chat.send("/queue")).id)


@pytest.fixture
def port() -> Iterator[int]:
    """Where bots listen."""
    with reserved_port() as reserved:
        yield reserved


@asynccontextmanager
async def at(port: int, folder: Path, **settings: object) -> AsyncIterator[Place]:
    """Open a sandbox, and stores in a folder, for bots that are brought their updates to a port."""
    world = World(limits=False)
    async with running(world) as url:
        chosen = Settings.model_validate(
            {
                "token": SecretStr(TOKEN),
                "api_url": url,
                "data_dir": folder,
                "webhook": f"http://127.0.0.1:{port}/some/where",
                "listen": str(port),
                **settings,
            }
        )
        async with open_stores(chosen.database_url, chosen.blobs_dir, None) as stores:
            yield Place(url, stores, world, chosen)


@pytest.fixture
async def place(port: int, tmp_path: Path) -> AsyncIterator[Place]:
    """A sandbox, and stores on SQLite."""
    async with at(port, tmp_path) as opened:
        yield opened


@restarted
async def test_a_picture_is_asked_for_by_webhook_over_restarts(place: Place) -> None:
    """What comes while no bot runs is kept by Telegram, where the webhook stays; no update is asked for."""
    async with Client(place.url) as ann:
        async with place.answering():
            chat = await ann.open()
            asked = await request(chat)
            job = await place.claim()
        assert place.webhook is not None
        last = (await chat.send("/queue")).id
        async with place.answering():
            await answer_after(chat, last)
            await place.finish(job)
            assert await result(chat, asked)
    assert place.calls("getUpdates") == 0
    assert [queue.allowed for queue in place.world.queues.values()] == [ALLOWED_UPDATES]


async def test_a_bot_goes_over_to_polling_and_back(place: Place) -> None:
    """The settings of each start decide; nothing is left of the other way."""
    async with Client(place.url) as ann:
        async with place.answering():
            chat = await ann.open()
            await place.answers_to(chat)
        async with place.answering(webhook=None):
            await place.answers_to(chat)
            assert place.webhook is None
        polls = place.calls("getUpdates")
        async with place.answering():
            await place.answers_to(chat)
    assert place.calls("getUpdates") == polls > 0


async def test_an_update_that_cannot_be_stored_is_brought_again(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """While another program has the database locked; then it is answered, once."""
    monkeypatch.setattr(SqlStore, "patience", 0.2)
    async with place.answering(), Client(place.url) as ann:
        chat = await ann.open()
        async with locked_beside_us(place.settings.data_dir / "vitrage.db"):
            asked = (await chat.send("/queue")).id

            async def refused() -> bool:
                return place.webhook is not None and "503 Service Unavailable" in place.webhook.error

            await eventually(refused)
        await answer_after(chat, asked)
        await place.answers_to(chat)
        assert [message.from_bot for message in await chat.messages() if message.id >= asked] == [False, True] * 2


@restarted
@pytest.mark.parametrize("webhook", [True, False])
async def test_a_bot_that_stands_by_takes_over(port: int, tmp_path: Path, postgres_url: str, webhook: bool) -> None:
    """It leaves webhook and port alone until then; afterwards Telegram knows the same webhook."""
    way = {} if webhook else {"webhook": None}
    async with at(port, tmp_path, database=SecretStr(postgres_url), **way) as place, Client(place.url) as ann:
        first = place.start()
        await eventually(first.bot.answers)
        chat, known = await ann.open(), place.webhook and place.webhook.url
        assert bool(known) is webhook
        with capture_logs() as logs:
            second = place.start()

            async def stands_by() -> bool:
                return any(entry["event"] == "standing by" for entry in logs)

            await eventually(stands_by)
        await place.answers_to(chat)
        assert (place.calls("setWebhook"), await second.bot.answers()) == (int(webhook), False)
        await first.end()
        await eventually(second.bot.answers)
        await place.answers_to(chat)
        assert (place.calls("setWebhook"), place.webhook and place.webhook.url) == (2 * webhook, known)
        await second.end()


async def sentence_of(place: Place) -> str | None:
    """Start a bot that cannot work, and return what the operator reads."""
    with pytest.raises(ExceptionGroup) as caught:
        await place.start().task
    return _advice_on(caught.value)


async def test_a_webhook_that_telegram_refuses_is_told(place: Place) -> None:
    """The program ends: it would hear nothing."""
    reason = "Bad Request: bad webhook: Failed to resolve host"
    place.world.faults.add(Fault("error", "setWebhook", status=400, description=reason, times=1))
    said = await sentence_of(place)
    assert said == f"Telegram refuses VITRAGE_WEBHOOK={place.settings.webhook}: failed to resolve host."


async def test_an_address_that_is_taken_is_told(place: Place) -> None:
    """With the name of its setting, and before Telegram hears of the webhook."""
    with listen(*place.settings.listen_address, "VITRAGE_LISTEN"):
        assert str(await sentence_of(place)).startswith(f"VITRAGE_LISTEN=127.0.0.1:{place.settings.listen} cannot be")
    assert place.webhook is None


async def test_the_doctor_tells_whether_updates_arrive(place: Place) -> None:
    """What Telegram says of its last attempt counts as long as updates wait."""

    async def found() -> Finding:
        return (await _check_telegram(place.settings))[1]

    at = place.settings.webhook
    assert (await found()).what == f"The bot will tell Telegram of {at} when it starts"
    async with Client(place.url) as ann:
        async with place.answering():
            chat = await ann.open()
            await place.answers_to(chat)
            assert await found() == Finding(True, f"Telegram brings updates to {at}; 0 wait")
        last = (await chat.send("/queue")).id

        async def failed() -> bool:
            return place.webhook is not None and bool(place.webhook.error)

        await eventually(failed)
        ill = await found()
        assert (ill.good, ill.what) == (False, f"Telegram could not bring updates to {at} (Connection refused); 1 wait")
        assert "VITRAGE_LISTEN" in ill.fix
        async with place.answering():
            await answer_after(chat, last)
            assert await found() == Finding(True, f"Telegram brings updates to {at}; 0 wait")
