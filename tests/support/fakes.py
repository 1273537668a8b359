"""Stores in memory, for tests of one rule of the chat that need neither a database nor a running bot.

They keep what they are given and answer from it; they do not check what the SQLite stores check. The queue orders
nothing: `FakeJobStore` has the jobs that a test puts into `jobs`, and those that were queued.
"""

from __future__ import annotations

import dataclasses
import time
from typing import Any, cast

from typing_extensions import override

from bot.storage.chat_protocols import DeliveryStore, SettingsStore, StyleStore
from bot.storage.models import (
    Address,
    BlobKey,
    Delivery,
    Job,
    KeptResult,
    Kind,
    Load,
    NewJob,
    Place,
    Preference,
    Recipe,
    SentPicture,
    Source,
    State,
    StyleRef,
    WorkerState,
)
from bot.storage.protocols import BlobStore, JobStore, Stores, Topic

ANN = Address(chat_id=7, thread_id=None, user_id=7)
ACTIVE = (State.QUEUED, State.RUNNING)


def a_job(**changes: Any) -> Job:
    """Return a job of Ann's that is queued, with two photos at Telegram as its pictures."""
    fields: dict[str, Any] = {
        "id": 1,
        "address": ANN,
        "message_id": 10,
        "status_message_id": None,
        "language": "en",
        "recipe": Recipe(),
        "content": BlobKey("content"),
        "styles": (BlobKey("style"),),
        "state": State.QUEUED,
        "attempt": 0,
        "progress": 0.0,
        "seconds_left": None,
        "preview": None,
        "result": None,
        "report": {"size": [60, 40], "seconds": 1.0},
        "error": None,
        "delivery": Delivery.PENDING,
        "created_at": time.time(),
        "sources": (Source("file:content"), Source("file:style")),
    }
    return Job(**fields | changes)


class FakeBlobStore(BlobStore):
    """Blobs in a dictionary."""

    def __init__(self) -> None:
        self.blobs: dict[BlobKey, bytes] = {}

    @override
    async def put(self, data: bytes) -> BlobKey:
        key = BlobKey(f"blob{len(self.blobs)}")
        self.blobs[key] = data
        return key

    @override
    async def get(self, key: BlobKey) -> bytes:
        return self.blobs[key]

    @override
    async def delete(self, key: BlobKey) -> None:
        self.blobs.pop(key, None)


class FakeJobStore(JobStore):
    """Jobs by id; `queued` are the requests for new ones, `waiting` is what counts for the quotas."""

    def __init__(self, *jobs: Job) -> None:
        self.jobs = {job.id: job for job in jobs}
        self.queued: list[NewJob] = []
        self.waiting = Load(own=0, chat=0, everyone=0, today=0, frees_in=0.0)

    @override
    async def get(self, job_id: int) -> Job | None:
        return self.jobs.get(job_id)

    @override
    async def estimate(
        self, recipe: Recipe, *, kind: Kind = "picture", resumed: bool = False, worker: str | None = None
    ) -> float | None:
        return None

    @override
    async def wait(self, topic: Topic, seconds: float) -> None:
        return None

    @override
    async def enqueue(self, new: NewJob) -> Job:
        self.queued.append(new)
        fields = {field.name: getattr(new, field.name) for field in dataclasses.fields(new)}
        job = a_job(**{name: value for name, value in fields.items() if name not in ("dedup_key", "photos")})
        self.jobs[max(self.jobs, default=0) + 1] = dataclasses.replace(job, id=max(self.jobs, default=0) + 1)
        return job

    @override
    async def swap(self, job_id: int, style: StyleRef) -> bool:
        job = self.jobs[job_id]
        self.jobs[job_id] = dataclasses.replace(job, sources=job.sources[::-1], style=style)
        return job.state is State.QUEUED

    @override
    async def cancel(self, job_id: int) -> bool:
        job = self.jobs[job_id]
        self.jobs[job_id] = dataclasses.replace(job, state=State.CANCELLED)
        return job.state in ACTIVE

    @override
    async def stop_here(self, job_id: int) -> bool:
        self.jobs[job_id] = dataclasses.replace(self.jobs[job_id], stop_asked=True)
        return self.jobs[job_id].state is State.RUNNING

    @override
    async def jobs_of(self, address: Address) -> list[Job]:
        return [job for job in self.jobs.values() if job.address == address and job.state in ACTIVE]

    @override
    async def place(self, job: Job) -> Place:
        return Place(0, None)

    @override
    async def load(self, address: Address) -> Load:
        return self.waiting

    @override
    async def workers(self) -> list[WorkerState]:
        return []

    @override
    async def tell_of(self, worker: str) -> bool:
        return True

    @override
    async def tally(self) -> dict[str, int]:
        return {}


class FakeDeliveryStore(DeliveryStore):
    """What was delivered; `kept` are the results that are still there, by the id of their job."""

    def __init__(self) -> None:
        self.kept: dict[int, KeptResult] = {}
        self.finished: list[int] = []
        self.questions: dict[tuple[int, int], Job] = {}

    @override
    async def unsettled(self) -> list[Job]:
        return []

    @override
    async def set_status_message(self, job_id: int, message_id: int) -> None:
        return None

    @override
    async def begin(self, job_id: int) -> bool:
        return True

    @override
    async def failed(self, job_id: int) -> None:
        return None

    @override
    async def finish(
        self, job_id: int, *, keep: bool = False, picture: SentPicture | None = None, status_left: bool = False
    ) -> None:
        self.finished.append(job_id)

    @override
    async def status_removed(self, job_id: int) -> None:
        return None

    @override
    async def redirect(self, job_id: int, address: Address, message_id: int) -> None:
        return None

    @override
    async def is_first(self, job: Job) -> bool:
        return not self.finished

    @override
    async def kept_result(self, job_id: int) -> KeptResult | None:
        return self.kept.get(job_id)

    @override
    async def drop_kept_result(self, job_id: int) -> None:
        self.kept.pop(job_id, None)

    @override
    async def ask_region(self, job_id: int, chat_id: int, message_id: int) -> None:
        self.questions[chat_id, message_id] = a_job(id=job_id)

    @override
    async def asked_region(self, chat_id: int, message_id: int) -> Job | None:
        return self.questions.get((chat_id, message_id))

    @override
    async def open_region(self, address: Address) -> Job | None:
        return next((job for (chat_id, _), job in self.questions.items() if chat_id == address.chat_id), None)


class FakeSettingsStore(SettingsStore):
    """Recipes and preferences by user or group."""

    def __init__(self) -> None:
        self.recipes: dict[int, Recipe] = {}
        self.preferences: dict[int, Preference] = {}

    @override
    async def recipe(self, user_id: int) -> Recipe | None:
        return self.recipes.get(user_id)

    @override
    async def save_recipe(self, user_id: int, recipe: Recipe) -> None:
        self.recipes[user_id] = recipe

    @override
    async def preference(self, user_id: int) -> Preference:
        return self.preferences.get(user_id, Preference())

    @override
    async def save_preference(self, user_id: int, preference: Preference) -> None:
        self.preferences[user_id] = preference


class FakeStyleStore(StyleStore):
    """Sources by the key of their style, and the users' names of styles."""

    def __init__(self) -> None:
        self.known: dict[StyleRef, tuple[Source, ...]] = {}
        self.called: dict[tuple[int, str], StyleRef] = {}

    @override
    async def keep(self, key: StyleRef, user_id: int, sources: tuple[Source, ...]) -> None:
        self.known.setdefault(key, sources)

    @override
    async def sources(self, key: StyleRef) -> tuple[Source, ...] | None:
        return self.known.get(key)

    @override
    async def name(self, user_id: int, name: str, style: StyleRef, *, most: int) -> bool:
        self.called[user_id, name] = style
        return len(self.called) <= most

    @override
    async def named(self, user_id: int, name: str) -> StyleRef | None:
        return self.called.get((user_id, name))

    @override
    async def names(self, user_id: int) -> list[str]:
        return [name for user, name in self.called if user == user_id]


def fake_stores(**stores: Any) -> Stores:
    """Return stores in memory, some of them given; those of drafts, updates, people and the worker only if given."""
    absent = dict.fromkeys(("drafts", "updates", "people", "work"), cast("Any", None))
    fresh = {
        "blobs": FakeBlobStore(),
        "jobs": FakeJobStore(),
        "deliveries": FakeDeliveryStore(),
        "settings": FakeSettingsStore(),
        "styles": FakeStyleStore(),
    }
    return Stores(**{**absent, **fresh, **stores})
