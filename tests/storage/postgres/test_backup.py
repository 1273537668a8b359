"""The commands of docs/operate.md for PostgreSQL bring back a database that the bot can use."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest

from bot.storage.postgres import open_postgres
from tests.support.jobs import claim, enqueue, render
from tests.support.postgres import Server, binaries

PAGE = Path(__file__).parents[3] / "docs" / "operate.md"


@pytest.fixture
def commands(postgres: Server, tmp_path: Path) -> list[list[str]]:
    """The commands of the page, with the server, the database and the folder of the test."""
    programs = binaries()
    assert programs is not None
    [block] = re.findall(r"```console\n(pg_dump.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    block = block.replace("postgresql://ann@db.example/vitrage2", postgres.url("restored"))
    block = block.replace("postgresql://ann@db.example/postgres vitrage2", f"{postgres.url('postgres')} restored")
    block = block.replace("postgresql://ann@db.example/vitrage", postgres.url("original"))
    block = block.replace("monday.dump", str(tmp_path / "monday.dump"))
    tools = (programs / "postgres").resolve().parent  # where a link to the server alone is on the path
    return [[str(tools / words[0]), *words[1:]] for words in map(shlex.split, block.splitlines())]


async def test_a_dump_brings_back_jobs_and_pictures(postgres: Server, commands: list[list[str]]) -> None:
    """Made while the database is in use; the restored one is used as it is."""
    postgres.run("CREATE DATABASE original")
    async with open_postgres(postgres.url("original")) as stores:
        await enqueue(stores, "painted")
        await render(stores, await claim(stores))
        await enqueue(stores, "waits")
        for command in commands:
            subprocess.run(command, check=True)  # noqa: ASYNC221 - nothing else happens here
        before = await stores.deliveries.unsettled()
    async with open_postgres(postgres.url("restored")) as restored:
        assert await restored.deliveries.unsettled() == before
        [done] = [job for job in before if job.result]
        assert await restored.blobs.get(done.result or done.content) == b"painted"
        assert (await claim(restored)).id not in {done.id}
        await enqueue(restored, "another")
    for name in ("original", "restored"):
        postgres.run(f"DROP DATABASE {name} WITH (FORCE)")
