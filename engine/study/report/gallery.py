"""Which pictures stand side by side in the page, and in which order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from engine.study.records import Painted, Results
from engine.study.report.texts import Texts
from engine.study.statistics.table import main_rows
from engine.study.statistics.validity import CONTENT, STYLE


@dataclass(frozen=True)
class Picture:
    """A picture of the gallery: its file in `pictures/`, what stands below it, and what it shows in words."""

    file: str
    caption: str
    alternative: str
    family: str


@dataclass(frozen=True)
class Group:
    """Pictures that stand side by side, under one heading."""

    heading: str
    pictures: tuple[Picture, ...]


def groups(results: Results, texts: Texts) -> list[Group]:
    """Return a group for each pair, then one for each grid of parameters on a pair.

    The pairs come so that the first ones show every content and every style, since a page may have no room for all.
    """
    main = main_rows(results)
    order = {method.name: index for index, method in enumerate(results.methods)}
    by_pair: dict[tuple[str, str], list[Painted]] = defaultdict(list)
    for row in main:
        by_pair[row.content, row.style].append(row)
    found = [
        Group(
            texts("pair", content=content, style=style),
            tuple(
                _picture(row, row.method, texts)
                for row in sorted(by_pair[content, style], key=lambda row: _place(row, order))
                if row.file
            ),
        )
        for content, style in _diagonal(list(by_pair))
    ]
    return [group for group in (*found, *_grids(results, main, texts)) if group.pictures]


def _place(row: Painted, order: dict[str, int]) -> tuple[int, int]:
    """Return where a picture stands in its row: content and style first, then as the methods are listed."""
    return {CONTENT: 0, STYLE: 1}.get(row.method, 2), order[row.method]


def _diagonal(pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return pairs so that each content and each style appears once before any appears twice."""
    contents = sorted({content for content, _ in pairs})
    styles = sorted({style for _, style in pairs})

    def turn(pair: tuple[str, str]) -> tuple[int, int]:
        content, style = contents.index(pair[0]), styles.index(pair[1])
        return (style - content) % len(styles), content

    return sorted(pairs, key=turn)


def _grids(results: Results, main: Sequence[Painted], texts: Texts) -> list[Group]:
    shown = {row.file for row in main}
    grids: dict[tuple[str, str, str], list[Painted]] = defaultdict(list)
    for row in results.painted:
        if row.error is None and row.file and row.file not in shown and row.seed == results.settings.seed:
            grids[row.method, row.content, row.style].append(row)
    return [
        Group(
            f"{texts('grid-parameters', method=method)}: {texts('pair', content=content, style=style)}",
            tuple(_picture(row, _parameters(row), texts) for row in rows),
        )
        for (method, content, style), rows in grids.items()
    ]


def _parameters(row: Painted) -> str:
    return ", ".join(
        f"{name} = {value:g}" if isinstance(value, float) else f"{name} = {value}"
        for name, value in row.parameters.items()
    )


def _picture(row: Painted, caption: str, texts: Texts) -> Picture:
    names = {"content": row.content, "style": row.style, "method": row.method}
    if row.method in (CONTENT, STYLE):
        kind = "content" if row.method == CONTENT else "style"
        return Picture(row.file or "", texts(f"picture-{kind}"), texts(f"alt-{kind}", **names), row.family)
    return Picture(row.file or "", caption, texts("alt-output", **names), row.family)
