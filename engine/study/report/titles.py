"""Titles of metrics and purposes of methods in the language of a report."""

from __future__ import annotations

from engine.study.report.texts import Texts


def metric_title(name: str, title: str, texts: Texts) -> str:
    """Return a metric's title in the report's language; English titles come with the metric."""
    return texts(f"metric-{name}") if texts.knows(f"metric-{name}") else title


def purpose(name: str, text: str, texts: Texts) -> str:
    """Return what a method is for in the report's language; the English text comes with the method."""
    return texts(f"method-{name}") if texts.knows(f"method-{name}") else text
