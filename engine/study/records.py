"""What the parts of a study agree on: methods, metrics, and the results as they are stored.

`results.json` is `Results`; the report, the statistics and the votes read only it and the folder `pictures/`. Importing
this module loads no torch. Pictures are PIL pictures of mode RGB.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import msgspec
from PIL import Image

from engine.errors import EngineError

if TYPE_CHECKING:
    from engine.model import Model
    from engine.study.metrics.sample import Sample

Family = Literal["neural", "ablation", "traditional", "control", "combination"]
Against = Literal["content", "style", "both", "none"]
Network = Literal["none", "main", "other"]
Parameters = Mapping[str, float | int | str]


class UnavailableError(EngineError):
    """A network, library or file that something is measured with is absent; the message says which."""


def _always() -> None:
    return None


def _whole(content: Image.Image) -> Image.Image:
    return content


@dataclass(frozen=True)
class Work:
    """What a method may use besides the pictures, and where it tells its losses.

    Attributes:
        size: Longest edge of the output in pixels.
        seed: Of everything random; the same seed gives the same picture.
        model: Returns the network that paints, loaded at the first call.
        losses: A method that optimises appends the weighted loss of each iteration; others leave it empty.
    """

    size: int
    seed: int
    model: Callable[[], Model]
    losses: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Method:
    """One way to make a picture of a content and a style.

    Attributes:
        name: Lower case, such as `monge-kantorovich`. Methods that differ in their parameters alone share it.
        family: What it is compared as.
        purpose: What it does, in a few words, without a full stop.
        paint: (content, style, work) to the output; its longest edge is `work.size`.
        parameters: What tells it from others of its name, for the report.
        missing: Why it cannot paint here, such as a library that is not installed, in one sentence; None: it can.
        composed: What of the content its outputs show, with which they are compared.
    """

    name: str
    family: Family
    purpose: str
    paint: Callable[[Image.Image, Image.Image, Work], Image.Image]
    parameters: Parameters = field(default_factory=dict)
    missing: Callable[[], str | None] = _always
    composed: Callable[[Image.Image], Image.Image] = _whole


@dataclass(frozen=True)
class Metric:
    """One number about an output. Metrics of VGG19's features stand twice, such as `cfsd` and `cfsd-other`.

    Attributes:
        name: Lower case, such as `cfsd`.
        title: As a table names it.
        against: What the output is compared with.
        better: The direction.
        low: Least possible value; None: unbounded.
        high: Greatest possible value; None: unbounded.
        network: Whose features it reads: that of the network that painted, of the other, or none.
        source: The paper, or the library.
        measure: The value of a sample; raises `UnavailableError` where something is absent.
    """

    name: str
    title: str
    against: Against
    better: Literal["lower", "higher"]
    low: float | None
    high: float | None
    network: Network
    source: str
    measure: Callable[[Sample], float]


class MetricDescription(msgspec.Struct, frozen=True, kw_only=True):
    """A metric as the results keep it; see `Metric`."""

    name: str
    title: str
    against: Against
    better: Literal["lower", "higher"]
    low: float | None
    high: float | None
    network: Network
    source: str


class MethodDescription(msgspec.Struct, frozen=True, kw_only=True):
    """A method as the results keep it, with its usual parameters; see `Method`.

    Attributes:
        missing: Why it did not paint anything; None: it did.
    """

    name: str
    family: Family
    purpose: str
    parameters: dict[str, float | int | str] = {}
    missing: str | None = None


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What the study was asked for.

    Attributes:
        pictures: Name of the folder or archive; `default` for the pictures that ship.
        profile: `quick` or `full`.
        size: Longest edge of the outputs in pixels.
        seed: Of the comparison; reruns for the noise floor have other seeds.
        methods: Names of those that were chosen.
        weights: Name of the network that paints.
        other: Name of the network that only measures; None: absent.
        device: Where the networks compute.
    """

    pictures: str
    profile: str
    size: int
    seed: int
    methods: list[str]
    weights: str
    other: str | None
    device: str


class Environment(msgspec.Struct, frozen=True, kw_only=True):
    """Where the study ran, and how long.

    Attributes:
        versions: Of the program, Python, and the libraries that the numbers depend on.
        processor: As the system names it.
        system: The operating system.
        processes: How many painted at once, each with `threads` threads.
        threads: Threads of each process.
        seconds: Of painting and measuring all pictures, summed over the processes.
    """

    versions: dict[str, str]
    processor: str
    system: str
    processes: int
    threads: int
    seconds: float


class Painted(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the results: an output with its measures, or why there is none.

    Attributes:
        content: File name as in the archive.
        style: File name as in the archive.
        method: Name of the method.
        family: Of the method.
        parameters: Of the method.
        seed: It painted with.
        size: Longest edge that was asked for, in pixels.
        file: Name in the folder `pictures`; None if there is no output.
        seconds: That painting took: of the processor's time, on a GPU by the clock; None if there is no output.
        error: Why there is no output.
        losses: Weighted loss of each iteration; empty for methods that do not optimise.
        metrics: Value by metric; None where it was not measured.
        unmeasured: Why, for each metric without a value.
    """

    content: str
    style: str
    method: str
    family: Family
    parameters: dict[str, float | int | str]
    seed: int
    size: int
    file: str | None = None
    seconds: float | None = None
    error: str | None = None
    losses: list[float] = []
    metrics: dict[str, float | None] = {}
    unmeasured: dict[str, str] = {}


class Results(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a study found.

    Attributes:
        settings: What was asked for.
        environment: Where it ran.
        metrics: Those of this study, also those that could not be measured.
        methods: Those of this study with their usual parameters, also those that are missing here.
        painted: A row for each picture that was to be painted.
        skipped: For each file of the archive that was not used, one sentence that says why.
    """

    settings: Settings
    environment: Environment
    metrics: list[MetricDescription]
    methods: list[MethodDescription]
    painted: list[Painted]
    skipped: list[str] = []

    def to_json(self) -> bytes:
        """Return the results as indented JSON."""
        return msgspec.json.format(msgspec.json.encode(self), indent=1) + b"\n"

    @classmethod
    def from_json(cls, data: bytes) -> Results:
        """Read what `to_json` wrote.

        Raises:
            EngineError: It is not the results of a study.
        """
        try:
            return msgspec.json.decode(data, type=cls)
        except msgspec.DecodeError as error:
            raise EngineError(f"These are not the results of a study: {error}.") from None
