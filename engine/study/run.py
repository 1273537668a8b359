"""A study from its pictures to its results: planned, painted, measured, and kept so that it can go on at any time."""

from __future__ import annotations

import platform
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from filelock import FileLock, Timeout

from engine.errors import EngineError
from engine.network.machine import processor
from engine.study import journal, machine
from engine.study.journal import Header, Journal
from engine.study.metrics import METRICS
from engine.study.networks import Networks
from engine.study.pictures.gather import Pictures, Wanted, gather
from engine.study.pictures.sides import SIDES, Patterns
from engine.study.plan import Chosen, Profile, Task, choose, method_of, plan
from engine.study.records import (
    Environment,
    MethodDescription,
    MetricDescription,
    Painted,
    Results,
    Settings,
)
from engine.study.workers import paint_all

THREADS = 1
"""Of each process. A second thread costs more than it gives: the metrics of a picture take 0.8 to 1.1 seconds of
processor time with it and 0.2 without at 80 px, 1.4 to 1.9 and 0.9 at 256 px; painting takes as much as before."""


@dataclass(frozen=True, kw_only=True)
class Study:
    """What is asked for.

    Attributes:
        source: A folder or an archive of pictures; None: the default pictures.
        profile: How much is done.
        profile_name: `quick` or `full`.
        seed: Of everything random.
        methods: Names; empty: those of the profile.
        patterns: Which pictures are contents and styles; see `side_of`.
        networks: What paints and measures.
    """

    source: Path | None
    profile: Profile
    profile_name: str
    seed: int
    methods: tuple[str, ...]
    patterns: Patterns
    networks: Networks


@dataclass(frozen=True)
class Outcome:
    """What came of a study.

    Attributes:
        results: For the report.
        lacking: Whether a picture could not be painted or read.
    """

    results: Results
    lacking: bool


OnProgress = Callable[[int, int, float | None], None]
"""Called with the pictures that are painted, those in all, and the estimated seconds that are left."""


def run(study: Study, folder: Path, on_progress: OnProgress) -> Outcome:
    """Run a study, or go on with it, in a folder, which keeps everything that is finished.

    Raises:
        EngineError: There is nothing to paint, the folder holds something else, or another process runs a study in it.
    """
    chosen = choose(study.methods, study.profile)
    with _locked(folder):
        wanted = Wanted(study.profile.size, study.profile.most, study.patterns, study.seed)
        pictures = gather(study.source, folder / "pictures", wanted)
        tasks = plan(pictures, chosen, study.profile, study.seed)
        if not tasks:
            raise EngineError("None of the chosen methods can paint here; `vitrage-engine methods` says why.")
        settings = _settings(study, chosen)
        with Journal(folder, _header(study, settings, pictures)) as kept:
            environment = _paint(study.networks, folder, tasks, kept, on_progress)
            rows = [kept.rows[task.key] for task in tasks]
    results = Results(
        settings=settings,
        environment=environment,
        metrics=_metrics(),
        methods=_described(chosen, rows),
        painted=rows,
        skipped=pictures.skipped,
    )
    return Outcome(results, pictures.lacking or any(row.error is not None for row in rows))


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Make the folder of a study, or take the one that is there, for this process alone."""
    if folder.exists() and not folder.is_dir():
        raise EngineError(f"{folder} is a file; name a folder to keep the study in.")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / journal.NAME).exists():
        raise EngineError(f"{folder} is not empty and holds no study; choose another folder.")
    (folder / "pictures").mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / ".lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise EngineError(f"Another process runs a study in {folder}; wait for it, or choose another folder.") from None
    try:
        yield
    finally:
        lock.release()


def _settings(study: Study, chosen: Chosen) -> Settings:
    other = study.networks.other
    return Settings(
        pictures=study.source.name if study.source else "default",
        profile=study.profile_name,
        size=study.profile.size,
        seed=study.seed,
        methods=[*(method.name for method in chosen.methods), *(f"grid-{each}" for each in chosen.grids)],
        weights=study.networks.main.name,
        other=other.name if other else None,
        device=study.networks.main.device,
    )


def _header(study: Study, settings: Settings, pictures: Pictures) -> Header:
    networks = (study.networks.main, study.networks.other)
    return Header(
        settings=settings,
        pictures=[picture for side in SIDES for picture in pictures.sides[side]],
        metrics=_metrics(),
        weights=[network.digest for network in networks if network],
        versions=machine.versions(),
    )


def _paint(
    networks: Networks, folder: Path, tasks: Sequence[Task], kept: Journal, on_progress: OnProgress
) -> Environment:
    """Paint what is not kept yet."""
    waiting = {task.key: task for task in tasks if task.key not in kept.rows}
    processes, pace = machine.parallel(networks.main.device), Pace()
    on_progress(len(tasks) - len(waiting), len(tasks), None)
    for task, row, seconds in paint_all(list(waiting.values()), folder / "pictures", networks, processes, THREADS):
        kept.add(task.key, row)
        del waiting[task.key]
        pace.note(task, seconds)
        on_progress(len(tasks) - len(waiting), len(tasks), pace.left(waiting.values()) / processes)
    return Environment(
        versions=machine.versions(),
        processor=processor(),
        system=platform.platform(),
        processes=processes,
        threads=THREADS,
        seconds=round(sum(row.seconds or 0 for row in kept.rows.values()), 1),
    )


class Pace:
    """How long tasks take, by their methods: a neural picture takes a hundred times as long as a filtered one."""

    def __init__(self) -> None:
        self._seconds: dict[str, list[float]] = defaultdict(list)

    def note(self, task: Task, seconds: float) -> None:
        """Note how long a task took."""
        self._seconds[task.method].append(seconds)

    def left(self, tasks: Iterable[Task]) -> float:
        """Return the seconds that tasks will take one after the other, an unknown method as long as the others."""
        means = {method: fmean(seconds) for method, seconds in self._seconds.items()}
        usual = fmean(means.values())
        return sum(means.get(task.method, usual) for task in tasks)


def _metrics() -> list[MetricDescription]:
    fields = MetricDescription.__struct_fields__
    return [MetricDescription(**{field: getattr(metric, field) for field in fields}) for metric in METRICS.values()]


def _described(chosen: Chosen, rows: Sequence[Painted]) -> list[MethodDescription]:
    """Describe the methods of the comparison, and each grid as one method without parameters."""
    described = {
        method.name: MethodDescription(
            name=method.name,
            family=method.family,
            purpose=method.purpose,
            parameters=dict(method.parameters),
            missing=method.missing(),
        )
        for method in chosen.methods
    }
    for row in rows:
        if row.method not in described:
            purpose = method_of(row.method, row.parameters).purpose
            described[row.method] = MethodDescription(name=row.method, family=row.family, purpose=purpose)
    return list(described.values())
