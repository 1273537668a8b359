"""VGG19 weights from where the caller wants them: pretrained, builtin, or a file."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor

from engine.errors import WeightsError
from engine.weights import download
from engine.weights.files import read_weights

BUILTIN = Path(__file__).parents[1] / "data" / "vgg19_builtin.safetensors"
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


def find_weights(
    wanted: str | Path = "auto",
    cache_dir: Path | None = None,
    on_download: download.OnDownload | None = None,
) -> Weights:
    """Weights by name, or from a file.

    Args:
        wanted: `auto` (pretrained when cached or downloadable, else builtin), `pretrained`, `builtin`, or
            the path of a `.pth` or `.safetensors` file with torchvision's keys, whole or partial.
        cache_dir: Where downloaded weights are kept; None: VITRAGE_CACHE, else the user's cache.
        on_download: Told of a download as it grows.

    Raises:
        WeightsError: They cannot be found, downloaded, trusted or used.
    """
    if wanted == "builtin":
        return Weights(read_weights(BUILTIN), "builtin")
    if wanted == "pretrained":
        return Weights(read_weights(download.fetch(cache_dir, on_download=on_download)), "pretrained")
    if wanted == "auto":
        return _automatic(cache_dir, on_download)
    return Weights(read_weights(Path(wanted)), Path(wanted).name)


def _automatic(cache_dir: Path | None, on_download: download.OnDownload | None) -> Weights:
    try:
        return find_weights("pretrained", cache_dir, on_download)
    except WeightsError as error:
        note = f"builtin weights are used, for simpler pictures than the pretrained ones give: {error}"
        logger.warning("%s", note)
        return Weights(read_weights(BUILTIN), "builtin", note)
