"""What can go wrong, each as one sentence that says what to do."""

from __future__ import annotations


class EngineError(Exception):
    """Base of every error that the engine raises on purpose; `str(error)` is one clear sentence."""


class ImageError(EngineError):
    """A picture cannot be read, or is not one."""


class OptionsError(EngineError, ValueError):
    """An option lies outside its range, or options contradict each other."""


class WeightsError(EngineError):
    """The weights cannot be found, downloaded, trusted or used."""


class OutOfMemoryError(EngineError, MemoryError):
    """The device has too little memory for a picture of this size."""
