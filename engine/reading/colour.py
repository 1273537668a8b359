"""Colours by their ICC profile, as sRGB."""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

MODES = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK", "Lab": "LAB"}
"""Pillow's modes for the colour spaces of profiles, as ICC.1 names them."""

SRGB = (0.3127, 0.3290, 0.64, 0.33, 0.30, 0.60, 0.15, 0.06)
"""Chromaticities x, y of sRGB's white, red, green and blue (IEC 61966-2-1), in the order of PNG's cHRM."""

SRGB_GAMMA = 1 / 2.2
SAME_GAMMA = 0.05  # share by which an encoding's gamma may differ from sRGB's and still count as sRGB
SAME_POINT = 0.005  # how far chromaticities may be apart to count as equal
D50 = np.array([0.9642, 1.0, 0.8249])  # XYZ, the white of all profiles (ICC.1)
BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])


def to_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """Return a picture of mode L, RGB, CMYK or Lab as RGB, its colours converted from their profile to sRGB.

    A profile that is broken or belongs to other pixels is ignored: the colours count as sRGB then.
    The intent is perceptual, as in browsers; of profiles that are a matrix all intents are equal.
    """
    if profile:
        try:
            return _converted(image, ImageCms.ImageCmsProfile(io.BytesIO(profile)))
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            pass
    if image.mode == "LAB":
        return _converted(image, ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")))
    return image.convert("RGB")


def _converted(image: Image.Image, profile: ImageCms.ImageCmsProfile) -> Image.Image:
    """Convert; raise ValueError if the profile is not one of such pixels."""
    mode = MODES.get(profile.profile.xcolor_space.strip(), "")
    if mode == "RGB" and image.mode == "L":  # grey pixels in a file that keeps a profile of colours
        image = image.convert("RGB")
    if mode != image.mode:
        raise ValueError(f"a profile of {mode} does not describe {image.mode}")
    transform = ImageCms.buildTransform(profile, ImageCms.createProfile("sRGB"), mode, "RGB")
    converted = transform.apply(image)
    converted.info = {}
    return converted


def matrix_profile(encoding: float, points: Sequence[float]) -> bytes:
    """Return the ICC profile of RGB colours that PNG's gAMA and cHRM describe; nothing if they are sRGB's.

    Args:
        encoding: The exponent by which light was encoded, such as 1/2.2; 0: sRGB's curve.
        points: Chromaticities x, y of white, red, green and blue; empty: sRGB's.
    """
    is_curve_srgb = abs(encoding / SRGB_GAMMA - 1) <= SAME_GAMMA or not 0.05 < encoding < 20
    are_points_srgb = not points or float(np.abs(np.array(points) - SRGB).max()) <= SAME_POINT
    if is_curve_srgb and are_points_srgb:
        return b""
    try:
        columns = _to_d50(SRGB if are_points_srgb else points).T
    except (np.linalg.LinAlgError, ZeroDivisionError):
        return b""
    curve = _curve(3, 2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045) if is_curve_srgb else _curve(0, 1 / encoding)
    tags = {name: _xyz(column) for name, column in zip((b"rXYZ", b"gXYZ", b"bXYZ"), columns, strict=True)}
    tags |= {b"wtpt": _xyz(D50), **dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve)}
    return _profile(tags)


def _to_d50(points: Sequence[float]) -> NDArray[np.float64]:
    """Return the matrix from linear RGB to XYZ, white adapted to D50 by Bradford's transform."""
    white, *primaries = [
        np.array([x / y, 1.0, (1 - x - y) / y]) for x, y in zip(points[::2], points[1::2], strict=True)
    ]
    matrix = np.stack(primaries, axis=1)
    matrix = matrix * np.linalg.solve(matrix, white)
    adapted: NDArray[np.float64] = (
        np.linalg.inv(BRADFORD) @ np.diag(BRADFORD @ D50 / (BRADFORD @ white)) @ BRADFORD @ matrix
    )
    if not np.isfinite(adapted).all() or np.abs(adapted).max() > 100:
        raise np.linalg.LinAlgError
    return adapted


def _fixed(*values: float) -> bytes:
    return struct.pack(f">{len(values)}i", *(round(value * 65536) for value in values))


def _xyz(values: NDArray[np.float64]) -> bytes:
    return b"XYZ \0\0\0\0" + _fixed(*values)


def _curve(kind: int, *values: float) -> bytes:
    return struct.pack(">4sIHH", b"para", 0, kind, 0) + _fixed(*values)


def _profile(tags: dict[bytes, bytes]) -> bytes:
    """Return a display profile of version 4 (ICC.1:2022, 7.2 and 7.3)."""
    place = 128 + 4 + 12 * len(tags)
    table, body = struct.pack(">I", len(tags)), b""
    for name, data in tags.items():
        table += struct.pack(">4sII", name, place + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    header = struct.pack(">III4s4s4s", place + len(body), 0, 0x04000000, b"mntr", b"RGB ", b"XYZ ")
    return (header + bytes(12) + b"acsp" + bytes(28) + _fixed(*D50)).ljust(128, b"\0") + table + body
