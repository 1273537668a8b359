"""The JavaScript modules of the pages import one another without a circle."""

from __future__ import annotations

import re
from graphlib import TopologicalSorter

from bot.sandbox.pages import WEB

IMPORT = re.compile(r'^(?:import|export)\b[^;]*?"\./([\w.]+)"', re.MULTILINE)


def test_no_circle_of_imports() -> None:
    """Every module can be loaded after those that it imports; a CycleError names the modules of a circle."""
    imports = {path.name: IMPORT.findall(path.read_text(encoding="utf-8")) for path in WEB.glob("*.js")}
    order = list(TopologicalSorter(imports).static_order())
    assert imports["main.js"], "no import was recognised"
    assert set(order) == set(imports), "a module is imported that does not exist"
