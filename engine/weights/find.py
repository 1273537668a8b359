"""VGG19 weights by name or by path: pretrained, builtin, or a file."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from pathlib import Path

from torch import Tensor

from engine.errors import WeightsError
from engine.weights import download
from engine.weights.files import read_weights

BUILTIN = Path(__file__).parents[1] / "data" / "vgg19_builtin.safetensors"
"""The weights that come with the package; `vitrage-engine learn` makes them."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Weights:
    """Weights of VGG19's first convolutions.

    Attributes:
        state: `features.N.weight` (out, in, 3, 3) and `features.N.bias` (out), float32.
        name: `pretrained`, `builtin`, or the file's name.
        note: Why better weights are not used; empty where there is nothing to say.
    """

    state: dict[str, Tensor]
    name: str
    note: str = ""


def find_weights(
    name: str | Path = "auto",
    cache_dir: Path | None = None,
    on_download: download.OnDownload | None = None,
) -> Weights:
    """Read weights by name, or from a file.

    Args:
        name: `auto` (pretrained if they are cached or can be downloaded, else builtin), `pretrained`, `builtin`, or
            the path of a `.pth` or `.safetensors` file with torchvision's keys, complete or with the first layers only.
        cache_dir: The folder of downloaded weights; None: VITRAGE_CACHE, else the user's cache folder.
        on_download: Called during a download.

    Raises:
        WeightsError: The weights cannot be found, downloaded, verified or used.
    """
    if name == "builtin":
        return Weights(read_weights(BUILTIN), "builtin")
    if name == "pretrained":
        return Weights(read_weights(download.fetch(cache_dir, on_download=on_download)), "pretrained")
    if name != "auto":
        return Weights(read_weights(Path(name)), Path(name).name)
    try:
        return find_weights("pretrained", cache_dir, on_download)
    except WeightsError as error:
        note = f"builtin weights are used, for simpler pictures than the pretrained ones give: {error}"
        logger.warning("%s", note)
        return replace(find_weights("builtin"), note=note)
