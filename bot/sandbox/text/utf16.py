"""Lengths as Telegram counts them: UTF-16 code units."""

from __future__ import annotations


def units(text: str) -> int:
    """How many UTF-16 code units a text takes; characters beyond the basic plane count twice."""
    return len(text) + sum(character > "\uffff" for character in text)
