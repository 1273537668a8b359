"""A mixed load within Telegram's limits over a bad line: is anything lost, crossed, doubled, refused, or too slow?

    python -m benchmarks.mixed_load --minutes 30

People in private chats, groups and the topics of a forum send photos one by one and as albums, ask for styles by name,
press every button, cancel, stop, change settings, and wait for an answer each time. A player paints: it hands in the
content, and each photo carries the number of its sender, so that a picture tells whose it is. Each call of the bot
takes some time on the line, and some connections are cut, half of them after the call has taken effect. Ends with 1
when something is not as it should be.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import re
import statistics
import sys
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from benchmarks.bot_calls import BotCalls, Pressed
from benchmarks.crowd import SIZE, at_work, crowd
from benchmarks.events import events
from bot.sandbox.client import Chat, Client, Message, SandboxError
from tests.support.badges import badge, number_of

BOT = "vitrage_bot"
JOB = re.compile(r"do:(\d+):")
PAINTING = 6.0  # seconds: there are several edits of each live message
GAPS = {"private": 3.0, "group": 10.0}  # seconds between two edits of live messages, at least
ANSWER_SECONDS = 120.0  # that somebody waits for an answer: a group may get 20 messages a minute
PRESS_SECONDS = 20.0  # that somebody waits for the answer to a press
BEYOND = 0.3  # seconds that 95 of 100 presses may take, without the latency of the line
# What a call may be refused for: whose first try took effect though its line broke, or two presses that meet.
FORESEEN = ("query is too old", "message is not modified", "message to delete not found", "message to edit not found")

Place = tuple[Chat, int, int | None]  # whose number, and in which topic


@dataclass
class Ledger:
    """What was asked for, and what came."""

    pictures: Counter[str] = field(default_factory=Counter)  # results: own, crossed, or of a preset after a swap
    results: dict[str, set[tuple[str, int]]] = field(default_factory=lambda: defaultdict(set))  # messages, by job
    edits: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))  # of live messages, by chat
    open: dict[tuple[str, int], float] = field(default_factory=dict)  # live messages that are not settled
    acts: Counter[str] = field(default_factory=Counter)
    presses: list[Pressed] = field(default_factory=list)
    unanswered: Counter[str] = field(default_factory=Counter)
    calls: BotCalls = field(default_factory=BotCalls)

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
    """Do one of the things that people do, and wait for the answer.

    Raises:
        TimeoutError: there was no answer.
    """
    act = random.choices(("two", "album", "named", "press", "settings", "queue"), (3, 3, 3, 6, 1, 1))[0]
    ledger.acts[act] += 1
    group, own = chat.key.startswith("g"), badge(number, SIZE)
    try:
        if act == "two":
            first = await chat.send_photos([own], f"/style@{BOT}" if group else "", topic=topic)
            question = await _answer_to(chat, first)
            second = await chat.send_photos([own], reply_to=question if group else None, topic=topic)
            await _answer_to(chat, first + second)
        elif act == "album" and not group:
            await _answer_to(chat, await chat.send_photos([own, own]))
        elif act in ("album", "named"):
            style = random.choice(("mosaic", "woodcut", "no-such-style"))
            await _answer_to(chat, await chat.send_photos([own], f"/style@{BOT} {style}", topic=topic))
        elif act == "settings" and not group:
            await chat.send("/settings")
            menu = await chat.wait(lambda message: "open:" in str(message.raw), ANSWER_SECONDS)
            await _turn_a_setting(chat, menu, ledger)
        elif act == "queue":
            await chat.send(f"/queue@{BOT}", topic=topic)
            await chat.wait(lambda message: message.text and not message.buttons, ANSWER_SECONDS)
        else:
            await _press_something(chat, ledger)
    except TimeoutError as error:
        raise TimeoutError(f"{act} in {chat.key}") from error


async def _answer_to(chat: Chat, sent: list[Message]) -> Message:
    """Wait for what the bot says to these messages, or in private to an earlier photo that was left in the draft."""
    asked = {message.id for message in sent}
    if chat.key.startswith("p"):
        asked |= set(range(sent[0].id))
    return await chat.wait(lambda message: not message.edited and message.reply_to in asked, ANSWER_SECONDS)


async def _turn_a_setting(chat: Chat, menu: Message, ledger: Ledger) -> None:
    """Open a setting, and choose a value of it."""
    for kind in ("open:", "set:"):
        if not await _press(chat, menu, kind, ledger):
            return
        menu = next(message for message in await chat.messages() if message.id == menu.id)


async def _press_something(chat: Chat, ledger: Ledger) -> None:
    """A button of the newest messages, be it a live one or a result."""
    shown = [message for message in (await chat.messages())[-12:] if message.from_bot and message.buttons]
    if shown:
        await _press(chat, random.choice(shown), "", ledger)


async def _press(chat: Chat, message: Message, kind: str, ledger: Ledger) -> bool:
    """Press one of a message's buttons of this kind; return whether there was one."""
    data = [button.data for row in message.buttons for button in row if button.data.startswith(kind)]
    if not data:
        return False
    body = {"user": chat.client.id, "button": random.choice(data), "wait": PRESS_SECONDS}
    try:
        found = await chat.client.call("POST", f"/api/chats/{chat.key}/messages/{message.id}/press", body)
    except SandboxError:  # the button went away meanwhile
        return False
    ledger.presses.append(Pressed(message.raw["chat"]["id"], found["query_id"], found["at"], found["waited"]))
    return True


async def live(place: Place, ledger: Ledger, *, until: float, pause: float) -> None:
    """Be somebody in a chat until the time is over."""
    chat, number, topic = place
    await asyncio.sleep(random.uniform(0, pause))
    while time.monotonic() < until:
        try:
            await one_of(chat, number, ledger, topic)
        except TimeoutError as error:
            ledger.unanswered[str(error)] += 1
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


async def settle(ledger: Ledger, seconds: float) -> None:
    """Return once no live message is left but copies that the bot does not know of, or when the time is over."""
    until = time.monotonic() + seconds
    while len(ledger.open) > ledger.calls.cut_status and time.monotonic() < until:  # noqa: ASYNC110 - others' events fill it
        await asyncio.sleep(1)


async def measure(url: str, given: argparse.Namespace) -> Ledger:
    """Let all of them live; return what came of it."""
    ledger = Ledger()
    async with crowd(url, given.people) as people:
        owners = {person.id: number for number, person in enumerate(people)}
        found = await places(people)
        for fault in bad_line(given):
            await people[0].call("POST", "/api/faults", fault)
        watching = [
            asyncio.create_task(follow(ledger, people[0], owners)),
            asyncio.create_task(ledger.calls.follow(people[1])),
        ]
        until = time.monotonic() + 60 * given.minutes
        await asyncio.gather(*(live(place, ledger, until=until, pause=given.pause) for place in found))
        await settle(ledger, 600)
        for task in watching:
            task.cancel()
        await asyncio.gather(*watching, return_exceptions=True)
        await ledger.calls.read(people[1])
    return ledger


def bad_line(given: argparse.Namespace) -> list[dict[str, Any]]:
    """Return the faults of the line: half of the cut connections end before the call has an effect, half after it."""
    least, most = given.latency
    found: list[dict[str, Any]] = [{"kind": "delay", "seconds": least / 1000, "most_seconds": most / 1000}]
    if given.cut:
        found += [{"kind": "drop", "rate": given.cut / 200, "stored": stored} for stored in (False, True)]
    return found


def report(ledger: Ledger) -> bool:
    """Print the figures; return whether all is as it should be."""
    calls, copies = ledger.calls, [len(messages) for messages in ledger.results.values()]
    twice, more = sum(count == 2 for count in copies), sum(count > 2 for count in copies)
    gaps = {kind: ledger.gap(kind) for kind in GAPS}
    silent = sum(pressed.waited is None for pressed in ledger.presses)
    waits = sorted(wait for each in ledger.presses if (wait := calls.beyond_latency(each)) is not None)
    p95 = waits[int(len(waits) * 0.95)]
    faults = {reason: count for reason, count in calls.refused.items() if not any(part in reason for part in FORESEEN)}
    sys.stdout.write(
        f"acts                 {dict(ledger.acts)}, never answered {dict(ledger.unanswered) or 0}\n"
        f"pictures             {dict(ledger.pictures)}, never settled {len(ledger.open)}; "
        f"status messages sent over a line that broke {calls.cut_status}\n"
        f"copies               twice {twice}, more {more}; pictures sent over a line that broke: {calls.cut_pictures}\n"
        f"presses              {len(ledger.presses)}, never answered {silent}; beyond the latency: "
        f"p50 {statistics.median(waits) * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms, longest {waits[-1] * 1000:.0f} ms\n"
        f"edits of live ones   {sum(map(len, ledger.edits.values()))}; least seconds between two in a chat: "
        + ", ".join(f"{kind} {gap:.2f}" for kind, gap in gaps.items())
        + f"\ncalls                {calls.total}, cut {calls.cut.total()}, refused {dict(calls.refused)}\n"
    )
    paced = all(gaps[kind] >= least for kind, least in GAPS.items())
    settled = len(ledger.open) <= calls.cut_status
    answered = settled and not (ledger.unanswered or silent) and p95 <= BEYOND
    once = not more and twice <= calls.cut_pictures
    return paced and answered and once and not faults and not ledger.pictures["crossed"]


def main() -> int:
    """Run the parts and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=64, help="how many write to the bot")
    parser.add_argument("--minutes", type=float, default=30, help="how long they write")
    parser.add_argument("--pause", type=float, default=80, help="mean seconds between two acts of one person in a chat")
    line = {"type": float, "metavar": "MS", "nargs": 2, "default": (50.0, 400.0)}
    parser.add_argument("--latency", **line, help="least and most milliseconds that each call takes on the line")
    parser.add_argument("--cut", type=float, default=1.0, help="per cent of the calls whose connection is cut")
    given = parser.parse_args()
    with at_work("player", painting=PAINTING) as url:
        return 0 if report(asyncio.run(measure(url, given))) else 1


if __name__ == "__main__":
    sys.exit(main())
