"""Damaged files of every format: each loads or gets its sentence; none crashes, hangs or keeps memory.

The long campaign goes on where it was interrupted if MUTATIONS names a file for its journal:

    MUTATIONS=/tmp/mutations.jsonl python -m pytest -m slow -s tests/engine/reading/test_mutations.py
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import psutil
import pytest
from PIL import Image

from engine.reading.formats import FORMATS, known_formats
from engine.reading.silence import SILENCE
from tests.support.mutation_run import outcome_of
from tests.support.mutations import mutated, seeds

USUAL = ("JPEG", "PNG", "WEBP", "GIF", "HEIF", "AVIF", "JXL", "TIFF", "BMP", "JPEG2000")
FILES = 5_000  # of each format
FILES_OF_USUAL = 20_000
BATCH = 2_500  # files of one process
QUICK = 12  # files of each format in the suite
KEPT = 60.0  # MB by which a process may grow over its files
FOUND: tuple[tuple[str, int], ...] = ()
"""Files that once crashed, hung or raised what was not promised."""


def read(name: str, first: int, last: int) -> tuple[Counter[str], dict[str, Any]]:
    """Read files in processes of their own; return how often what became of them, and the last process's figures.

    A process that a file has ended counts as that file's outcome, with its number, and another reads the rest.
    """
    outcomes, figures = Counter[str](), dict[str, Any](slowest=[0.0, first], grown=0.0)
    while first <= last:
        command = [sys.executable, "-m", "tests.support.mutation_run", name, str(first), str(last)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=3600, check=False)
        *_, end = done.stdout.splitlines()
        if done.returncode == 0:
            figures = json.loads(end)
            return outcomes + Counter(figures["outcomes"]), figures
        outcomes[f"{name} {end}: exit {done.returncode}, {done.stderr[-200:]}"] += 1
        first = int(end) + 1
    return outcomes, figures


@pytest.mark.parametrize("name", known_formats())
def test_every_format_has_files_to_start_from(name: str) -> None:
    """Whole ones, of that format, which load; else nothing would be tried of it."""
    for data in seeds(name):
        with SILENCE, Image.open(io.BytesIO(data), formats=known_formats()) as image:
            assert (image.format or "").upper() == name
        assert outcome_of(data, 1) == "loads"


def test_some_damaged_files_of_every_format() -> None:
    """The first of the campaign, and all that it has found; another error than is promised is raised here."""
    numbers = [(name, number) for name in known_formats() for number in range(1, QUICK + 1)]
    outcomes = Counter(outcome_of(mutated(*each), each[1]) for each in (*numbers, *FOUND))
    assert outcomes.keys() <= {"loads", "damaged", "unknown", "too large"}
    assert min(outcomes["loads"], outcomes["damaged"]) > len(FORMATS)


def test_a_damaged_file_is_the_same_at_every_call() -> None:
    """What is found is known by its number."""
    assert mutated("PNG", 7) == mutated("PNG", 7) != mutated("PNG", 8)


@pytest.mark.slow
@pytest.mark.timeout(0)
@pytest.mark.parametrize("name", known_formats())
def test_thousands_of_damaged_files(name: str) -> None:
    """In processes whose owner, this one, neither ends nor grows."""
    journal, own = Path(os.environ.get("MUTATIONS", os.devnull)), psutil.Process()
    before, done = (
        own.memory_info().rss,
        set(journal.read_text(encoding="utf-8").splitlines() if journal.is_file() else ()),
    )
    for first in range(1, (FILES_OF_USUAL if name in USUAL else FILES) + 1, BATCH):
        if any(line.startswith(f'["{name}", {first},') for line in done):
            continue
        outcomes, figures = read(name, first, first + BATCH - 1)
        with journal.open("a", encoding="utf-8") as file:
            file.write(json.dumps([name, first, outcomes, figures]) + "\n")
        assert outcomes.keys() <= {"loads", "damaged", "unknown", "too large", "memory"}
        assert figures["grown"] < KEPT
    assert own.memory_info().rss - before < 20e6
