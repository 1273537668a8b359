"""Choosing the files of an archive that a study may use, before any is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from PIL import Image

from engine.errors import EngineError
from engine.reading.formats import known_formats
from engine.study.pictures.members import Member
from engine.study.pictures.sides import Patterns, Side, side_of


@dataclass
class Chosen:
    """The files of an archive that look like pictures, by name, and why the others are not used.

    Attributes:
        sides: Contents and styles.
        refused: Name and reason of every other file.
    """

    sides: dict[Side, list[Member]] = field(default_factory=lambda: {"content": [], "style": []})
    refused: list[tuple[str, str]] = field(default_factory=list)


def choose(archive: str, members: Sequence[Member], patterns: Patterns) -> Chosen:
    """Tell contents from styles; a single picture is a content.

    Args:
        archive: Its name, for the error.
        members: All files.
        patterns: See `side_of`.

    Raises:
        EngineError: There are no pictures, or it is not clear of any what it is.
    """
    chosen, pictures = Chosen(), []
    known_formats()  # registers the suffixes of all formats
    suffixes = {"", *Image.registered_extensions()}
    for each in sorted(members, key=lambda member: member.name):
        if each.refused:
            chosen.refused.append((each.name, each.refused))
        elif PurePosixPath(each.name).suffix.lower() not in suffixes:
            chosen.refused.append((each.name, "is not named like a picture"))
        else:
            pictures.append(each)
    for each in pictures:
        side = "content" if len(pictures) == 1 else side_of(each.name, patterns)
        if side:
            chosen.sides[side].append(each)
        else:
            chosen.refused.append((each.name, "is neither in a folder named content or style, nor named so itself"))
    if not any(chosen.sides.values()):
        raise EngineError(_nothing(archive, chosen, bool(pictures)))
    return chosen


def _nothing(archive: str, chosen: Chosen, pictures: bool) -> str:
    if pictures:
        return (
            f"It is not clear which pictures of {archive} are contents and which are styles; put them into folders "
            "named content and style, or say it by --content 'cats/*' --style 'glass/*'."
        )
    first = "; ".join(f"{name} {reason}" for name, reason in chosen.refused[:3])
    more = f", and {len(chosen.refused) - 3} more" if len(chosen.refused) > 3 else ""
    return f"There are no pictures in {archive}" + (f" ({first}{more})." if first else ", it is empty.")
