"""The answer to the work's hypothesis in words, what it rests on, and what the data do not show."""

from __future__ import annotations

import math

from engine.study.records import Results
from engine.study.report.numbers import percent
from engine.study.report.texts import Texts
from engine.study.report.titles import metric_title
from engine.study.statistics.analysis import Analysis
from engine.study.statistics.grids import RATIO
from engine.study.statistics.table import AXES, Axis
from engine.study.statistics.verdict import NEURAL, PAIRS, PICTURES


def headline(analysis: Analysis, texts: Texts) -> str:
    """Return the verdict in a few words."""
    return texts(f"headline-{analysis.verdict.outcome.replace(' ', '-')}")


def paragraph(analysis: Analysis, texts: Texts) -> str:
    """Return the verdict as a paragraph that a reader without statistics understands."""
    verdict, table = analysis.verdict, analysis.table
    rival = verdict.strongest or ""
    facts: dict[str, str | float] = {
        "neural": NEURAL,
        "rival": rival,
        "rivals": ", ".join(verdict.dominating),
        "pairs": len(table.pairs),
        "contents": len(set(table.contents)),
        "styles": len(set(table.styles)),
        "enough": PAIRS,
        "pictures": PICTURES,
        "stylewon": _won(analysis, "style", texts),
        "contentwon": _won(analysis, "content", texts),
    }
    sentences = [texts("answer-setting", **facts), texts(f"answer-{verdict.outcome.replace(' ', '-')}", **facts)]
    if verdict.people is not None:
        sentences.append(texts(f"answer-people-{verdict.people}", **facts))
    return " ".join(sentences)


def _won(analysis: Analysis, axis: Axis, texts: Texts) -> str:
    for each in analysis.comparisons:
        if each.rival == analysis.verdict.strongest:
            return percent((each.style if axis == "style" else each.content).score.value, texts.language)
    return percent(math.nan, texts.language)


def rests_on(analysis: Analysis, texts: Texts) -> str:
    """Name the metrics that decide, and those that failed their check."""
    names = {
        axis: [
            metric_title(metric.name, metric.title, texts)
            for metric in analysis.table.metrics
            if metric.against == axis and metric.name not in analysis.objections
        ]
        for axis in AXES
    }
    invalid = [
        metric_title(metric.name, metric.title, texts)
        for metric in analysis.table.metrics
        if analysis.objections.get(metric.name) in ("best", "worst")
    ]
    none = texts("nothing")
    sentences = [
        texts("rests-on", style=", ".join(names["style"]) or none, content=", ".join(names["content"]) or none)
    ]
    if invalid:
        sentences.append(texts("rests-invalid", metrics=", ".join(invalid), count=len(invalid)))
    return " ".join(sentences)


def limits(results: Results, analysis: Analysis, voters: bool, texts: Texts) -> list[str]:
    """Return what the data do not show, a sentence each."""
    table = analysis.table
    found = [
        texts("limit-pictures", contents=len(set(table.contents)), styles=len(set(table.styles))),
        texts("limit-settings", neural=NEURAL, size=results.settings.size),
        texts("limit-measures"),
    ]
    if not voters:
        found.append(texts("limit-votes"))
    measured = any(metric.network == "other" for metric in table.metrics)
    found.append(texts("limit-kin" if measured else "limit-network"))
    if results.settings.pictures == "default" and "builtin" in (results.settings.weights, results.settings.other):
        found.append(texts("limit-learnt"))
    found.append(texts("limit-noise" if table.repeatability else "limit-no-noise"))
    return found


def seeds(analysis: Analysis, texts: Texts) -> str:
    """Tell how the metrics repeat with another seed, beside how they differ between pictures."""
    known = len(analysis.table.repeatability)
    return texts("noise-measured", count=known) if known else texts("noise-unmeasured")


def pictures_or_weights(analysis: Analysis, texts: Texts) -> str:
    """Test whether the style picture matters more than the weights, as Yeh et al. found."""
    style = {metric.name for metric in analysis.table.metrics if metric.against == "style"}
    ratios = [each for each in analysis.influences if each.parameter == RATIO and each.metric in style]
    shares = [each.components.shares for each in ratios if each.components and each.components.levels["style"] > 1]
    if not shares:
        return texts("weights-one-style" if ratios else "weights-unknown")
    more = sum(each["style"] > each["parameter"] for each in shares)
    name = "weights-style-more" if 2 * more > len(shares) else "weights-ratio-more"
    return texts(name, more=more, less=len(shares) - more, count=len(shares))


def best_order(analysis: Analysis, texts: Texts) -> str:
    """Tell which order of combination is best, or that none is."""
    if not analysis.orders:
        return texts("orders-none")
    differ = [axis for axis in AXES if analysis.orders_p.get(axis, 1.0) < 0.05]
    if not differ:
        return texts("orders-alike")
    best = [
        texts(f"orders-best-{axis}", method=max(analysis.orders, key=lambda each: getattr(each, axis).value).method)
        for axis in differ
    ]
    front = ", ".join(each.method for each in analysis.orders if each.front)
    return " ".join([*best, texts("orders-front", methods=front)])
