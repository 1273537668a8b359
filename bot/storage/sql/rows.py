"""Rows of the table `job` as models."""

from __future__ import annotations

import dataclasses
import json

from bot.storage.models import Address, Delivery, Job, JobError, Recipe, SentPicture, State
from bot.storage.sql.database import Row

_FLAGS = ("stop_asked", "resumed", "sketched", "spoiler", "status_left")
_CONVERTED = {"address", "recipe", "styles", "sources", "state", "report", "error", "delivery", "picture", *_FLAGS}


def job_of(row: Row) -> Job:
    """Return the job of a whole row of `job`."""
    columns = {field.name: row[field.name] for field in dataclasses.fields(Job) if field.name not in _CONVERTED}
    columns |= {name: bool(row[name]) for name in _FLAGS}
    return Job(
        **columns,
        address=Address(row["chat_id"], row["thread_id"], row["user_id"]),
        recipe=recipe_of(row),
        styles=tuple(json.loads(row["styles"])),
        sources=tuple(json.loads(row["sources"])),
        state=State(row["state"]),
        report=json.loads(row["report"]),
        error=JobError(row["error"]) if row["error"] else None,
        delivery=Delivery(row["delivery"]),
        picture=SentPicture(row["picture_message_id"], row["picture_file_id"]) if row["picture_message_id"] else None,
    )


def recipe_of(row: Row) -> Recipe:
    """Return the recipe of a row of `job` or `recipe`."""
    return Recipe(**json.loads(row["recipe"]))


JOB_BLOBS = "content, styles, mask, start, preview, result, timelapse"


def blobs_of(row: Row) -> list[str | None]:
    """Return every blob that a row with the columns JOB_BLOBS names."""
    single = (row[name] for name in ("content", "mask", "start", "preview", "result", "timelapse"))
    return [*single, *json.loads(row["styles"])]
