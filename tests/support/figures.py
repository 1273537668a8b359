"""Figures that tests measure: `make faults` shows them."""

from __future__ import annotations

from collections.abc import Callable

Figures = Callable[[str, object], None]
"""pytest's `record_property`: takes what was measured, and how much it is."""
