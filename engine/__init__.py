"""Neural style transfer: a picture painted like other pictures.

    import engine

    result = engine.stylize(engine.load_image("cat.jpg"), [engine.load_image("glass.jpg")])
    result.image.save("painted.png")

Importing this package is fast: torch is loaded when a name is first used that needs it.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from engine.errors import EngineError, ImageError, OptionsError, OutOfMemoryError, WeightsError
from engine.options import PRESETS, Options, preset

if TYPE_CHECKING:
    from engine.api import stylize, stylize_batch
    from engine.images.blend import blend
    from engine.images.timelapse import Recorder, timelapse
    from engine.model import Model, auto_devices, load_model
    from engine.network.machine import device_name
    from engine.network.memory import device_memory
    from engine.optimize.capacity import max_size
    from engine.optimize.forecast import forecast
    from engine.progress import Progress
    from engine.reading.load import load_image
    from engine.report import Report, Result
    from engine.request import Request

__all__ = [
    "PRESETS",
    "EngineError",
    "ImageError",
    "Model",
    "Options",
    "OptionsError",
    "OutOfMemoryError",
    "Progress",
    "Recorder",
    "Report",
    "Request",
    "Result",
    "WeightsError",
    "auto_devices",
    "blend",
    "device_memory",
    "device_name",
    "forecast",
    "load_image",
    "load_model",
    "max_size",
    "preset",
    "stylize",
    "stylize_batch",
    "timelapse",
]

_MODULES = {
    "auto_devices": "engine.model",
    "blend": "engine.images.blend",
    "device_memory": "engine.network.memory",
    "device_name": "engine.network.machine",
    "forecast": "engine.optimize.forecast",
    "max_size": "engine.optimize.capacity",
    "load_image": "engine.reading.load",
    "Model": "engine.model",
    "load_model": "engine.model",
    "Progress": "engine.progress",
    "Recorder": "engine.images.timelapse",
    "Report": "engine.report",
    "Result": "engine.report",
    "Request": "engine.request",
    "stylize": "engine.api",
    "stylize_batch": "engine.api",
    "timelapse": "engine.images.timelapse",
}


def __getattr__(name: str) -> Any:
    """Import the module that defines `name` when the name is first used (PEP 562)."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_MODULES[name]), name)
