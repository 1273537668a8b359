"""Where the full weights come from, where they are kept, and what is known of the published file."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import httpx
from platformdirs import user_cache_path

from engine.errors import WeightsError

TORCHVISION = "https://download.pytorch.org/models/vgg19-dcbb9e9d.pth"
"""torchvision's `VGG19_Weights.IMAGENET1K_V1`: 575 MB, of which the convolutions are 80 MB."""


@dataclass(frozen=True)
class Published:
    """What is known of a file before any of it has been received.

    Attributes:
        size: In bytes.
        sha256: Of the whole file.
        first_kernel: The first nine values of `features.0.weight`, as printed with five digits.
    """

    size: int
    sha256: str
    first_kernel: tuple[float, ...]


# The name carries the first 8 digits of the hash, and torchvision's documentation the size in MB. The other digits, the
# exact size and the printed kernel are in several public repositories that use the file, and agree with these.
PUBLISHED: Mapping[str, Published] = MappingProxyType(
    {
        "vgg19-dcbb9e9d.pth": Published(
            574_673_361,
            "dcbb9e9dad569fff7a846263a77324fc34978fea2bfb039c012d710e1776ae44",
            (
                -5.3474e-02,
                -4.9257e-02,
                -6.7942e-02,
                1.5314e-02,
                4.5068e-02,
                2.1444e-03,
                3.6226e-02,
                1.9999e-02,
                1.9864e-02,
            ),
        )
    }
)
"""By file name."""


@dataclass(frozen=True)
class Source:
    """A file of weights on a server, and the folder that keeps what was made of it.

    Attributes:
        url: Of a `.pth` file whose name contains the start of its SHA-256.
        folder: Of downloaded weights.
    """

    url: str
    folder: Path

    @property
    def file_name(self) -> str:
        """The name of the file on the server."""
        return Path(httpx.URL(self.url).path).name

    @property
    def kept(self) -> Path:
        """The safetensors file of the convolutions; it exists once they have been downloaded and checked."""
        return self.folder / f"{Path(self.file_name).stem}.safetensors"

    @property
    def published(self) -> Published | None:
        """What is known of the file; None where it is another one than torchvision's."""
        return PUBLISHED.get(self.file_name)

    @property
    def sha256(self) -> str:
        """The SHA-256 of the file, or the first digits of it, at least eight.

        Raises:
            WeightsError: The name carries none.
        """
        if self.published:
            return self.published.sha256
        if found := re.search(r"-([0-9a-f]{8,64})\.", self.file_name):
            return found[1]
        raise WeightsError(f"The name of {self.url} carries no hash to check it by; give the path of a file instead.")


def source(folder: Path | None = None, url: str | None = None) -> Source:
    """Return where the full weights come from.

    Args:
        folder: Of downloaded weights; None: VITRAGE_CACHE if it is set, else `vitrage` in the user's cache folder
            (on Linux XDG_CACHE_HOME, else `~/.cache`).
        url: Of the file; None: VITRAGE_WEIGHTS_URL if it is set, else torchvision's.
    """
    configured = os.environ.get("VITRAGE_CACHE")
    default = Path(configured) if configured else user_cache_path("vitrage", appauthor=False)
    return Source(url or os.environ.get("VITRAGE_WEIGHTS_URL") or TORCHVISION, folder or default)
