"""A small finished study to vote on."""

from __future__ import annotations

from pathlib import Path

from engine.study.records import Results
from tests.support.study_results import PLACES, draw_pictures, made_up_results

METHODS = ("content", "style", "standard", "reinhard", "kuwahara")


def small_study(folder: Path, *, contents: int = 2, styles: int = 1) -> Results:
    """Write results and pictures: three methods to vote on, so three contests, on contents × styles pairs."""
    folder.mkdir(parents=True, exist_ok=True)
    places = {name: PLACES[name] for name in METHODS}
    results = made_up_results(contents, styles, places=places, repeated=False, grid=())
    draw_pictures(results, folder)
    (folder / "results.json").write_bytes(results.to_json())
    return results
