"""What the operator and the requesters are told of the whole program."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path

import httpx
import pytest

from bot.chat.i18n import texts
from bot.sandbox.client import Client
from tests.support.conversation import result
from tests.support.program import PATIENCE, TOKEN, Program, until


@pytest.mark.refused("editMessageText", "message is not modified", always=False)
async def test_a_painter_that_fails_in_service_is_told_of(tmp_path: Path, cat: bytes, glass: bytes) -> None:
    """In the metrics' pages, in the log and to the requester, whose picture is painted when it is back."""
    program = Program(tmp_path, "fake", metrics="0")
    try:
        program.start_bot()
        shown = until(lambda: re.search(r"metrics are shown +host=127\.0\.0\.1 port=(\d+)", program.logged()), "a port")
        async with Client(program.url) as person:
            with httpx.Client(base_url=f"http://127.0.0.1:{shown[1]}", trust_env=False, timeout=30) as pages:
                ready = until(lambda: (a := pages.get("/readyz")).is_success and a.json(), "all are ready")
                assert ready == {"database": True, "telegram": True, "painter": True}
                (tmp_path / "no weights").touch()
                os.kill(program.engine(), signal.SIGKILL)
                ready = until(lambda: (a := pages.get("/readyz")).status_code == 503 and a.json(), "one is not")
                assert ready == {"database": True, "telegram": True, "painter": False}
                chat = await person.open()
                request = (await chat.send_photos([cat, glass]))[0]
                await chat.wait(lambda message: message.text == texts("en")("painter-away"), timeout=PATIENCE)
                until(lambda: "painter_out_of_service" in program.logged(), "a line")
                until(lambda: "There are no weights" in program.logged(), "the reason of the last try")
                (tmp_path / "no weights").unlink()
                await result(chat, request)
                counted = 'vitrage_deliveries_total{answer="picture"} 1.0\n'
                metrics = until(
                    lambda: text if counted in (text := pages.get("/metrics").text) else None, "it is counted"
                )
        assert TOKEN.partition(":")[2] not in metrics + program.logged()
        assert program.stop_bot() == 0
    finally:
        program.close()
