"""VGG19 weights by name or by path: pretrained, builtin, or a file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from torch import Tensor

from engine.errors import WeightsError
from engine.weights.download import fetch
from engine.weights.files import read_weights
from engine.weights.source import source
from engine.weights.transfer import OnDownload

BUILTIN = Path(__file__).parents[1] / "data" / "vgg19_builtin.safetensors"
"""The weights that come with the package; `vitrage-engine learn` makes them."""


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
    url: str | None = None,
    on_download: OnDownload | None = None,
) -> Weights:
    """Read weights by name, or from a file.

    Args:
        name: `auto` (pretrained if they are on this computer, else builtin: nothing is downloaded), `pretrained`
            (downloaded if they are not there), `builtin`, or the path of a `.pth` or `.safetensors` file with
            torchvision's keys, complete or with the first layers only.
        cache_dir: The folder of downloaded weights; None: VITRAGE_CACHE, else the user's cache folder.
        url: Of the file of pretrained weights; None: VITRAGE_WEIGHTS_URL, else torchvision's.
        on_download: Called during a download.

    Raises:
        WeightsError: The weights cannot be found, downloaded, verified or used.
    """
    if name == "builtin":
        return Weights(read_weights(BUILTIN), "builtin")
    if name == "pretrained":
        return Weights(read_weights(fetch(cache_dir, url, on_download)), "pretrained")
    if name != "auto":
        return Weights(read_weights(Path(name)), Path(name).name)
    kept = source(cache_dir, url).kept
    if not kept.is_file():
        return replace(find_weights("builtin"), note=_NOT_HERE)
    try:
        return Weights(read_weights(kept), "pretrained")
    except WeightsError as error:
        return replace(find_weights("builtin"), note=f"builtin weights are used: {error}")


_NOT_HERE = (
    "builtin weights are used, for simpler pictures than the pretrained ones give; "
    "`vitrage-engine weights --download` brings these"
)
