"""What a newcomer sees: the page, two photos, the picture."""

from __future__ import annotations

import os
import shutil

import pytest

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium() -> str:
    """Return where Chromium is; in CI it has to be there."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found is None and os.environ.get("CI"):
        pytest.fail("Chromium is missing: install Debian's package `chromium`.")
    if found is None:
        pytest.skip("Chromium is not installed")
    return found
