"""What one picture costs the parts that all painters share: the bot, and PostgreSQL.

    python -m benchmarks.picture_cost [--people 20] [--requests 3]

People send two photos of 1280×853 pixels; two hosts with a fake engine, which takes two seconds, hand in a picture
without detail. Told are, for each picture, the calls of the Bot API, the transactions, the kilobytes of the write-ahead
log, and the seconds of processor time of the bot, of its decoding children, and of the server.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from contextlib import AsyncExitStack, closing
from pathlib import Path

import psutil

from benchmarks.crowd import NO_LIMITS, photo
from bot.sandbox.client import Client
from tests.support.campaign import Requests, people
from tests.support.hosts import Host
from tests.support.jobs import eventually
from tests.support.postgres import Server, server
from tests.support.program import Program, until

COMMITS = "SELECT sum(xact_commit)::float FROM pg_stat_database"
LOG = "SELECT (pg_current_wal_lsn() - '0/0')::float"


def processor_seconds(processes: Iterable[psutil.Process]) -> float:
    """Return what processes have used so far, with their children that have ended."""
    times = [process.cpu_times() for process in processes]
    return sum(t.user + t.system + t.children_user + t.children_system for t in times)


def spent(bot: psutil.Process, postgres: Server) -> Counter[str]:
    """Return all that was spent so far."""
    first = psutil.Process(postgres.pid)
    return Counter(
        {
            "transactions": postgres.run(COMMITS)[0][0],
            "kilobytes of log": postgres.run(LOG)[0][0] / 1000,
            "seconds of the bot": sum(bot.cpu_times()[:2]),
            "seconds of its children": processor_seconds(bot.children()),
            "seconds of PostgreSQL": processor_seconds([first, *first.children()]),
        }
    )


async def measure(postgres: Server, folder: Path, crowd: int, requests: int) -> tuple[Counter[str], float]:
    """Return what all pictures together cost, and the seconds that they took."""
    url = postgres.url("postgres")
    limits = {name: str(value) for name, value in NO_LIMITS.items()}
    program = Program(folder, "none", database=url, **limits)
    async with AsyncExitStack() as stack:
        stack.callback(program.close)
        program.start_bot()
        hosts = [stack.enter_context(closing(Host(folder / name, url))) for name in ("first", "second")]
        chats, asked = await stack.enter_async_context(people(program.url, crowd)), Requests([photo(1), photo(2)])
        person = await stack.enter_async_context(Client(program.url, "Observer"))
        for host in hosts:
            until(lambda host=host: host.logged("engine_ready"), "a host can paint")  # type: ignore[misc]
        assert program.bot is not None
        bot = psutil.Process(program.bot.pid)
        began, before = time.monotonic(), spent(bot, postgres)
        await asked.ask(chats * requests)
        await eventually(asked.all_answered, within=600.0)
        cost, seconds = spent(bot, postgres), time.monotonic() - began
        cost.subtract(before)
        calls = (await person.call("GET", "/api/wire"))["calls"]
        cost["calls of the Bot API"] = sum(call["method"] != "getUpdates" for call in calls)
        cost["of these messages and edits"] = sum(call["method"].startswith(("send", "edit")) for call in calls)
    return cost, seconds


def main() -> None:
    """Measure, and print what a picture costs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=20, help="who ask")
    parser.add_argument("--requests", type=int, default=3, help="of each")
    given = parser.parse_args()
    with server(durable=True) as postgres, tempfile.TemporaryDirectory() as folder:
        cost, seconds = asyncio.run(measure(postgres, Path(folder), given.people, given.requests))
    pictures = given.people * given.requests
    sys.stdout.write(f"{pictures} pictures in {seconds:.0f} s; for each of them\n")
    sys.stdout.writelines(f"{value / pictures:10.2f} {name}\n" for name, value in cost.items())


if __name__ == "__main__":
    main()
