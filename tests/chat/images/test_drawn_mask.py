"""From a marked copy of a photo to the mask that is meant: real photographs, recompressed as messengers do it."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from bot.chat.errors import BadPictureError
from bot.chat.images.drawn_mask import find, mask_of
from tests.support.pencil import MIDDLE, Pencil, agreement, ellipse, jpeg, photographs, sent

PHOTOS = photographs()
CAT, CUP = PHOTOS["chelsea"], PHOTOS["coffee"]
EVERY = pytest.mark.parametrize("name", sorted(PHOTOS))
PENS = pytest.mark.parametrize(("color", "opacity"), [("#ff0040", 1.0), ("#00e000", 1.0), ("#00f0ff", 0.5)])


def refusal(content: Image.Image, marked: Image.Image) -> str:
    """Return the name of the message with which a marked photo is refused."""
    with pytest.raises(BadPictureError) as refused:
        find(content, marked)
    return refused.value.name


@EVERY
@PENS
def test_what_is_encircled_is_marked_with_its_inside(name: str, color: str, opacity: float) -> None:
    """The outline may have a gap, and be drawn with an opaque pen or with a half transparent marker."""
    photo = PHOTOS[name]
    for opening in (0, 10):
        pencil = Pencil(sent(photo), color, opacity=opacity).encircle(opening=opening)
        assert agreement(find(photo, sent(pencil.photo, edge=1000)), ellipse(photo.size)) > 0.9


@EVERY
@PENS
def test_what_is_painted_over_is_marked(name: str, color: str, opacity: float) -> None:
    """The thin gaps between the strokes belong to the region, and nothing else does."""
    photo = PHOTOS[name]
    region = Image.new("L", photo.size, 0)
    left, top, right, bottom = (round(share * edge) for share, edge in zip(MIDDLE, 2 * photo.size, strict=True))
    region.paste(255, (left, top, right, bottom))
    pencil = Pencil(sent(photo), color, opacity=opacity).fill()
    assert agreement(find(photo, sent(pencil.photo, quality=70)), region) > 0.9


@EVERY
def test_a_side_of_the_photo_closes_an_outline(name: str) -> None:
    """Around something at the lower edge nobody draws a line along that edge."""
    photo, box = PHOTOS[name], (0.3, 0.4, 0.7, 1.5)
    assert agreement(find(photo, Pencil(sent(photo)).encircle(box).photo), ellipse(photo.size, box)) > 0.9


@EVERY
def test_recompression_marks_nothing(name: str) -> None:
    """JPEG's noise is no stroke, however small the copy and however low its quality; nor is a very small dot."""
    photo = PHOTOS[name]
    for edge, quality in ((1280, 90), (800, 60), (400, 50)):
        copy = sent(sent(photo), edge=edge, quality=quality).convert("RGB")
        assert refusal(photo, copy) == "part-nothing"
        x, y, crumb = copy.width // 3, copy.height // 3, max(copy.size) // 200
        ImageDraw.Draw(copy).ellipse((x, y, x + crumb, y + crumb), fill="lime")
        assert refusal(photo, copy) == "part-nothing"


@EVERY
def test_a_photo_that_is_marked_all_over_is_refused(name: str) -> None:
    """With a pen as with a marker."""
    for opacity in (1.0, 0.5):
        assert refusal(PHOTOS[name], sent(Pencil(PHOTOS[name], opacity=opacity).cover().photo)) == "part-everything"


@EVERY
def test_another_photo_is_recognised(name: str) -> None:
    """Two other photos of the same size, and the same one mirrored, or cropped to the same shape; marked or not."""
    photo, names = PHOTOS[name], sorted(PHOTOS)
    next_ones = [names[(names.index(name) + step) % len(names)] for step in (1, 2)]
    others = [PHOTOS[other].resize(photo.size) for other in next_ones]
    x, y = photo.width // 20, photo.height // 20
    cropped = photo.crop((x, y, photo.width - x, photo.height - y))
    for other in (*others, photo.transpose(Image.Transpose.FLIP_LEFT_RIGHT), cropped):
        assert refusal(photo, sent(other)) == "part-other"
        assert refusal(photo, sent(Pencil(other).encircle().photo)) == "part-other"


def test_a_copy_of_another_shape_is_recognised() -> None:
    """Cropped, or turned by 90 degrees."""
    assert refusal(CAT, CAT.crop((0, 0, CAT.width, CAT.height - 30))) == "part-cropped"
    assert refusal(CAT, CAT.transpose(Image.Transpose.ROTATE_90)) == "part-cropped"


def test_several_colours_are_understood_where_enough_of_the_photo_is_left() -> None:
    """The question asks for one colour, but two are clear enough."""
    box = (0.1, 0.1, 0.3, 0.4)
    both = Pencil(Pencil(CUP, "#ff0040").encircle(box).photo, "#0040ff").encircle((0.6, 0.5, 0.8, 0.8)).photo
    wanted = ellipse(CUP.size, box)
    wanted.paste(255, mask=ellipse(CUP.size, (0.6, 0.5, 0.8, 0.8)))
    assert agreement(find(CUP, sent(both)), wanted) > 0.85


def test_the_edge_is_soft_and_the_rest_is_not_touched() -> None:
    """The mask is white inside, black away from the strokes, with a gradual change between."""
    values = np.asarray(find(CUP, sent(Pencil(CUP).encircle().photo)))
    height, width = values.shape
    assert values[height // 2, width // 2] == 255
    assert values[: height // 8].max() == 0
    assert values[:, : width // 8].max() == 0
    slope = values[height // 2].astype(int)
    assert np.abs(np.diff(slope)).max() < 60


@settings(deadline=None, max_examples=20)
@given(st.integers(160, 2400), st.integers(160, 1280))
def test_sizes_may_differ(content: int, copy: int) -> None:
    """Photo and copy may have any two sizes; the mask has the photo's shape, as the engine requires."""
    photo = CUP.resize((content, round(content * CUP.height / CUP.width)))
    marked = Pencil(CUP.resize((copy, round(copy * CUP.height / CUP.width)))).encircle().photo
    mask = find(photo, sent(marked))
    assert abs(mask.width * photo.height / photo.width - mask.height) <= 1
    assert agreement(mask, ellipse(photo.size)) > 0.85


@settings(deadline=None, max_examples=20)
@given(st.one_of(st.floats(0.9, 0.978), st.floats(0.982, 1.018), st.floats(1.022, 1.1)))
def test_a_shape_may_be_off_by_what_rounding_takes_and_no_more(stretch: float) -> None:
    """Up to 2 %: a larger difference means that something was cut off."""
    marked = Pencil(CUP).encircle().photo.resize((CUP.width, round(CUP.height * stretch)))
    if abs(marked.height / CUP.height - 1) <= 0.02:
        assert find(CUP, marked).getextrema() == (0, 255)
    else:
        assert refusal(CUP, marked) == "part-cropped"


async def test_files_are_read_as_other_pictures_are() -> None:
    """The EXIF orientation is applied, the marked copy may have any format, and the mask is a PNG."""
    lying, exif = CUP.transpose(Image.Transpose.ROTATE_90), Image.Exif()
    exif[0x0112] = 6  # "rotate 90° clockwise to view"
    content, marked = io.BytesIO(), io.BytesIO()
    lying.save(content, "JPEG", quality=95, exif=exif)
    Pencil(CUP).encircle().photo.convert("RGBA").save(marked, "PNG")
    for copy in (marked.getvalue(), jpeg(Pencil(CUP).encircle().photo)):
        with Image.open(io.BytesIO(mask_of(content.getvalue(), copy))) as mask:
            assert (mask.format, mask.mode) == ("PNG", "L")
            assert agreement(mask, ellipse(CUP.size)) > 0.9


async def test_a_very_small_photo_can_be_marked() -> None:
    """Photos of 16×16 pixels are the smallest that the bot accepts."""
    tiny = Image.new("RGB", (16, 16), "white")
    part = tiny.copy()
    part.paste("red", (0, 0, 5, 16))
    mask = find(tiny, part)
    assert mask.size == (16, 16)
    assert mask.getpixel((1, 8)) > mask.getpixel((14, 8))  # type: ignore[operator]
