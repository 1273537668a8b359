"""Reading files of VGG19 weights safely: no code of the file is run, and names, shapes and values are checked."""

from __future__ import annotations

import pickle
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from engine.errors import WeightsError
from engine.network.layers import CHANNELS, CONVOLUTIONS


def read_weights(path: Path) -> dict[str, Tensor]:
    """Read the convolutions' weights and biases from a file.

    Args:
        path: A `.safetensors` file, or a file that `torch.save` wrote.

    Returns:
        `features.N.weight` (out, in, 3, 3) and `features.N.bias` (out), float32, from conv1_1 on.

    Raises:
        WeightsError: There is no such file, or it does not contain weights of VGG19.
    """
    if not path.is_file():
        raise WeightsError(f"There is no weights file {path}; give auto, pretrained, builtin or a file's path.")
    try:
        if path.suffix == ".safetensors":
            loaded = load_file(path)
        else:
            # weights_only: unpickling an unknown file must not run its code.
            loaded = torch.load(path, map_location="cpu", weights_only=True)
    except (SafetensorError, pickle.UnpicklingError, RuntimeError, EOFError, OSError, ValueError, KeyError):
        raise WeightsError(f"The weights file {path.name} is damaged or of an unknown kind; get it again.") from None
    return _checked(loaded, path.name)


def _checked(loaded: object, name: str) -> dict[str, Tensor]:
    """The convolutions, from conv1_1 on without a gap, each with VGG19's shape, as float32."""
    keys = loaded if isinstance(loaded, dict) else {}
    state: dict[str, Tensor] = {}
    missing = ""
    for layer, index in CONVOLUTIONS.items():
        found = [keys.get(f"features.{index}.{part}") for part in ("weight", "bias")]
        if all(part is None for part in found):
            missing = missing or layer
            continue
        inputs, outputs = CHANNELS[layer]
        tensors = [part.float() for part in found if isinstance(part, Tensor)]
        if missing or [tuple(part.shape) for part in tensors] != [(outputs, inputs, 3, 3), (outputs,)]:
            what = f"lacks {missing} but holds {layer}" if missing else f"has a wrong shape at {layer}"
            raise WeightsError(f"The weights file {name} {what}; it must hold VGG19's layers from conv1_1 on.")
        state |= {f"features.{index}.weight": tensors[0], f"features.{index}.bias": tensors[1]}
    if not state:
        raise WeightsError(f"The weights file {name} holds no VGG19 layer (features.0.weight); give another file.")
    if not all(torch.isfinite(part).all() for part in state.values()):
        raise WeightsError(f"The weights file {name} holds values that are not finite; get it again.")
    return state
