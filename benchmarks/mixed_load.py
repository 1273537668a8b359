"""A mixed load within Telegram's limits: is a picture lost, crossed or doubled, is a call refused, is an edit too soon?

    python -m benchmarks.mixed_load --minutes 30

People in private chats, groups and the topics of a forum send photos one by one and as albums, ask for styles by name,
press every button, cancel, stop, change settings. A player paints: it hands in the content, and each photo carries the
number of its sender, so that a picture tells whose it is. Ends with 1 when something is not as it should be.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import random
import re
import sys
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from benchmarks.crowd import SIZE, at_work, crowd
from benchmarks.events import events
from bot.sandbox.client import Chat, Client, Message, SandboxError
from tests.support.badges import badge, number_of

BOT = "vitrage_bot"
JOB = re.compile(r"do:(\d+):")
PAINTING = 6.0  # seconds: there are several edits of each live message
GAPS = {"private": 3.0, "group": 10.0}  # seconds between two edits of live messages, at least

Place = tuple[Chat, int, int | None]  # whose number, and in which topic


@dataclass
class Ledger:
    """What was asked for, and what came."""

    pictures: Counter[str] = field(default_factory=Counter)  # results: own, crossed, or of a preset after a swap
    results: dict[str, set[tuple[str, int]]] = field(default_factory=lambda: defaultdict(set))  # messages, by job
    edits: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))  # of live messages, by chat
    open: dict[tuple[str, int], float] = field(default_factory=dict)  # live messages that are not settled
    acts: Counter[str] = field(default_factory=Counter)
    unanswered: int = 0
    refused: int = 0

    def gap(self, kind: str) -> float:
        """Return the least time between two edits in one chat of this kind."""
        chats = [moments for key, moments in self.edits.items() if (key[0] == "p") == (kind == "private")]
        return min((b - a for moments in chats for a, b in pairwise(moments)), default=60.0)


async def follow(ledger: Ledger, person: Client, owners: dict[int, int]) -> None:
    """Read the sandbox's events as they come; `owners` are the people's numbers."""
    async for event in events(person, 0.1):
        if event["type"] == "deleted":
            ledger.open.pop((event["chat"], event["message_id"]), None)
        elif event["type"] in ("message", "edited") and event["message"]["from"]["is_bot"]:
            await _note(ledger, person, event, owners)


async def _note(ledger: Ledger, person: Client, event: dict[str, Any], owners: dict[int, int]) -> None:
    """Take in what the bot has said."""
    message, place = event["message"], (event["chat"], event["message"]["message_id"])
    live = "cancel:" in str(message.get("reply_markup"))
    if live and event["type"] == "edited":
        ledger.edits[event["chat"]].append(event["at"])
    if live:
        ledger.open[place] = event["at"]
        return
    ledger.open.pop(place, None)
    asker = message.get("reply_to_message", {}).get("from", {}).get("id")
    job = JOB.search(str(message.get("reply_markup")))
    if "photo" not in message or job is None or asker not in owners or place in ledger.results[job[1]]:
        return
    ledger.results[job[1]].add(place)
    try:
        number = number_of(await person.bytes_of(message["photo"][-1]["file_id"]))
        ledger.pictures["own" if number == owners[asker] else "crossed"] += 1
    except ValueError:
        ledger.pictures["a preset's"] += 1


async def one_of(chat: Chat, number: int, ledger: Ledger, topic: int | None) -> None:
    """Do one of the things that people do."""
    act = random.choices(("two", "album", "named", "press", "settings", "queue"), (3, 3, 3, 6, 1, 1))[0]
    ledger.acts[act] += 1
    group, own = chat.key.startswith("g"), badge(number, SIZE)
    if act == "two":
        [first] = await chat.send_photos([own], f"/style@{BOT}" if group else "", topic=topic)
        # in private it may answer an older photo: one that a pressed style had left in the draft
        mine = {first.id} if group else {first.id, *range(first.id)}
        answer = await chat.wait(lambda message: message.text and message.reply_to in mine, timeout=120)
        await chat.send_photos([own], reply_to=answer if group else None, topic=topic)
    elif act == "album" and not group:
        await chat.send_photos([own, own])
    elif act in ("album", "named"):
        style = random.choice(("mosaic", "woodcut", "no-such-style"))
        await chat.send_photos([own], f"/style@{BOT} {style}", topic=topic)
    elif act == "settings" and not group:
        await chat.send("/settings")
        menu = await chat.wait(lambda message: "set:" in str(message.raw), timeout=90)
        for _ in range(4):
            await _press(chat, menu, "set:")
    elif act == "queue":
        await chat.send(f"/queue@{BOT}", topic=topic)
    else:
        await _press_something(chat)


async def _press_something(chat: Chat) -> None:
    """A button of the newest messages, be it a live one or a result."""
    shown = [message for message in (await chat.messages())[-12:] if message.from_bot and message.buttons]
    if shown:
        await _press(chat, random.choice(shown), "")


async def _press(chat: Chat, message: Message, kind: str) -> None:
    data = [button.data for row in message.buttons for button in row if button.data.startswith(kind)]
    if data:
        with contextlib.suppress(SandboxError):  # the button went away meanwhile
            await chat.press(message, random.choice(data), wait=20)


async def live(place: Place, ledger: Ledger, *, until: float, pause: float) -> None:
    """Be somebody in a chat until the time is over."""
    chat, number, topic = place
    await asyncio.sleep(random.uniform(0, pause))
    while time.monotonic() < until:
        try:
            await one_of(chat, number, ledger, topic)
        except TimeoutError:
            ledger.unanswered += 1
        await asyncio.sleep(random.uniform(0.5, 1.5) * pause)


async def places(people: list[Client]) -> list[Place]:
    """Everybody's private chat; groups of four; and a forum whose topics four others share."""
    me = (await people[0].open()) and (await people[0].call("GET", "/api/bots"))["bots"][0]["id"]
    found: list[Place] = [(await person.open(), number, None) for number, person in enumerate(people)]
    some = len(people) // 4
    for first in range(0, some, 4):
        circle = list(enumerate(people))[first : first + 4]
        forum = first % 8 == 4
        body = {"user": circle[0][1].id, "title": f"G{first}", "members": [me, *(each.id for _, each in circle[1:])]}
        made = await people[0].call("POST", "/api/groups", body | ({"forum": True} if forum else {}))
        for number, person in circle:
            topic = None
            if forum:
                path = f"/api/chats/{made['key']}/topics"
                topic = (await circle[0][1].call("POST", path, {"user": circle[0][1].id, "name": f"T{number}"}))["id"]
            found.append((person.chat(made["key"]), number, topic))
    return found


async def settled(ledger: Ledger, seconds: float) -> None:
    """Return once no live message is left, or when the time is over."""
    until = time.monotonic() + seconds
    while ledger.open and time.monotonic() < until:  # noqa: ASYNC110 - others' events fill it
        await asyncio.sleep(1)


async def measure(url: str, given: argparse.Namespace) -> Ledger:
    """Let all of them live; return what came of it."""
    ledger = Ledger()
    async with crowd(url, given.people) as people:
        owners = {person.id: number for number, person in enumerate(people)}
        following = asyncio.create_task(follow(ledger, people[0], owners))
        until = time.monotonic() + 60 * given.minutes
        parts = [live(place, ledger, until=until, pause=given.pause) for place in await places(people)]
        await asyncio.gather(*parts)
        await settled(ledger, 600)
        following.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await following
        ledger.refused = (await people[0].call("GET", "/api/settings"))["refused"]
    return ledger


def report(ledger: Ledger) -> bool:
    """Print the figures; return whether all is as it should be."""
    doubled = sum(len(messages) > 1 for messages in ledger.results.values())
    gaps = {kind: ledger.gap(kind) for kind in GAPS}
    sys.stdout.write(
        f"acts                 {dict(ledger.acts)}\n"
        f"pictures             {dict(ledger.pictures)}, doubled {doubled}, never settled {len(ledger.open)}, "
        f"never answered {ledger.unanswered}\n"
        f"edits of live ones   {sum(map(len, ledger.edits.values()))}; least seconds between two in a chat: "
        + ", ".join(f"{kind} {gap:.2f}" for kind, gap in gaps.items())
        + f"\ncalls with 429       {ledger.refused}\n"
    )
    paced = all(gaps[kind] >= least for kind, least in GAPS.items())
    return paced and not (ledger.refused or doubled or ledger.open or ledger.unanswered or ledger.pictures["crossed"])


def main() -> int:
    """Run the parts and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=64, help="how many write to the bot")
    parser.add_argument("--minutes", type=float, default=30, help="how long they write")
    parser.add_argument("--pause", type=float, default=80, help="mean seconds between two acts of one person in a chat")
    given = parser.parse_args()
    with at_work("player", painting=PAINTING) as url:
        return 0 if report(asyncio.run(measure(url, given))) else 1


if __name__ == "__main__":
    sys.exit(main())
