"""What methods of the study paint with."""

from __future__ import annotations

from engine.model import Model
from engine.study.records import Work


def work_of(size: int, model: Model | None = None, *, seed: int = 0) -> Work:
    """Return work for a method. Without a model a method that asks for one fails.

    Args:
        size: Longest edge of the output in pixels.
        model: Paints; None: nothing does.
        seed: Of everything random.
    """

    def asked() -> Model:
        assert model is not None, "this method needs no network"
        return model

    return Work(size, seed, asked)
