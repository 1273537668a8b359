"""Measures the sandbox under load: `python -m tests.sandbox.load` prints the figures of this machine as JSON.

People in 1,000 chats write 200 messages a second, and one bot, which polls, answers each. Then one message at a time
is sent while the bot waits. The sandbox is a process of its own, people and bot are in this one.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import time
from dataclasses import dataclass, field
from typing import Any

import psutil
from aiohttp import ClientSession, TCPConnector

from tests.support.processes import sandbox_process

TOKEN = "5151:" + "l" * 35


@dataclass
class Load:
    """The load so far; times are of `time.perf_counter`, in seconds."""

    session: ClientSession
    url: str
    sent: dict[int, float] = field(default_factory=dict)  # when each message was sent
    delays: list[float] = field(default_factory=list)  # from sending until getUpdates returned the message
    answered: int = 0

    async def bot(self, method: str, **values: Any) -> Any:
        """Call a method as the bot."""
        async with self.session.post(f"{self.url}/bot{TOKEN}/{method}", json=values) as answer:
            return (await answer.json())["result"]

    async def people(self, path: str, **values: Any) -> Any:
        """Call the people's API."""
        async with self.session.post(f"{self.url}/api/{path}", json=values) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()


async def echo(load: Load, total: int) -> None:
    """Answer so many messages as the bot."""
    offset = 0
    async with asyncio.TaskGroup() as tasks:
        while load.answered < total:
            for update in await load.bot("getUpdates", offset=offset, timeout=10):
                offset = update["update_id"] + 1
                message = update["message"]
                load.delays.append(time.perf_counter() - load.sent[int(message["text"])])
                load.answered += 1
                tasks.create_task(load.bot("sendMessage", chat_id=message["chat"]["id"], text="yes"))


async def chats(load: Load, count: int) -> list[tuple[int, str]]:
    """Make so many people with a chat each; return their ids and the keys of the chats."""
    made = []
    for number in range(count):
        user = await load.people("users", name=f"Person {number}")
        chat = await load.people("chats", user=user["id"], bot=5151)
        made.append((user["id"], chat["key"]))
    return made


async def send_steadily(load: Load, where: list[tuple[int, str]], rate: int, seconds: int) -> float:
    """Send messages at a steady rate; return the seconds until all are answered."""
    total = rate * seconds
    bot = asyncio.create_task(echo(load, total))
    began = time.perf_counter()
    async with asyncio.TaskGroup() as tasks:
        for number in range(total):
            await asyncio.sleep(max(0.0, began + number / rate - time.perf_counter()))
            user, key = where[number % len(where)]
            load.sent[number] = time.perf_counter()
            tasks.create_task(load.people(f"chats/{key}/messages", user=user, text=str(number)))
    await bot
    return time.perf_counter() - began


async def send_singly(load: Load, where: tuple[int, str], times: int) -> list[float]:
    """Send one message at a time while the bot waits; return the seconds until its long poll has returned."""
    user, key = where
    found = []
    offset = -1
    for _ in range(times):
        for update in await load.bot("getUpdates", offset=offset):
            offset = update["update_id"] + 1
        poll = asyncio.create_task(load.bot("getUpdates", offset=offset, timeout=30))
        await asyncio.sleep(0.02)
        began = time.perf_counter()
        await asyncio.gather(poll, load.people(f"chats/{key}/messages", user=user, text="0"))
        found.append(time.perf_counter() - began)
        offset = poll.result()[-1]["update_id"] + 1
    return found


def spread(values: list[float]) -> dict[str, float]:
    """Return median, 99th percentile and maximum, in milliseconds."""
    ordered = sorted(values)
    picked = {"median": statistics.median(ordered), "p99": ordered[int(len(ordered) * 0.99)], "worst": ordered[-1]}
    return {name: round(value * 1000, 1) for name, value in picked.items()}


async def measure(url: str, given: argparse.Namespace) -> dict[str, Any]:
    """Load the sandbox at this URL, and return the figures."""
    async with ClientSession(connector=TCPConnector(limit=100)) as session:
        load = Load(session, url)
        async with session.patch(f"{url}/api/settings", json={"limits": False}) as answer:
            assert answer.status == 200, await answer.text()
        await load.bot("getMe")
        where = await chats(load, given.chats)
        took = await send_steadily(load, where, given.rate, given.seconds)
        woken = await send_singly(load, where[0], 200)
    return {
        "updates": len(load.delays),
        "updates per second": round(len(load.delays) / took, 1),
        "message to getUpdates, ms": spread(load.delays),
        "long poll wakes, ms": spread(woken),
    }


def main() -> None:
    """Start a sandbox, load it, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chats", type=int, default=1000)
    parser.add_argument("--rate", type=int, default=200)
    parser.add_argument("--seconds", type=int, default=20)
    given = parser.parse_args()
    with sandbox_process() as (started, url):
        figures = asyncio.run(measure(url, given))
        figures["memory of the sandbox, MB"] = round(psutil.Process(started.pid).memory_info().rss / 2**20)
    print(json.dumps(figures, indent=2))  # noqa: T201 - the purpose of the program


if __name__ == "__main__":
    main()
