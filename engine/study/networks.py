"""The networks of a study: one that paints, and one that only measures, as the painter's own judges in its favour."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import msgspec

from engine.errors import EngineError
from engine.model import Model

Load = Callable[[str], Model]
"""Loads weights by name or from a file; see `engine.load_model`."""


class Network(msgspec.Struct, frozen=True):
    """Weights on a device.

    Attributes:
        weights: As `engine.load_model` takes them.
        name: As the report calls them.
        digest: SHA-256 of the weights themselves.
        device: Such as `cpu`.
    """

    weights: str
    name: str
    digest: str
    device: str


class Networks(msgspec.Struct, frozen=True):
    """The network that paints, and the other one, if there is one."""

    main: Network
    other: Network | None


def find_networks(weights: str, other: str, load: Load) -> Networks:
    """Load both networks once, to know what they are.

    Args:
        weights: Of the network that paints.
        other: Of the other one; `auto`: the builtin weights, unless they paint.
        load: Loads them.

    Raises:
        WeightsError: There are no such weights.
        EngineError: Both networks are the same.
    """
    main = _network(load(weights), weights)
    if other == "auto":
        return Networks(main, None if main.name == "builtin" else _network(load("builtin"), "builtin"))
    second = _network(load(other), other)
    if second.digest == main.digest:
        raise EngineError(f"The network that only measures must be another one than {main.name}, which paints.")
    return Networks(main, second)


def _network(model: Model, weights: str) -> Network:
    digest = hashlib.sha256()
    for key in sorted(model.state):
        digest.update(model.state[key].contiguous().numpy().tobytes())
    named = model.weights if model.weights in ("pretrained", "builtin") else weights
    return Network(named, model.weights, digest.hexdigest(), model.device)
