"""Which pictures are contents and which are styles."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Literal

Side = Literal["content", "style"]
SIDES: tuple[Side, ...] = ("content", "style")

Patterns = Mapping[Side, Sequence[str]]
"""Of paths, such as `cats/*`: matched from the end of the path, as `PurePath.match` does."""

_WORDS: Mapping[str, Side] = MappingProxyType(
    {
        "content": "content",
        "contents": "content",
        "контент": "content",
        "style": "style",
        "styles": "style",
        "стиль": "style",
        "стили": "style",
    }
)
_BEGINNING = re.compile(r"[^\W\d_]*")
"""Of a name, the letters before its first other sign: `content` of `content-cat.jpg`."""


def side_of(name: str, patterns: Patterns) -> Side | None:
    """Tell what a picture is by its path in the archive; None: that does not say it.

    A pattern that fits decides. Else the nearest folder of the name `content` or `style` does (or `contents`, `styles`,
    the same in Russian, in any case), and else such a word at the beginning of the file's own name, as in
    `content-cat.jpg` or `style_2.png`.
    """
    path = PurePosixPath(name)
    for side in SIDES:
        if any(path.match(pattern) for pattern in patterns[side]):
            return side
    beginning = _BEGINNING.match(path.stem)
    words = [*reversed(path.parent.parts), beginning[0] if beginning else ""]
    return next((_WORDS[word.lower()] for word in words if word.lower() in _WORDS), None)
