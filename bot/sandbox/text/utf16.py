"""Lengths as Telegram counts them: UTF-16 code units."""

from __future__ import annotations


def utf16_length(text: str) -> int:
    """Return the number of UTF-16 code units in a text: characters outside the Basic Multilingual Plane have two."""
    return len(text) + sum(character > "\uffff" for character in text)
