"""`vitrage bot` on two hosts and `vitrage worker` on a third: one bot answers, and the other one takes over."""

from __future__ import annotations

import signal
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from bot.sandbox.client import Client
from tests.support.conversation import is_status, result
from tests.support.hosts import Host
from tests.support.ports import reserved_port
from tests.support.program import Program, end, until

# The second bot knows neither what a status message shows nor how many calls the first one has just made.
pytestmark = [
    pytest.mark.refused("editMessageText", "message is not modified", always=False),
    *(
        pytest.mark.refused(method, "Too Many Requests", always=False)
        for method in ("editMessageText", "editMessageMedia", "sendMessage", "sendPhoto", "setMessageReaction")
    ),
]


async def test_a_bot_that_dies_is_replaced_by_the_one_that_stands_by(
    tmp_path: Path, postgres_url: str, cat: bytes, glass: bytes
) -> None:
    """SIGKILL to the first one in the middle of a job: the second one delivers the picture, and answers from now on.

    Updates come by webhook: both bots have the same port, which the second one leaves alone until it answers.
    """
    with ExitStack() as opened:
        port = opened.enter_context(reserved_port())
        webhook = {"webhook": f"http://127.0.0.1:{port}", "listen": str(port)}
        program = opened.enter_context(closing(Program(tmp_path, "none", database=postgres_url, **webhook)))
        worker = opened.enter_context(closing(Host(tmp_path / "worker", postgres_url)))
        program.start_bot()
        first = program.bot
        assert first is not None
        until(lambda: "answering" in program.logged(), "the first bot answers")
        program.start_bot()
        try:
            until(lambda: "standing by" in program.logged(), "the second bot stands by")
            async with Client(program.url) as person:
                chat = await person.open()
                request = (await chat.send_photos([cat, glass]))[0]
                await chat.wait(is_status)
                until(lambda: worker.logged("job_claimed"), "the worker paints")
                first.kill()
                assert (await result(chat, request)).photo is not None
                await chat.send("/queue")
                assert (await chat.wait(lambda message: message.id > request.id + 1)).from_bot
            assert program.logged().count(" answering ") == 2
            assert program.stop_bot() == 0
        finally:
            first.kill()
            first.wait()
        worker.process.send_signal(signal.SIGTERM)
        assert end(worker.process) == 0
