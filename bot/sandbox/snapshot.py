"""The optional file that lets a sandbox survive a restart."""

from __future__ import annotations

from pathlib import Path

from bot.sandbox.world import World


def load(world: World, path: Path) -> None:
    """Take up the state of an earlier run, if there is one."""


def save(world: World, path: Path) -> None:
    """Write the state."""
