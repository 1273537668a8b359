"""Damaged picture files, each known by its format and its number: real files of every format, changed at random."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable, Mapping
from functools import cache

from PIL import Image

from engine.reading.formats import known_formats
from engine.reading.silence import SILENCE
from tests.support.kinds import HEIC
from tests.support.pictures import encoded

PICTURE = Image.linear_gradient("L").resize((48, 32)).convert("RGB")
PICTURE.paste("red", (5, 5, 20, 20))
GREY = PICTURE.convert("L")
HEADER = 128  # bytes in which most formats say what follows
EXTREMES = (0, 1, 2, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 30_000, 0x7FFFFFFF, 0xFFFFFFFF)

# Formats that Pillow reads and does not write, as short as their readers take them.
_RAW = PICTURE.tobytes()
_PLANES = b"".join(band.tobytes() for band in PICTURE.split())


def _cursor() -> bytes:
    data = bytearray(encoded(PICTURE.resize((32, 32)), "ICO", bitmap_format="bmp"))
    data[2] = 2
    return bytes(data)


def _dcx() -> bytes:
    return struct.pack("<III", 0x3ADE68B1, 12, 0) + encoded(PICTURE, "PCX")


def _fli() -> bytes:
    frame = struct.pack("<IHH8x", 16 + 6 + 48 * 32, 0xF1FA, 1) + struct.pack("<IH", 6 + 48 * 32, 16) + GREY.tobytes()
    head = struct.pack("<IHHHHHHI", 128 + len(frame), 0xAF12, 1, 48, 32, 8, 3, 71)
    return head.ljust(128, b"\0") + frame


def _fits() -> bytes:
    values = {"SIMPLE": "T", "BITPIX": "8", "NAXIS": "2", "NAXIS1": "48", "NAXIS2": "32"}
    cards = [f"{name:8}= {value:>20}" for name, value in values.items()]
    return "".join(card.ljust(80) for card in (*cards, "END")).ljust(2880).encode() + GREY.tobytes()


def _icns() -> bytes:
    """Return two pictures: one of 32×32 as it is, one of 16×16 as PNG. Pillow writes large ones."""
    blocks = ((b"il32", PICTURE.resize((32, 32)).tobytes()), (b"icp4", encoded(PICTURE.resize((16, 16)), "PNG")))
    body = b"".join(struct.pack(">4sI", kind, 8 + len(data)) + data for kind, data in blocks)
    return struct.pack(">4sI", b"icns", 8 + len(body)) + body


def _mcidas() -> bytes:
    words = [0] * 64
    words[1], words[8], words[9], words[10], words[13], words[33] = 4, 32, 48, 1, 1, 256
    return struct.pack(">64i", *words) + GREY.tobytes()


def _pixar() -> bytes:
    head = bytearray(1024)
    head[:4] = b"\200\350\0\0"
    struct.pack_into("<HH4xHH", head, 416, 32, 48, 14, 2)
    return bytes(head) + _RAW


def _photo_cd() -> bytes:
    head = bytearray(96 * 2048)
    head[2048:2052] = b"PCD_"
    return bytes(head) + bytes(range(256)) * (768 * 512 * 3 // 2 // 256)


def _xpm() -> bytes:
    rows = ",\n".join('"' + "ab" * 8 + '"' for _ in range(16))
    return f'/* XPM */\nstatic char *x[] = {{\n"16 16 2 1",\n"a c #ff0000",\n"b c #0000ff",\n{rows}\n}};\n'.encode()


_WRITTEN_HERE: Mapping[str, Callable[[], bytes]] = {
    "HEIF": lambda: HEIC,
    "CUR": _cursor,
    "DCX": _dcx,
    "ICNS": _icns,
    "FLI": _fli,
    "FITS": _fits,
    "MCIDAS": _mcidas,
    "PIXAR": _pixar,
    "PCD": _photo_cd,
    "XPM": _xpm,
    "PSD": lambda: struct.pack(">4sH6xHIIHHIIIH", b"8BPS", 1, 3, 32, 48, 8, 3, 0, 0, 0, 0) + _PLANES,
    "SUN": lambda: struct.pack(">8I", 0x59A66A95, 48, 32, 24, len(_RAW), 1, 0, 0) + _RAW,
    "FTEX": lambda: struct.pack("<4s8i", b"FTEX", 1, 48, 32, 1, 1, 1, 32, len(_RAW)) + _RAW,
    "GBR": lambda: struct.pack(">5I", 24, 1, 48, 32, 1) + b"dot\0" + GREY.tobytes(),
    "IMT": lambda: b"width 48\nheight 32\npixel n8\n\x0c" + GREY.tobytes(),
    "XVTHUMB": lambda: b"P7 332\n#made here\n#END_OF_COMMENTS\n48 32 255\n" + GREY.tobytes(),
}
_ENCODED: Mapping[str, tuple[tuple[Image.Image, dict[str, object]], ...]] = {
    "JPEG": (
        (PICTURE, {}),
        (PICTURE, {"progressive": True}),
        (GREY, {"restart_marker_rows": 1}),
        (PICTURE.convert("CMYK"), {}),
    ),
    "PNG": ((PICTURE, {}), (PICTURE.quantize(16), {}), (PICTURE.convert("RGBA"), {}), (GREY.convert("I;16"), {})),
    "WEBP": ((PICTURE, {}), (PICTURE, {"lossless": True}), (PICTURE, {"save_all": True, "append_images": [GREY]})),
    "GIF": ((GREY, {}), (PICTURE.quantize(8), {"save_all": True, "append_images": [GREY]})),
    "TIFF": tuple(
        (GREY.convert("1") if name == "group4" else PICTURE, {"compression": name})
        for name in ("raw", "tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg", "group4")
    ),
    "JPEG2000": ((PICTURE, {}), (PICTURE, {"no_jp2": True, "irreversible": True})),
    "ICO": ((PICTURE.resize((32, 32)), {}), (PICTURE.resize((32, 32)), {"bitmap_format": "bmp"})),
    "TGA": ((PICTURE, {}), (PICTURE, {"compression": "tga_rle"})),
    "DDS": ((PICTURE, {}), (PICTURE, {"pixel_format": "DXT1"})),
    **{name: ((GREY.convert("1"), {}),) for name in ("XBM", "MSP")},
    "BLP": ((PICTURE.quantize(256), {}),),
    "SPIDER": ((GREY.convert("F"), {}),),
}


@cache
def seeds(name: str) -> tuple[bytes, ...]:
    """Return whole files of a format that is known here."""
    if name in _WRITTEN_HERE:
        return (_WRITTEN_HERE[name](),)
    known_formats()  # it registers the encoders too
    with SILENCE:
        return tuple(encoded(image, name, **options) for image, options in _ENCODED.get(name, ((PICTURE, {}),)))


def mutated(name: str, number: int) -> bytes:
    """Return the damaged file of a format that has this number, the same one at every call."""
    chance = random.Random(f"{name}:{number}")
    data = bytearray(chance.choice(seeds(name)))
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        chance.choice((_other_bytes, _lie, _lie, _end_early, _splice, _other_file))(data, chance)
    return bytes(data)


def _place(data: bytearray, chance: random.Random) -> int:
    """Return where to change: every second time in the header."""
    return chance.randrange(min(len(data), HEADER) if chance.random() < 0.5 else len(data)) if data else 0


def _other_bytes(data: bytearray, chance: random.Random) -> None:
    for _ in range(chance.randint(1, 8)):
        if data:
            data[_place(data, chance)] = chance.randrange(256)


def _lie(data: bytearray, chance: random.Random) -> None:
    """Set a number of 1, 2 or 4 bytes to one that decoders do not expect."""
    size, order = chance.choice((1, 2, 4)), chance.choice(("little", "big"))
    place, value = _place(data, chance), chance.choice(EXTREMES) & (1 << 8 * size) - 1
    data[place : place + size] = value.to_bytes(size, "big" if order == "big" else "little")


def _end_early(data: bytearray, chance: random.Random) -> None:
    del data[_place(data, chance) :]


def _splice(data: bytearray, chance: random.Random) -> None:
    """Copy a piece of the file to another place, over what is there or before it."""
    start, place = _place(data, chance), _place(data, chance)
    piece = data[start : start + chance.randint(1, 256)]
    data[place : place + (len(piece) if chance.random() < 0.5 else 0)] = piece


def _other_file(data: bytearray, chance: random.Random) -> None:
    """End as a file of any format does."""
    other = chance.choice(seeds(chance.choice(known_formats())))
    data[_place(data, chance) :] = other[chance.randrange(len(other)) :][:4096]
