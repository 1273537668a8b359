"""Colours are those that the file's profile means."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from PIL import Image
from skimage.color import deltaE_ciede2000, rgb2lab

from engine.reading.colour import matrix_profile
from engine.reading.load import load_image, upright_rgb
from tests.support import profiles
from tests.support.kinds import CAT, chunk, distance, png_with
from tests.support.pictures import encoded

COLOURS = np.random.default_rng(0).integers(0, 256, (64, 64, 3)).astype(np.uint8)
P3_POINTS = (0.3127, 0.3290, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060)  # SMPTE EG 432-1, white D65


def furthest(found: Image.Image, wanted: profiles.Floats) -> float:
    """Return the largest ΔE2000."""
    return float(deltaE_ciede2000(rgb2lab(np.asarray(found) / 255), rgb2lab(wanted)).max())


def test_a_wide_gamut_is_converted_within_one_delta_e() -> None:
    """Random colours of P3, many of which sRGB does not have, against the published matrices."""
    image = load_image(encoded(Image.fromarray(COLOURS), "PNG", icc_profile=profiles.wide_gamut()))
    assert furthest(image, profiles.from_wide_gamut(COLOURS / 255)) < 1


def test_primaries_and_gamma_of_a_png_are_a_profile() -> None:
    """GAMA and cHRM say what a profile of P3 and of this gamma would say; sRGB or a profile beside them wins."""
    plain = encoded(Image.fromarray(COLOURS), "PNG")
    points = struct.pack(">8I", *(round(value * 100_000) for value in P3_POINTS))
    gamma = 1 / 1.8
    told = chunk(b"gAMA", struct.pack(">I", round(gamma * 100_000))), chunk(b"cHRM", points)
    light = ((COLOURS / 255) ** 1.8) @ profiles.P3.T @ np.linalg.inv(profiles.SRGB).T
    assert furthest(load_image(png_with(plain, *told)), profiles.srgb(light)) < 1
    assert furthest(load_image(png_with(plain, *told, chunk(b"sRGB", b"\0"))), COLOURS / 255) == 0
    other = png_with(encoded(Image.fromarray(COLOURS), "PNG", icc_profile=profiles.wide_gamut()), *told)
    assert furthest(load_image(other), profiles.from_wide_gamut(COLOURS / 255)) < 1


@pytest.mark.parametrize(
    ("encoding", "points"),
    [(0, ()), (1 / 2.2, ()), (0.0, [0.0] * 8), (1.0, [0.0] * 8), (0.6, [0.3127, 0.329] * 4), (1e-5, ())],
)
def test_nonsense_about_primaries_is_passed_over(encoding: float, points: tuple[float, ...]) -> None:
    """As is what is sRGB anyway."""
    assert matrix_profile(encoding, points) == b""


@pytest.mark.parametrize("profile", [b"", b"x", bytes(200), profiles.wide_gamut()[:150], profiles.grey(2.0)])
def test_a_profile_that_is_broken_or_of_other_pixels_changes_nothing(profile: bytes) -> None:
    """The picture is taken without it."""
    assert distance(load_image(encoded(CAT, "PNG", icc_profile=profile)), CAT) == 0


def test_a_profile_is_applied_once() -> None:
    """What was read can be given to the engine again."""
    once = load_image(encoded(CAT, "PNG", icc_profile=profiles.wide_gamut()))
    assert upright_rgb(once).tobytes() == once.tobytes()
