"""Child processes that paint: one that dies costs its picture and no other."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import psutil

from engine.model import load_model
from engine.study.networks import find_networks
from engine.study.pictures.gather import Wanted, gather
from engine.study.plan import PROFILES, choose, plan
from engine.study.workers import paint_all


def kill_the_first_child() -> None:
    """Wait until this process has a child that paints, and kill it, as the system does when memory is short."""
    while True:
        for child in psutil.Process().children():
            if any("spawn_main" in word for word in child.cmdline()):
                child.kill()
                return
        time.sleep(0.01)


def test_a_process_that_is_killed_costs_one_picture(tmp_path: Path) -> None:
    """Its row says so, and another process paints the rest."""
    wanted = Wanted(16, {"content": 1, "style": 1}, {"content": (), "style": ()}, 0)
    pictures = gather(None, tmp_path, wanted)
    chosen = choose(("histogram", "content", "style"), PROFILES["quick"])
    tasks = plan(pictures, chosen, PROFILES["quick"], 0)[:3]
    networks = find_networks("builtin", "auto", lambda name: load_model(name, "cpu"))
    threading.Thread(target=kill_the_first_child, daemon=True).start()
    rows = [row for _, row, _ in paint_all(tasks, tmp_path, networks, processes=1, threads=1)]
    assert [row.method for row in rows] == ["histogram", "content", "style"]
    assert rows[0].error == "The process that painted it was ended by signal 9."
    assert [row.error for row in rows[1:]] == [None, None]
