"""A study as a command: what it writes, and that it goes on after any interruption with the same numbers."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from filelock import FileLock

from engine.errors import EngineError
from engine.model import load_model
from engine.reading.load import load_image
from engine.study.journal import NAME
from engine.study.metrics import METRICS
from engine.study.metrics.sample import Sample
from engine.study.networks import find_networks
from engine.study.plan import PROFILES
from engine.study.records import Results
from engine.study.run import Study, run
from tests.support.small_study import METHODS, PICTURES, archive, command


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """Return the folder of a study that was not interrupted, and how its command ended."""
    folder = tmp_path_factory.mktemp("finished")
    done = subprocess.run(command(archive(folder), folder / "study"), check=False, capture_output=True, text=True)
    return folder / "study", done


@pytest.fixture
def finished(ended: tuple[Path, subprocess.CompletedProcess[str]]) -> Path:
    """Return the folder of a study that was not interrupted."""
    return ended[0]


def results_of(folder: Path) -> Results:
    """Return the results that a study has written."""
    return Results.from_json((folder / "results.json").read_bytes())


def numbers(folder: Path) -> list[tuple[object, ...]]:
    """Return everything that a study found but the seconds that it took."""
    return [
        (row.content, row.style, row.method, row.parameters, row.seed, row.file, row.error, row.losses, row.metrics)
        for row in results_of(folder).painted
    ]


def lines(folder: Path) -> int:
    """Return how many rows are on the disk."""
    path = folder / NAME
    return path.read_bytes().count(b"\n") - 1 if path.exists() else 0


def wait_until(condition: Callable[[], bool]) -> None:
    """Look again and again until something is so; the time limit of tests ends it."""
    while not condition():
        time.sleep(0.02)


def test_a_study_writes_its_report_its_numbers_and_its_pictures(finished: Path) -> None:
    """A row for each picture and metric; file names as in the archive."""
    written = {path.name for path in finished.iterdir()}
    assert {"report.html", "report.md", "results.json", "results.csv", "pictures"} <= written
    results = results_of(finished)
    assert len(results.painted) == PICTURES
    assert {(row.content, row.style) for row in results.painted} == {
        ("content-cat.png", "style-mosaic.png"),
        ("content-line.png", "style-mosaic.png"),
    }
    painted = [row for row in results.painted if row.error is None]
    assert all((finished / "pictures" / (row.file or "")).is_file() for row in painted)
    assert {row.method for row in painted if row.losses} == {"sketch"}
    with (finished / "results.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(painted) * len(METRICS)
    assert {json.loads(row["parameters"])["seed"] for row in rows} == {0, 1}


def test_what_fails_is_named_and_the_rest_goes_on(ended: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    """A method that fails on a pair is a row, a picture that cannot be read a sentence; the exit code tells."""
    folder, done = ended
    assert done.returncode == 3, done.stderr
    assert done.stdout == f"The report: {folder / 'report.html'}\n"
    results = results_of(folder)
    assert results.skipped == ["content-broken.png is a damaged or incomplete picture."]
    failed = {(row.method, row.content) for row in results.painted if row.error is not None}
    assert failed == {("texture-transfer", "content-line.png")}


def test_what_was_not_measured_says_why(finished: Path) -> None:
    """Here the builtin network paints, and no other one was given."""
    row = results_of(finished).painted[0]
    assert {name for name, value in row.metrics.items() if value is None} == set(row.unmeasured)
    assert "weights are absent" in row.unmeasured["cfsd-other"]


def test_a_metric_computed_again_from_the_files_has_the_same_value(finished: Path) -> None:
    """Also in a process with more threads, but for the rounding of sums."""
    model = load_model("builtin", "cpu")
    row = next(row for row in results_of(finished).painted if row.method == "sketch")
    folder = finished / "pictures"
    content, style = (load_image(folder / f"{name}-01.png") for name in ("content", "style"))
    sample = Sample(load_image(folder / (row.file or "")), content, style, {"main": lambda: model})
    for name in ("mse", "ssim", "patch-swd", "gram", "cf"):
        assert METRICS[name].measure(sample) == pytest.approx(row.metrics[name], rel=1e-4)


@pytest.mark.slow
@pytest.mark.timeout(900)  # three starts of three processes, beside whatever else the machine does
def test_a_study_goes_on_after_kill_and_after_ctrl_c_with_the_same_numbers(finished: Path, tmp_path: Path) -> None:
    """What is finished is not painted again, a line that was cut off is; no child process is left behind."""
    begin, output = command(archive(tmp_path), tmp_path / "study"), tmp_path / "study"
    with subprocess.Popen(begin, stderr=subprocess.DEVNULL) as killed:
        wait_until(lambda: lines(output) >= 2)
        children = psutil.Process(killed.pid).children(recursive=True)
        killed.kill()
    assert children
    psutil.wait_procs(children)
    done = lines(output)
    assert done < PICTURES
    file = output / "pictures" / json.loads((output / NAME).read_bytes().split(b"\n")[1])["row"]["file"]
    painted = file.stat().st_mtime_ns
    with (output / NAME).open("ab") as journal:
        journal.write(b'{"key": "content-01_st')

    with subprocess.Popen(begin, stderr=subprocess.PIPE, text=True, start_new_session=True) as stopped:
        wait_until(lambda: lines(output) > done)
        os.killpg(stopped.pid, signal.SIGINT)
        _, said = stopped.communicate()
    assert stopped.returncode == 130
    assert said.splitlines()[-1].startswith("Interrupted; ")

    subprocess.run(begin, check=False, capture_output=True)
    assert numbers(output) == numbers(finished)
    assert file.stat().st_mtime_ns == painted


def small(source: Path, seed: int = 0, methods: tuple[str, ...] = METHODS) -> Study:
    """Return the study of the command, run in this process."""
    return Study(
        source=source,
        profile=replace(PROFILES["quick"], size=32),
        profile_name="quick",
        seed=seed,
        methods=methods,
        patterns={"content": [], "style": []},
        networks=find_networks("builtin", "auto", lambda name: load_model(name, "cpu")),
    )


def test_a_folder_holds_one_study(finished: Path) -> None:
    """With another seed it is another study, and what is no study does not become one."""
    pictures = finished.parent / "set"
    with pytest.raises(EngineError, match="holds a study of other pictures or with other settings"):
        run(small(pictures, seed=5), finished, lambda *_: None)
    with pytest.raises(EngineError, match=r"is not empty and holds no study; choose another folder\."):
        run(small(pictures), finished.parent, lambda *_: None)
    with pytest.raises(EngineError, match=r"report\.html is a file; name a folder"):
        run(small(pictures), finished / "report.html", lambda *_: None)


def test_a_study_that_is_finished_is_not_painted_again(finished: Path) -> None:
    """But for what had failed."""
    told: list[tuple[int, int]] = []
    outcome = run(small(finished.parent / "set"), finished, lambda done, total, _: told.append((done, total)))
    assert told[0] == (PICTURES - 1, PICTURES)
    assert outcome.lacking
    assert outcome.results.painted[0] == results_of(finished).painted[0]


def test_an_unknown_method_is_refused(finished: Path) -> None:
    """Before anything is read."""
    with pytest.raises(EngineError, match="There is no method sketsch; `vitrage-engine methods` lists them"):
        run(small(finished, methods=("sketsch", "paper")), finished, lambda *_: None)


def test_two_processes_do_not_write_into_one_folder(finished: Path) -> None:
    """The second one is told."""
    with FileLock(finished / ".lock"), pytest.raises(EngineError, match="Another process runs a study in"):
        run(small(finished.parent / "set"), finished, lambda *_: None)
