"""From rows to the words of the queue."""

from __future__ import annotations

import dataclasses
import json
import sqlite3

from bot.storage.models import Address, Delivery, Job, JobError, Recipe, State

_MADE = {  # not the column as it is
    "address",
    "recipe",
    "styles",
    "sources",
    "state",
    "report",
    "error",
    "delivery",
    "stop_asked",
    "resumed",
    "sketched",
    "spoiler",
}


def job_of(row: sqlite3.Row) -> Job:
    """Return the job that a whole row of `job` tells of."""
    columns = {field.name: row[field.name] for field in dataclasses.fields(Job) if field.name not in _MADE}
    return Job(
        **columns,
        address=Address(row["chat_id"], row["thread_id"], row["user_id"]),
        recipe=Recipe(**{field.name: row[field.name] for field in dataclasses.fields(Recipe)}),
        styles=tuple(json.loads(row["styles"])),
        sources=tuple(json.loads(row["sources"])),
        state=State(row["state"]),
        report=json.loads(row["report"]),
        error=JobError(row["error"]) if row["error"] else None,
        delivery=Delivery(row["delivery"]),
        stop_asked=bool(row["stop_asked"]),
        resumed=bool(row["resumed"]),
        sketched=bool(row["sketched"]),
        spoiler=bool(row["spoiler"]),
    )


def blobs_of(row: sqlite3.Row) -> list[str | None]:
    """Return every blob that a row of `job` names."""
    single = (row[name] for name in ("content", "mask", "start", "preview", "result", "film"))
    return [*single, *json.loads(row["styles"])]


def kept_of(row: sqlite3.Row) -> list[str | None]:
    """Return every blob that a row of `keepsake` names."""
    return [row["blob"], row["film"]]
