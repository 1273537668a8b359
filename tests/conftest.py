"""Makes the tests independent of the shell that starts them, and reports the browser tests that could not run."""

from __future__ import annotations

import os
import signal

import pytest

from bot.settings import Settings

# A shell without job control starts background jobs with SIGINT ignored, and child processes inherit this.
# With the default handler here, the processes that the tests start have the default disposition.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGTERM, signal.SIG_DFL)

# The settings of a bot that is run from the same shell do not apply to the tests.
for name in Settings.model_fields:
    os.environ.pop(f"VITRAGE_{name.upper()}", None)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name the tests that were skipped because no browser is installed."""
    from tests.support.chromium import report_missing_browser

    report_missing_browser(terminalreporter)
