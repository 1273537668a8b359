"""Compositions of pictures whose contents are known."""

from __future__ import annotations

import numpy as np
import pytest
import skimage.data
from PIL import Image, ImageDraw

from engine.combine import composition, faces

RAMP = Image.fromarray(
    np.stack(np.broadcast_arrays(np.arange(120)[None, :], np.arange(80)[:, None], 7), -1).astype(np.uint8)
)
"""Red tells the column, green the row."""


def corner(picture: Image.Image) -> tuple[int, int]:
    """Column and row of the ramp's pixel at the top left."""
    red, green, _ = np.asarray(picture)[0, 0]
    return int(red), int(green)


@pytest.mark.parametrize(
    ("aspect", "centre", "size", "at"),
    [
        (1, (0.5, 0.5), (80, 80), (20, 0)),
        (1, (0.0, 0.5), (80, 80), (0, 0)),
        (1, (1.0, 1.0), (80, 80), (40, 0)),
        (3, (0.5, 0.5), (120, 40), (0, 20)),
        (3, (0.5, 0.7), (120, 40), (0, 36)),
        (1.5, (0.1, 0.1), (120, 80), (0, 0)),
    ],
)
def test_a_crop_to_an_aspect_ratio_keeps_as_much_as_it_can(
    aspect: float, centre: tuple[float, float], size: tuple[int, int], at: tuple[int, int]
) -> None:
    cropped = composition.crop_to_aspect(RAMP, aspect, centre)
    assert (cropped.size, corner(cropped)) == (size, at)


@pytest.mark.parametrize(("x", "y"), [(120, 80), (95, 85), (150, 60), (60, 110)])
def test_a_crop_by_thirds_brings_the_subject_to_a_third(x: int, y: int) -> None:
    picture = Image.new("RGB", (240, 160), (40, 60, 90))
    ImageDraw.Draw(picture).ellipse((x - 8, y - 8, x + 8, y + 8), fill=(250, 220, 40))
    found = composition.subject_of(picture)
    assert found == pytest.approx((x / 240, y / 160), abs=0.03)
    cropped = composition.crop_by_thirds(picture)
    assert cropped.width / cropped.height == pytest.approx(1.5, abs=0.02)
    assert cropped.width >= 0.6 * 240 - 1
    rows, columns = np.nonzero(np.asarray(cropped)[..., 0] > 200)
    place = columns.mean() / cropped.width, rows.mean() / cropped.height
    assert all(min(abs(part - 1 / 3), abs(part - 2 / 3)) < 0.04 for part in place)


def test_a_subject_near_the_edge_stays_in_a_crop_of_six_tenths() -> None:
    picture = Image.new("RGB", (200, 200), "navy")
    ImageDraw.Draw(picture).rectangle((4, 4, 24, 24), fill="white")
    cropped = composition.crop_by_thirds(picture)
    assert cropped.size == (120, 120)
    assert (np.asarray(cropped) == 255).all(-1).sum() == 21 * 21


def test_the_subject_of_a_portrait_is_the_face() -> None:
    portrait = Image.fromarray(skimage.data.astronaut())
    [(left, top, right, bottom)] = faces.find(portrait)
    x, y = composition.subject_of(portrait)
    assert left < 0.44 < right and top < 0.22 < bottom
    assert (x, y) == ((left + right) / 2, (top + bottom) / 2)


def test_a_picture_of_one_colour_is_cropped_as_if_its_subject_were_the_middle() -> None:
    assert composition.subject_of(Image.new("RGB", (30, 20), "red")) == (0.5, 0.5)
    assert composition.crop_by_thirds(Image.new("RGB", (40, 20), "red")).size == (30, 15)
    assert composition.crop_by_thirds(Image.new("RGB", (1, 1))).size == (1, 1)


@pytest.mark.parametrize("degrees", [-170, -45, -30, 3, 17, 44, 46, 100, 359])
def test_a_rotated_picture_has_no_empty_corners(degrees: float) -> None:
    turned = composition.rotated(Image.new("RGB", (301, 200), "white"), degrees)
    assert turned.getcolors() == [(turned.width * turned.height, (255, 255, 255))]
    quarter = round(degrees / 90) % 2
    assert turned.width / turned.height == pytest.approx(200 / 301 if quarter else 301 / 200, abs=0.02)


def test_a_rotation_by_whole_quarters_loses_nothing() -> None:
    assert composition.rotated(RAMP, 0).tobytes() == RAMP.tobytes()
    for degrees, turn in ((90, Image.Transpose.ROTATE_90), (-90, Image.Transpose.ROTATE_270)):
        assert composition.rotated(RAMP, degrees).tobytes() == RAMP.transpose(turn).tobytes()
    assert composition.rotated(RAMP, 180).tobytes() == composition.rotated(RAMP, -180).tobytes()


def test_a_rotation_keeps_the_middle() -> None:
    turned = np.asarray(composition.rotated(RAMP, 30), float)
    middle = turned[turned.shape[0] // 2 - 1 : turned.shape[0] // 2 + 1, turned.shape[1] // 2 - 1 :][:, :2]
    assert middle[..., :2].mean((0, 1)) == pytest.approx([59.5, 39.5], abs=1)


def test_a_canvas_is_extended_by_mirrored_parts() -> None:
    wide = np.asarray(composition.extended(RAMP, 2))
    assert wide.shape == (80, 160, 3)
    assert (wide[:, 20:140] == np.asarray(RAMP)).all()
    assert (wide[:, :20] == np.asarray(RAMP)[:, 19::-1]).all()
    assert composition.extended(RAMP, 0.5).size == (120, 240)
    assert composition.extended(RAMP, 10).size == (800, 80)
    assert composition.extended(RAMP, 1.5).tobytes() == RAMP.tobytes()


def test_a_collage_shows_every_picture_whole() -> None:
    """Two in a row of one height, then one as wide as both."""
    colours = ("red", "lime", "blue")
    sizes = ((100, 100), (200, 100), (60, 20))
    sheet = composition.collage([Image.new("RGB", size, colour) for size, colour in zip(sizes, colours, strict=True)])
    assert sheet.size == (300, 200)
    assert [sheet.getpixel(at) for at in ((5, 5), (99, 99), (100, 0), (299, 99), (0, 100), (299, 199))] == [
        (255, 0, 0), (255, 0, 0), (0, 255, 0), (0, 255, 0), (0, 0, 255), (0, 0, 255),
    ]  # fmt: skip
    assert composition.collage([RAMP]).tobytes() == RAMP.tobytes()
    assert composition.collage([RAMP, RAMP, RAMP], columns=1).size == (120, 240)


def test_a_mask_says_which_picture_is_seen() -> None:
    red, blue = Image.new("RGB", (40, 20), "red"), Image.new("RGB", (20, 10), "blue")
    mask = Image.new("L", (4, 2))
    mask.paste(255, (0, 0, 2, 2))
    seen = composition.masked(red, blue, mask)
    assert (seen.getpixel((1, 10)), seen.getpixel((38, 10))) == ((255, 0, 0), (0, 0, 255))
