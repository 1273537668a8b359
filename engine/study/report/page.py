"""The report as one HTML page and as Markdown."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import quote

from jinja2 import DictLoader, Environment, StrictUndefined
from markupsafe import Markup

from engine.study.report.contents import SECTIONS
from engine.study.report.gallery import Group
from engine.study.report.plots import Plot
from engine.study.report.svg import inline
from engine.study.report.thumbnails import Thumbnail

# Signs that begin something in Markdown or HTML; file names and sentences of failures may contain any.
SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~$])")


def html(contents: Mapping[str, Any], gallery: Sequence[Group], thumbnails: Mapping[str, Thumbnail]) -> str:
    """Return the page. It needs no other file; the links of its pictures lead to the full ones beside it.

    Args:
        contents: Of `contents.contents`.
        gallery: The pictures in their order; those without a thumbnail are left out and counted.
        thumbnails: By the name of the file.
    """
    script = _template("page.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    shown = [group for group in gallery if any(picture.file in thumbnails for picture in group.pictures)]
    absent = _empty(contents) | (set() if shown else {"gallery"})
    return _environment(escape=True).get_template("page.html").render(
        contents,
        gallery=shown,
        left_out=len(gallery) - len(shown),
        thumbnails=thumbnails,
        sections=[(name, contents["t"](f"section-{name}")) for name in SECTIONS if name not in absent],
        style=Markup(_template("style.css")),  # noqa: S704 - our own file
        script=Markup(script),  # noqa: S704 - our own file
        script_hash=digest,
        svg=lambda plot: Markup(inline(plot.svg)),  # noqa: S704 - drawn by matplotlib, which escapes texts
        url=lambda file: "pictures/" + quote(file),
    )  # fmt: skip


def _empty(contents: Mapping[str, Any]) -> set[str]:
    """Return the sections that these results have nothing for."""
    tables = {"comparisons": "comparisons", "effects": "effects", "components": "components", "votes": "votes"}
    tables["parameters"] = "grids"
    without_rows = {section for section, table in tables.items() if not contents["tables"][table].rows}
    return without_rows | {name for name in ("front", "losses") if not contents[name]}


def markdown(contents: Mapping[str, Any]) -> str:
    """Return the report as Markdown; its plots are files in `plots/`."""
    text = _environment(escape=False).get_template("report.md").render(contents, md=_escape)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def plots_of(contents: Mapping[str, Any]) -> list[Plot]:
    """Return every plot of a report."""
    values = (contents[name] for name in ("front", "effects", "components", "weights", "parameters", "losses"))
    return [plot for each in values for plot in (each if isinstance(each, list) else [each]) if plot is not None]


def _escape(text: str) -> str:
    """Return text that Markdown shows as it is, on one line."""
    return SPECIAL.sub(r"\\\1", " ".join(str(text).split()))


@cache
def _environment(*, escape: bool) -> Environment:
    loader = DictLoader({name: _template(name) for name in ("page.html", "report.md")})
    return Environment(loader=loader, autoescape=escape, undefined=StrictUndefined, keep_trailing_newline=True)  # noqa: S701 - Markdown is escaped by `_escape`


def _template(name: str) -> str:
    return files("engine.study.report").joinpath("templates", name).read_text(encoding="utf-8")
