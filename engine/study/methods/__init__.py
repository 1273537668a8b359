"""The methods that a study compares, each behind one interface: content, style and `Work` to a picture.

Every output has the content's aspect ratio and the longest edge that is asked for; `paper` alone paints a square.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from engine.study.methods import ablations, colour, combinations, controls, filters, neural, texture
from engine.study.methods.grids import GRIDS, grid
from engine.study.records import Method

__all__ = ["GRIDS", "METHODS", "grid"]

METHODS: Mapping[str, Method] = MappingProxyType(
    {
        method.name: method
        for module in (neural, ablations, colour, texture, filters, controls, combinations)
        for method in module.METHODS
    }
)
"""All methods by name, without the grids."""
