"""What a report says, before it is laid out as a page or as Markdown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.study.records import Results
from engine.study.report import answer, plots
from engine.study.report.svg import drawing
from engine.study.report.tables import Tables
from engine.study.report.texts import Texts
from engine.study.statistics.analysis import Analysis
from engine.study.statistics.effects import Interval

SECTIONS = (
    "answer", "limits", "front", "comparisons", "gallery", "effects", "components", "weights", "parameters", "orders",
    "losses", "votes", "methods", "metrics", "failures", "setup", "files",
)  # fmt: skip
"""In the order of the report."""


def contents(results: Results, analysis: Analysis, votes: Mapping[str, Interval], texts: Texts) -> dict[str, Any]:
    """Return the sentences, tables and plots of a report by the names that the templates use."""
    with drawing():
        weights, parameters = plots.grids(analysis, results, texts)
        drawn = {
            "front": plots.front(analysis, texts),
            "effects": plots.effects(analysis, texts),
            "components": plots.components(analysis, texts),
            "weights": weights,
            "parameters": parameters,
            "losses": plots.losses(results, texts),
        }
    tables = Tables(results, analysis, texts)
    return drawn | {
        "t": texts,
        "language": texts.language,
        "lead": texts(
            "lead",
            pairs=len(analysis.table.pairs),
            pictures=sum(row.error is None for row in results.painted),
            methods=len(results.methods),
            metrics=len(results.metrics),
            profile=results.settings.profile,
        ),
        "headline": answer.headline(analysis, texts),
        "paragraph": answer.paragraph(analysis, texts),
        "rests_on": answer.rests_on(analysis, texts),
        "limits": answer.limits(results, analysis, bool(votes), texts),
        "noise": answer.seeds(analysis, texts),
        "weights_sentence": answer.pictures_or_weights(analysis, texts),
        "orders_sentence": answer.best_order(analysis, texts),
        "skipped": results.skipped,
        "tables": tables.all(votes),
    }
