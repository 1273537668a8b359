"""What the log shows, and what it never shows."""

from __future__ import annotations

import subprocess
import sys

TOKEN = "1000000002:AAEvitrage-test-token-0123456789abcdef"

FAILS = f"""
import logging, structlog
from bot import logs

logs.configure()
def deliver(photo, caption):
    address = "https://example.org/bot{TOKEN}/sendPhoto"
    raise ValueError(address)
try:
    deliver(b"\\xff\\xd8 a picture", "a private caption")
except ValueError:
    structlog.get_logger("ours").exception("it failed", job=7)
    logging.getLogger("a.library").exception("it failed")
"""


def test_an_error_is_logged_with_its_lines_but_without_tokens_and_users_data() -> None:
    """From our loggers and from a library's: the traceback names the place, and no local variable."""
    done = subprocess.run([sys.executable, "-c", FAILS], capture_output=True, text=True, check=True)
    log = done.stderr
    assert log.count("ValueError: https://example.org/bot<token>/sendPhoto") == 2
    assert log.count("in deliver") == 2
    assert "job=7" in log
    assert "test-token" not in log
    assert "a picture" not in log
    assert "private caption" not in log
