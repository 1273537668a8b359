"""PNG files without what stands beside the pixels: a wrong checksum or a long text there refuses no picture.

Source: Portable Network Graphics (PNG) Specification, third edition, W3C, 2025.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from engine.reading.colour import matrix_profile

SIGNATURE = b"\x89PNG\r\n\x1a\n"
PIXELS = (b"IHDR", b"PLTE", b"tRNS", b"IDAT")  # the chunks that say what the pixels are
MOST_METADATA = 16_000_000  # bytes: a profile or text that unpacks to more is not read
XMP = b"XML:com.adobe.xmp"
IMAGE_MAGICK = (b"Raw profile type exif", b"Raw profile type APP1")  # texts in which it keeps EXIF, as digits


@dataclass(frozen=True)
class Png:
    """A PNG file in parts.

    Attributes:
        data: The file with its pixels alone.
        exif: The EXIF block, empty where there is none.
        xmp: The XMP packet, empty where there is none.
        profile: The ICC profile of its colours, empty where they are sRGB or nothing is said.
    """

    data: bytes
    exif: bytes
    xmp: bytes
    profile: bytes


def parts(data: bytes) -> Png:
    """Take a PNG file apart. A file that ends early keeps the pixels that are there; other faults are Pillow's to find.

    Args:
        data: A file that begins with the signature.
    """
    pixels, extras, texts = [SIGNATURE], dict[bytes, bytes](), dict[bytes, bytes]()
    for kind, body, intact in _chunks(data):
        if kind in PIXELS[:2] or kind == b"IDAT":
            checksum = zlib.crc32(kind + body) if intact or kind == b"IDAT" else 0
            pixels.append(_chunk(kind, body, checksum))
        elif not intact:
            continue
        elif kind == b"tRNS":
            body = _eight_bits(pixels[1], body)  # noqa: PLW2901
            pixels.append(_chunk(kind, body, zlib.crc32(kind + body)))
        elif kind in (b"tEXt", b"zTXt", b"iTXt"):
            keyword, _, rest = body.partition(b"\0")
            if keyword in (XMP, *IMAGE_MAGICK):
                texts.setdefault(keyword, _text(kind, rest))
        else:
            extras.setdefault(kind, body)
    pixels.append(_chunk(b"IEND", b"", zlib.crc32(b"IEND")))
    exif = extras.get(b"eXIf") or next((_digits(texts[name]) for name in IMAGE_MAGICK if name in texts), b"")
    return Png(b"".join(pixels), exif, texts.get(XMP, b""), _profile(extras))


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes, bool]]:
    """Yield the kind and body of each chunk, and whether its checksum is right, to the end of the picture."""
    place = len(SIGNATURE)
    while place + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, place)
        if not kind.isalpha() or kind == b"IEND":
            return
        body = data[place + 8 : place + 8 + length]
        place += 8 + length
        yield kind, body, data[place : place + 4] == struct.pack(">I", zlib.crc32(kind + body))
        place += 4


def _chunk(kind: bytes, body: bytes, checksum: int) -> bytes:
    return struct.pack(">I4s", len(body), kind) + body + struct.pack(">I", checksum)


def _eight_bits(header: bytes, transparency: bytes) -> bytes:
    """Return the transparent colour as Pillow decodes it: 2 and 4 bits of grey, and 16 bits of RGB, become 8 bits."""
    depth, colour = header[16], header[17]
    values = struct.unpack(f">{len(transparency) // 2}H", transparency[: len(transparency) // 2 * 2])
    if colour == 0 and depth in (2, 4):
        values = tuple(value * 255 // (2**depth - 1) for value in values)
    elif colour == 2 and depth == 16:
        values = tuple(value >> 8 for value in values)
    else:
        return transparency
    return struct.pack(f">{len(values)}H", *values)


def _text(kind: bytes, rest: bytes) -> bytes:
    """Return what a text chunk says after its keyword."""
    if kind == b"tEXt":
        return rest
    if kind == b"zTXt":
        return _unpacked(rest[1:])
    packed, tail = rest[:1] == b"\1", rest[2:].split(b"\0", 2)  # iTXt: flag, method, language, keyword again, text
    text = tail[2] if len(tail) == 3 else b""
    return _unpacked(text) if packed else text


def _unpacked(data: bytes) -> bytes:
    """Return unpacked data, nothing if they are broken or too long."""
    unpacker = zlib.decompressobj()
    try:
        unpacked = unpacker.decompress(data, MOST_METADATA)
    except zlib.error:
        return b""
    return b"" if unpacker.unconsumed_tail else unpacked


def _digits(text: bytes) -> bytes:
    """Return the EXIF block that ImageMagick writes as a name, a length and hexadecimal digits."""
    try:
        return bytes.fromhex("".join(text.decode("ascii").split("\n")[3:]))
    except ValueError:
        return b""


def _profile(extras: dict[bytes, bytes]) -> bytes:
    """Return the profile of the colours: iCCP wins over sRGB, and that over gAMA and cHRM."""
    if b"iCCP" in extras:
        _, _, packed = extras[b"iCCP"].partition(b"\0")
        if profile := _unpacked(packed[1:]):
            return profile
    if b"sRGB" in extras:
        return b""
    gamma, chroma = extras.get(b"gAMA", b""), extras.get(b"cHRM", b"")
    encoding = struct.unpack(">I", gamma)[0] / 100_000 if len(gamma) == 4 else 0.0
    points = [value / 100_000 for value in struct.unpack(">8I", chroma)] if len(chroma) == 32 else []
    return matrix_profile(encoding, points)
