"""How a picture must be turned to stand upright, read from EXIF or XMP without writing either anew."""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping
from types import MappingProxyType

from PIL import Image

TAG = 0x0112  # EXIF 2.32 and TIFF 6.0: Orientation, 1..8
IN_XMP = re.compile(rb"tiff:Orientation\s*(?:=\s*[\"']|>)\s*([1-8])\b")
TIFF_HEADER = re.compile(rb"II\*\0|MM\0\*")
HEADER_WITHIN = 16  # bytes: a marker or an offset may stand before the TIFF header of an EXIF block
METHODS: Mapping[int, Image.Transpose] = MappingProxyType(
    {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_90,
    }
)


def turned(image: Image.Image, orientation: int) -> Image.Image:
    """Return the picture upright; orientation 1..8 as EXIF counts, others leave it as it is."""
    method = METHODS.get(orientation)
    return image if method is None else image.transpose(method)


def stated(exif: bytes, xmp: bytes) -> int:
    """Return the orientation that the metadata state, 1..8; 1 where they state none. EXIF wins over XMP."""
    if found := _in_exif(exif):
        return found
    in_xmp = IN_XMP.search(xmp.replace(b"\0", b""))  # in UTF-16, every other byte is a zero
    return int(in_xmp[1]) if in_xmp else 1


def meaning(value: object) -> int:
    """Return the orientation 1..8 that a tag's value means, whatever its type is; 0 if it means none."""
    if isinstance(value, tuple):
        value = value[0] if value else 0
    if isinstance(value, bytes):
        value = value[0] if value[:1] < b"\x09" else value.decode("ascii", "replace")
    try:
        number = int(value.strip("\0 ") if isinstance(value, str) else value)  # type: ignore[call-overload]
    except (TypeError, ValueError, ArithmeticError):
        return 0
    return number if 1 <= number <= 8 else 0


def _in_exif(exif: bytes) -> int:
    """Return the orientation 1..8 of an EXIF block, 0 if there is none; nothing but this tag is looked at."""
    header = TIFF_HEADER.search(exif, 0, HEADER_WITHIN + 4)
    if header is None:
        return 0
    tiff, order = exif[header.start() :], "<" if header[0] == b"II*\0" else ">"
    try:
        (offset,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, offset)
        for place in range(offset + 2, offset + 2 + 12 * count, 12):
            tag, kind = struct.unpack_from(f"{order}HH", tiff, place)
            if tag == TAG:
                return meaning(_value(tiff, order, kind, place + 8))
    except (struct.error, ZeroDivisionError):  # the block ends early, or a rational is none
        return 0
    return 0


def _value(tiff: bytes, order: str, kind: int, place: int) -> object:
    """Return the first value of an entry whose value field stands at `place`; TIFF 6.0 numbers the kinds."""
    field = tiff[place : place + 4]
    if kind in (5, 10):
        (at,) = struct.unpack(f"{order}I", field)
        above, below = struct.unpack_from(f"{order}II", tiff, at)
        return above // below
    if kind in (3, 8):
        return struct.unpack_from(f"{order}H", field)[0]
    if kind in (4, 9):
        return struct.unpack(f"{order}I", field)[0]
    return field.rstrip(b"\0") if kind == 2 else field[:1]
