"""Work on pictures runs off the event loop, and only two pieces of it at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

_slots = asyncio.Semaphore(2)  # decoding takes memory in proportion to the picture


async def in_thread(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run a function that decodes pictures on a thread, once one of the two places is free."""
    async with _slots:
        return await asyncio.to_thread(function, *args, **kwargs)
