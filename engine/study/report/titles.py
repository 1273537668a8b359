"""Titles of metrics and purposes of methods in the language of a report."""

from __future__ import annotations

from engine.study.report.texts import Texts


def metric_title(name: str, title: str, texts: Texts) -> str:
    """Return a metric's title in the report's language; the English one comes with the metric."""
    base = name.removesuffix("-other")
    if not texts.knows(f"metric-{base}"):
        return title
    translated = texts(f"metric-{base}")
    return translated if base == name else texts("by-other-network", metric=translated)


def purpose(name: str, text: str, texts: Texts) -> str:
    """Return what a method does in the report's language; the English text comes with the method."""
    return texts(f"method-{name}") if texts.knows(f"method-{name}") else text
