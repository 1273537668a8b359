"""A file of any kind becomes the picture that a viewer shows."""

from __future__ import annotations

import pytest

from engine.reading.load import load_image, read_size
from tests.support.kinds import KINDS, distance


@pytest.mark.parametrize("name", KINDS)
def test_a_file_shows_what_it_should(name: str) -> None:
    """Upright, in sRGB, transparency on white, in 8 bits."""
    kind = KINDS[name]
    found = load_image(kind.data)
    assert (found.mode, found.size, found.info) == ("RGB", kind.shows.size, {})
    assert distance(found, kind.shows) <= kind.off
    assert read_size(kind.data) == kind.shows.size
