"""VGG19 weights from where the caller wants them: pretrained, builtin, or a file."""

from __future__ import annotations

import logging
import pickle
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from engine import pretrained
from engine.errors import WeightsError
from engine.vgg import CHANNELS, CONVOLUTIONS

BUILTIN = Path(__file__).parent / "data" / "vgg19_builtin.safetensors"
"""The filters that come with the package; `vitrage-engine learn` makes them."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Weights:
    """Weights of VGG19's first convolutions.

    Attributes:
        state: `features.N.weight` (out, in, 3, 3) and `features.N.bias` (out), float32.
        name: `pretrained`, `builtin`, or the file's name.
        note: Why these and not better ones; empty where there is nothing to say.
    """

    state: dict[str, Tensor]
    name: str
    note: str = ""


def find_weights(wanted: str | Path = "auto", cache_dir: Path | None = None) -> Weights:
    """Weights by name, or from a file.

    Args:
        wanted: `auto` (pretrained when cached or downloadable, else builtin), `pretrained`, `builtin`, or
            the path of a `.pth` or `.safetensors` file with torchvision's keys, whole or partial.
        cache_dir: Where downloaded weights are kept; None: VITRAGE_CACHE, else the user's cache.

    Raises:
        WeightsError: They cannot be found, downloaded, trusted or used.
    """
    if wanted == "builtin":
        return Weights(read_weights(BUILTIN), "builtin")
    if wanted == "pretrained":
        return Weights(read_weights(pretrained.fetch(cache_dir)), "pretrained")
    if wanted == "auto":
        return _automatic(cache_dir)
    return Weights(read_weights(Path(wanted)), Path(wanted).name)


def _automatic(cache_dir: Path | None) -> Weights:
    try:
        return find_weights("pretrained", cache_dir)
    except WeightsError as error:
        note = f"builtin weights are used, pictures will be simpler than with pretrained ones: {error}"
        logger.warning(note)
        return Weights(read_weights(BUILTIN), "builtin", note)


def read_weights(path: Path) -> dict[str, Tensor]:
    """Convolution weights from a file, as float32, checked.

    Raises:
        WeightsError: No such file, not one of weights, or weights of another network.
    """
    if not path.is_file():
        raise WeightsError(f"There is no weights file {path}; give auto, pretrained, builtin or a file's path.")
    try:
        if path.suffix == ".safetensors":
            loaded = load_file(path)
        else:
            # weights_only: a pickle from elsewhere must not run code.
            loaded = torch.load(path, map_location="cpu", weights_only=True)
    except (SafetensorError, pickle.UnpicklingError, RuntimeError, EOFError, OSError, ValueError, KeyError):
        raise WeightsError(f"The weights file {path.name} is damaged or of an unknown kind; get it again.") from None
    return _checked(loaded, path.name)


def _checked(loaded: object, name: str) -> dict[str, Tensor]:
    """The convolutions from conv1_1 on without a gap, each of VGG19's shape."""
    keys = loaded if isinstance(loaded, dict) else {}
    state: dict[str, Tensor] = {}
    missing = ""
    for layer, index in CONVOLUTIONS.items():
        weight, bias = keys.get(f"features.{index}.weight"), keys.get(f"features.{index}.bias")
        if weight is None and bias is None:
            missing = missing or layer
            continue
        inputs, outputs = CHANNELS[layer]
        shapes = [tuple(part.shape) if isinstance(part, Tensor) else None for part in (weight, bias)]
        if missing or shapes != [(outputs, inputs, 3, 3), (outputs,)]:
            what = f"lacks {missing} but holds {layer}" if missing else f"has a wrong shape at {layer}"
            raise WeightsError(f"The weights file {name} {what}; it must hold VGG19's layers from conv1_1 on.")
        state |= {f"features.{index}.weight": weight.float(), f"features.{index}.bias": bias.float()}
    if not state:
        raise WeightsError(f"The weights file {name} holds no VGG19 layer (features.0.weight); give another file.")
    if not all(torch.isfinite(part).all() for part in state.values()):
        raise WeightsError(f"The weights file {name} holds values that are not finite; get it again.")
    return state
