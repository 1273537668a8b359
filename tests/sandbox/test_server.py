"""The sandbox as a process: how it ends, and what is kept over a restart."""

from __future__ import annotations

import asyncio
import signal
import subprocess
from pathlib import Path

import httpx
import pytest

from bot.sandbox.client import Client
from bot.sandbox.server import running
from tests.support.processes import sandbox_process
from tests.support.sandbox_client import TOKEN, Api


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_it_stops_at_once_with_polls_open(number: signal.Signals) -> None:
    """A signal ends it within two seconds with exit code 0, also while a bot polls and a page listens."""
    with sandbox_process() as (started, url):
        async with Api(url, TOKEN) as api, httpx.AsyncClient(base_url=url, trust_env=False) as page:
            poll = asyncio.create_task(api.updates(seconds=50))
            async with page.stream("GET", "/api/stream") as stream:
                await anext(stream.aiter_lines())
                started.send_signal(number)
                assert await poll == []
        code = await asyncio.to_thread(started.wait, 10)
        assert code == 0
        assert started.stderr is not None
        assert started.stderr.read() == ""


async def test_the_state_file_outlives_the_process(tmp_path: Path) -> None:
    """Chats, pending updates and pictures are there after a restart, and ids go on."""
    state = str(tmp_path / "state.db")
    with sandbox_process("--state", state) as (started, url):
        async with Api(url, TOKEN), Client(url, "Ann") as ann:
            chat = await ann.open()
            await chat.send("remember me")
            sent = await chat.send_photos([b"any bytes at all"], as_file=True)
        started.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(started.wait, 10) == 0
    with sandbox_process("--state", state) as (_, url):
        async with Api(url, TOKEN) as api, Client(url, "Ann") as ann:
            chat = await ann.open()
            texts = [message.text for message in await chat.messages()]
            assert texts == ["remember me", ""]
            assert await chat.download(sent[0]) == b"any bytes at all"
            pending = await api.updates()
            assert [update["message"].get("text") for update in pending] == ["remember me", None]
            assert (await chat.send("and on")).id == sent[0].id + 1


def test_help_needs_no_server() -> None:
    """--help explains the arguments."""
    import sys

    shown = subprocess.run([sys.executable, "-m", "bot.sandbox", "--help"], capture_output=True, text=True, check=True)
    assert "--state" in shown.stdout


async def test_the_banner_can_be_changed_while_it_runs() -> None:
    """Whoever started the sandbox tells with it what has become of the bot; the page reads it again and again."""
    async with running() as url, httpx.AsyncClient(base_url=url, trust_env=False) as client:
        assert (await client.get("/page/settings")).json()["banner"] == ""
        assert (await client.put("/page/banner", content="Half of it is here.")).status_code == 204
        assert (await client.get("/page/settings")).json()["banner"] == "Half of it is here."
        foreign = await client.put("/page/banner", content="Evil", headers={"Origin": "http://example.com"})
        assert foreign.status_code == 403
        assert (await client.get("/page/settings")).json()["banner"] == "Half of it is here."
