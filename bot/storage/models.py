"""The words of the queue: a job, its states, its recipe and where its answer goes."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

Quality = Literal["sketch", "standard", "fine", "paper"]
Colors = Literal["style", "content", "match"]
Strokes = Literal["normal", "fine", "large"]
Output = Literal["photo", "file"]
Kind = Literal["picture", "sheet"]  # sheet: the content in each of the styles, as numbered thumbnails


class State(StrEnum):
    """Where a job stands: queued → running → rendered → delivered, or failed, or cancelled."""

    QUEUED = "queued"
    RUNNING = "running"
    RENDERED = "rendered"
    DELIVERED = "delivered"
    FAILED = "failed"
    CANCELLED = "cancelled"


class JobError(StrEnum):
    """Why a job failed, for the sentence that its user reads."""

    BAD_IMAGE = "bad_image"  # a picture could not be decoded by the engine
    OUT_OF_MEMORY = "out_of_memory"  # the device cannot paint it at this size
    CRASHED = "crashed"  # the engine child died twice on it: quarantined
    ENGINE = "engine"  # anything else, after the last attempt


class Delivery(StrEnum):
    """How far the answer to a finished job (rendered, failed or cancelled) has come."""

    PENDING = "pending"  # nothing was sent yet
    SENDING = "sending"  # a send was begun: after a crash it may or may not have arrived
    DONE = "done"  # the user has the answer


@dataclass(frozen=True)
class Recipe:
    """How a picture is to be painted; a user's settings are one too, without a variation."""

    quality: Quality = "standard"
    size: int | None = None  # longest edge in pixels; None = what the quality takes
    strength: int = 80  # 0..100; 80 = the balance of the quality's own recipe
    colors: Colors = "style"
    strokes: Strokes = "normal"  # their size, relative to the picture
    variation: int = 0  # 0..7: the style as it is, or turned and mirrored in one of seven ways

    def to_dict(self) -> dict[str, Any]:
        """Return the recipe as plain JSON values."""
        return dataclasses.asdict(self)


@dataclass(frozen=True)
class Preference:
    """What a user chose besides the recipe."""

    language: str | None = None  # None: what their Telegram is set to
    output: Output = "photo"  # how the picture is to come


@dataclass(frozen=True)
class Standing:
    """What has to be known of a user before anything else."""

    preference: Preference
    banned: bool
    maintenance: bool  # the owner works on the bot: everybody waits


@dataclass(frozen=True)
class Address:
    """Who asked, and where the answer goes: chat, topic and user."""

    chat_id: int
    thread_id: int | None
    user_id: int


@dataclass(frozen=True)
class Photo:
    """One photo a user has sent. It belongs to a draft until a job takes it."""

    id: int
    message_id: int
    blob: str
    source: str = ""  # where the chat side can fetch it again
    is_style: bool = False  # its user said so; where nobody did, the first is the content
    spoiler: bool = False  # it came hidden


@dataclass(frozen=True, kw_only=True)
class NewJob:
    """A request for a picture.

    `dedup_key` names the update that asked for it: the same key never makes a second job. `photos` are the
    draft's photos that the job takes (all of them leave the draft); `content` and `styles` are blob keys.
    `sources` say where the chat side can fetch content and styles again; `style` is what a recipe code calls the style.
    """

    dedup_key: str
    address: Address
    message_id: int  # the user's message that the result replies to
    language: str
    recipe: Recipe
    content: str
    styles: tuple[str, ...]
    photos: tuple[int, ...] = ()
    sources: tuple[str, ...] = ()
    style: str = ""
    output: Output = "photo"
    kind: Kind = "picture"
    advice: str = ""  # what the chat side tells the user before the painting begins
    start: str | None = None  # blob key of an earlier picture to go on from; it may be another row's as well
    mask: str | None = None  # blob key of where it is to be painted, white; None: everywhere
    marked: str = ""  # where the photo that its user has marked, and the mask was made of, can be fetched again
    spoiler: bool = False  # a photo came hidden: so is all that is made of it


@dataclass(frozen=True, kw_only=True)
class Job:
    """One row of the queue, as it was when it was read."""

    id: int
    address: Address
    message_id: int
    status_message_id: int | None
    language: str
    recipe: Recipe
    content: str
    styles: tuple[str, ...]
    state: State
    attempt: int  # counts at each claim, refunded by a release
    progress: float  # 0..1
    seconds_left: float | None  # as the engine estimates it
    preview: str | None  # blob key of the latest preview picture
    result: str | None  # blob key of the finished picture
    report: dict[str, Any]  # what the engine says it did
    error: JobError | None
    delivery: Delivery
    created_at: float  # seconds since the epoch, for people: no decision hangs on it
    fence: int = 0  # counts every claim, never refunded: what a worker's writes are checked against
    deaths: int = 0  # how often the engine child died on it
    sources: tuple[str, ...] = ()  # where content and styles can be fetched again
    style: str = ""  # what a recipe code calls the style
    output: Output = "photo"  # how its user wants the picture
    kind: Kind = "picture"
    advice: str = ""  # what the chat side tells the user before the painting begins
    stop_asked: bool = False  # its user wants the picture as it is now
    start: str | None = None  # blob key of an earlier picture to go on from
    resumed: bool = False  # it goes on from an earlier picture, or did
    sketched: bool = False  # no sketch is to come any more: it is done, or there is none
    film: str | None = None  # blob key of the timelapse
    mask: str | None = None  # blob key of where it is painted
    marked: str = ""  # where the photo that its user has marked can be fetched again
    spoiler: bool = False  # a photo came hidden: so is all that is made of it

    @property
    def sketch_first(self) -> bool:
        """Whether a quick sketch is to be seen before the picture proper, where it does not go on from another."""
        return self.kind == "picture" and self.recipe.quality in {"standard", "fine"}


@dataclass(frozen=True)
class Kept:
    """The blobs of a delivered picture that are kept for the buttons under it."""

    picture: str
    film: str | None


@dataclass(frozen=True)
class Place:
    """Where a queued job stands: how many are before it, and seconds until its picture if that is known."""

    ahead: int
    seconds: float | None


@dataclass(frozen=True)
class Load:
    """How much is asked of us: pictures queued or running, and a user's of the last day."""

    own: int
    chat: int
    everyone: int
    today: int
    frees_in: float  # seconds until the first of a user's day no longer counts
