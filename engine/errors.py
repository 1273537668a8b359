"""The errors that the engine raises on purpose. Each message is one sentence that says what to do."""

from __future__ import annotations

from typing import Literal


class EngineError(Exception):
    """Base class of the engine's errors; `str(error)` is one sentence that can be shown to a user."""


class ImageError(EngineError):
    """A picture cannot be read, or is not a picture.

    Attributes:
        fault: Why: the file is "missing" or cannot be read, is of an "unknown" format, is "damaged", or is "too large".
        pixels: Width × height of one that is too large; 0 if unknown.
    """

    def __init__(
        self,
        sentence: str,
        fault: Literal["missing", "unknown", "damaged", "too large"] = "missing",
        *,
        pixels: int = 0,
    ) -> None:
        super().__init__(sentence)
        self.fault = fault
        self.pixels = pixels


class OptionsError(EngineError, ValueError):
    """An option lies outside its range, or options contradict each other."""


class WeightsError(EngineError):
    """The weights cannot be found, downloaded, verified or used."""


class OutOfMemoryError(EngineError, MemoryError):
    """The device has too little memory for a picture of this size."""
