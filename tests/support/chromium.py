"""A headless browser for tests: whatever Chromium, Chrome or Edge is installed, else the one of Playwright.

    python -m tests.support.chromium

Where there is no browser, this has Playwright download its Chromium into the user's cache folder.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright

COMMANDS = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable",
    "microsoft-edge", "microsoft-edge-stable", "msedge",
)  # fmt: skip
MACOS = tuple(
    Path(folder, f"{name}.app", "Contents", "MacOS", name)
    for folder in ("/Applications", "~/Applications")
    for name in ("Chromium", "Google Chrome", "Microsoft Edge")
)
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
MISSING = "no Chromium, Chrome or Edge is installed (on Debian: apt-get install chromium)"


def find_browser() -> str | None:
    """Return the path of an installed browser, or None."""
    commands = (shutil.which(command) for command in COMMANDS)
    applications = (str(path.expanduser()) for path in MACOS if path.expanduser().is_file())
    return next(filter(None, (*commands, *applications)), None)


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Start a browser and close it at the end.

    Without an installed browser the test is skipped; in CI, where the environment variable CI is set, it fails.
    """
    async with async_playwright() as playwright:
        path = find_browser() or shutil.which(playwright.chromium.executable_path)
        if path is None:
            (pytest.fail if os.environ.get("CI") else pytest.skip)(MISSING)
        browser = await playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        await browser.close()


def install_where_missing() -> None:
    """Install a browser if there is none; where that is not possible, the end of the test run says so."""
    if find_browser() is not None:
        return
    sys.stderr.write(
        "No Chromium, Chrome or Edge is installed: Playwright downloads one for the tests of the web chat.\n"
    )
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    if subprocess.run(command, check=False, capture_output=True).returncode:  # its reasons are a stack trace
        sys.stderr.write("It cannot be downloaded here: these tests will be skipped.\n")


def report_missing_browser(reporter: pytest.TerminalReporter) -> None:
    """Name the tests that were skipped for want of a browser at the end of the run, where nobody overlooks it."""
    skipped = [report.nodeid for report in reporter.getreports("skipped") if MISSING in str(report.longrepr)]
    if skipped:
        reporter.section("BROWSER TESTS DID NOT RUN", red=True, bold=True)
        reporter.line(f"{len(skipped)} tests were skipped: {MISSING}.", red=True)
        for nodeid in skipped:
            reporter.line(f"  {nodeid}")


if __name__ == "__main__":
    install_where_missing()
