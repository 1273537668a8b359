"""The optional file that keeps the state over restarts.

It is an SQLite database, so that the bytes of a file are written once and not with each save.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path

from pydantic import TypeAdapter

from bot.sandbox import Json
from bot.sandbox.state.accounts import Bot, Channel, Person
from bot.sandbox.state.chats import Chat
from bot.sandbox.state.files import StoredFile
from bot.sandbox.state.updates import QueuedUpdate, UpdateQueue, Webhook
from bot.sandbox.state.world import World

SCHEMA = """
CREATE TABLE IF NOT EXISTS state (id INTEGER PRIMARY KEY CHECK (id = 1), body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS file (
    id TEXT PRIMARY KEY, unique_id TEXT, path TEXT, name TEXT, mime TEXT, content TEXT, data BLOB, place INTEGER
);
"""


@dataclass
class Pending:
    """The updates that wait for one bot, and its webhook."""

    updates: list[QueuedUpdate]
    next_id: int
    allowed: list[str]
    webhook: Webhook | None = None


@dataclass
class State:
    """The whole state except files."""

    people: list[Person] = field(default_factory=list)
    bots: list[Bot] = field(default_factory=list)
    channels: list[Channel] = field(default_factory=list)
    chats: list[Chat] = field(default_factory=list)
    pending: dict[int, Pending] = field(default_factory=dict)
    last_id: int = 0
    last_group: int = 0
    last_person: int = 0
    cursor: int = 0


ADAPTER = TypeAdapter(State)


def capture(world: World) -> bytes:
    """Return the state as JSON. It is quick enough for the event loop, where no request changes it meanwhile."""
    state = State(
        list(world.people.values()),
        list(world.bots.values()),
        list(world.channels.values()),
        list(world.chats.values()),
        {
            bot_id: Pending(list(queue.queued), queue.next_id, queue.allowed, world.webhooks.get(bot_id))
            for bot_id, queue in world.queues.items()
        },
        world.last_id,
        world.last_group,
        world.last_person,
        world.events.cursor,
    )
    return ADAPTER.dump_json(state)


def write(path: Path, body: bytes, files: list[tuple[StoredFile, Json | None]]) -> None:
    """Write the state and the new files, and delete the files that are no longer there."""
    with closing(sqlite3.connect(path)) as database, database:
        database.executescript(SCHEMA)
        database.execute("INSERT INTO state VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body", [body])
        known = {row[0] for row in database.execute("SELECT id FROM file")}
        kept = {file.id for file, _ in files}
        database.executemany("DELETE FROM file WHERE id = ?", [[gone] for gone in known - kept])
        database.executemany(
            "INSERT INTO file VALUES (:id, :unique_id, :path, :name, :mime, :content, :data, :place)",
            [
                asdict(file) | {"content": json.dumps(content), "place": place}
                for place, (file, content) in enumerate(files)
                if file.id not in known
            ],
        )


def save(world: World, path: Path) -> None:
    """Write everything now."""
    write(path, capture(world), world.files.described())


def load(world: World, path: Path) -> None:
    """Read the state of an earlier run into an empty world, if the file exists."""
    if not path.exists():
        return
    with closing(sqlite3.connect(path)) as database:
        database.executescript(SCHEMA)
        row = database.execute("SELECT body FROM state").fetchone()
        columns = "id, unique_id, path, name, mime, data, content"
        for *parts, content in database.execute(f"SELECT {columns} FROM file ORDER BY place, rowid"):  # noqa: S608 - the columns are constants
            file = StoredFile(*parts)
            world.files.restore(file)
            described = json.loads(content)
            if described is not None:
                world.files.describe(file.id, described)
    if row is not None:
        _restore(world, ADAPTER.validate_json(row[0]))


def _restore(world: World, state: State) -> None:
    world.people = {person.id: person for person in state.people}
    world.bots = {bot.id: bot for bot in state.bots}
    world.channels = {channel.id: channel for channel in state.channels}
    for chat in state.chats:
        world.chats[chat.key] = chat
        world.order.extend((chat.key, message_id) for message_id in chat.messages)
    for bot_id, pending in state.pending.items():
        queue = world.queues[bot_id] = UpdateQueue(world.clock)
        queue.queued.extend(pending.updates)
        queue.next_id, queue.allowed = pending.next_id, pending.allowed
        if pending.webhook is not None:
            world.webhooks[bot_id] = pending.webhook
    world.last_id, world.last_group, world.last_person = state.last_id, state.last_group, state.last_person
    world.events.cursor = state.cursor
