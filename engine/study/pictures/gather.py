"""The pictures of a study, each kept at the study's size.

Methods get these pictures and metrics compare with them, so that anybody can compute a metric again from the files.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image

from engine.errors import ImageError
from engine.reading.load import load_image
from engine.sizes import fit
from engine.study import durable
from engine.study.pictures import archive
from engine.study.pictures.choose import Chosen, choose
from engine.study.pictures.defaults import Make, photographs, styles
from engine.study.pictures.members import UnreadableError
from engine.study.pictures.sides import SIDES, Patterns, Side

MOST_SENTENCES = 100
"""Files that are named one by one when they are not used."""

_FAULTS = {"damaged": "is a damaged or incomplete picture", "too large": "has more pixels than are accepted"}


@dataclass(frozen=True)
class Picture:
    """A content or a style.

    Attributes:
        name: As in the archive.
        file: PNG of mode RGB in the folder `pictures`; its longest edge is the study's size.
        digest: SHA-256 of the file.
    """

    name: str
    file: str
    digest: str


@dataclass
class Pictures:
    """The pictures of a study.

    Attributes:
        sides: Contents and styles.
        skipped: What was not used, and why, a sentence each.
        lacking: Whether a picture was damaged, or a side had none and was filled from the default pictures.
    """

    sides: dict[Side, list[Picture]] = field(default_factory=lambda: {"content": [], "style": []})
    skipped: list[str] = field(default_factory=list)
    lacking: bool = False


@dataclass(frozen=True)
class Wanted:
    """What a study takes.

    Attributes:
        size: Longest edge in pixels; smaller pictures are enlarged.
        most: Contents and styles, the first ones by name.
        patterns: See `side_of`.
        seed: Of the drawn styles.
    """

    size: int
    most: Mapping[Side, int]
    patterns: Patterns
    seed: int


def gather(source: Path | None, folder: Path, wanted: Wanted) -> Pictures:
    """Read the pictures of a study and keep them in a folder; names there are `content-01.png` and so on.

    Args:
        source: A folder or an archive; None: the default pictures.
        folder: Where they are kept.
        wanted: Which.

    Raises:
        EngineError: The source cannot be read, holds no pictures, or does not tell contents from styles.
    """
    gathering = _Gathering(folder, wanted)
    if source is not None:
        with archive.opened(source) as members:
            chosen = choose(source.name, members, wanted.patterns)
            for side in SIDES:
                gathering.read(side, chosen)
            gathering.tell(chosen, source.name)
    defaults = {"content": photographs(), "style": styles(wanted.size, wanted.seed)}
    for side in SIDES:
        if not gathering.pictures.sides[side]:
            gathering.complete(side, defaults[side], source)
    return gathering.pictures


class _Gathering:
    def __init__(self, folder: Path, wanted: Wanted) -> None:
        self._folder = folder
        self._wanted = wanted
        self.pictures = Pictures()

    def read(self, side: Side, chosen: Chosen) -> None:
        """Read pictures of a side until there are enough."""
        members, most = chosen.sides[side], self._wanted.most[side]
        for number, each in enumerate(members):
            if len(self.pictures.sides[side]) == most:
                self.pictures.skipped.append(
                    f"{len(members) - number} more of {side}, from {each.name} on, are not used: {most} are enough."
                )
                return
            try:
                self._keep(side, each.name, load_image(each.read()))
            except ImageError as error:
                chosen.refused.append((each.name, _FAULTS.get(error.fault, "is not a picture")))
                self.pictures.lacking = True
            except UnreadableError as error:
                chosen.refused.append((each.name, str(error)))
                self.pictures.lacking = True

    def tell(self, chosen: Chosen, archive: str) -> None:
        """Say why files were not used."""
        refused = chosen.refused
        self.pictures.skipped += [f"{name} {reason}." for name, reason in refused[:MOST_SENTENCES]]
        if len(refused) > MOST_SENTENCES:
            self.pictures.skipped.append(f"{len(refused) - MOST_SENTENCES} more files of {archive} are not used.")

    def complete(self, side: Side, defaults: Mapping[str, Make], source: Path | None) -> None:
        """Take default pictures for a side that has none."""
        for name, make in list(defaults.items())[: self._wanted.most[side]]:
            self._keep(side, name, make())
        if source is not None:
            self.pictures.lacking = True
            self.pictures.skipped.append(
                f"{source.name} has no {side} that can be used; default pictures take its place."
            )

    def _keep(self, side: Side, name: str, image: Image.Image) -> None:
        kept, size = self.pictures.sides[side], fit(image.size, self._wanted.size)
        data = durable.png(image.resize(size, Image.Resampling.LANCZOS))
        file = f"{side}-{len(kept) + 1:02}.png"
        durable.write(self._folder / file, data)
        kept.append(Picture(name, file, hashlib.sha256(data).hexdigest()))
