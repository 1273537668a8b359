"""The first minutes of the demo: it paints at once, and goes over to the full weights when they have come."""

from __future__ import annotations

import threading
from pathlib import Path

import httpx
import torch

from bot.demo.supervisor import BANNER, weights_sentence
from engine.weights.files import read_weights
from engine.weights.find import BUILTIN
from tests.support.program import demonstration, until
from tests.support.weights_server import legacy_file, serving


def test_the_page_says_what_becomes_of_the_weights(tmp_path: Path) -> None:
    """The builtin filters play the full ones: they are held back until the first child paints with the builtin ones."""
    may_come = threading.Event()
    state = {name: part.float() + 1e-3 for name, part in read_weights(BUILTIN).items()}
    with serving(legacy_file(state | {"classifier.0.weight": torch.ones(500, 500)})) as server:

        def hold(_: int) -> None:
            may_come.wait(120)

        server.before = hold
        settings = {"VITRAGE_WEIGHTS": "auto", "VITRAGE_WEIGHTS_URL": server.url(), "VITRAGE_CACHE": str(tmp_path)}
        with demonstration(tmp_path, **settings) as (_, url):
            until(lambda: weights_sentence("builtin", None, "") in _banner(url), "the builtin filters paint")
            may_come.set()
            until(lambda: _banner(url) == f"{BANNER} {weights_sentence('pretrained', None, '')}", "the full ones paint")


def _banner(url: str) -> str:
    return str(httpx.get(f"{url}/page/settings", trust_env=False).json()["banner"])
