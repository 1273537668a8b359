"""What `vitrage doctor` says of each part; `tests/e2e/test_doctor.py` runs the command."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.chat.webhook import webhook_of
from bot.doctor import _check_addresses, _check_database, _check_telegram, _painter
from bot.operate import pages, server
from bot.settings import Settings
from bot.storage.databases import open_stores
from bot.storage.models import WorkerState
from tests.support.fakes import FakeJobStore
from tests.support.program import TOKEN

POSTGRES = SecretStr("postgresql://ann@db/vitrage")


@pytest.fixture(autouse=True)
def _folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A working directory without a `.env`."""
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(("settings", "good"), [({"database": POSTGRES}, True), ({}, False)])
async def test_only_a_host_that_cannot_be_a_workers_needs_a_token(settings: dict[str, Any], good: bool) -> None:
    """A worker shares PostgreSQL with its bot; on SQLite somebody must answer."""
    [found] = await _check_telegram(Settings(**settings))
    assert (found.good, "VITRAGE_TOKEN" in found.fix) == (good, not good)


@pytest.fixture
def taken() -> Iterator[int]:
    """A port where something listens that never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


async def test_an_address_is_free_or_ours_or_somebody_elses(taken: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """By its port alone nobody knows whose it is, so it is asked."""
    monkeypatch.setattr("bot.doctor.ANSWER_SECONDS", 0.2)
    settings = Settings(token=SecretStr(TOKEN), metrics="0", webhook="https://bot.example.org", listen=str(taken))
    free, foreign = await _check_addresses(settings)
    assert (free.good, foreign.good) == (True, False)
    assert f"VITRAGE_LISTEN=127.0.0.1:{taken} cannot be used" in foreign.fix


async def test_a_running_bot_may_have_the_addresses() -> None:
    """It says so itself: by /healthz, and by missing the secret under a name that only it knows."""
    stop, settings = asyncio.Event(), Settings(token=SecretStr(TOKEN), webhook="https://bot.example.org")
    name = webhook_of("https://bot.example.org", TOKEN).name

    async def bot(scope: Any, receive: Any, send: Any) -> None:
        known = scope["path"] == f"/{name}"
        await send({"type": "http.response.start", "status": 403 if known else 404, "headers": []})
        await send({"type": "http.response.body"})

    ports = []
    async with asyncio.TaskGroup() as serving:
        for app in (pages.build(FakeJobStore(), {}), bot):
            listening = server.listen("127.0.0.1", 0, "")
            ports.append(str(listening.getsockname()[1]))
            serving.create_task(server.serve(app, listening, stop))
        metrics, listen = ports
        found = await _check_addresses(settings.model_copy(update={"metrics": metrics, "listen": listen}))
        [other] = await _check_addresses(settings.model_copy(update={"metrics": listen, "token": None}))
        stop.set()
    assert [each.good for each in found] == [True, True]
    assert not other.good


async def test_the_bucket_and_the_painters_are_checked_with_the_database(
    postgres_url: str, bucket_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bucket that is refused is told apart from a database that is."""
    settings = Settings(database=SecretStr(postgres_url), blobs=bucket_url)
    async with open_stores(postgres_url, settings.blobs_dir) as stores:
        await stores.work.beat(WorkerState("host cuda:0", "pretrained"))
    found = [(each.good, each.what) for each in await _check_database(settings)]
    assert found == [
        (True, f"The database {postgres_url} is in order"),
        (True, f"The bucket {bucket_url} can be written, read and emptied"),
        (True, "The painter host cuda:0 paints with pretrained"),
    ]
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another")
    [refused] = await _check_database(settings)
    assert (refused.good, refused.what) == (False, f"The bucket {bucket_url} cannot be used")


@pytest.mark.parametrize(
    ("state", "good", "says"),
    [
        (WorkerState("a"), True, "The painter a starts"),
        (WorkerState("a", trouble="The device is gone."), False, "The painter a is out of service"),
        (WorkerState("a", "builtin", silent=True), False, "The painter a has not been heard of for half a minute"),
    ],
)
def test_a_painter_is_told_as_it_said_itself(state: WorkerState, good: bool, says: str) -> None:
    found = _painter(state)
    assert (found.good, found.what) == (good, says)
    assert state.trouble in found.fix
