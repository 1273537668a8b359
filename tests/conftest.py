"""Makes the tests independent of the shell that starts them, and reports the browser tests that could not run."""

from __future__ import annotations

import gc
import os
import re
import signal
import sys
from collections.abc import Generator, Iterator

import pytest

from bot.settings import Settings
from tests.support.second_opinion.check import Expected, problems
from tests.support.second_opinion.watch import WATCH

A_TOKEN = re.compile(r"\d{2,}:[\w-]{35}")

pytest_plugins = ["tests.support.databases"]

# A shell without job control starts background jobs with SIGINT ignored, and child processes inherit this.
# With the default handler here, the processes that the tests start have the default disposition.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGTERM, signal.SIG_DFL)

# The settings of a bot that is run from the same shell do not apply to the tests.
for name in Settings.model_fields:
    os.environ.pop(f"VITRAGE_{name.upper()}", None)
# Modules are compiled once, also where the shell forbids to keep bytecode, as images of Python do. Otherwise each
# process that the tests start compiles torch and the rest anew, which is half of the time that it needs to start.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
# The tests run beside each other on few cores, and their pictures are small. Threads of one process that must share a
# core wait for each other at full speed: a product of matrices takes several times as much processor time as with one.
os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
# The bot speaks plain HTTP with the sandbox, yet each of its clients reads a file with the certificates of all
# authorities, which takes as long as a short test. Those in a folder are read when they are needed.
os.environ.pop("SSL_CERT_FILE", None)
os.environ["SSL_CERT_DIR"] = "/etc/ssl/certs"
# No test reaches torchvision's server, even if it asks for weights by mistake: nobody listens here.
os.environ["VITRAGE_WEIGHTS_URL"] = "http://127.0.0.1:9/vgg19-dcbb9e9d.pth"
# No picture depends on what was faster when the tests began.
os.environ["VITRAGE_KERNELS"] = "direct"


@pytest.fixture(scope="session", autouse=True)
def _watched_sandboxes() -> Iterator[None]:
    """Note the calls of all sandboxes in this process."""
    with WATCH.listening():
        yield


@pytest.fixture
def calls_are_of_the_bot() -> bool:
    """Whether the bot makes the calls of a test. Tests of the sandbox make wrong ones themselves, and say no."""
    return True


@pytest.fixture(autouse=True)
def _no_call_is_wrong(request: pytest.FixtureRequest, calls_are_of_the_bot: bool) -> Iterator[None]:
    """Fail a test whose bot made a wrong call or was refused, or whose sandbox answered what no library can read.

    A test names the refusals that it provokes: `@pytest.mark.refused("editMessageText", "message is not modified")`.
    It says `always=False` where it depends on who is quicker. Faults that it switches on in the sandbox are named by
    that.
    """
    WATCH.taken()  # what was under way when the last test ended
    yield
    expected = [Expected(*mark.args, **mark.kwargs) for mark in request.node.iter_markers("refused")]
    if found := problems(WATCH.taken(), expected, of_the_bot=calls_are_of_the_bot):
        pytest.fail("\n".join(found), pytrace=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail a test whose log shows a bot's token: what the processes print that it starts is captured too."""
    report = yield
    found = [title for title, text in report.sections if A_TOKEN.search(text)]
    if report.when == "teardown" and report.passed and found:
        report.outcome, report.longrepr = "failed", f"A token stands in: {', '.join(found)}."
    return report


def pytest_collection_finish() -> None:
    """Take what all tests have imported out of the search for garbage: it lives to the end, and there is much of it."""
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name the tests that were skipped because a browser or PostgreSQL is not installed."""
    from tests.support.chromium import report_missing_browser
    from tests.support.postgres import report_missing_postgres

    report_missing_browser(terminalreporter)
    report_missing_postgres(terminalreporter)
