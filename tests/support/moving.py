"""A bot's database on SQLite with rows in every table, for tests that move it."""

# ruff: noqa: S608 - statements are made of constants

from __future__ import annotations

import asyncio
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from bot.storage.moving import Moved, move
from bot.storage.sqlite import open_sqlite
from tests.support.postgres import OTHERS

JSON = {"recipe", "styles", "sources", "report"}
PICTURES = {f"{number:032x}": f"picture {number}".encode() for number in range(1, 7)}
KEYS = list(PICTURES)

# A row of every table, with what the two databases write differently: truth, JSON, floats, large numbers, all scripts.
ROWS = f"""
DELETE FROM schedule;
INSERT INTO schedule VALUES (1, 12.1);
INSERT INTO job (id, dedup_key, chat_id, thread_id, user_id, message_id, language, recipe, content, styles, sources,
                 resumed, spoiler, vt, created_at, advice)
VALUES (7, 'u1', -1001234567890, NULL, 5000000001, 3, 'ru', '{{"size": 384, "quality": "sketch", "strength": 1e-05}}',
        '{KEYS[0]}', '["{KEYS[1]}"]', '["file:a", ""]', 1, 0, 1e300, 1800000000.123456, 'я, 猫 🐈 \\N "quoted"	tab');
INSERT INTO job (id, dedup_key, chat_id, thread_id, user_id, message_id, language, content, styles, state, error,
                 detail, delivery, report, created_at, finished_at, seconds)
VALUES (9, 'u2', 5, 6, 7, 8, 'en', '', '[]', 'failed', 'broken', 'two
lines', 'done', '{{"b": -0.0, "a": [1.50, null, true, "é"], "device": "cpu"}}', 0.1, 0.30000000000000004, 2.5);
INSERT INTO worker VALUES ('w', 1.0, 2.0, 'builtin', '', 1, 'CPU, builtin', '{{"sketch": {{"384": 1.5}}}}');
INSERT INTO user_turn VALUES (5000000001, 1e300);
INSERT INTO photo (id, chat_id, thread_id, user_id, message_id, slot, blob, source, is_style, spoiler, added_at)
VALUES (4, 1, NULL, 2, 3, 0, '{KEYS[2]}', 'preset:mosaic', 1, 0, 5.5);
INSERT INTO draft_style VALUES (1, 2, 3, 'K7Q-mosaic', 4.0), (1, 2, 3, 'K7Q-mosaic', 4.0);
INSERT INTO kept_result VALUES (9, 7, '{KEYS[3]}', '{KEYS[4]}', 1.0);
INSERT INTO region_question VALUES (1, 2, 7);
INSERT INTO recipe VALUES (2, '{{"quality": "fine"}}');
INSERT INTO preference VALUES (2, NULL, 'file'), (3, 'a zero' || char(0), 'photo');
INSERT INTO style VALUES ('key', 2, '["file:x"]', 3.25);
INSERT INTO named_style VALUES (2, '', 'key');
INSERT INTO inbox VALUES (9007199254740993, '{{"update_id": 1, "a":2}}', 1.0, 0), (2, '', 1.0, 1);
INSERT INTO known_chat VALUES (-5, 1.5);
INSERT INTO broadcast_message (id, user_id, text) VALUES (3, 2, 'hello');
DELETE FROM broadcast_message;
INSERT INTO broadcast_message (id, user_id, text) VALUES (1, 2, 'its number is never the next one');
INSERT INTO voter VALUES (2, 'ab');
INSERT INTO banned VALUES (3, 2.0);
INSERT INTO maintenance VALUES (1, 3.0);
"""

MOVE_WAITS = f"SELECT count(*) {OTHERS} AND wait_event_type = 'Lock'"
"""How many other sessions of a PostgreSQL database wait for a lock."""


def make_old(folder: Path) -> None:
    """Make the data folder of a bot on SQLite; every table has rows."""

    async def make() -> None:
        async with open_sqlite(folder / "vitrage.db", folder / "blobs"):
            pass

    asyncio.run(make())
    with closing(sqlite3.connect(folder / "vitrage.db")) as connection:
        connection.executescript(ROWS)
        tables = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
        assert [name for (name,) in tables if not connection.execute(f"SELECT 1 FROM {name}").fetchone()] == []
    for key, data in PICTURES.items():
        (folder / "blobs" / key).write_bytes(data)


def contents(folder: Path) -> dict[str, Any]:
    """Return all rows, numbers and pictures of a data folder, without what has no order."""
    with closing(sqlite3.connect(folder / "vitrage.db")) as connection:
        connection.row_factory = sqlite3.Row
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        found: dict[str, Any] = {
            table: sorted(
                repr(
                    [
                        json.dumps(json.loads(row[name]), sort_keys=True) if name in JSON else row[name]
                        for name in sorted(row.keys())
                    ]
                )
                .replace("-0.0", "0.0")
                .replace("\\x00", "\ufffd")
                for row in connection.execute(f"SELECT * FROM {table}")
            )
            for table in tables
        }
    return found | {"pictures": {file.name: file.read_bytes() for file in (folder / "blobs").iterdir()}}


async def moved(origin: Path | str, target: Path | str, folder: Path, bucket: str | None = None) -> Moved:
    """Move between URLs or data folders."""
    urls = [f"sqlite:///{end}/vitrage.db" if isinstance(end, Path) else end for end in (origin, target)]
    return await move(urls[0], urls[1], folder / "blobs", bucket, lambda _: None)
