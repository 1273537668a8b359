"""The tables of a report, the same for the page and for Markdown."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

import msgspec

from engine.study.records import Results
from engine.study.report.numbers import (
    ABSENT,
    duration,
    fixed,
    interval,
    number,
    percent,
    percent_interval,
    probability,
)
from engine.study.report.texts import Texts
from engine.study.report.titles import metric_title, purpose
from engine.study.statistics.analysis import Analysis
from engine.study.statistics.comparison import Standing
from engine.study.statistics.effects import Interval
from engine.study.statistics.table import main_rows


@dataclass(frozen=True)
class Cell:
    """What a cell shows, and the number by which it is sorted; None: by its text."""

    text: str
    key: float | None = None


@dataclass(frozen=True)
class Sheet:
    """A table: its caption, the titles of its columns, its rows."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    @property
    def numeric(self) -> set[int]:
        """The columns in which a cell has a number to sort by."""
        return {index for row in self.rows for index, cell in enumerate(row) if cell.key is not None}


class Tables:
    """The tables of one report in one language."""

    def __init__(self, results: Results, analysis: Analysis, texts: Texts) -> None:
        self._results = results
        self._analysis = analysis
        self._texts = texts
        self._language = texts.language
        self._titles = {metric.name: metric_title(metric.name, metric.title, texts) for metric in results.metrics}
        self._families = {method.name: texts(f"family-{method.family}") for method in results.methods}

    def all(self, votes: Mapping[str, Interval]) -> dict[str, Sheet]:
        """Return every table by its name."""
        return {
            "standings": self.standings(),
            "combinations": self.combinations(),
            "orders": self.orders(),
            "comparisons": self.comparisons(),
            "medians": self.medians(),
            "effects": self.effects(),
            "metrics": self.metrics(),
            "components": self.components(),
            "grids": self.grids(),
            "methods": self.methods(),
            "failures": self.failures(),
            "unmeasured": self.unmeasured(),
            "votes": self.votes(votes),
            "settings": self.facts("settings", self._results.settings),
            "environment": self.facts("environment", self._results.environment),
        }

    def _sheet(self, name: str, columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> Sheet:
        titles = tuple(self._texts(f"column-{column}") for column in columns)
        return Sheet(self._texts(f"table-{name}"), titles, tuple(map(tuple, rows)))

    def _score(self, each: Interval) -> Cell:
        return Cell(interval(each, self._language), each.value)

    def _share(self, value: float) -> Cell:
        return Cell(percent(value, self._language), value)

    def _probability(self, p: float) -> Cell:
        return Cell(probability(p, self._language), 2.0 if math.isnan(p) else p)

    def _number(self, value: float | None) -> Cell:
        return Cell(number(value, self._language), value if value is not None and math.isfinite(value) else None)

    def standings(self) -> Sheet:
        """Return where each method stands on both axes, and what it costs."""
        return self._standings("standings", self._analysis.standings)

    def combinations(self) -> Sheet:
        """Return where the combinations stand."""
        return self._standings("combinations", self._analysis.combinations)

    def orders(self) -> Sheet:
        """Return where the orders of the same steps stand."""
        return self._standings("orders", self._analysis.orders)

    def _standings(self, name: str, standings: Sequence[Standing]) -> Sheet:
        seconds: dict[str, list[float]] = defaultdict(list)
        for row in main_rows(self._results):
            if row.seconds is not None:
                seconds[row.method].append(row.seconds)
        rows = [
            (
                Cell(each.method),
                Cell(self._families[each.method]),
                self._score(each.style),
                self._score(each.content),
                Cell(self._texts("yes") if each.front else "", float(each.front)),
                self._seconds(seconds[each.method]),
            )
            for each in standings
        ]
        return self._sheet(name, ("method", "family", "style", "content", "front", "seconds"), rows)

    def _seconds(self, values: Sequence[float]) -> Cell:
        middle = median(values) if values else None
        return Cell(duration(middle, self._language), middle)

    def comparisons(self) -> Sheet:
        """Return the comparisons on which the verdict rests."""
        rows = [
            (
                Cell(each.rival),
                Cell(percent_interval(each.style.score, self._language), each.style.score.value),
                self._probability(each.style.p),
                Cell(percent_interval(each.content.score, self._language), each.content.score.value),
                self._probability(each.content.p),
                Cell(self._texts(f"relation-{each.relation.replace(' ', '-')}")),
            )
            for each in self._analysis.comparisons
        ]
        return self._sheet("comparisons", ("rival", "style-won", "p", "content-won", "p", "relation"), rows)

    def medians(self) -> Sheet:
        """Return the median of each metric by method."""
        table = self._analysis.table
        rows = []
        for method in table.methods:
            columns = (table.values[method.name, metric.name] for metric in table.metrics)
            known = ([value for value in values.tolist() if not math.isnan(value)] for values in columns)
            rows.append((Cell(method.name), *(self._number(median(each) if each else None) for each in known)))
        titles = (self._texts("column-method"), *(self._directed(each.name, each.better) for each in table.metrics))
        return Sheet(self._texts("table-medians"), titles, tuple(rows))

    def _directed(self, metric: str, better: str) -> str:
        return f"{self._titles[metric]} {'↑' if better == 'higher' else '↓'}"

    def effects(self) -> Sheet:
        """Return every effect of every metric."""
        rows = [
            (
                Cell(self._titles[each.metric]),
                Cell(each.rival),
                self._score(each.size),
                Cell(percent_interval(each.share, self._language), each.share.value),
                self._probability(each.p),
                Cell(str(each.pairs), each.pairs),
            )
            for each in self._analysis.effects
        ]
        return self._sheet("effects", ("metric", "rival", "effect", "won", "p", "pairs"), rows)

    def metrics(self) -> Sheet:
        """Return what each metric is, and whether it decides."""
        measured = {metric.name for metric in self._analysis.table.metrics}
        rows = []
        for metric in self._results.metrics:
            reason = self._analysis.objections.get(metric.name, "decides")
            low = number(-math.inf if metric.low is None else metric.low, self._language)
            high = number(math.inf if metric.high is None else metric.high, self._language)
            rows.append(
                (
                    Cell(self._directed(metric.name, metric.better)),
                    Cell(self._texts(f"against-{metric.against}")),
                    Cell(f"{low} … {high}"),
                    Cell(self._texts(f"network-{metric.network}")),
                    Cell(metric.source),
                    Cell(self._texts(f"objection-{reason if metric.name in measured else 'unmeasured'}")),
                )
            )
        return self._sheet("metrics", ("metric", "against", "range", "network", "source", "decides"), rows)

    def components(self) -> Sheet:
        """Return the variance components, the repeatability and the agreement of the pairs for each metric."""
        rows = []
        for metric in self._analysis.table.metrics:
            parts = self._analysis.components.get(metric.name)
            test = self._analysis.friedman.get(metric.name)
            shares = (parts.shares[name] if parts else math.nan for name in ("method", "style", "content", "rest"))
            rows.append(
                (
                    Cell(self._titles[metric.name]),
                    *map(self._share, shares),
                    self._number(self._analysis.table.repeatability.get(metric.name)),
                    Cell(fixed(test.agreement if test else math.nan, self._language), test.agreement if test else None),
                    self._probability(test.p if test else math.nan),
                )
            )
        columns = (
            "metric",
            "share-method",
            "share-style",
            "share-content",
            "share-rest",
            "repeatability",
            "agreement",
            "p",
        )
        return self._sheet("components", columns, rows)

    def grids(self) -> Sheet:
        """Return how much of each metric's variance a parameter and the pictures account for."""
        rows = [
            (
                Cell(each.parameter),
                Cell(self._titles[each.metric]),
                *(self._share(each.components.shares[name]) for name in ("parameter", "style", "content", "rest")),
            )
            for each in self._analysis.influences
            if each.components
        ]
        columns = ("parameter", "metric", "share-parameter", "share-style", "share-content", "share-rest")
        return self._sheet("grids", columns, rows)

    def methods(self) -> Sheet:
        """Return what each method is."""
        rows = [
            (
                Cell(method.name),
                Cell(self._families[method.name]),
                Cell(purpose(method.name, method.purpose, self._texts)),
                Cell(", ".join(f"{name} = {value}" for name, value in method.parameters.items())),
            )
            for method in self._results.methods
        ]
        return self._sheet("methods", ("method", "family", "purpose", "parameters"), rows)

    def failures(self) -> Sheet:
        """Return the methods that could not paint here, and the pictures that could not be painted, and why."""
        rows = [
            (Cell(each.name), Cell(""), Cell(""), Cell(each.missing)) for each in self._results.methods if each.missing
        ]
        rows += [
            (Cell(row.method), Cell(row.content), Cell(row.style), Cell(row.error))
            for row in self._results.painted
            if row.error is not None
        ]
        return self._sheet("failures", ("method", "content", "style", "reason"), rows)

    def unmeasured(self) -> Sheet:
        """Return what was not measured, and why, with the number of pictures."""
        reasons = Counter(
            (metric, reason) for row in self._results.painted for metric, reason in row.unmeasured.items()
        )
        rows = [
            (Cell(self._titles.get(metric, metric)), Cell(reason), Cell(str(count), count))
            for (metric, reason), count in sorted(reasons.items())
        ]
        return self._sheet("unmeasured", ("metric", "reason", "pictures"), rows)

    def facts(self, name: str, record: object) -> Sheet:
        """Return the fields of a record, nested ones by their path."""
        rows = [(Cell(field), Cell(value)) for field, value in _flat(msgspec.to_builtins(record))]
        return self._sheet(name, ("setting", "value"), rows)

    def votes(self, votes: Mapping[str, Interval]) -> Sheet:
        """Return the strengths that people's votes give the methods."""
        ranked = sorted(votes.items(), key=lambda item: (-item[1].value, item[0]))
        rows = [(Cell(str(rank), rank), Cell(name), self._score(each)) for rank, (name, each) in enumerate(ranked, 1)]
        return self._sheet("votes", ("rank", "method", "strength"), rows)


def _flat(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Return the leaves of nested mappings with their paths; lists are one leaf."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _flat(each, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list):
        yield path, ", ".join(map(str, value))
    else:
        yield path, ABSENT if value is None else str(value)
