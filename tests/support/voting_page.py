"""The voting page of a study, served in the event loop of a test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from engine.study.vote.ballot import Ballot
from engine.study.vote.page import Language, Voting
from engine.study.vote.server import HOST, listen, server


@asynccontextmanager
async def voting_page(folder: Path, language: Language | None = None) -> AsyncIterator[str]:
    """Serve the page of the study in a folder; yields its URL."""
    with listen(0) as listening:
        serving = server(Voting(Ballot(folder), language).app())
        # serve() would also handle the signals of the process that the test runs in.
        task = asyncio.create_task(serving._serve([listening]))
        try:
            yield f"http://{HOST}:{listening.getsockname()[1]}"
        finally:
            serving.should_exit = True
            await task
