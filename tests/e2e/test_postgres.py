"""The whole program on PostgreSQL: from the chat to the picture, through the death of its parts."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.sandbox.client import Client
from tests.support.conversation import choose_small, is_status, result
from tests.support.postgres import Server
from tests.support.program import PATIENCE, Program, until


@pytest.fixture
def program_on_postgres(tmp_path: Path, postgres_url: str) -> Iterator[Program]:
    """The program for one test, on an empty database."""
    program = Program(tmp_path, "fake", database=postgres_url)
    yield program
    program.close()


# After a restart the bot does not know what a status message shows, and edits it once in any case.
@pytest.mark.refused("editMessageText", "message is not modified", always=False)
async def test_a_picture_survives_the_death_of_the_engine_and_of_the_bot(
    program_on_postgres: Program, postgres_url: str, cat: bytes, glass: bytes
) -> None:
    """SIGKILL to the engine child and then to the bot in the middle of a job: the picture comes, from the third run."""
    program = program_on_postgres
    program.start_bot()
    async with Client(program.url) as person:
        chat = await person.open()
        await choose_small(chat)
        request = (await chat.send_photos([cat, glass]))[0]
        await chat.wait(is_status)
        until(lambda: "job_claimed" in program.logged(), "the job is claimed")
        os.kill(program.engine(), signal.SIGKILL)
        until(lambda: "attempt=2" in program.logged(), "it is claimed again")
        program.kill_bot()
        program.start_bot()
        assert (await result(chat, request)).photo is not None
    assert "attempt=3" in program.logged()
    assert program.stop_bot() == 0
    assert not (program.folder / "data" / "vitrage.db").exists()
    assert not (program.folder / "data" / "blobs").exists()


def test_a_server_that_refuses_ends_the_bot(tmp_path: Path, postgres: Server) -> None:
    """With one sentence, which does not show the password."""
    program = Program(tmp_path, database=f"postgresql://locked:wrong@/postgres?host={postgres.folder}")
    try:
        program.start_bot()
        assert program.bot is not None
        assert program.bot.wait(PATIENCE) == 1
        said = program.logged()
    finally:
        program.close()
    assert said.splitlines()[-1].startswith("vitrage: PostgreSQL cannot be used (connection failed: ")
    assert "Traceback" not in said
    assert "wrong" not in said
