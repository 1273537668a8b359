"""What is stored: jobs, their states and recipes, drafts, settings, and where an answer goes."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal, NewType

BlobKey = NewType("BlobKey", str)
"""The key of a stored picture or video; the blob store makes it."""

Source = NewType("Source", str)
"""Where a picture can be fetched again: `preset:NAME`, or `file:` and Telegram's file_id."""

NO_SOURCE = Source("")
"""The source of a picture that cannot be fetched again."""

StyleRef = NewType("StyleRef", str)
"""How a recipe code names a style: a preset's name, or the key under which its sources are stored."""

Quality = Literal["sketch", "standard", "fine", "paper"]
Colors = Literal["style", "content", "match"]
Strokes = Literal["normal", "fine", "large"]
Output = Literal["photo", "file"]
Kind = Literal["picture", "sheet"]  # sheet: a contact sheet, the content in each of the styles as numbered thumbnails

Forecast = Mapping[Quality, Mapping[int, float]]
"""Quality to longest edge in pixels to seconds; edge 0 stands for the size that the quality takes by itself."""


class State(StrEnum):
    """The state of a job: queued → running → rendered → delivered, or failed, or cancelled."""

    QUEUED = "queued"
    RUNNING = "running"
    RENDERED = "rendered"
    DELIVERED = "delivered"
    FAILED = "failed"
    CANCELLED = "cancelled"


# Of the engine process, or of its host, on one job; the first may have come because others had used up the memory.
MAX_DEATHS = 2

# Where several hosts share the queue each may take only one part of it: jobs below this size, or the others.
LARGE = 2048  # pixels
QUEUES = ("paint", "paint-large")

SILENT = 30.0  # seconds without a beat until a worker counts as gone


@dataclass(frozen=True)
class WorkerState:
    """What a worker says of itself.

    Attributes:
        name: What it is called in the queue.
        weights: Of its engine child in service; empty while none is.
        trouble: Why none is, in one sentence; empty while one starts as usual, or is in service.
        painter: The kind of device and the weights of its latest engine child: jobs of one painter take alike.
        forecast: How long that child expects pictures to take.
        silent: Whether it has said nothing for so long that it counts as gone.
    """

    name: str
    weights: str = ""
    trouble: str = ""
    painter: str = ""
    forecast: Forecast = field(default_factory=dict)
    silent: bool = False

    @property
    def out_of_service(self) -> bool:
        """Whether it paints nothing, which may last."""
        return self.silent or (not self.weights and bool(self.trouble))


class JobError(StrEnum):
    """Why a job failed. The requester is told in a sentence for each of these."""

    BAD_IMAGE = "bad_image"  # a picture could not be decoded by the engine
    OUT_OF_MEMORY = "out_of_memory"  # the device has too little memory for this size
    CRASHED = "crashed"  # the engine process died twice while painting it: the job is quarantined
    ENGINE = "engine"  # anything else, after the last attempt


class Delivery(StrEnum):
    """How far the delivery of a finished job (rendered, failed or cancelled) has come."""

    PENDING = "pending"  # nothing has been sent
    SENDING = "sending"  # a send has begun: after a crash it is unknown whether it arrived
    DONE = "done"  # the requester has the picture, or the reason why there is none


@dataclass(frozen=True)
class Recipe:
    """How a picture is to be painted. A user's settings are a recipe too, with variation 0."""

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
    """A user's settings besides the recipe."""

    language: str | None = None  # None: the language of their Telegram client
    output: Output = "photo"  # whether pictures are sent as photos or as files


@dataclass(frozen=True)
class Standing:
    """What decides whether, in which language and by which settings a user is answered in a chat."""

    preference: Preference
    banned: bool
    maintenance: bool  # the operator has paused the bot for everybody
    recipe: Recipe | None  # the settings that apply in this chat: the group's, else the user's; None: the defaults


@dataclass(frozen=True)
class Address:
    """Who asked for a picture and where the answer goes: chat, topic and user (Telegram's ids)."""

    chat_id: int
    thread_id: int | None
    user_id: int


@dataclass(frozen=True)
class Photo:
    """One photo that a user has sent. It belongs to a draft until a job takes it."""

    id: int
    message_id: int
    blob: BlobKey
    source: Source
    is_style: bool = False  # the user said so; otherwise the first photo is the content
    spoiler: bool = False  # it was sent under a spoiler


@dataclass(frozen=True, kw_only=True)
class NewJob:
    """A request for a picture.

    Attributes:
        dedup_key: Names the update that asked for it: the same key never makes a second job.
        message_id: The message that the result replies to.
        content, styles: Blobs of the content image and of the style images.
        sources: Where content and styles can be fetched again, in this order.
        photos: Ids of the draft's photos that the job takes; all of them leave the draft.
        style: How a recipe code names the style; empty where nothing names it.
        advice: What the requester is told before painting begins; a message name of the chat, or empty.
        start: An earlier picture to continue from; other rows may name the same blob.
        mask: Where the picture is painted: white is painted, black stays content. None: everywhere.
        marked: The marked photo from which the mask was made; empty where there is no mask.
        spoiler: A photo was sent under a spoiler, so everything made from it is sent under one.
    """

    dedup_key: str
    address: Address
    message_id: int
    language: str
    recipe: Recipe
    content: BlobKey
    styles: tuple[BlobKey, ...]
    sources: tuple[Source, ...] = ()
    photos: tuple[int, ...] = ()
    style: StyleRef = StyleRef("")
    output: Output = "photo"
    kind: Kind = "picture"
    advice: str = ""
    start: BlobKey | None = None
    mask: BlobKey | None = None
    marked: Source = NO_SOURCE
    spoiler: bool = False


@dataclass(frozen=True, kw_only=True)
class Job:
    """One row of the queue, as it was when it was read. Fields that `NewJob` has too mean the same here.

    Attributes:
        fence: Another number for every claim: a worker's writes must carry the present one.
        attempt: Counts claims too, but releasing a job lowers it.
        deaths: How often the engine process died while painting it.
        progress: 0..1.
        seconds_left: The engine's estimate, in seconds.
        report: What the engine reports about the finished picture, as JSON values.
        created_at: Seconds since the epoch, for people: no decision depends on it.
        stop_asked: The requester wants the picture as it is now.
        resumed: Painting continues, or continued, from an earlier picture.
        sketched: No sketch will be shown any more: it is done, or there is none.
        picture: The delivered picture; None where there is none, or nobody knows of it.
        status_left: The delivery is done, but the status message is still to be deleted.
    """

    id: int
    address: Address
    message_id: int
    status_message_id: int | None
    language: str
    recipe: Recipe
    content: BlobKey
    styles: tuple[BlobKey, ...]
    state: State
    attempt: int
    progress: float
    seconds_left: float | None
    preview: BlobKey | None
    result: BlobKey | None
    report: dict[str, Any]
    error: JobError | None
    delivery: Delivery
    created_at: float
    fence: int = 0
    deaths: int = 0
    sources: tuple[Source, ...] = ()
    style: StyleRef = StyleRef("")
    output: Output = "photo"
    kind: Kind = "picture"
    advice: str = ""
    stop_asked: bool = False
    start: BlobKey | None = None
    resumed: bool = False
    sketched: bool = False
    timelapse: BlobKey | None = None
    mask: BlobKey | None = None
    marked: Source = NO_SOURCE
    spoiler: bool = False
    picture: SentPicture | None = None
    status_left: bool = False

    @property
    def sketch_first(self) -> bool:
        """Whether a quick sketch is shown before the full picture, unless painting continues from another picture."""
        return self.kind == "picture" and self.recipe.quality in {"standard", "fine"}


@dataclass(frozen=True)
class SentPicture:
    """A picture as it was delivered: its message, and the name of its file at Telegram, empty where it is unknown."""

    message_id: int
    file_id: str


@dataclass(frozen=True)
class KeptResult:
    """The blobs of a delivered picture that are kept for the buttons under it."""

    picture: BlobKey
    timelapse: BlobKey | None


@dataclass(frozen=True)
class Place:
    """The place of a queued job: how many jobs are before it, and seconds until its picture, None if unknown."""

    ahead: int
    seconds: float | None


@dataclass(frozen=True)
class Load:
    """How many pictures are queued or running, and how many a user asked for within a day."""

    own: int
    chat: int
    everyone: int
    today: int
    frees_in: float  # seconds until the oldest of the user's day is older than a day
