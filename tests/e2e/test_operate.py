"""The pages of the operator's tools, of the whole program."""

from __future__ import annotations

import re
from pathlib import Path

import httpx

from tests.support.program import TOKEN, Program, until


def test_a_bot_shows_its_metrics_and_says_when_it_is_ready(tmp_path: Path) -> None:
    """On loopback alone, with a painter in service and Telegram's answers; without the token."""
    program = Program(tmp_path, "fake", metrics="0")
    try:
        program.start_bot()
        shown = until(lambda: re.search(r"metrics are shown +host=127\.0\.0\.1 port=(\d+)", program.logged()), "a port")
        url = f"http://127.0.0.1:{shown[1]}"
        with httpx.Client(trust_env=False, timeout=20) as client:
            ready = until(lambda: (answer := client.get(f"{url}/readyz")).is_success and answer.json(), "it is ready")
            assert ready == {"database": True, "telegram": True, "painter": True}
            metrics = client.get(f"{url}/metrics").text
        assert re.search(r'^vitrage_telegram_calls_total\{method="getMe"\} [1-9]', metrics, re.MULTILINE)
        assert TOKEN.partition(":")[2] not in metrics + program.logged()
        assert program.stop_bot() == 0
    finally:
        program.close()
