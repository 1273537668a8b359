"""The report of a study: one HTML page, and the same as Markdown, CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

from engine.study import durable
from engine.study.records import Results
from engine.study.report.contents import contents
from engine.study.report.gallery import groups
from engine.study.report.page import html, markdown, plots_of
from engine.study.report.svg import standalone
from engine.study.report.texts import Language, texts
from engine.study.report.thumbnails import small_versions
from engine.study.statistics.analysis import analyse
from engine.study.vote import ranks


def write(results: Results, folder: Path, language: Language) -> Path:
    """Write the report of a study. Equal results and pictures give equal files.

    Args:
        results: Of the study.
        folder: Where `pictures/` is. It gets `report.html`, `report.md` with its `plots/`, `results.csv` and
            `results.json`. Votes that are there are part of the report.
        language: Of the report.

    Returns:
        The path of the page.
    """
    durable.write(folder / "results.json", results.to_json())  # first, because votes are read beside it
    votes = ranks(folder) or {}
    words = texts(language)
    said = contents(results, analyse(results, votes), votes, words)
    gallery = groups(results, words)
    small = small_versions(folder / "pictures", [[picture.file for picture in group.pictures] for group in gallery])
    page = folder / "report.html"
    durable.write(page, html(said, gallery, small).encode())
    durable.write(folder / "report.md", markdown(said).encode())
    (folder / "plots").mkdir(exist_ok=True)
    for plot in plots_of(said):
        durable.write(folder / "plots" / f"{plot.name}.svg", standalone(plot.svg).encode())
    durable.write(folder / "results.csv", table_of_values(results).encode())
    return page


def table_of_values(results: Results) -> str:
    """Return a CSV table with a row for each picture and metric; a metric without a value has an empty one."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(("content", "style", "method", "parameters", "metric", "value"))
    for row in results.painted:
        parameters = json.dumps(
            {**row.parameters, "seed": row.seed, "size": row.size},
            sort_keys=True,
            separators=(",", ":"),
            ensure_ascii=False,
        )
        for metric, value in row.metrics.items():
            writer.writerow(
                (row.content, row.style, row.method, parameters, metric, "" if value is None else repr(value))
            )
    return buffer.getvalue()
