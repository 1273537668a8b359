"""A small study as a command in a process of its own: quick methods on a cat, and on a line that one refuses."""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image

from engine.study.pictures.defaults import photographs, styles

METHODS = ("sketch", "histogram", "texture-transfer", "content", "style")
PICTURES = 3 * len(METHODS)
"""Two pairs, and the first one with another seed."""


def archive(folder: Path) -> Path:
    """Make a folder with two contents, one of them too thin for texture transfer, one broken picture, and one style."""
    pictures = folder / "set"
    pictures.mkdir()
    photographs()["content/chelsea.png"]().save(pictures / "content-cat.png")
    Image.linear_gradient("L").resize((640, 1)).save(pictures / "content-line.png")
    (pictures / "content-broken.png").write_bytes(b"\x89PNG\r\n\x1a\n broken")
    styles(64, 0)["style/mosaic.png"]().save(pictures / "style-mosaic.png")
    return pictures


def command(pictures: Path, output: Path) -> list[str]:
    """Return the command that runs the study."""
    arguments = ("--methods", ",".join(METHODS), "--size", "32", "--weights", "builtin", "--device", "cpu")
    return [sys.executable, "-m", "engine.cli", "study", str(pictures), "-o", str(output), *arguments]
