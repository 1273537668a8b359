"""One door: what is taken at intake is right in the advice, in every edit and beside the painting."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from bot.chat.errors import BadPictureError
from bot.chat.images import advice, edits
from bot.chat.images.check import check
from bot.chat.images.drawn_mask import mask_of
from tests.support.kinds import CAT, KINDS, Kind, distance
from tests.support.pictures import encoded

EVERY = pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
JPEG = 2.5  # mean ΔE2000 that the recompression of an edit may cause


def opened(data: bytes) -> Image.Image:
    """Return one of our own JPEG files."""
    with Image.open(io.BytesIO(data)) as image:
        return image.convert("RGB")


@EVERY
def test_it_is_taken_and_looks_right_beside_the_painting(kind: Kind) -> None:
    """Also as the photo that is to be marked, in the strength strip and in a gallery."""
    check(kind.data)
    painting = encoded(Image.new("RGB", kind.shows.size, "teal"))
    both = opened(edits.side_by_side(kind.data, painting))
    assert distance(both.crop((0, 0, *kind.shows.size)), kind.shows) <= kind.off + JPEG
    [photo] = edits.blends(kind.data, painting, [0])
    for edited in (photo, edits.as_photo(kind.data)):
        assert distance(opened(edited), kind.shows.resize(opened(edited).size)) <= kind.off + JPEG
    assert opened(edits.gallery([kind.data])).width > 0


@EVERY
def test_what_is_done_with_a_painting_can_be_done_with_it(kind: Kind) -> None:
    """A picture that Telegram gives back may be of any kind."""
    for edited in (edits.denoised(kind.data), edits.sticker(kind.data), edits.as_preview(kind.data)):
        assert min(opened(edited).size) > 0 if edited != kind.data else kind.shows.size[0] >= edits.PREVIEW
    large, size = edits.enlarged(kind.data)
    assert opened(large).size == size
    assert edits.gentler_faces(kind.data, encoded(kind.shows.convert("RGB"))) is None


@EVERY
def test_the_advice_on_it_is_that_on_what_it_shows(kind: Kind) -> None:
    """16 bits are not flat, transparency is no blur."""
    shown = encoded(kind.shows.convert("RGB"), "PNG")
    assert advice.look(kind.data, kind.data) == advice.look(shown, shown)


@EVERY
def test_a_marked_copy_of_it_is_recognised(kind: Kind) -> None:
    """The mask stands where it was painted over."""
    if kind.shows.size != CAT.size:
        pytest.skip("flat colours have no detail by which a copy is known")
    marked = kind.shows.convert("RGB")
    marked.paste("red", (150, 30, 220, 120))
    with Image.open(io.BytesIO(mask_of(kind.data, encoded(marked, quality=95)))) as mask:
        assert np.asarray(mask)[40:110, 160:210].min() > 200


def test_a_large_jpeg_is_still_decoded_small() -> None:
    """As much as an edit needs: time and memory count."""
    large = encoded(CAT.resize((4800, 3200)), "JPEG")
    assert distance(opened(edits.as_photo(large)), CAT.resize((1280, 853))) < JPEG
    check(large)


@pytest.mark.parametrize("data", [b"", b"no picture", encoded(CAT)[:2000]])
def test_optional_steps_never_stop_a_request(data: bytes) -> None:
    """Advice on what cannot be read is none; a preview that cannot be read is passed on."""
    assert advice.look(data, None) == advice.look(encoded(CAT), data) == ""
    assert edits.as_preview(data) == data
    with pytest.raises(BadPictureError):
        check(data)


def test_a_search_for_faces_that_fails_finds_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """The button says that there is none."""

    def fail(_: Image.Image) -> list[object]:
        raise RuntimeError("no cascade")

    monkeypatch.setattr("engine.combine.faces.find", fail)
    assert edits.gentler_faces(encoded(CAT), encoded(CAT)) is None
