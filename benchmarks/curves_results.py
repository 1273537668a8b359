"""What the runs of `benchmarks.curves` scored: records, one JSON object a line, and their means over the pairs."""

from __future__ import annotations

import json
import statistics
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Record = dict[str, Any]

SETTING = ("size", "weights", "device")
"""What must be one within a comparison."""


@dataclass(frozen=True)
class Point:
    """Means over the pairs at one moment of a configuration's runs.

    Attributes:
        iteration: From 1.
        seconds: Median.
        style: Geometric mean; the other scores arithmetic ones. See `benchmarks.scoring.Score`.
    """

    iteration: int
    seconds: float
    style: float
    content: float
    grain: float
    ssim: float
    clipped: float


@dataclass(frozen=True)
class Curve:
    """A configuration's way to its output.

    Attributes:
        name: Of the configuration.
        sweep: The same for configurations that differ in strength alone.
        strength: 0..100.
        points: By iteration; the last is the output.
    """

    name: str
    sweep: str
    strength: float
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Comparison:
    """Curves over one set of pairs.

    Attributes:
        curves: In the order in which they were run.
        pairs: Those that every configuration has painted.
        setting: Size, weights and device, in words.
    """

    curves: tuple[Curve, ...]
    pairs: tuple[str, ...]
    setting: str


def key(record: Record) -> tuple[Any, ...]:
    """What tells one run from another."""
    return tuple(record[name] for name in ("config", "pair", *SETTING))


def read(path: Path) -> list[Record]:
    """The records of a file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def compare(records: Iterable[Record], only: Collection[str] | None = None) -> Comparison:
    """Means over the pairs that all configurations have painted.

    Args:
        records: Of whole runs.
        only: Configurations to compare; None: all.

    Raises:
        ValueError: Nothing to compare, or records of several sizes, weights or devices.
    """
    chosen = [record for record in records if not only or record["config"] in only]
    names = list(dict.fromkeys(record["config"] for record in chosen))
    settings = {tuple(record[name] for name in SETTING) for record in chosen}
    if len(settings) > 1:
        raise ValueError(f"these runs differ in {', '.join(SETTING)}: {settings}; keep a file for each")
    painted = [{record["pair"] for record in chosen if record["config"] == name} for name in names]
    pairs = set.intersection(*painted) if painted else set()
    if not pairs:
        raise ValueError("there is no pair that all these configurations have painted")
    size, weights, device = settings.pop()
    curves = [_curve([record for record in chosen if record["config"] == name], pairs) for name in names]
    return Comparison(tuple(curves), tuple(sorted(pairs)), f"{size} px, {weights}, {device}")


def table(comparison: Comparison) -> str:
    """The outputs' scores in Markdown."""
    rows = ["| configuration | style | content | grain | ssim | clipped | seconds |", "| --- " + "| ---: " * 6 + "|"]
    for curve in comparison.curves:
        end = curve.points[-1]
        scores = f"{end.style:.4f} | {end.content:.3f} | {end.grain:.2f} | {end.ssim:.3f} | {end.clipped:.3f}"
        rows.append(f"| {curve.name} | {scores} | {end.seconds:.1f} |")
    return "\n".join([f"Means over {len(comparison.pairs)} pairs, {comparison.setting}.", "", *rows])


def _curve(records: Sequence[Record], pairs: Collection[str]) -> Curve:
    """One configuration's curve, at the iterations at which all pairs were looked at, and at the end."""
    records = [record for record in records if record["pair"] in pairs]
    outputs = [record for record in records if record["output"]]
    moments: dict[int, list[Record]] = {}
    for record in records:
        if not record["output"]:
            moments.setdefault(record["iteration"], []).append(record)
    whole = [group for _, group in sorted(moments.items()) if len(group) == len(pairs)]
    first = records[0]
    return Curve(first["config"], first["sweep"], first["strength"], tuple(map(_mean, [*whole, outputs])))


def _mean(group: Sequence[Record]) -> Point:
    mean = {
        name: statistics.fmean(record[name] for record in group) for name in ("content", "grain", "ssim", "clipped")
    }
    return Point(
        iteration=max(record["iteration"] for record in group),
        seconds=statistics.median(record["seconds"] for record in group),
        style=statistics.geometric_mean(record["style"] for record in group),
        **mean,
    )
